import { execFileSync } from 'node:child_process';
import { readFileSync, readSync, writeFileSync, writeSync } from 'node:fs';
import type { Timeouts } from '../../src/replay/timeouts.ts';
import { BACKEND, BACKEND_PORT, DENIED_PORT, NODE, onesComplement, PORT, SERVICE } from './packets.ts';
import type { Letter, Step } from './sequences.ts';

/** What tun.py left open. */
const DEVICE = { left: 3, right: 4 } as const;
const MTU = 1500;
const FRAGMENT_HEADER = 44;
const FRAGMENT_TAG = 0x8_0000;

/** A packet leaves with its state written into its DSCP field. */
const LETTERS: readonly Letter[] = ['?', 'I', 'U', 'N', 'E', 'R'];
const STATES = ['invalid', 'untracked', 'new', 'established', 'related'];

const ROUTES = ['10.1.0.0/16 left', '10.2.0.0/16 right', '10.96.0.0/16 right'];
const ROUTES_6 = ['fd01::/16 left', 'fd02::/16 right', 'fd96::/16 right'];

const SWITCHES: Readonly<Record<string, number>> = {
  ...{ 'ipv4/ip_forward': 1, 'ipv6/conf/all/forwarding': 1 },
  ...{ 'ipv4/conf/all/rp_filter': 0, 'ipv4/conf/left/rp_filter': 0, 'ipv4/conf/right/rp_filter': 0 },
  // Checksums are not computed, and sequence numbers not looked at: neither is in what we compare.
  ...{ 'netfilter/nf_conntrack_checksum': 0, 'netfilter/nf_conntrack_tcp_be_liberal': 1 },
};

const marks = STATES.flatMap((state, i) =>
  ['ip', 'ip6'].map((family) => `ct state ${state} ${family} dscp set ${i + 1}`),
);
const addresses = (of: { readonly 4: string; readonly 6: string }): [family: string, address: string][] => [
  ['ip', of[4]],
  ['ip6', of[6]],
];
const nats = addresses(SERVICE).map(([family, address], i) => {
  const backend = i === 0 ? `${BACKEND[4]}:${BACKEND_PORT}` : `[${BACKEND[6]}]:${BACKEND_PORT}`;
  return `${family} daddr ${address} meta l4proto { tcp, udp, sctp } th dport ${PORT} dnat ${family} to ${backend}`;
});
const RULES = `table inet probe {
  set hidden4 { type ipv4_addr; }
  set hidden6 { type ipv6_addr; }
  chain state { type filter hook prerouting priority -150; ${marks.join('; ')}; }
  chain before { type nat hook prerouting priority -100; ${nats.join('; ')}; }
  chain forward { type filter hook forward priority 0; ct state new meta l4proto { tcp, udp } th dport ${DENIED_PORT} drop; }
  chain after { type nat hook postrouting priority 100;
    ip saddr @hidden4 snat ip to ${NODE[4]}; ip6 saddr @hidden6 snat ip6 to ${NODE[6]}; }
}`;

/** Linux' own connection tracking: this process' network namespace, between the devices `left` and `right`. */
export class Kernel {
  #buffer = Buffer.alloc(2 * MTU);
  #tag = 0;

  /** Makes the namespace ready: addresses, routes, rules. Once. `hidden`: the clients of which the right sees a node. */
  constructor(hidden: readonly string[]) {
    for (const device of ['left', 'right'])
      run('ip', 'link', 'set', 'dev', device, 'mtu', `${MTU}`, 'addrgenmode', 'none', 'up');
    for (const route of ROUTES) run('ip', 'route', 'add', ...route.replace(' ', ' dev ').split(' '));
    for (const route of ROUTES_6) run('ip', '-6', 'route', 'add', ...route.replace(' ', ' dev ').split(' '));
    for (const [name, value] of Object.entries(SWITCHES)) writeFileSync(`/proc/sys/net/${name}`, `${value}`);
    execFileSync('nft', ['-f', '-'], { input: RULES, stdio: ['pipe', 'ignore', 'inherit'] });
    for (const address of hidden)
      run('nft', 'add', 'element', 'inet', 'probe', address.includes(':') ? 'hidden6' : 'hidden4', `{ ${address} }`);
  }

  /** Forgets every connection. Timeouts are in seconds; what has no switch of its own stays as it is. */
  begin(loose: boolean, timeouts: Timeouts): void {
    run('conntrack', '-F');
    writeFileSync('/proc/sys/net/netfilter/nf_conntrack_tcp_loose', loose ? '1' : '0');
    for (const [name, seconds] of Object.entries(timeouts))
      if (name !== 'tcp_timeout_syn_sent2') writeFileSync(`/proc/sys/net/netfilter/nf_conntrack_${name}`, `${seconds}`);
  }

  /** Hands the kernel a packet from one side; what it took it for, and the packets that came out on the other. */
  feed(side: Step['side'], packet: Buffer): { readonly letter: Letter; readonly out: readonly Buffer[] } {
    const tag = this.#stamp(packet);
    writeSync(DEVICE[side], packet);
    const out: Buffer[] = [];
    const far = side === 'left' ? 'right' : 'left';
    for (let one = this.#read(far); one !== null; one = this.#read(far)) if (tagOf(one) === tag) out.push(one);
    // What the kernel itself says to the sender: nobody asks.
    while (this.#read(side) !== null);
    return { letter: out.length === 0 ? '?' : LETTERS[dscpOf(out[0]!)]!, out };
  }

  /** Numbers a packet, so that it is known again, and completes its header. A fragment keeps its identification. */
  #stamp(packet: Buffer): number {
    this.#tag = (this.#tag % 0xffff) + 1;
    if (packet[0]! >> 4 === 6) {
      // The pieces of a datagram go out under the number of the first.
      const tag = packet[6] === FRAGMENT_HEADER ? FRAGMENT_TAG | packet.readUInt16BE(46) : this.#tag;
      packet.writeUInt32BE((0x6000_0000 | tag) >>> 0, 0);
    } else {
      if ((packet.readUInt16BE(6) & 0x3fff) === 0) packet.writeUInt16BE(this.#tag, 4);
      packet.writeUInt16BE(0, 10);
      packet.writeUInt16BE(onesComplement(packet.subarray(0, (packet[0]! & 15) * 4)), 10);
    }
    return tagOf(packet);
  }

  #read(side: Step['side']): Buffer | null {
    try {
      return Buffer.from(this.#buffer.subarray(0, readSync(DEVICE[side], this.#buffer)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return null;
      throw error;
    }
  }

  /** The TCP state of each connection that it remembers, by `source port destination port` of its first packet. */
  tcpStates(): Map<string, string> {
    const states = new Map<string, string>();
    for (const line of readFileSync('/proc/net/nf_conntrack', 'utf8').split('\n')) {
      const match = / tcp +6 \d+ (\S+) src=(\S+) dst=(\S+) sport=(\d+) dport=(\d+)/.exec(line);
      if (match !== null) states.set([match[2], match[4], match[3], match[5]].join(' '), match[1]!);
    }
    return states;
  }
}

const run = (command: string, ...args: readonly string[]): void => {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
};

const dscpOf = (packet: Buffer): number =>
  packet[0]! >> 4 === 6 ? (packet.readUInt16BE(0) >> 6) & 63 : packet[1]! >> 2;

const tagOf = (packet: Buffer): number =>
  packet[0]! >> 4 === 6 ? packet.readUInt32BE(0) & 0xf_ffff : packet.readUInt16BE(4);
