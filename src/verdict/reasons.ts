/**
 * Verdicts and why. The numbers go into columns, the words into outputs. Both lists are a contract: adding a word is
 * an extension, renaming one a break.
 */
export const UNDETERMINED = 0;
export const FORWARDED = 1;
export const DROPPED = 2;
export const VERDICTS = ['undetermined', 'forwarded', 'dropped'] as const;
/** In a column only, and only until the row is settled: another row is to tell. */
export const WAITING = 3;
export type VerdictWord = (typeof VERDICTS)[number];

/** Why a packet got its verdict: the `reason` of its line. */
export const REASONS = [
  'policy', // a policed end decided
  'not-policed', // no end is selected by an enforced policy in its direction
  'tracked', // it belongs to a connection that was judged when it opened
  'connection-denied', // it belongs to a connection whose opener was dropped
  'ct-invalid', // connection tracking calls it INVALID
  'neighbour-discovery', // IPv6 needs it: never tracked, never judged
  'encap-from-workload', // a pod may send no tunnel packets of its own
  'spoofed-source', // a pod sends it from an address that it does not have
  'service-address', // a Service's address: which backend it leads to would decide
  'node-port', // a node's address and the port of a Service that is not known to lead anywhere
  'tunnel', // a tunnel's payload that is not read: deeper than four tunnels
  'fragment', // a later fragment whose first was not seen
  'ports-unknown', // the packet was cut before its ports, and they would decide
  'no-backend', // a Service without backends
  'lb-source-range', // refused by loadBalancerSourceRanges
  'own-node', // from a node to a pod that it runs: always let through
  'loopback', // from a pod to itself: never leaves it
  'endpoint-to-host', // from a pod to its own node: defaultEndpointToHostAction drops it
] as const;
export type ReasonWord = (typeof REASONS)[number];

/** Number of a reason word. Called when modules load, not for packets. */
export const reasonNumber = (word: ReasonWord): number => REASONS.indexOf(word);

/** Why one end decided as it did: the `reason` of a decision object. */
export type DecisionReason =
  | 'rule'
  | 'end-of-tier'
  | 'profile'
  | 'no-policy'
  | 'not-an-endpoint'
  | 'not-judged'
  | 'tracked'
  | 'failsafe'
  | 'undetermined';

/** Words that may stand in a line's `flags`; the bit of each is 1 << its place here. */
export const FLAGS = [
  'midstream',
  'unknown-workload',
  'opener-other-file',
  'duplicate',
  'snat',
  'answer',
  'order-ambiguous',
  'hairpin',
] as const;
export type FlagWord = (typeof FLAGS)[number];
export const flagBit = (word: FlagWord): number => 1 << FLAGS.indexOf(word);
