import type { Labels } from '../../model/labels.ts';
import type { Located, Node } from '../node.ts';

/** sessionAffinityConfig.clientIP.timeoutSeconds when it is left out. Source: core/v1, DefaultClientIPServiceAffinitySeconds. */
export const AFFINITY_SECONDS = 10_800;

export const textsAsLabels = (texts: readonly [key: string, keyNode: Node, value: Located<string>][]): Labels =>
  new Map(texts.map(([key, , { value }]) => [key, value]));
