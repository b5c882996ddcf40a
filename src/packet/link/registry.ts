import { ethernet } from './ethernet.ts';
import type { LinkType } from './link-type.ts';
import { linuxSll, linuxSll2 } from './linux-sll.ts';
import { bsdLoop, bsdNull } from './loopback.ts';
import { nflog } from './nflog.ts';
import { ppp, pppHdlc } from './ppp.ts';
import { ipv4, ipv6, raw } from './raw.ts';

/**
 * Every link type that is read, by its LINKTYPE_ number. Source: https://www.tcpdump.org/linktypes.html
 * To add one: a file beside this one, a line here, a row in test/packet-link.test.ts.
 */
export const linkTypes: ReadonlyMap<number, LinkType> = new Map([
  [0, bsdNull],
  [1, ethernet],
  [9, ppp],
  [12, raw], // DLT_RAW of most systems, found in files though it is no LINKTYPE_
  [14, raw], // DLT_RAW of OpenBSD
  [50, pppHdlc],
  [101, raw],
  [108, bsdLoop],
  [113, linuxSll],
  [228, ipv4],
  [229, ipv6],
  [239, nflog],
  [276, linuxSll2],
]);

/** Names of link types that people meet and that are not read, for messages. */
const UNREAD: ReadonlyMap<number, string> = new Map([
  [51, 'PPP_ETHER'],
  [105, 'IEEE802_11'],
  [127, 'IEEE802_11_RADIOTAP'],
  [187, 'BLUETOOTH_HCI_H4'],
  [189, 'USB_LINUX'],
  [195, 'IEEE802_15_4_WITHFCS'],
  [201, 'BLUETOOTH_HCI_H4_WITH_PHDR'],
  [220, 'USB_LINUX_MMAPPED'],
  [230, 'IEEE802_15_4_NOFCS'],
  [249, 'USBPCAP'],
  [253, 'NETLINK'],
]);

/** `LINUX_SLL (113)`, or the number alone. */
export function linkTypeName(number: number): string {
  const name = linkTypes.get(number)?.name ?? UNREAD.get(number);
  return name === undefined ? `${number}` : `${name} (${number})`;
}
