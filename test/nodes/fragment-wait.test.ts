/** Later fragments before their first: held against a reference that sees all rows, however they are cut. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openTraffic } from '../../src/capture/open.ts';
import { replay } from '../../src/replay/replay.ts';
import { VERDICTS } from '../../src/verdict/reasons.ts';
import { fakeCluster } from '../fake-table.ts';
import { bytes, ethernet, fragmentHeader, hex, ipv4, ipv6, pcap, tcpHeader, udpHeader } from '../pcap-writer.ts';
import { type Random, seeded } from '../random.ts';
import { pieces } from '../traffic.ts';

const V4 = ['10.244.1.2', '10.244.2.2'] as const;
const V6 = ['fd00::2', 'fd00::3'] as const;
const NODES = ['192.168.0.1', '192.168.0.2'] as const;
const WORLD = {
  pods: { [V4[0]]: 'n1', [V4[1]]: 'n2', [V6[0]]: 'n1', [V6[1]]: 'n2' },
  nodes: { [NODES[0]]: 'n1', [NODES[1]]: 'n2' },
  ingress: ({ port }: { port: number }) => port === 53,
};
const START = 1_785_542_400;
const LIFETIME_S = 30;

/** One packet: a fragment of datagram `key`, or any other when that is null. */
type Piece = {
  readonly key: string | null;
  readonly first: boolean;
  readonly port: number;
  readonly seconds: number;
  readonly frame: Buffer;
};

/** `record verdict opener` for each, in the order of the lines. */
async function replayed(list: readonly Piece[], wait: number, pieceBytes: number): Promise<string[]> {
  const { table, questions } = fakeCluster(WORLD);
  const content = pcap(list.map(({ frame, seconds }) => ({ frame, seconds: START + seconds })));
  const traffic = await openTraffic('-', { stdin: pieces(content, pieceBytes) });
  const lines: string[] = [];
  const { tally } = await replay(
    table,
    [traffic],
    { fragmentWait: wait },
    (batch, verdicts) => {
      for (let row = 0; row < batch.count; row++)
        lines.push(`${batch.n[row]} ${VERDICTS[verdicts.verdict[row]!]} ${verdicts.opener[row]}`);
    },
    questions,
  );
  assert.is(tally.rows, list.length);
  assert.is(
    tally.verdicts.reduce((sum, { packets }) => sum + packets, 0),
    list.length,
  );
  return lines;
}

/** What a datagram's later fragments are to say: the newest first before them, else the next within the wait. */
function reference(list: readonly Piece[], wait: number): string[] {
  return list.map((piece, i) => {
    if (piece.key === null || piece.first) return '';
    const isFirst = (other: Piece): boolean =>
      other.first && other.key === piece.key && Math.abs(other.seconds - piece.seconds) <= LIFETIME_S;
    const before = list.slice(0, i).findLastIndex((other) => other.first && other.key === piece.key);
    const known = before >= 0 && isFirst(list[before]!) ? before : -1;
    const after = list.slice(i + 1, i + 1 + wait).findIndex(isFirst);
    const at = known >= 0 ? known : after < 0 ? -1 : i + 1 + after;
    return at < 0 ? 'undetermined 0' : list[at]!.port === 53 ? 'forwarded' : 'dropped';
  });
}

function fragment(family: 4 | 6, id: number, first: boolean, port: number, seconds: number): Piece {
  const body = first ? udpHeader(40_000 + id, port, Buffer.alloc(8)) : Buffer.alloc(16, id);
  const offset = first ? 0 : 1480;
  const packet =
    family === 4
      ? ipv4(V4[0], V4[1], 17, body, { id, moreFragments: first, fragmentOffset: offset })
      : ipv6(V6[0], V6[1], 17, body, { extensions: [fragmentHeader(offset, first, id)] });
  return { key: `${family} ${id}`, first, port, seconds, frame: ethernet(packet) };
}

const plain = (seconds: number): Piece => ({
  key: null,
  first: false,
  port: 0,
  seconds,
  frame: ethernet(ipv4(V4[0], V4[1], 6, tcpHeader(40_000, 53, 16))),
});

for (const [between, says] of [
  [63, 'dropped'],
  [64, 'undetermined'],
] as const)
  test(`a first with ${between} packets between is ${says === 'dropped' ? 'waited for' : 'not waited for'}`, async () => {
    const list = [
      fragment(4, 1, false, 0, 0),
      ...Array.from({ length: between }, () => plain(0)),
      fragment(4, 1, true, 54, 0),
    ];
    for (const size of [1, 300, 1 << 20]) {
      const lines = await replayed(list, 64, size);
      assert.is(lines[0]!.split(' ')[1], says, `in pieces of ${size}`);
    }
  });

test('without a wait rows are judged as they come', async () => {
  const list = [fragment(4, 1, false, 0, 0), fragment(4, 1, true, 54, 0)];
  assert.equal(await replayed(list, 0, 1 << 20), ['1 undetermined 0', '2 dropped 0']);
  assert.equal(await replayed(list, 1, 1 << 20), ['1 dropped 2', '2 dropped 0']);
});

/** Few identifications, so that they are met again; pauses around the lifetime. */
function randomPieces(random: Random): Piece[] {
  let seconds = 0;
  return Array.from({ length: 500 }, () => {
    if (random.chance(0.02)) seconds += random.pick([1, 15, 30, 31]);
    if (random.chance(0.3)) return plain(seconds);
    const id = 1 + random.below(12);
    return fragment(random.pick([4, 6]), id, random.chance(0.3), random.pick([53, 54]), seconds);
  });
}

test('random streams: every fragment says what the reference says, in its own place, however it is cut', async () => {
  const seen = new Set<string>();
  for (const [i, wait] of [64, 8, 1, 0].entries()) {
    const list = randomPieces(seeded(i + 1));
    const expected = reference(list, wait);
    const whole = await replayed(list, wait, 1 << 20);
    for (const [row, said] of expected.entries()) {
      const [n, ...outcome] = whole[row]!.split(' ');
      assert.is(n, String(row + 1), 'the order of the lines');
      if (said === '') continue;
      assert.is(outcome.join(' ').startsWith(said), true, `wait ${wait}, row ${row + 1}: ${outcome}, expected ${said}`);
      seen.add(said);
    }
    for (const size of [1, 2, 3, 7, 100, 4096])
      assert.equal(await replayed(list, wait, size), whole, `pieces of ${size}`);
  }
  assert.is(seen.size, 3);
});

test('what waits at the end of an input is judged without its first', async () => {
  assert.equal(await replayed([plain(0), fragment(6, 3, false, 0, 0)], 64, 5), ['1 forwarded 0', '2 undetermined 0']);
});

const part = (payload: Buffer, from: number, to: number, more: boolean): Buffer =>
  ethernet(
    ipv4(NODES[0], NODES[1], 17, payload.subarray(from, to), { id: 9, moreFragments: more, fragmentOffset: from }),
  );
const other = (frame: Buffer): Piece => ({ key: null, first: false, port: 0, seconds: 0, frame });

test('fragments of a tunnel’s packet follow the first by the tunnel’s ends, before it and behind it', async () => {
  const inner = ipv4(V4[0], V4[1], 17, udpHeader(40_000, 54, Buffer.alloc(40)));
  const payload = udpHeader(5000, 4789, bytes(hex('08000000 00100000'), ethernet(inner)));
  const cut = 80;
  const list = [part(payload, cut, payload.length, false), part(payload, 0, cut, true)].map(other);
  for (const size of [1, 1 << 20]) {
    assert.equal(await replayed(list, 64, size), ['1 dropped 2', '2 dropped 0']);
    assert.equal(await replayed([...list].reverse(), 64, size), ['1 dropped 0', '2 dropped 1']);
  }
});

test('a first too short for its ports decides for all; an atomic fragment is no fragment', async () => {
  const short = ethernet(ipv4(V4[0], V4[1], 17, Buffer.alloc(0), { id: 5, moreFragments: true }));
  const rest = ethernet(ipv4(V4[0], V4[1], 17, Buffer.alloc(16), { id: 5, fragmentOffset: 8 }));
  assert.equal(await replayed([other(short), other(rest)], 64, 1 << 20), ['1 undetermined 0', '2 undetermined 1']);
  const body = udpHeader(40_000, 53);
  const atomic = ethernet(ipv6(V6[0], V6[1], 17, body, { extensions: [fragmentHeader(0, false, 6)] }));
  assert.equal(await replayed([other(atomic), fragment(6, 6, false, 0, 0)], 64, 1 << 20), [
    '1 forwarded 0',
    '2 undetermined 0',
  ]);
});

test('fragments that overlap share the first’s fate; of two firsts the later speaks for what follows', async () => {
  const overlapping = ethernet(ipv4(V4[0], V4[1], 17, Buffer.alloc(24), { id: 1, fragmentOffset: 8 }));
  const list = [
    fragment(4, 1, true, 53, 0),
    other(overlapping),
    fragment(4, 1, true, 54, 0),
    other(overlapping),
    fragment(4, 1, false, 0, 0),
  ];
  assert.equal(await replayed(list, 64, 1 << 20), [
    '1 forwarded 0',
    '2 forwarded 1',
    '3 dropped 0',
    '4 dropped 3',
    '5 dropped 3',
  ]);
});

test('a flood of fragments that wait changes nothing but its own', async () => {
  const flood = Array.from({ length: 3000 }, (_, i) => fragment(4, i & 0xffff, false, 0, 0));
  const list = [...flood, plain(0)];
  const lines = await replayed(list, 4096, 1000);
  assert.is(lines.length, list.length);
  assert.ok(lines.slice(0, 3000).every((line) => line.endsWith('undetermined 0')));
  assert.ok(lines.at(-1)!.includes('forwarded'));
});

test.run();
