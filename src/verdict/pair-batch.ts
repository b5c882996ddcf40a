import { createVerdicts, type VerdictBatch } from './batch.ts';

/** Who decides about a packet: the columns of findings in a verdict batch. */
export const DECIDERS = [
  'egress',
  'ingress',
  'hostEgress',
  'hostIngress',
] as const satisfies readonly (keyof VerdictBatch)[];
export type Decider = (typeof DECIDERS)[number];

/** In place of a finding: who decides of others was not asked. */
export const NOBODY = -1;

/** Host endpoints, which most packets meet none of, have 0 in their columns for nobody, and findings from 1 on. */
const FIRST: Readonly<Record<Decider, number>> = { egress: 0, ingress: 0, hostEgress: 1, hostIngress: 1 };

/** The finding of one of those who decide about a row, or NOBODY. */
export const foundBy = (verdicts: VerdictBatch, decider: Decider, row: number): number =>
  verdicts[decider][row]! - FIRST[decider];

/**
 * What two replays found for each row of a packet batch, and who asked whom, as the opener of its connection saw it.
 * Columns, overwritten with each batch. Findings of `old` are of the old side's table, those of `next` of the next's.
 */
export type PairBatch = {
  old: VerdictBatch;
  next: VerdictBatch;
  /** 1 when the row's destination is the opener: an answer. The next side says so, or the old where it does not know. */
  readonly turned: Uint8Array;
  /** Destination port or ICMP type that the opener asked for; -1 without. */
  readonly number: Int32Array;
};

export const createPairs = (rows: number): PairBatch => ({
  old: createVerdicts(0),
  next: createVerdicts(0),
  turned: new Uint8Array(rows),
  number: new Int32Array(rows),
});
