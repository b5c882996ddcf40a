import { CUT_LINK } from '../outcome.ts';
import { ipOfEtherType } from './ether-type.ts';
import type { LinkType } from './link-type.ts';

/**
 * Linux "cooked" capture, as `tcpdump -i any` writes it. Version 1: packet type, ARPHRD type, address length (2 bytes
 * each), address (8), protocol. Version 2: protocol, reserved (2 each), interface (4), ARPHRD type (2), packet type,
 * address length (1 each), address (8). The protocol is an EtherType.
 * Source: https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html and LINKTYPE_LINUX_SLL2.html
 */
const SLL_PROTOCOL = 14;
const SLL_BYTES = 16;
const SLL2_PROTOCOL = 0;
const SLL2_BYTES = 20;

export const linuxSll: LinkType = {
  name: 'LINUX_SLL',
  findIp: (view, at, end) =>
    at + SLL_BYTES > end ? CUT_LINK : ipOfEtherType(view, at + SLL_BYTES, end, view.getUint16(at + SLL_PROTOCOL)),
};

export const linuxSll2: LinkType = {
  name: 'LINUX_SLL2',
  findIp: (view, at, end) =>
    at + SLL2_BYTES > end ? CUT_LINK : ipOfEtherType(view, at + SLL2_BYTES, end, view.getUint16(at + SLL2_PROTOCOL)),
};
