import type { ReasonWord } from '../verdict/reasons.ts';

/** What each reason means to somebody who reads the summary: half a line, beside the word itself. */
export const REASON_WORDS: Readonly<Record<ReasonWord, string>> = {
  policy: 'the policies that select one of its ends decided',
  'not-policed': 'no policy selects an end in its direction',
  tracked: 'belongs to a connection that was judged when it opened',
  'connection-denied': 'belongs to a connection whose opener was dropped',
  'ct-invalid': 'connection tracking calls it INVALID',
  'neighbour-discovery': 'IPv6 neighbour discovery and MLD, never judged',
  'spoofed-source': 'a pod sends it from an address that it does not have: its node drops it before policy',
  'encap-from-workload': 'a pod may send no tunnel packets of its own',
  'service-address': "a Service's address: its backends come to different verdicts, or where it leads is not known",
  'node-port': "a node's address and a nodePort: where it leads is not known",
  tunnel: 'more than four tunnels within each other: what is inside is not read',
  fragment: 'a later fragment whose first was not seen',
  'ports-unknown': 'cut before its ports, and the ports would decide',
  'no-backend': 'a Service without backends where the packet arrives: no policy dropped it',
  'lb-source-range': 'refused by loadBalancerSourceRanges: no policy dropped it',
  'own-node': 'from a node to a pod that it runs, always let through',
  loopback: 'from a pod to itself, never leaves it',
  'endpoint-to-host': 'from a pod to its own node: defaultEndpointToHostAction drops it',
};
