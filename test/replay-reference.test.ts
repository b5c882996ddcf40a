import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Midstream } from '../src/replay/options.ts';
import type { World } from './fake-table.ts';
import { type Packet, ReferenceTracker, type Told } from './reference-tracker.ts';
import { outcomes, replayOf } from './replayed.ts';
import { type Row, rowsOf } from './rows.ts';

const PACKETS = 2500;
const SEEDS = 8;
/** Tuples that talk at a time: few, so that most packets meet a connection. */
const FLOWS = 16;
const BATCH = 700;

/** Mulberry32: small, seeded, good enough. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const V4 = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '200.0.0.4'];
const V6 = ['fd00::1', 'fd00::2', 'fd00:0:0:1::1', 'fd00:0:0:1::2'];
/** Every pod judges in its own way: two thirds of the pairs of an address and a port, by a hash. */
function allows(own: string, peer: string, port: number): boolean {
  let hash = port;
  for (const c of own + peer) hash = Math.imul(hash ^ c.charCodeAt(0), 0x01000193);
  return (hash >>> 13) % 6 > 1;
}

const world: World = {
  pods: Object.fromEntries([...V4, ...V6].map((address) => [address, 'n1'])),
  egress: ({ own, peer, port }) => allows(own, peer, port),
  ingress: ({ own, peer, port }) => allows(own, peer, port + 1),
};

type Flow = Pick<Packet, 'src' | 'sport' | 'dst' | 'dport' | 'protocol' | 'id'>;

const pick = <T>(random: () => number, from: readonly T[]): T => from[Math.floor(random() * from.length)]!;

function randomFlow(random: () => number): Flow {
  const ends = pick(random, [V4, V4, V6]);
  const src = pick(random, ends);
  const dst = pick(
    random,
    ends.filter((one) => one !== src),
  );
  const protocol = pick(random, ['tcp', 'tcp', 'tcp', 'tcp', 'udp', 'udp', 'icmp', 'esp', 'gre'] as const);
  const ported = protocol === 'tcp' || protocol === 'udp';
  const port = (): number => (ported ? pick(random, [80, 443, 5000, 40_000, 50_000]) : 0);
  return { src, dst, protocol, sport: port(), dport: port(), id: pick(random, [1, 2]) };
}

/** Quick exchanges, and pauses around every timeout. */
function randomPackets(seed: number): Packet[] {
  const random = seeded(seed);
  const pauses = [0, 1, 5, 100, 1999, 2001, 9_999, 10_001, 29_999, 30_000, 60_000, 119_999, 120_001, 300_001];
  const flows = Array.from({ length: FLOWS }, () => randomFlow(random));
  let at = 1_700_000_000_000;
  return Array.from({ length: PACKETS }, () => {
    if (random() < 0.1) at += pick(random, pauses);
    if (random() < 0.02) flows[Math.floor(random() * FLOWS)] = randomFlow(random);
    const flow = pick(random, flows);
    const ends = random() < 0.5 ? flow : { src: flow.dst, sport: flow.dport, dst: flow.src, dport: flow.sport };
    const flags = pick(random, ['S', 'S', 'SA', 'A', 'A', 'A', 'FA', 'FA', 'R', 'RA', 'SF', '-']);
    return {
      ...{ ...flow, ...ends, at: random() < 0.02 ? at - 5000 : at, type: pick(random, [8, 0]), chunk: 0 },
      flags: flow.protocol === 'tcp' ? flags : '',
    };
  });
}

function asRow(p: Packet): Row {
  const at = p.at / 1000;
  const v6 = p.src.includes(':');
  const from = v6 ? `[${p.src}]:${p.sport}` : `${p.src}:${p.sport}`;
  const to = v6 ? `[${p.dst}]:${p.dport}` : `${p.dst}:${p.dport}`;
  switch (p.protocol) {
    case 'tcp':
      return { says: `${from} > ${to} ${p.flags}`, at };
    case 'icmp':
      return { says: `${p.src} > ${p.dst} icmp ${icmpType(p, v6)}/0 id ${p.id}`, at };
    default:
      return { says: `${from} > ${to} ${p.protocol === 'esp' ? '50' : p.protocol}`, at };
  }
}

const icmpType = (p: Packet, v6: boolean): number => (v6 ? (p.type === 8 ? 128 : 129) : p.type);

/** The opener's port as fake-table.ts tells it to policies. */
const policy = (o: { src: string; dst: string; protocol: string; dport: number }): boolean => {
  const echo = (o.src.includes(':') ? 128 : 8) * 256;
  const port = o.protocol === 'icmp' ? echo : o.protocol === 'tcp' || o.protocol === 'udp' ? o.dport : -1;
  return allows(o.src, o.dst, port) && allows(o.dst, o.src, port + 1);
};

function fast(packets: readonly Packet[], midstream: Midstream): Told[] {
  const replay = replayOf(world, { midstream });
  const told: Told[] = [];
  for (let from = 0; from < packets.length; from += BATCH) {
    const batch = rowsOf(packets.slice(from, from + BATCH).map(asRow), from + 1);
    for (const one of outcomes(replay, batch, replay.process(batch)))
      told.push({
        verdict: one.verdict as Told['verdict'],
        reason: one.reason as Told['reason'],
        midstream: one.flags.includes('midstream'),
        reversed: one.reversed,
        opener: one.opener,
      });
  }
  return told;
}

for (const midstream of ['infer', 'loose', 'strict'] as const)
  test(`agrees with the reference on random sequences: ${midstream}`, () => {
    const seen = new Map<string, number>();
    for (let seed = 1; seed <= SEEDS; seed++) {
      const packets = randomPackets(seed);
      const reference = new ReferenceTracker(midstream, policy);
      const told = fast(packets, midstream);
      packets.forEach((packet, i) => {
        const expected = reference.take(packet);
        assert.equal(told[i], expected, `seed ${seed}, packet ${i + 1}: ${asRow(packet).says} at ${packet.at}`);
        const what = `${expected.verdict} ${expected.reason}${expected.midstream ? ' midstream' : ''}`;
        seen.set(what, (seen.get(what) ?? 0) + 1);
      });
    }
    const total = SEEDS * PACKETS;
    const shares = [...seen].map(([what, n]) => `${what} ${((100 * n) / total).toFixed(1)} %`).sort();
    console.log(`# ${midstream}, seeds 1 to ${SEEDS}: ${shares.join(', ')}`);
    const expected =
      midstream === 'infer' ? ['forwarded tracked', 'dropped connection-denied'] : ['dropped ct-invalid'];
    for (const what of [...expected, 'forwarded policy', 'dropped policy'])
      assert.ok((seen.get(what) ?? 0) > total / 50, `too few ${what}`);
  });

test.run();
