import { createVerdicts, type VerdictBatch } from './batch.ts';

/** Who decides about a packet: the columns of findings in a verdict batch. */
export const DECIDERS = ['egress', 'ingress'] as const satisfies readonly (keyof VerdictBatch)[];
export type Decider = (typeof DECIDERS)[number];

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
