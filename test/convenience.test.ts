/** Commands around replay: what captures hold, what to collect, what shells complete. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { COMMANDS } from '../src/cli/commands.ts';
import { SHELLS } from '../src/cli/completion.ts';
import { cli } from './command-line.ts';
import { fixture, sample } from './paths.ts';
import { bytes, ethernet, hex, ipv4, pcap, tcp, udp, udpHeader } from './pcap-writer.ts';
import { pcapngWriter } from './pcapng-writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'convenience-'));
test.after(() => rmSync(folder, { recursive: true }));
function made(name: string, content: Uint8Array): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

/** `NAME: value` lines of capinfos' long report, as Wireshark prints it of the sample. */
test('info of the sample says what capinfos says', async () => {
  const { code, out } = await cli('info', sample('scenarios/scenarios.pcap'), '-o', 'json');
  const [found] = JSON.parse(out).inputs;
  assert.is(code, 0);
  assert.equal(
    [found.counts.records, found.bytes, found.time.first, found.time.last],
    [244, 196_378, 1795311306.502822, 1795311314.626528],
  );
  assert.equal(found.interfaces, [
    { name: null, link: 'EN10MB (1)', snaplen: 262_144, resolution: '10^-6 s', packets: 244 },
  ]);
  assert.equal(
    found.protocols.map(({ name, packets }: { name: string; packets: number }) => [name, packets]),
    [
      ['TCP', 212],
      ['UDP', 18],
      ['ICMP', 14],
    ],
  );
  assert.equal(found.ends[0], { name: '10.244.1.10', packets: 104, bytes: 60_844 });
});

test('info tells interfaces, tunnels, what is cut and what is no IP', async () => {
  const { section, interface: describe, packet, simple } = pcapngWriter();
  const inner = ethernet(tcp('10.0.0.1', '10.0.0.2', 1, 2));
  const vxlan = ethernet(
    ipv4('192.0.2.1', '192.0.2.2', 17, udpHeader(5, 4789, bytes(hex('08000000 00100000'), inner))),
  );
  const capture = Buffer.concat([
    section(),
    describe({ options: [[2, Buffer.from('cali\u001b0')]], resolution: 9, snaplen: 128 }),
    describe({ linkType: 147 }),
    packet(vxlan, { time: 1_000_000_000n, wireBytes: 2000 }),
    packet(hex('ffffffffffff 020000000002 0806 0001080006040001'), { time: 2n }),
    packet(hex('00'), { on: 1 }),
    section(),
    describe({ resolution: 0x80 + 20 }),
    simple(ethernet(udp('10.0.0.1', '10.0.0.3', 1, 53))),
  ]);
  const { code, out } = await cli('info', made('b.pcapng.gz', gzipSync(capture)));
  assert.is(code, 0);
  for (const line of [
    /^Format: +pcapng, gzip$/m,
    /^Records: +4, 1 not IP, 1 of links that are not read$/m,
    /^Packets: +2 of IP, 1 cut$/m,
    /^cali\\u001b0 +EN10MB \(1\) +128 +10\^-9 s +2$/m,
    /^1 +147 +none +10\^-6 s +1$/m,
    /^2 +EN10MB \(1\) +none +2\^-20 s +1$/m,
    /^VXLAN \(UDP 4789\) +1 +50\.0%/m,
    /^10\.0\.0\.1 +2 +100\.0%/m,
  ])
    assert.match(out, line);
});

test('info of a capture that is cut tells where, and exits 2', async () => {
  const whole = pcap([ethernet(tcp('10.0.0.1', '10.0.0.2', 1, 2))]);
  const { code, out, err } = await cli(
    'info',
    made('cut.pcap', whole.subarray(0, whole.length - 1)),
    fixture('tshark/nano.pcap'),
  );
  assert.is(code, 2);
  assert.match(out, /^Read to: +byte 24: /m);
  assert.match(out, /^Time: +none$/m);
  assert.is(out.match(/^File:/gm)?.length, 2);
  assert.match(err, 'the file ends within a packet');
});

test('collect prints lines that a shell takes, and that name what replay reads', async () => {
  for (const args of [[], ['--pod', 'shop/web-1'], ['--node', 'worker-1.example']]) {
    const { code, out } = await cli('collect', ...args);
    assert.is(code, 0);
    const { status, stderr } = spawnSync('sh', ['-n', '-c', out], { encoding: 'utf8' });
    assert.is(status, 0, stderr);
    for (const word of [
      'endpointslices',
      'stagednetworkpolicies.crd',
      'clusternetworkpolicies',
      'replay -f cluster.json',
    ])
      assert.ok(out.includes(word), word);
  }
  const pod = (await cli('collect', '--pod', 'shop/web-1')).out;
  assert.match(pod, 'kubectl sniff -n shop web-1 -o shop-web-1.pcap');
  assert.match(pod, /^ip route get ADDRESS$/m);
  assert.match((await cli('collect', '--node', 'n1')).out, 'kubectl debug node/n1 -q -i');
});

for (const shell of SHELLS.keys())
  test(`completion of ${shell} names every command and option, and ${shell} takes it`, async () => {
    const { code, out } = await cli('completion', shell);
    assert.is(code, 0);
    for (const { name, options } of COMMANDS) {
      assert.ok(out.includes(name), name);
      for (const option of options)
        assert.ok(out.includes(shell === 'fish' ? `-l ${option.name} ` : `--${option.name}`), option.name);
    }
    const { status, error, stderr } = spawnSync(shell, ['-n', made(`completion.${shell}`, Buffer.from(out))], {
      encoding: 'utf8',
    });
    if (error !== undefined) console.log(`# ${shell} is not here to take it`);
    else assert.is(status, 0, stderr);
  });

/** What bash proposes for the last word of a line. */
async function proposals(...words: string[]): Promise<string[]> {
  const script = made('completion.bash', Buffer.from((await cli('completion', 'bash')).out));
  const line = `. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _netpol_replay; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', line, script, 'netpol-replay', ...words], { encoding: 'utf8' });
  assert.is(stderr, '');
  return stdout.split('\n').filter((word) => word !== '');
}

test('bash completes commands, options, their values, and words', async () => {
  assert.equal(await proposals('re'), ['replay', 'report']);
  assert.equal(await proposals('replay', '--mid'), ['--midstream']);
  assert.equal(await proposals('replay', '--midstream', ''), ['infer', 'loose', 'strict']);
  assert.equal(await proposals('replay', '-o', 'nd'), ['ndjson']);
  assert.equal(await proposals('replay', '-f', ''), [], 'files, which bash itself knows');
  assert.equal(await proposals('completion', 'b'), ['bash']);
  assert.equal(await proposals('table', '--top'), []);
});

test.run();
