import { hasIcmpType } from '../net/protocol.ts';
import { ACTION_DENY, ACTION_UNDETERMINED } from './match-table.ts';
import type { Matcher } from './matcher.ts';

/**
 * Packets as columns, one row each. A PacketBatch (packet/batch.ts) is one; its docs say what each column holds. Of
 * `flags` only the two bits below are read.
 */
export type ClassifyColumns = {
  /** Rows in use. */
  readonly count: number;
  readonly family: Uint8Array;
  readonly src0: Int32Array;
  readonly src1: Int32Array;
  readonly src2: Int32Array;
  readonly src3: Int32Array;
  readonly dst0: Int32Array;
  readonly dst1: Int32Array;
  readonly dst2: Int32Array;
  readonly dst3: Int32Array;
  readonly protocol: Uint8Array;
  readonly sourcePort: Uint16Array;
  readonly destinationPort: Uint16Array;
  readonly icmpType: Uint8Array;
  readonly icmpCode: Uint8Array;
  readonly flags: Uint16Array;
};

/** Where the answers go: at least `count` rows. A VerdictBatch (verdict/batch.ts) is one. */
export type ClassifyResult = {
  /** CLASSIFIED_* */
  readonly verdict: Uint8Array;
  /** Findings, see decisions.ts. */
  readonly egress: Uint32Array;
  readonly ingress: Uint32Array;
};

/** Bits of `flags`: both ports are known; ICMP type and code are. INVARIANT: the numbers of packet/batch.ts. */
export const KNOWS_PORTS = 1 << 0;
export const KNOWS_ICMP = 1 << 1;

/** INVARIANT: the numbers of verdict/reasons.ts. */
export const CLASSIFIED_UNDETERMINED = 0;
export const CLASSIFIED_FORWARDED = 1;
export const CLASSIFIED_DROPPED = 2;

/** Rows that go through the stages together: 128 to 512 are equal, fewer or more are slower. */
const SLICE_ROWS = 256;
const IPV6 = 6;

// Room for one slice. Nothing in it outlives a call, and a call never waits, so one set serves every matcher.
const sourceClass = new Int32Array(SLICE_ROWS);
const destinationClass = new Int32Array(SLICE_ROWS);
const l4Classes = new Int32Array(SLICE_ROWS);

/**
 * The verdicts on many packets, each judged alone: what `classify` says, as numbers. Policy alone: connections,
 * Services and nodes are replay's. Allocates nothing.
 *
 * A slice of rows goes through one short loop for each step, so that the processor waits for many cache lines at once
 * instead of one after the other:
 *
 *     addresses > classes    ports > L4 class    (profile, peer class, L4 class) > findings    > verdicts
 */
export function classifyBatch(matcher: Matcher, columns: ClassifyColumns, out: ClassifyResult): void {
  const { count } = columns;
  const { egressProfile, ingressProfile } = matcher.table.classes;
  for (let from = 0; from < count; from += SLICE_ROWS) {
    const rows = Math.min(SLICE_ROWS, count - from);
    classesOf(matcher, columns, from, rows);
    l4ClassesOf(matcher, columns, from, rows);
    matcher.findings(egressProfile, sourceClass, destinationClass, l4Classes, rows, out.egress, from);
    matcher.findings(ingressProfile, destinationClass, sourceClass, l4Classes, rows, out.ingress, from);
    verdictsOf(matcher, from, rows, out);
  }
}

function classesOf(matcher: Matcher, columns: ClassifyColumns, from: number, rows: number): void {
  const { family, src0, src1, src2, src3, dst0, dst1, dst2, dst3 } = columns;
  for (let i = 0; i < rows; i++) {
    const row = from + i;
    sourceClass[i] =
      family[row] === IPV6
        ? matcher.class6(src0[row]!, src1[row]!, src2[row]!, src3[row]!)
        : matcher.class4(src0[row]!);
  }
  for (let i = 0; i < rows; i++) {
    const row = from + i;
    destinationClass[i] =
      family[row] === IPV6
        ? matcher.class6(dst0[row]!, dst1[row]!, dst2[row]!, dst3[row]!)
        : matcher.class4(dst0[row]!);
  }
}

function l4ClassesOf(matcher: Matcher, columns: ClassifyColumns, from: number, rows: number): void {
  const { protocol, sourcePort, destinationPort, icmpType, icmpCode, flags } = columns;
  for (let i = 0; i < rows; i++) {
    const row = from + i;
    const known = flags[row]!;
    const is = protocol[row]!;
    if ((known & KNOWS_PORTS) !== 0) l4Classes[i] = matcher.l4(is, destinationPort[row]!, sourcePort[row]!);
    else if ((known & KNOWS_ICMP) !== 0 && hasIcmpType(is))
      l4Classes[i] = matcher.l4(is, icmpType[row]! * 256 + icmpCode[row]!, 0);
    else l4Classes[i] = matcher.l4Unknown(is);
  }
}

function verdictsOf(matcher: Matcher, from: number, rows: number, out: ClassifyResult): void {
  const { verdict, egress, ingress } = out;
  const { action, general, count } = matcher.table.decisions;
  for (let row = from; row < from + rows; row++) {
    const leaving = egress[row]!;
    const entering = ingress[row]!;
    const says = action[leaving < count ? leaving : (leaving - count) % general];
    const answers = action[entering < count ? entering : (entering - count) % general];
    verdict[row] =
      says === ACTION_DENY || answers === ACTION_DENY
        ? CLASSIFIED_DROPPED
        : says === ACTION_UNDETERMINED || answers === ACTION_UNDETERMINED
          ? CLASSIFIED_UNDETERMINED
          : CLASSIFIED_FORWARDED;
  }
}
