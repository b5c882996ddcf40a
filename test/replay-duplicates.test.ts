/** The same packet at several places: what is told for one, held against a slow reference, whatever pieces it comes in. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openTraffic } from '../src/capture/open.ts';
import type { ReplayOptions } from '../src/replay/options.ts';
import { type ReplayResult, replay } from '../src/replay/replay.ts';
import { FLAGS, flagBit, VERDICTS } from '../src/verdict/reasons.ts';
import { fakeCluster, type World } from './fake-table.ts';
import {
  ACK,
  bytes,
  ethernet,
  hex,
  ipv4,
  type PcapOptions,
  pcap,
  sll,
  sll2,
  tcpHeader,
  udp,
  udpHeader,
} from './pcap-writer.ts';
import { pcapngWriter } from './pcapng-writer.ts';
import { type Random, seeded } from './random.ts';
import { pieces } from './traffic.ts';

const POD = '10.244.1.2';
const OTHER = '10.244.2.2';
const NODES = ['192.168.0.1', '192.168.0.2'] as const;
const WORLD: World = {
  pods: { [POD]: 'n1', [OTHER]: 'n2' },
  nodes: { [NODES[0]]: 'n1', [NODES[1]]: 'n2' },
  ingress: ({ port }) => port === 80,
};
const START = 1_785_542_400;
const OUT = 4;

type Said = { readonly lines: readonly string[]; readonly result: ReplayResult };

/** `forwarded 1 duplicate`: verdict, record of the opener (0: none), flags. */
async function replayed(content: Uint8Array, options: ReplayOptions = {}, pieceBytes = content.length): Promise<Said> {
  const { table, questions } = fakeCluster(WORLD);
  const traffic = await openTraffic('-', { stdin: pieces(content, pieceBytes) });
  const lines: string[] = [];
  const result = await replay(
    table,
    [traffic],
    options,
    (batch, verdicts) => {
      for (let row = 0; row < batch.count; row++) {
        const flags = FLAGS.filter((word) => (verdicts.flags[row]! & flagBit(word)) !== 0);
        lines.push([VERDICTS[verdicts.verdict[row]!], verdicts.opener[row], ...flags].join(' '));
      }
    },
    questions,
  );
  return { lines, result };
}

const segment = (id: number, flags = 2, hops = 64): Buffer =>
  ipv4(POD, OTHER, 6, tcpHeader(40_000, 80, flags), { id, hops });
const inVxlan = (packet: Uint8Array, to: string = NODES[1]): Buffer =>
  udp(NODES[0], to, 5000, 4789, bytes(hex('08000000 00100000'), ethernet(packet)));

/** Frames a millisecond apart, unless they say when. */
type Timed = Uint8Array | readonly [frame: Uint8Array, ms: number];
const capture = (linkType: number, frames: readonly Timed[], options: PcapOptions = {}): Buffer =>
  pcap(
    frames.map((timed, i) => {
      const [frame, ms] = timed instanceof Uint8Array ? [timed, i] : timed;
      return { frame, seconds: START + Math.floor(ms / 1000), fraction: (ms % 1000) * 1000 };
    }),
    { linkType, ...options },
  );
const any2 = (...frames: readonly Timed[]): Buffer => capture(276, frames);
const any1 = (...frames: readonly Timed[]): Buffer => capture(113, frames);
const wired = (...frames: readonly Timed[]): Buffer => capture(1, frames.map(onWire));
const onWire = (timed: Timed): Timed =>
  timed instanceof Uint8Array ? ethernet(timed) : [ethernet(timed[0] as Uint8Array), timed[1]];

const writer = pcapngWriter();
const twoInterfaces = (first: Uint8Array, second: Uint8Array): Buffer =>
  bytes(
    writer.section(),
    writer.interface(),
    writer.interface(),
    writer.packet(ethernet(first), { on: 0, time: 1_000_000n }),
    writer.packet(ethernet(second), { on: 1, time: 1_000_500n }),
  );

const NEW = 'forwarded 0';
const AGAIN = 'forwarded 1 duplicate';
const SENT_AGAIN = 'forwarded 1';

const cases: readonly (readonly [name: string, content: Buffer, lines: readonly string[]])[] = [
  ['on three devices', any2(sll2(segment(1), 5), sll2(segment(1), 6), sll2(segment(1), 2, OUT)), [NEW, AGAIN, AGAIN]],
  ['in and out of one device', any2(sll2(segment(1), 5), sll2(segment(1), 5, OUT)), [NEW, AGAIN]],
  ['on one device twice: sent again', any2(sll2(segment(1), 5), sll2(segment(1), 5)), [NEW, SENT_AGAIN]],
  [
    'sent again, and both are seen twice',
    any2(sll2(segment(1), 5), sll2(segment(1), 6), sll2(segment(1), 5), sll2(segment(1), 6)),
    [NEW, AGAIN, SENT_AGAIN, AGAIN],
  ],
  [
    'both before either is seen twice',
    any2(sll2(segment(1), 5), sll2(segment(1), 5), sll2(segment(1), 6), sll2(segment(1), 6)),
    [NEW, SENT_AGAIN, AGAIN, AGAIN],
  ],
  ['another identification', any2(sll2(segment(1), 5), sll2(segment(2), 6)), [NEW, SENT_AGAIN]],
  ['100 ms later', any2([sll2(segment(1), 5), 0], [sll2(segment(1), 6), 100]), [NEW, AGAIN]],
  ['more than 100 ms later', any2([sll2(segment(1), 5), 0], [sll2(segment(1), 6), 101]), [NEW, SENT_AGAIN]],
  ['of one of several interfaces of a file', twoInterfaces(segment(1), segment(1)), [NEW, AGAIN]],
  ['in and out of devices that are not named', any1(sll(segment(1)), sll(segment(1), OUT)), [NEW, AGAIN]],
  // The first row of another direction is what starts the search.
  [
    'devices are not named, the identification tells',
    any1(sll(segment(1)), sll(segment(1), OUT), sll(segment(2)), sll(segment(2))),
    [NEW, AGAIN, SENT_AGAIN, AGAIN],
  ],
  [
    'devices are not named, and there is no identification',
    any1(sll(segment(0)), sll(segment(0), OUT), sll(segment(0)), sll(segment(0))),
    [NEW, AGAIN, SENT_AGAIN, SENT_AGAIN],
  ],
  ['beside a tunnel and in it', wired(segment(1), inVxlan(segment(1))), [NEW, AGAIN]],
  ['in a tunnel and beside it', wired(inVxlan(segment(1)), segment(1)), [NEW, AGAIN]],
  ['in two tunnels', wired(inVxlan(segment(1)), inVxlan(segment(1), '192.168.0.3')), [NEW, AGAIN]],
  ['in one tunnel twice', wired(inVxlan(segment(1)), inVxlan(segment(1))), [NEW, SENT_AGAIN]],
  [
    'behind a router, where something is looked for',
    wired(inVxlan(segment(1)), segment(2, ACK), segment(2, ACK, 63)),
    [NEW, SENT_AGAIN, AGAIN],
  ],
  ['on one device and in no tunnel nothing is looked for', wired(segment(1), segment(1, 2, 63)), [NEW, SENT_AGAIN]],
];

for (const [name, content, lines] of cases)
  test(name, async () => {
    const { lines: said, result } = await replayed(content);
    assert.equal(said, lines);
    const { tally } = result;
    const repeated = lines.filter((line) => line.endsWith('duplicate')).length;
    assert.is(tally.rows, lines.length);
    assert.is(tally.duplicates.packets, repeated);
    assert.is(
      tally.verdicts.reduce((sum, { packets }) => sum + packets, repeated),
      lines.length,
    );
    assert.is(
      tally.verdicts.reduce((sum, { connections }) => sum + connections, 0),
      1,
    );
  });

test('counted, duplicates are packets like any', async () => {
  const { lines, result } = await replayed(any2(sll2(segment(1), 5), sll2(segment(1), 6)), { duplicates: 'count' });
  assert.equal(lines, [NEW, SENT_AGAIN]);
  assert.is(result.tally.duplicates.packets, 0);
  assert.is(result.tally.verdicts[1].packets, 2);
});

test('a checksum that a network card fills in makes no other packet', async () => {
  const filled = Buffer.from(segment(1));
  filled.writeUInt16BE(0xbeef, 36);
  assert.equal((await replayed(any2(sll2(segment(1), 5), sll2(filled, 2, OUT)))).lines, [NEW, AGAIN]);
});

test('what follows a duplicate in fragments of its tunnel is one as well', async () => {
  const outer = inVxlan(segment(1));
  const cut = 80; // of the outer payload
  const payload = bytes(outer.subarray(20), Buffer.alloc(24));
  const part = (from: number, to: number, more: boolean): Buffer =>
    ipv4(NODES[0], NODES[1], 17, payload.subarray(from, to), { id: 77, moreFragments: more, fragmentOffset: from });
  const { lines } = await replayed(
    wired(segment(1), part(0, cut, true), part(cut, payload.length, false), inVxlan(segment(2)), segment(2)),
  );
  assert.equal(lines, [NEW, AGAIN, AGAIN, SENT_AGAIN, AGAIN]);
});

/** A packet at a place, by what it says: the reference compares these texts and nothing else. */
type Sight = { readonly packet: string; readonly place: string; readonly frame: Buffer; readonly ms: number };

/** All earlier first sightings are looked through, newest first. */
function reference(sights: readonly Sight[]): boolean[] {
  const firsts: Sight[] = [];
  return sights.map((sight) => {
    const first = firsts.findLast(({ packet }) => packet === sight.packet);
    const again = first !== undefined && sight.ms - first.ms <= 100 && first.place !== sight.place;
    if (!again) firsts.push(sight);
    return again;
  });
}

function randomSights(random: Random): Sight[] {
  let ms = 0;
  return Array.from({ length: 600 }, (_, i) => {
    ms += random.chance(0.02) ? 100 : random.below(4);
    // The first two rows are of two devices: from there on everything is looked at.
    const device = i < 2 ? i : random.below(3);
    const type = random.chance(0.2) ? OUT : 0;
    const id = random.below(3);
    const text = random.pick(['a', 'bb']);
    const packet = ipv4(POD, OTHER, 17, udpHeader(40_000 + random.below(2), 80, Buffer.from(text)), { id });
    const wrapped = random.chance(0.3);
    return {
      packet: packet.toString('hex'),
      place: `${device} ${type} ${wrapped}`,
      frame: sll2(wrapped ? inVxlan(packet) : packet, device, type),
      ms,
    };
  });
}

test('random streams: the reference finds the same duplicates, however the bytes come', async () => {
  for (let seed = 1; seed <= 4; seed++) {
    const sights = randomSights(seeded(seed));
    const content = capture(
      276,
      sights.map(({ frame, ms }): Timed => [frame, ms]),
    );
    const expected = reference(sights);
    assert.ok(expected.filter(Boolean).length > 100);
    const whole = await replayed(content);
    assert.equal(
      whole.lines.map((line) => line.includes('duplicate')),
      expected,
      `seed ${seed}`,
    );
    for (const size of [1, 7, 4096]) assert.equal((await replayed(content, {}, size)).lines, whole.lines);
    const alone = await replayed(content, { track: false });
    assert.equal(
      alone.lines.map((line) => line.includes('duplicate')),
      expected,
      `seed ${seed}, judged alone`,
    );
  }
});

test('rows from before anything was looked for are looked back on, 64 and no more, however the bytes come', async () => {
  for (const [between, again] of [
    [63, true],
    [64, false],
  ] as const) {
    const others = Array.from({ length: between }, (_, i): Timed => [segment(100 + i, ACK), 1]);
    const content = wired([segment(1), 0], ...others, [inVxlan(segment(1)), 2]);
    for (const size of [1, 500, content.length]) {
      const { lines } = await replayed(content, {}, size);
      assert.is(lines.at(-1), again ? AGAIN : SENT_AGAIN, `${between} rows between, in pieces of ${size}`);
    }
  }
});

test.run();
