import type { VerdictWord } from './reasons.ts';

/**
 * What became of a TCP connection's SYN in a capture. It is evidence and no verdict: who does not answer may be gone,
 * who refuses may be a firewall, and the capture may have missed the answer.
 */
export const SHOWN = ['answered', 'refused', 'unanswered'] as const;
export type ShownWord = (typeof SHOWN)[number];

/** A connection whose packets speak against its verdict. */
export type EvidenceExample = {
  readonly file: string;
  /** Of the SYN. */
  readonly n: number;
  readonly src: string;
  readonly dst: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly dport: number;
  readonly verdict: VerdictWord;
  readonly shown: ShownWord;
};

/** TCP connections that opened in a capture, by verdict and by what the packets show. */
export type Evidence = {
  readonly connections: number;
  readonly table: readonly { readonly verdict: VerdictWord; readonly shown: ShownWord; readonly connections: number }[];
  /** The first few of those that were dropped and answered, forwarded and refused, forwarded and unanswered. */
  readonly examples: readonly EvidenceExample[];
  /** Connections that found no room while they were open. */
  readonly notFollowed: number;
};
