import { DEFAULT_TIER } from '../../model/policy.ts';
import { quote } from '../../source/quote.ts';
import type { Metadata } from '../kind.ts';
import { isPlainName } from '../names.ts';
import type { Report } from '../report.ts';

/** What users write, and what the API server answers. */
export const V3 = 'projectcalico.org/v3';
/** What is stored where the API server keeps its objects as custom resources: defaults may be missing in it. */
export const CRD = 'crd.projectcalico.org/v1';
export const API_VERSIONS = [V3, CRD];

/** Whether the objects of an API version may have come past the API server's defaults. */
export const isBypassed = (apiVersion: string): boolean => apiVersion === CRD;

/** Where a stored object keeps the metadata that its v3 form has. */
const STORED_METADATA = 'projectcalico.org/metadata';
const DEFAULT_PREFIX = `${DEFAULT_TIER.name}.`;

/**
 * The metadata that the v3 form of an object has: name and labels from the annotation of stored objects. Policies of
 * tier `default` that were stored by versions before 3.30 have `default.` before their name, which v3 does not show.
 * @param tier of a policy; null for other kinds
 * Source: libcalico-go/lib/backend/k8s/resources/resources.go, ConvertK8sResourceToCalicoResource.
 */
export function v3Metadata(metadata: Metadata, apiVersion: string, tier: string | null, report: Report): Metadata {
  const stored = metadata.annotations.get(STORED_METADATA);
  if (apiVersion !== CRD || stored === undefined) return metadata;
  const written = parseObject(stored.value);
  if (written === null) {
    report.error('BAD_METADATA', stored.node, `annotation ${quote(STORED_METADATA)} must be a JSON object`);
    return metadata;
  }
  const name = written.get('name');
  if (typeof name === 'string' && name !== '' && !isPlainName(name)) {
    report.error('BAD_METADATA', stored.node, `annotation ${quote(STORED_METADATA)} holds no usable name`);
    return metadata;
  }
  const labels = written.get('labels');
  return {
    ...metadata,
    name: typeof name === 'string' && name !== '' ? name : withoutTier(metadata.name, tier),
    labels: new Map([...metadata.labels, ...textsOf(labels)]),
  };
}

const withoutTier = (name: string, tier: string | null): string =>
  tier === DEFAULT_TIER.name && name.startsWith(DEFAULT_PREFIX) ? name.slice(DEFAULT_PREFIX.length) : name;

function parseObject(text: string): Map<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? new Map(Object.entries(value)) : null;
  } catch {
    return null;
  }
}

const textsOf = (value: unknown): [string, string][] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
    : [];
