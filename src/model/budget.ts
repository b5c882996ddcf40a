import { type Address, parseAddress } from '../net/address.ts';
import { contains, type Prefix } from '../net/prefix.ts';
import type { SourcePos } from '../source/position.ts';

/** What may differ between two sets of rules: for a pipeline that lets a change through or not. */
export const BUDGETED = ['newly-dropped', 'newly-forwarded', 'undetermined'] as const;
export type Budgeted = (typeof BUDGETED)[number];

/** One end of a conversation: whoever has an address of a block, or a name; `*` stands for any part without a slash. */
export type EndPattern =
  | { readonly type: 'net'; readonly net: Prefix }
  | { readonly type: 'name'; readonly matches: RegExp };

/** Conversations that may differ. Null is no condition. */
export type Allowance = {
  readonly from: EndPattern | null;
  readonly to: EndPattern | null;
  readonly port: number | null;
  readonly protocol: number | null;
  /** Of all conversations that it allows together. */
  readonly maxConnections: number | null;
  readonly maxPackets: number | null;
  readonly reason: string | null;
  readonly at: SourcePos;
};

/** Most of one change in total, allowed or not. Null is no limit. */
export type Most = {
  readonly conversations: number | null;
  readonly connections: number | null;
  readonly packets: number | null;
  readonly at: SourcePos;
};

/** A change without a list and without a limit is not allowed at all; with a list, each conversation must be in it. */
export type Budget = {
  readonly file: string;
  readonly allowed: Readonly<Record<Budgeted, readonly Allowance[] | null>>;
  readonly atMost: Readonly<Record<Budgeted, Most | null>>;
};

/** @param name as reports show it: `namespace/pod`, `node/NAME`, `service/NAMESPACE/NAME`; null for nobody's address */
export function isEnd(pattern: EndPattern, address: string, name: string | null): boolean {
  if (pattern.type === 'name') return name !== null && pattern.matches.test(name);
  const parsed: Address | null = parseAddress(address);
  return parsed !== null && contains(pattern.net, parsed);
}
