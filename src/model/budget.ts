import { type Address, parseAddress } from '../net/address.ts';
import { contains, type Prefix } from '../net/prefix.ts';
import type { SourcePos } from '../source/position.ts';

/** What may differ between two sets of rules: for a pipeline that lets a change through or not. */
export const BUDGETED = ['newly-dropped', 'newly-forwarded', 'undetermined'] as const;
export type Budgeted = (typeof BUDGETED)[number];

/** One end of a conversation: whoever has an address of a block, or a name; `*` stands for any part without a slash. */
export type EndPattern =
  | { readonly type: 'net'; readonly net: Prefix }
  | { readonly type: 'name'; readonly pattern: string };

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
  if (pattern.type === 'name') return name !== null && isNamed(pattern.pattern, name);
  const parsed: Address | null = parseAddress(address);
  return parsed !== null && contains(pattern.net, parsed);
}

function isNamed(pattern: string, name: string): boolean {
  const wanted = pattern.split('/');
  const parts = name.split('/');
  return wanted.length === parts.length && wanted.every((one, i) => fitsPart(one.split('*'), parts[i]!));
}

/** Whether the pieces follow each other in a text, the first at its start, the last at its end: each is looked for once. */
function fitsPart(pieces: readonly string[], text: string): boolean {
  const first = pieces[0]!;
  if (pieces.length === 1) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  const last = pieces.at(-1)!;
  return text.length - at >= last.length && text.endsWith(last);
}
