import {
  type PacketBatch,
  RECORDED_DROPPED,
  RECORDED_FORWARDED,
  RECORDED_OF_EGRESS,
  RECORDED_OF_INGRESS,
  RECORDED_PASSED,
} from './batch.ts';

/**
 * How Calico's nodes name a decision in an NFLOG prefix:
 *
 *     | action A, D or P (allow, deny, pass) | owner P or R (policy, profile) | I or E | rule's index | `|` and a name |
 *
 * The last two may be missing. Source: felix/rules/nflogprefix.go.
 */
const LETTERS = 3;
const BAR = 0x7c;
const ACTIONS: ReadonlyMap<number, number> = new Map([
  [0x41, RECORDED_FORWARDED],
  [0x44, RECORDED_DROPPED],
  [0x50, RECORDED_PASSED],
]);
const OWNERS: ReadonlySet<number> = new Set([0x50, 0x52]);
const ENDS: ReadonlyMap<number, number> = new Map([
  [0x45, RECORDED_OF_EGRESS],
  [0x49, RECORDED_OF_INGRESS],
]);

/** Writes the decision that the prefix in [from, to) records into a row; one that is not Calico's records nothing. */
export function readCalicoPrefix(batch: PacketBatch, row: number, from: number, to: number): void {
  const { view } = batch;
  if (to - from < LETTERS) return;
  const action = ACTIONS.get(view.getUint8(from));
  const end = ENDS.get(view.getUint8(from + 2));
  if (action === undefined || end === undefined || !OWNERS.has(view.getUint8(from + 1))) return;
  let at = from + LETTERS;
  while (at < to && isDigit(view.getUint8(at))) at++;
  if (at < to && view.getUint8(at) !== BAR) return;
  batch.recorded[row] = action;
  batch.recordedBy[row] = end;
  batch.prefixAt[row] = from;
  batch.prefixBytes[row] = to - from;
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;
