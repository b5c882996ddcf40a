/**
 * What replay found for each row of a packet batch: columns again, overwritten with each batch.
 *
 * `egress` and `ingress` are findings of the table (table/decisions.ts): which rule, or which tier's end for which
 * profile. For a packet of a known connection they are its opener's.
 */
export type VerdictBatch = {
  /** UNDETERMINED, FORWARDED, DROPPED. */
  readonly verdict: Uint8Array;
  /** Index into REASONS. */
  readonly reason: Uint8Array;
  readonly egress: Uint32Array;
  readonly ingress: Uint32Array;
  /** What host endpoints found, of the sending node and of the receiving one: findings and 1 more; 0 where none judged. */
  readonly hostEgress: Uint32Array;
  readonly hostIngress: Uint32Array;
  /** Record number of the connection's opener; 0 on the opener itself and where there is none. */
  readonly opener: Float64Array;
  /** Bits of FLAGS, sixteen at most. */
  readonly flags: Uint16Array;
  /** 1 when the row opened a connection (or stands for one: a tuple, a packet judged alone). */
  readonly opened: Uint8Array;
  /** 1 when the row runs against its connection's opener: an answer. Its opener's source is the row's destination. */
  readonly reversed: Uint8Array;
};

export function createVerdicts(rows: number): VerdictBatch {
  return {
    verdict: new Uint8Array(rows),
    reason: new Uint8Array(rows),
    egress: new Uint32Array(rows),
    ingress: new Uint32Array(rows),
    hostEgress: new Uint32Array(rows),
    hostIngress: new Uint32Array(rows),
    opener: new Float64Array(rows),
    flags: new Uint16Array(rows),
    opened: new Uint8Array(rows),
    reversed: new Uint8Array(rows),
  };
}
