/** The traffic of samples/story: a minute on the nodes of a shop, and what Hubble saw in the hour before. */
import { ACK, ethernet, FIN, type PcapRecord, pcap, SYN, tcp, udp } from './pcap-writer.ts';

const NINE = Date.UTC(2026, 10, 22, 9) / 1000;
const HOUR = 3600;
const PSH = 8;
const WEB = ['10.244.1.11', '10.244.2.11'] as const;
const CART = '10.244.1.12';
const POSTGRES = '10.244.2.12';
const DNS_SERVICE = '10.96.0.10';
const NODE = '10.60.0.1';
const PROMETHEUS = '10.244.2.20';
const PAYMENTS = '203.0.113.80';

/** A packet `milliseconds` after nine. */
const at = (milliseconds: number, packet: Uint8Array): PcapRecord & { readonly after: number } => ({
  after: milliseconds,
  frame: ethernet(packet),
  seconds: NINE + Math.floor(milliseconds / 1000),
  fraction: (milliseconds % 1000) * 1000,
});

/** A connection from SYN to the last ACK, with `talk` packets each way. */
function connection(start: number, src: string, dst: string, sport: number, dport: number, talk = 2) {
  const there = (flags: number) => tcp(src, dst, sport, dport, flags);
  const back = (flags: number) => tcp(dst, src, dport, sport, flags);
  const middle = Array.from({ length: talk }, () => [there(PSH | ACK), back(PSH | ACK)]).flat();
  const packets = [there(SYN), back(SYN | ACK), there(ACK), ...middle, there(FIN | ACK), back(FIN | ACK), there(ACK)];
  return packets.map((packet, i) => at(start + i * 3, packet));
}

const lookUp = (start: number, src: string, sport: number) => [
  at(start, udp(src, DNS_SERVICE, sport, 53, new Uint8Array(29))),
  at(start + 1, udp(DNS_SERVICE, src, 53, sport, new Uint8Array(45))),
];

/** A minute: customers come every two seconds, web asks the cart, the cart its database; names are looked up in between. */
export function storyCapture(): Buffer {
  const records = Array.from({ length: 30 }, (_, i) => {
    const start = i * 2000;
    const web = WEB[i % 2]!;
    return [
      ...connection(start, `198.51.100.${10 + (i % 7)}`, web, 50_000 + i, 8080),
      ...(i % 3 === 0 ? lookUp(start + 20, web, 42_000 + i) : []),
      ...(i % 3 === 0 ? connection(start + 40, web, CART, 43_000 + i, 8081, 1 + (i % 4)) : []),
      ...(i % 6 === 0 ? lookUp(start + 60, CART, 44_000 + i) : []),
      ...(i % 6 === 0 ? connection(start + 80, CART, POSTGRES, 45_000 + i, 5432, 3) : []),
      ...(i % 10 === 4 ? connection(start + 120, WEB[0], POSTGRES, 46_000 + i, 5432, 1) : []),
      ...(i % 5 === 0 ? connection(start + 160, NODE, CART, 47_000 + i, 8081, 1) : []),
    ];
  }).flat();
  return pcap(records.sort((a, b) => a.after - b.after));
}

/** Who opened what in the hour: Hubble's verdicts of what opens connections; some of it the minute does not have. */
export function storyHubble(): string {
  const flows = [
    ...Array.from({ length: 4 }, (_, i) => ({
      minute: 15 * i,
      src: PROMETHEUS,
      dst: CART,
      sport: 39_000 + i,
      dport: 9090,
    })),
    { minute: 22, src: CART, dst: PAYMENTS, sport: 51_200, dport: 443 },
    { minute: 47, src: CART, dst: PAYMENTS, sport: 51_201, dport: 443 },
    { minute: 48, src: CART, dst: POSTGRES, sport: 51_202, dport: 5432 },
  ];
  return flows
    .sort((a, b) => a.minute - b.minute)
    .map(({ minute, src, dst, sport, dport }) => {
      const time = new Date((NINE - HOUR + minute * 60) * 1000).toISOString();
      const direction = src === PROMETHEUS ? 'INGRESS' : 'EGRESS';
      const flow = {
        time,
        verdict: 'FORWARDED',
        IP: { source: src, destination: dst, ipVersion: 'IPv4' },
        l4: { TCP: { source_port: sport, destination_port: dport, flags: { SYN: true } } },
        Type: 'L3_L4',
        node_name: 'node-1',
        event_type: { type: 5 },
        traffic_direction: direction,
        is_reply: false,
      };
      return `${JSON.stringify({ flow, node_name: 'node-1', time })}\n`;
    })
    .join('');
}
