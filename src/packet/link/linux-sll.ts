import { DEVICE_UNTOLD, DIRECTION_IN, DIRECTION_OUT } from '../batch.ts';
import { CUT_LINK } from '../outcome.ts';
import { ipOfEtherType } from './ether-type.ts';
import type { LinkType } from './link-type.ts';

/**
 * Linux "cooked" capture, as `tcpdump -i any` writes it. Version 1: packet type, ARPHRD type, address length (2 bytes
 * each), address (8), protocol. Version 2: protocol, reserved (2 each), interface (4), ARPHRD type (2), packet type,
 * address length (1 each), address (8). The protocol is an EtherType.
 * Source: https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html and LINKTYPE_LINUX_SLL2.html
 */
const SLL_TYPE = 0;
const SLL_PROTOCOL = 14;
const SLL_BYTES = 16;
const SLL2_PROTOCOL = 0;
const SLL2_INTERFACE = 4;
const SLL2_TYPE = 10;
const SLL2_BYTES = 20;
/** The packet type of what the host sends. */
const OUTGOING = 4;

export const linuxSll: LinkType = {
  name: 'LINUX_SLL',
  findIp: (view, at, end) =>
    at + SLL_BYTES > end ? CUT_LINK : ipOfEtherType(view, at + SLL_BYTES, end, view.getUint16(at + SLL_PROTOCOL)),
  readDevice: (batch, row, at) => {
    batch.direction[row] = DEVICE_UNTOLD | directionOf(batch.view.getUint16(at + SLL_TYPE));
  },
};

export const linuxSll2: LinkType = {
  name: 'LINUX_SLL2',
  findIp: (view, at, end) =>
    at + SLL2_BYTES > end ? CUT_LINK : ipOfEtherType(view, at + SLL2_BYTES, end, view.getUint16(at + SLL2_PROTOCOL)),
  readDevice: (batch, row, at) => {
    // In a pcapng file each of its interfaces may be such an "any" of another host.
    batch.device[row] = Math.imul(batch.device[row]!, MIX) ^ batch.view.getInt32(at + SLL2_INTERFACE);
    batch.direction[row] = directionOf(batch.view.getUint8(at + SLL2_TYPE));
  },
};

const MIX = 0x9e3779b1;

const directionOf = (packetType: number): number => (packetType === OUTGOING ? DIRECTION_OUT : DIRECTION_IN);
