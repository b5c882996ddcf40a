import { ipOfEtherType } from '../link/ether-type.ts';
import { ipOfEthernet } from '../link/ethernet.ts';

/** EtherType of a whole Ethernet frame inside (RFC 1701, RFC 8926). */
const ETHERTYPE_BRIDGED = 0x6558;

/** Follows the EtherType of a tunnel header, which may announce an Ethernet frame or a packet. */
export const ipOfBridged = (view: DataView, at: number, end: number, etherType: number): number =>
  etherType === ETHERTYPE_BRIDGED ? ipOfEthernet(view, at, end) : ipOfEtherType(view, at, end, etherType);
