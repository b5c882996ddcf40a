/**
 * What a table proves of one of its rules, whatever the traffic:
 *
 *     needed           without it some packet would be judged differently
 *     redundant        it decides packets, and without it each would be judged alike by what comes after
 *     shadowed         it matches packets, and each of them is decided earlier
 *     matches-nothing  no end and port that there is fits it
 *     selects-nobody   its policy selects no workload in its direction
 *     log              it decides nothing, by its nature
 *     unproved         the table is too large to tell
 */
export type RuleStatus =
  | 'needed'
  | 'redundant'
  | 'shadowed'
  | 'matches-nothing'
  | 'selects-nobody'
  | 'log'
  | 'unproved';

/** `by`: the decisions that shadow a rule, or that would take its packets over; ascending. */
export type RuleProof = { readonly status: RuleStatus; readonly by: readonly number[] };

/** What traffic showed of a table: beside the amounts of a tally, when and of whom. */
export type Usage = {
  /** By finding: seconds since 1970; NaN when it was not hit, or nothing says when. */
  readonly first: Float64Array;
  readonly last: Float64Array;
  /** By endpoint: 1 when a packet went to or from it. */
  readonly endpoints: Uint8Array;
  /** Whether a connection to a port of an endpoint, or of a Service by its address or nodePort, was seen. */
  readonly sawPort: (endpoint: number, protocol: number, port: number) => boolean;
  readonly sawServicePort: (service: number, protocol: number, port: number) => boolean;
  /** Packets by hour of the day and by day of the week from Sunday, UTC. */
  readonly hours: Float64Array;
  readonly weekdays: Float64Array;
};
