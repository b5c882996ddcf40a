/** Annotated captures: what is written, what tshark reads of it (stored), and what is left when it cannot be written. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Comments, MAX_COMMENT_BYTES } from '../src/report/comment.ts';
import type { MatchTable } from '../src/table/match-table.ts';
import { cli, type Said } from './command-line.ts';
import { command, fixture, root, sample } from './paths.ts';
import { ethernet, hex, icmp, ipv4, type PcapRecord, pcap, tcp, udpHeader } from './pcap-writer.ts';
import { readWritten, type Written } from './pcapng-reader.ts';
import { CUSTOM, NAMES, pcapngWriter, SECRETS, STATISTICS } from './pcapng-writer.ts';
import { found, judged, table } from './report-builders.ts';

const SCENARIOS = sample('scenarios/scenarios.pcap');
const folder = mkdtempSync(join(tmpdir(), 'annotate-'));
test.after(() => rmSync(folder, { recursive: true }));
const path = (name: string): string => join(folder, name);
function made(name: string, bytes: Uint8Array): string {
  writeFileSync(path(name), bytes);
  return path(name);
}

process.chdir(root); // the places of rules are as they were named
const MANIFESTS = 'samples/scenarios';
const run = (...args: string[]): Promise<Said> => cli('replay', '-f', MANIFESTS, ...args);

/** What `--write` makes of captures. */
async function annotated(...captures: string[]): Promise<Written> {
  const out = path('annotated.pcapng');
  const { code, err } = await run(...captures, '--write', out);
  assert.is(code, 0, err);
  return readWritten(readFileSync(out));
}

const arp = hex('ffffffffffff 020000000002 0806 0001080006040001');
const web = ethernet(tcp('10.60.9.9', '10.244.1.10', 40000, 5432));

test('tshark reads every packet of what was written, with its time, lengths, interface and comments', async () => {
  const stored = readFileSync(fixture('tshark/annotated.txt'), 'utf8').trimEnd().split('\n');
  for (const [i, line] of stored.entries()) {
    if (line.includes('\t')) continue;
    const next = stored.findIndex((other, j) => j > i && !other.includes('\t'));
    const theirs = stored.slice(i + 1, next < 0 ? undefined : next);
    const { packets, interfaces } = await annotated(line);
    const ours = packets.map(({ units, wire, frame, interface: on, comments }, at) => {
      const digits = interfaces[on]!.options.get(9)?.[0] ?? 6;
      const text = String(units).padStart(digits + 1, '0');
      const time = `${text.slice(0, -digits)}.${text.slice(-digits).padEnd(9, '0')}`;
      return [at + 1, time, wire, frame.length, on, comments.join('|')].join('\t');
    });
    assert.equal(ours, theirs);
  }
});

test('dropped and forwarded packets are apart, and each says why', async () => {
  const [dropped, forwarded] = [path('dropped.pcapng'), path('forwarded.pcapng')];
  assert.is((await run(SCENARIOS, '--write-dropped', dropped, '--write-forwarded', forwarded)).code, 0);
  const [no, yes] = [readWritten(readFileSync(dropped)), readWritten(readFileSync(forwarded))];
  assert.equal([no.packets.length, yes.packets.length], [138, 106]);
  for (const { comments } of no.packets) assert.match(comments[0]!, /^dropped, /);
  for (const { comments } of yes.packets) assert.match(comments[0]!, /^forwarded, /);
  assert.ok(
    no.packets.some(
      ({ comments }) =>
        comments[0] === 'dropped, policy; egress: no policy selects it; ingress: not allowed by db/network-policy',
    ),
  );
  assert.ok(
    yes.packets.some(({ comments }) => /ingress: allowed by NetworkPolicy \S+, rule 0, \S+:\d+$/.test(comments[0]!)),
  );
});

test('a pcap file becomes one interface: link type, resolution, checksum, odd fractions', async () => {
  const records: PcapRecord[] = [
    { frame: web, seconds: 0xffff_fff0, fraction: 2_000_000_001, wireBytes: 1500 },
    { frame: arp, seconds: 5, fraction: 999_999_999 },
  ];
  for (const bigEndian of [true, false]) {
    const { packets, interfaces, types } = await annotated(
      made('a.pcap', pcap(records, { nano: true, bigEndian, linkType: 1 | (1 << 26) | (2 << 28) })),
    );
    assert.equal(types, [0x0a0d0d0a, 1, 6, 6]);
    assert.is(interfaces[0]!.linkType, 1);
    assert.equal([interfaces[0]!.options.get(9)![0], interfaces[0]!.options.get(13)![0]], [9, 4]);
    assert.equal(
      packets.map(({ units, wire, frame }) => [units, wire, frame.equals(units === 5_999_999_999n ? arp : web)]),
      [
        [0xffff_fff0n * 1_000_000_000n + 2_000_000_001n, 1500, true],
        [5_999_999_999n, arp.length, true],
      ],
    );
    assert.is(packets[1]!.comments[0], 'not judged: no IP packet, or one that cannot be decoded');
  }
});

for (const bigEndian of [true, false])
  test(`a pcapng file stays what it is, ${bigEndian ? 'big' : 'little'} endian: sections, interfaces, options`, async () => {
    const { section, interface: describe, packet, simple, obsolete, block } = pcapngWriter(bigEndian);
    const odd = Buffer.concat([web, Buffer.from([1])]); // a frame that needs padding
    const capture = Buffer.concat([
      section([[4, Buffer.from('a tool')]]),
      describe({ resolution: 0x80 + 10, offset: -5n, options: [[2, Buffer.from('cali0')]] }),
      describe({ linkType: 101, resolution: 12 }),
      block(SECRETS, Buffer.from('a secret that nobody is to see.')),
      packet(odd, { time: 0xffff_ffff_ffffn, comment: 'seen before', wireBytes: 999 }),
      packet(icmp('10.60.9.9', '10.244.1.10', 8), { on: 1, time: 7n }),
      block(NAMES, Buffer.alloc(4)),
      block(CUSTOM, Buffer.alloc(8)),
      block(0x4000_0bad, Buffer.alloc(8)),
      obsolete(web, { time: 8n, comment: 'old' }),
      simple(web),
      block(STATISTICS, Buffer.alloc(12)),
      section(),
      describe(),
      packet(arp),
    ]);
    const written = await annotated(made('a.pcapng', capture));
    assert.equal(written.types, [0x0a0d0d0a, 1, 1, 6, 6, NAMES, CUSTOM, 2, 3, STATISTICS, 0x0a0d0d0a, 1, 6]);
    assert.equal(
      written.packets.map(({ interface: on, units, wire, comments }) => [on, units, wire, comments.length]),
      [
        [0, 0xffff_ffff_ffffn, 999, 2],
        [1, 7n, 28, 1],
        [0, 8n, web.length, 2],
        [0, null, web.length, 0],
        [2, 0n, arp.length, 1],
      ],
    );
    assert.ok(written.packets[0]!.frame.equals(odd));
    assert.is(written.packets[0]!.comments[1], 'seen before');
    assert.is(written.interfaces[0]!.options.get(2)!.toString(), 'cali0');
    assert.not.ok(readFileSync(path('annotated.pcapng')).includes('secret'));
  });

test('frames that give no row at all are there, and every input becomes a section', async () => {
  const many = Array.from({ length: 3000 }, (_, i) => ({ frame: arp, seconds: 200 + i }));
  const other = made('b.pcap', pcap([{ frame: web, seconds: 100, fraction: 7 }]));
  const { packets, interfaces } = await annotated(made('a.pcap', pcap(many)), other);
  assert.is(interfaces.length, 2);
  assert.is(packets.length, 3001);
  assert.match(packets[0]!.comments[0]!, /^dropped/);
  assert.is(packets.filter(({ comments }) => comments[0]!.startsWith('not judged')).length, 3000);
});

test('a packet that waits for its verdict keeps its place', async () => {
  const part = (offset: number, more: boolean): Buffer =>
    ethernet(
      ipv4('10.60.9.9', '10.244.1.10', 17, offset === 0 ? udpHeader(1, 53, Buffer.alloc(8)) : Buffer.alloc(8), {
        moreFragments: more,
        fragmentOffset: offset,
        id: 7,
      }),
    );
  // A batch ends where the window must read on: what waits outlives its own.
  const others = Array.from({ length: 5000 }, () => web);
  const capture = pcap([part(16, false), arp, ...others.slice(0, 40), part(0, true), ...others]);
  const { packets } = await annotated(made('parts.pcap', capture));
  assert.is(packets.length, 5043);
  assert.ok(packets[0]!.frame.equals(part(16, false)) && packets[1]!.frame.equals(arp));
  assert.match(packets[1]!.comments[0]!, /^not judged/);
  const { out } = await run('-o', 'ndjson', path('parts.pcap'));
  for (const line of out
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text)))
    assert.ok(packets[line.n - 1]!.comments[0]!.startsWith(`${line.verdict}, ${line.reason}`), String(line.n));
});

test('of a capture that is cut, what was read is written', async () => {
  const out = path('cut.pcapng');
  const whole = pcap([web, web, web]);
  assert.is((await run(made('cut.pcap', whole.subarray(0, whole.length - 5)), '--write', out)).code, 2);
  assert.is(readWritten(readFileSync(out)).packets.length, 2);
});

test('comments are short, and obey nobody', async () => {
  const long = 'ü'.repeat(3000);
  const made = (name: string): MatchTable => {
    const one = table();
    const [first, ...rest] = one.decisions.policies;
    return { ...one, decisions: { ...one.decisions, policies: [{ ...first!, name }, ...rest] } } as MatchTable;
  };
  const row = { src: '10.0.0.1', dst: '10.0.0.2', verdict: 'dropped', reason: 'policy' } as const;
  const of = (name: string): Buffer => {
    const { verdicts } = judged([{ ...row, egress: found.noPolicy, ingress: found.endOfDefault }]);
    return Buffer.from(new Comments(made(name)).of(verdicts, 0));
  };
  assert.ok(of(long).length <= MAX_COMMENT_BYTES);
  assert.match(of(long).toString(), /ü \.\.\.$/);
  assert.not.match(of(long).toString(), '\ufffd');
  assert.match(of('a\u001b[31m\n').toString(), 'db/a\\u001b[31m\\u000a');
});

/** What may not be written, and why. The capture is `in.pcap`, the manifests are in `k8s`. */
const refusals: readonly (readonly [out: string, why: RegExp])[] = [
  ['in.pcap', /it is the input .*in\.pcap/],
  ['soft', /it is the input/],
  ['hard', /it is the input/],
  ['k8s/cluster.yaml', /it lies in the input .*k8s/],
  ['nowhere/out.pcapng', /no such file or folder/],
  ['k8s', /is no regular file/],
  ['broken', /is a link that leads nowhere/],
  ['/dev/full', /is no regular file/],
  ['-', /standard output has the report/],
];
for (const [out, why] of refusals)
  test(`refuses to write ${out}, and leaves everything as it was`, async () => {
    const inside = path('refused');
    rmSync(inside, { recursive: true, force: true });
    mkdirSync(join(inside, 'k8s'), { recursive: true });
    writeFileSync(join(inside, 'k8s', 'cluster.yaml'), readFileSync(sample('scenarios/cluster.yaml')));
    writeFileSync(join(inside, 'in.pcap'), pcap([web]));
    symlinkSync('in.pcap', join(inside, 'soft'));
    linkSync(join(inside, 'in.pcap'), join(inside, 'hard'));
    symlinkSync('absent', join(inside, 'broken'));
    const before = execFileSync('ls', ['-lAR', inside], { encoding: 'utf8' });
    const to = out.startsWith('/') || out === '-' ? out : join(inside, out);
    const result = await cli('replay', '-f', join(inside, 'k8s'), join(inside, 'in.pcap'), '--write', to);
    assert.equal([result.code, result.out], [2, '']);
    assert.match(result.err, why);
    assert.is(execFileSync('ls', ['-lAR', inside], { encoding: 'utf8' }), before);
  });

test('refuses one file for two options, and inputs without packets', async () => {
  const out = path('twice.pcapng');
  const twice = await run(SCENARIOS, '--write', out, '--write-dropped', out);
  assert.is(twice.code, 2);
  assert.match(twice.err, 'is written already');
  const tuples = made(
    't.ndjson',
    Buffer.from('{"src":"10.0.0.1","dst":"10.0.0.2","proto":"TCP","sport":1,"dport":2}\n'),
  );
  const none = await run(tuples, '--write', out);
  assert.is(none.code, 2);
  assert.match(none.err, 'is no capture, and has no packets to write');
  assert.not.ok(existsSync(out));
});

test('a disk that is full leaves the old file and nothing else', async () => {
  const inside = path('full');
  mkdirSync(inside);
  writeFileSync(join(inside, 'out.pcapng'), 'old');
  // A limit on the size of files ends writing as a full disk does; it is not the file's own size that counts.
  const line = 'ulimit -f 16; exec "$0" "$@"';
  const args = [command, 'replay', '-f', sample('scenarios'), SCENARIOS, '--write', join(inside, 'out.pcapng')];
  const { status, stderr } = spawnSync('sh', ['-c', line, process.execPath, ...args], { encoding: 'utf8' });
  assert.is(status, 2, stderr);
  assert.match(stderr, /out\.pcapng: cannot be written: larger than a file may be/);
  assert.equal(readdirSync(inside), ['out.pcapng']);
  assert.is(readFileSync(join(inside, 'out.pcapng'), 'utf8'), 'old');
});

test('a reader that has seen enough leaves nothing behind', () => {
  const inside = path('gone');
  mkdirSync(inside);
  writeFileSync(path('long.pcap'), pcap(Array.from({ length: 20_000 }, () => web)));
  const line = '"$0" "$@" | head -n 1';
  const args = [
    command,
    'replay',
    '-f',
    MANIFESTS,
    '-o',
    'ndjson',
    path('long.pcap'),
    '--write',
    join(inside, 'x.pcapng'),
  ];
  const { stdout } = spawnSync('sh', ['-c', line, process.execPath, ...args], { encoding: 'utf8' });
  assert.is(stdout.split('\n').length, 2);
  assert.equal(readdirSync(inside), []);
});

test('through a link, what it leads to is written, and an interrupt writes what was judged', async () => {
  writeFileSync(path('target.pcapng'), 'old');
  symlinkSync('target.pcapng', path('link.pcapng'));
  const args = [command, 'replay', '-f', sample('scenarios'), '-o', 'ndjson', '-', '--write', path('link.pcapng')];
  const child = spawn(process.execPath, args);
  child.stdout.once('data', () => child.kill('SIGINT'));
  child.stdin.write(pcap([web, web]));
  const code = await new Promise((resolve) => child.on('close', resolve));
  assert.is(code, 130);
  assert.is(readWritten(readFileSync(path('target.pcapng'))).packets.length, 2);
});

test.run();
