import { GRE, IPIP, IPV6_IN_IP, PROTOCOLS } from '../../net/protocol.ts';
import { geneve } from './geneve.ts';
import { gre } from './gre.ts';
import { ipv4InIp, ipv6InIp } from './ip-in-ip.ts';
import type { Tunnel } from './tunnel.ts';
import { vxlan } from './vxlan.ts';

/** Tunnels by the UDP destination port that they are sent to. */
const udpTunnels: readonly (readonly [port: number, tunnel: Tunnel])[] = [
  [4789, vxlan], // IANA; Calico's default
  [8472, vxlan], // Linux's default, which flannel and Cilium kept
  [6081, geneve], // IANA
];

/** Tunnels by IP protocol. */
const protocolTunnels: readonly (readonly [protocol: number, tunnel: Tunnel])[] = [
  [IPIP, ipv4InIp],
  [IPV6_IN_IP, ipv6InIp],
  [GRE, gre],
];

// Both lists as arrays of one byte, as they are asked for every packet: 0 is none, i + 1 is entry i.
const portMarks = new Uint8Array(1 << 16);
for (const [i, [port]] of udpTunnels.entries()) portMarks[port] = i + 1;
const protocolMarks = new Uint8Array(PROTOCOLS);
for (const [i, [protocol]] of protocolTunnels.entries()) protocolMarks[protocol] = i + 1;

export function tunnelOfPort(port: number): Tunnel | null {
  const mark = portMarks[port]!;
  return mark === 0 ? null : udpTunnels[mark - 1]![1];
}

export function tunnelOfProtocol(protocol: number): Tunnel | null {
  const mark = protocolMarks[protocol]!;
  return mark === 0 ? null : protocolTunnels[mark - 1]![1];
}
