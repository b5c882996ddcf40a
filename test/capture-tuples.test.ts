/** Tuple files: what a line may say, what is rejected, and where. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  HAS_ICMP,
  HAS_PORTS,
  HAS_SCTP_CHUNK,
  HAS_TCP_FLAGS,
  IS_TUPLE,
  RECORDED_DROPPED,
  RECORDED_FORWARDED,
  RECORDED_NONE,
} from '../src/packet/batch.ts';
import type { CaptureError } from '../src/source/errors.ts';
import { bytes, pcap } from './pcap-writer.ts';
import { type RecordRow, readInput } from './traffic.ts';

const good = '{"src":"10.0.0.1","dst":"10.0.0.2","proto":"TCP","sport":40000,"dport":80}';
const withKeys = (keys: string): string => good.replace('}', `,${keys}}`);
const readText = (text: string, pieceBytes?: number) => readInput(Buffer.from(text), pieceBytes);

const ends = { src: '10.0.0.1', dst: '10.0.0.2' };
const pair = '"src":"10.0.0.1","dst":"10.0.0.2"';
const accepted: readonly (readonly [name: string, line: string, expected: Partial<RecordRow>])[] = [
  [
    'TCP is a SYN',
    good,
    {
      ...ends,
      protocol: 6,
      ports: '40000 > 80',
      tcpFlags: 2,
      bits: IS_TUPLE | HAS_PORTS | HAS_TCP_FLAGS,
      weights: '1 0',
    },
  ],
  ['a protocol in any case', good.replace('TCP', 'udp'), { protocol: 17, bits: IS_TUPLE | HAS_PORTS }],
  ['a protocol by number', `{${pair},"proto":17,"sport":0,"dport":65535}`, { protocol: 17, ports: '0 > 65535' }],
  [
    'SCTP is an INIT',
    `{${pair},"proto":"SCTP","sport":1,"dport":2}`,
    { sctpChunk: 1, bits: IS_TUPLE | HAS_PORTS | HAS_SCTP_CHUNK },
  ],
  [
    'ICMP, with ports that mean nothing',
    `{${pair},"proto":"ICMP","sport":0,"dport":0,"icmpType":8,"icmpCode":3}`,
    { protocol: 1, icmp: '8/3', bits: IS_TUPLE | HAS_ICMP },
  ],
  ['ICMP without a code', `{${pair},"proto":"ICMP","icmpType":8}`, { protocol: 1, bits: IS_TUPLE }],
  [
    'IPv6',
    '{"src":"fd00::1","dst":"FD00::2","proto":"ICMPv6","icmpType":128,"icmpCode":0}',
    { src: 'fd00::1', dst: 'fd00::2' },
  ],
  ['another protocol', `{${pair},"proto":50,"sport":0,"dport":0}`, { protocol: 50, bits: IS_TUPLE }],
  ['no ports', `{${pair},"proto":"UDP"}`, { protocol: 17, bits: IS_TUPLE }],
  ['one port', `{${pair},"proto":"UDP","dport":53,"sport":null}`, { protocol: 17, bits: IS_TUPLE }],
  ['unknown keys', withKeys('"note":"x","__proto__":{"src":1},"constructor":2'), { ports: '40000 > 80' }],
  ['weights', withKeys('"packets":12,"bytes":3400'), { weights: '12 3400' }],
  ['a recorded drop', withKeys('"verdict":"dropped"'), { recorded: RECORDED_DROPPED }],
  ['a recorded allow', withKeys('"verdict":"allow"'), { recorded: RECORDED_FORWARDED }],
  ['a verdict that says nothing', withKeys('"verdict":"undetermined"'), { recorded: RECORDED_NONE }],
  ['a time', withKeys('"ts":"1785578400.1234"'), { time: '1785578400.1234', timeText: '1785578400.1234' }],
  ['a whole second', withKeys('"ts":"1785578400"'), { time: '1785578400', timeText: '1785578400' }],
  [
    'a number keeps its digits',
    withKeys('"ts":1785578400.123456789'),
    { time: '1785578400.123456789', timeText: '1785578400.123456789' },
  ],
  ['a time of other words', withKeys('"ts":"2026-08-01T10:00:00Z"'), { time: null, timeText: '2026-08-01T10:00:00Z' }],
  [
    'more digits than nanoseconds',
    withKeys('"ts":"1.12345678987"'),
    { time: '1.123456789', timeText: '1.12345678987' },
  ],
  ['a time beyond 2106', withKeys('"ts":"9999999999"'), { time: null, timeText: '9999999999' }],
];
for (const [name, line, expected] of accepted)
  test(`reads ${name}`, async () => {
    const { rows, fault, format } = await readText(line);
    assert.is(format, 'tuples');
    assert.is(fault, null);
    assert.is(rows.length, 1);
    for (const [key, value] of Object.entries(expected)) assert.equal(rows[0]![key as keyof RecordRow], value, key);
    if (!('ports' in expected) && (rows[0]!.bits & HAS_PORTS) === 0) assert.is(rows[0]!.ports, undefined);
  });

const rejected: readonly (readonly [line: string, why: RegExp])[] = [
  ['nonsense', /^not a JSON object on one line$/],
  [good.slice(0, -1), /^not a JSON object on one line$/],
  ['[1]', /^expected an object with `src` and `dst`$/],
  ['null', /^expected an object with/],
  ['{"src":"10.0.0.1","proto":"TCP"}', /^expected an object with/],
  [
    '{"src":"10.0.0.256","dst":"10.0.0.2","proto":"TCP"}',
    /^`src` is `"10\.0\.0\.256"`, expected an IPv4 or IPv6 address$/,
  ],
  ['{"src":"10.0.0.1","dst":7,"proto":"TCP"}', /^`dst` is `7`, expected an IPv4/],
  ['{"src":"10.0.0.1","dst":"fd00::1","proto":"TCP"}', /^`src` is IPv4 and `dst` is IPv6$/],
  [`{${pair}}`, /^`proto` is missing, expected TCP, UDP/],
  [`{${pair},"proto":"TCPP"}`, /^`proto` is `"TCPP"`, expected TCP, UDP/],
  [`{${pair},"proto":256}`, /^`proto` is `256`/],
  [good.replace('80', '65536'), /^`dport` is `65536`, expected an integer from 0 to 65535$/],
  [good.replace('40000', '-1'), /^`sport` is `-1`/],
  [good.replace('80', '"80"'), /^`dport` is `"80"`/],
  [good.replace('80', '80.5'), /^`dport` is `80\.5`/],
  [`{${pair},"proto":"ICMP","icmpType":256}`, /^`icmpType` is `256`, expected an integer from 0 to 255$/],
  [withKeys('"packets":-1'), /^`packets` is `-1`/],
  [withKeys('"bytes":1e300'), /^`bytes` is `1e\+300`/],
  [withKeys('"verdict":"alow"'), /^`verdict` is `"alow"`, expected forwarded, allow/],
  [withKeys('"ts":{}'), /^`ts` is `\{\}`, expected a number or a text/],
  [withKeys(`"ts":"${'1'.repeat(65)}"`), /^`ts` is `"1{39}`, expected/],
];
for (const [line, why] of rejected)
  test(`rejects ${line.slice(0, 70)}`, async () => {
    const { rows, counts, fault } = await readText(`${good}\n\n${line}\n${good}\n`);
    assert.is(fault, null);
    assert.equal(
      rows.map((row) => row.n),
      [1, 4],
    );
    assert.is(counts.records, 3);
    assert.is(counts.rejected, 1);
    assert.is(counts.samples[0]!.n, 3);
    assert.is(counts.samples[0]!.offset, good.length + 2);
    assert.match(counts.samples[0]!.why, why);
  });

test('blank lines, line ends of Windows and a mark of byte order are no trouble', async () => {
  const { rows, counts } = await readText(`\ufeff\r\n \t\r\n${good}\r\n\r\n${good}`);
  assert.equal(
    rows.map((row) => row.n),
    [3, 5],
  );
  assert.equal([counts.records, counts.rejected], [2, 0]);
  assert.is((await readText(`\ufeff${good}\n`)).rows.length, 1);
});

test('the first line that parses decides, and broken ones before it are rejected', async () => {
  const text = `# exported\n{"src":\n${good}\n`;
  for (const size of [1, 2, 3, 7, 4096]) {
    const { rows, counts } = await readText(text, size);
    assert.equal(
      rows.map((row) => row.n),
      [3],
    );
    assert.is(counts.rejected, 2);
    assert.is((await readText(text.trimEnd(), size)).rows.length, 1);
  }
});

test('a head without a line that parses costs the same in single bytes', async () => {
  const heads = ['#'.repeat(60_000), '#\n'.repeat(30_000), '{\n'.repeat(30_000)];
  for (const head of heads) {
    const { rows, counts } = await readText(`${head}\n${good}\n`, 1);
    assert.is(rows.length, 1);
    assert.is(counts.rejected + 1, counts.records);
  }
});

for (const [name, text] of [
  ['another log', '{"flow":{}}\n'],
  ['another log before a tuple', `{"flow":{}}\n${good}\n`],
  ['blank lines', '\n \n'],
  ['a tuple behind 64 KiB', `${'#'.repeat(70_000)}\n${good}\n`],
] as const)
  test(`refuses ${name}`, async () => {
    const error = await readText(text).catch((reason: unknown) => reason);
    assert.is((error as CaptureError).code, 'UNKNOWN_FORMAT');
  });

test('bytes that are no UTF-8 are rejected', async () => {
  const { rows, counts } = await readInput(
    bytes(Buffer.from(`${good}\n"`), Buffer.from([0xff, 0x0a]), Buffer.from(good)),
  );
  assert.is(rows.length, 2);
  assert.is(counts.samples[0]!.why, 'not UTF-8');
});

test('a line of more than a mebibyte is skipped, without being held', async () => {
  const fits = withKeys(`"note":"${'x'.repeat((1 << 20) - good.length - 10)}"`);
  assert.is(fits.length, 1 << 20);
  const long = 'y'.repeat(5_000_000);
  for (const piece of [999, 1 << 22]) {
    const { rows, counts } = await readText(`${good}\n${fits}\n${fits} \n${long}\n${good}\n${long}`, piece);
    assert.equal(
      rows.map((row) => row.n),
      [1, 2, 5],
    );
    assert.equal(
      counts.samples.map((sample) => [sample.n, sample.offset, sample.why]),
      [
        [3, good.length + fits.length + 2, 'longer than 1048576 bytes'],
        [4, good.length + 2 * fits.length + 4, 'longer than 1048576 bytes'],
        [6, 2 * good.length + 2 * fits.length + long.length + 6, 'longer than 1048576 bytes'],
      ],
    );
  }
});

test('ten samples are kept, and all is counted', async () => {
  const { counts } = await readText(`${good}\n${'x\n'.repeat(50)}`);
  assert.is(counts.rejected, 50);
  assert.is(counts.samples.length, 10);
});

test('pieces of any size give the same rows', async () => {
  const text = `\n${good}\nbroken\n\n${withKeys('"note":"é€"')}\r\n${good}`.repeat(20);
  const { batches: _, ...expected } = await readText(text);
  assert.is(expected.rows.length, 60);
  for (const size of [1, 2, 3, 7, 4096]) {
    const { batches: __, ...read } = await readText(text, size);
    assert.equal(read, expected, `pieces of ${size}`);
  }
});

test('a capture is no text', async () => {
  assert.is((await readInput(pcap([]))).format, 'pcap');
});

test.run();
