import { ESP, GRE, IPIP, IPV6_IN_IP, PROTOCOLS } from '../../net/protocol.ts';
import { ESP_PORT, esp, espInUdp } from './esp.ts';
import { geneve } from './geneve.ts';
import { gre } from './gre.ts';
import { ipv4InIp, ipv6InIp } from './ip-in-ip.ts';
import type { Tunnel } from './tunnel.ts';
import { vxlan } from './vxlan.ts';
import { wireguard } from './wireguard.ts';

/** Tunnels by the UDP destination port that they are sent to. */
const UDP_TUNNELS: readonly (readonly [port: number, tunnel: Tunnel])[] = [
  [ESP_PORT, espInUdp],
  [4789, vxlan], // IANA; Calico's default
  [6081, geneve], // IANA
  [8472, vxlan], // Linux's default, which flannel and Cilium kept
  [51820, wireguard], // Calico's default for IPv4
  [51821, wireguard], // and for IPv6
  [51871, wireguard], // Cilium's
];

/** Tunnels by IP protocol. */
const PROTOCOL_TUNNELS: readonly (readonly [protocol: number, tunnel: Tunnel])[] = [
  [IPIP, ipv4InIp],
  [IPV6_IN_IP, ipv6InIp],
  [GRE, gre],
  [ESP, esp],
];

/** What counts as a tunnel. Both lists are arrays of one byte, as they are asked for every packet: 0 is none. */
export class Tunnels {
  readonly #udp: readonly (readonly [port: number, tunnel: Tunnel])[];
  readonly #ports: Uint8Array = new Uint8Array(1 << 16);
  readonly #protocols: Uint8Array = new Uint8Array(PROTOCOLS);

  /** @param vxlanPorts UDP ports of VXLAN beside the usual ones; they win over what else is usual there */
  constructor(vxlanPorts: readonly number[] = []) {
    this.#udp = [...UDP_TUNNELS, [0, vxlan]];
    for (const [i, [port]] of UDP_TUNNELS.entries()) this.#ports[port] = i + 1;
    for (const port of vxlanPorts) this.#ports[port] = this.#udp.length;
    for (const [i, [protocol]] of PROTOCOL_TUNNELS.entries()) this.#protocols[protocol] = i + 1;
  }

  ofPort(port: number): Tunnel | null {
    const mark = this.#ports[port]!;
    return mark === 0 ? null : this.#udp[mark - 1]![1];
  }

  ofProtocol(protocol: number): Tunnel | null {
    const mark = this.#protocols[protocol]!;
    return mark === 0 ? null : PROTOCOL_TUNNELS[mark - 1]![1];
  }
}

export const STANDARD_TUNNELS: Tunnels = new Tunnels();
