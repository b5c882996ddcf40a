import type { Address } from './address.ts';

/**
 * The question one packet asks of a policy. `null` is "the protocol has none" or "the packet does not tell".
 * Ports and ICMP numbers are in host order.
 */
export type FiveTuple = {
  readonly src: Address;
  readonly dst: Address;
  /** IP protocol number, 0 to 255. */
  readonly protocol: number;
  readonly sourcePort: number | null;
  readonly destinationPort: number | null;
  readonly icmpType: number | null;
  readonly icmpCode: number | null;
};
