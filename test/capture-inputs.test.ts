/** What a command line names as traffic: folders, compressed files, a pipe that is slow. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { listInputs } from '../src/capture/list.ts';
import { openLater } from '../src/capture/open-later.ts';
import { CaptureError } from '../src/source/errors.ts';
import { command, sample } from './paths.ts';
import { ACK, ethernet, type PcapRecord, pcap, SYN, tcp } from './pcap-writer.ts';

const frame = ethernet(tcp('10.0.0.1', '10.0.0.2', 40000, 80, SYN));
const at = (seconds: number): PcapRecord => ({ frame, seconds });

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'inputs-'));
  try {
    await run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Ended = { readonly code: number | null; readonly out: string; readonly err: string };

function replay(
  args: readonly string[],
  feed?: (write: (bytes: Uint8Array) => void, end: () => void) => void,
  seen?: (out: string) => void,
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [command, 'replay', '-f', sample('scenarios'), ...args]);
    let out = '';
    let err = '';
    child.stdout.on('data', (bytes) => {
      out += bytes;
      seen?.(out);
    });
    child.stderr.on('data', (bytes) => {
      err += bytes;
    });
    child.on('close', (code) => resolve({ code, out, err }));
    if (feed === undefined) child.stdin.end();
    else
      feed(
        (bytes) => child.stdin.write(bytes),
        () => child.stdin.end(),
      );
  });
}

test('a folder stands for its regular files', () =>
  inFolder(async (folder) => {
    for (const name of ['b.pcap', 'a.pcap', '.hidden']) writeFileSync(join(folder, name), 'x');
    mkdirSync(join(folder, 'deeper'));
    symlinkSync(join(folder, 'a.pcap'), join(folder, 'link'));
    symlinkSync(join(folder, 'nowhere'), join(folder, 'broken'));
    const files = ['a.pcap', 'b.pcap', 'link'].map((name) => join(folder, name));
    assert.equal(listInputs([folder]), files);
    assert.equal(listInputs(['-', folder, files[1]!, 'missing']), ['-', ...files, 'missing']);
    try {
      listInputs([join(folder, 'deeper')]);
      assert.unreachable();
    } catch (error) {
      assert.instance(error, CaptureError);
      assert.match((error as Error).message, 'is a folder without files');
    }
  }));

test('files of a folder are replayed in the order of their first timestamps, compressed or not', () =>
  inFolder(async (folder) => {
    writeFileSync(join(folder, 'a.pcap'), pcap([at(300), at(400)]));
    writeFileSync(join(folder, 'b.pcap.gz'), gzipSync(pcap([at(100), at(200)])));
    const { code, out, err } = await replay(['-o', 'ndjson', folder]);
    assert.is(code, 0, err);
    assert.equal(
      out
        .trim()
        .split('\n')
        .map((line) => Math.floor(Number(JSON.parse(line).ts))),
      [100, 200, 300, 400],
    );
    assert.not.match(err, /warning/);
    writeFileSync(join(folder, 'c.pcap'), pcap([at(350)]));
    assert.match((await replay([folder])).err, /warning: .*a\.pcap and .*c\.pcap overlap in time/);
  }));

test('a quoted pattern stands for the files that it matches', () =>
  inFolder(async (folder) => {
    for (const name of ['a1.pcap', 'a2.pcap', 'b1.pcap', 'b1.pcap.gz', '.a3.pcap', 'odd[1].pcap'])
      writeFileSync(join(folder, name), 'x');
    mkdirSync(join(folder, 'node-1'));
    mkdirSync(join(folder, 'node-2.pcap'));
    writeFileSync(join(folder, 'node-1', 'c.pcap'), 'x');
    const found = (pattern: string): string[] =>
      listInputs([join(folder, pattern)]).map((path) => path.slice(folder.length + 1));
    assert.equal(found('*.pcap'), ['a1.pcap', 'a2.pcap', 'b1.pcap', 'odd[1].pcap']);
    assert.equal(found('a?.pcap'), ['a1.pcap', 'a2.pcap']);
    assert.equal(found('[b-z]1.*'), ['b1.pcap', 'b1.pcap.gz']);
    assert.equal(found('[!b]1.pcap'), ['a1.pcap']);
    assert.equal(found('node-*/*.pcap'), ['node-1/c.pcap']);
    assert.equal(found('.a*'), ['.a3.pcap']);
    assert.equal(found('odd[1].pcap'), ['odd[1].pcap'], 'a name that is there is no pattern');
    assert.throws(() => found('c*.pcap'), 'is a pattern that matches no file');
    writeFileSync(join(folder, 'a'.repeat(200)), 'x');
    assert.throws(() => found('*a*a*a*a*a*a*a*a*a*b'), 'matches no file');
  }));

test('each input names itself, whatever the order in which it was named', () =>
  inFolder(async (folder) => {
    writeFileSync(join(folder, 'late.pcap'), pcap([at(300)]));
    writeFileSync(join(folder, 'early.pcap'), pcap([at(100)]));
    const { out } = await replay(['-o', 'ndjson', join(folder, 'late.pcap'), join(folder, 'early.pcap')]);
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.equal(
      lines.map(({ ts, file }) => [ts, file.slice(folder.length + 1)]),
      [
        ['100.000000', 'early.pcap'],
        ['300.000000', 'late.pcap'],
      ],
    );
  }));

test('--each starts afresh for every input, and sums each up', () =>
  inFolder(async (folder) => {
    const answer = ethernet(tcp('10.0.0.2', '10.0.0.1', 80, 40000, SYN | ACK));
    writeFileSync(join(folder, 'b.pcap'), pcap([{ frame: answer, seconds: 101 }]));
    writeFileSync(join(folder, 'a.pcap'), gzipSync(pcap([at(100)])));
    const together = await replay(['-o', 'json', join(folder, '*')]);
    assert.equal(JSON.parse(together.out).total.connections, 1);
    const { code, out } = await replay(['--each', '-o', 'json', join(folder, '*')]);
    assert.is(code, 0);
    const [first, second] = out.split(/\n(?=\{)/).map((text) => JSON.parse(text));
    assert.equal(
      [first, second].map(({ inputs, total }) => [inputs.length, inputs[0].compressions, total.connections]),
      [
        [1, ['gzip'], 1],
        [1, [], 1],
      ],
    );
    const text = await replay(['--each', folder]);
    assert.equal(text.out.match(/^VERDICT/gm)?.length, 2);
    assert.match(text.out, /a\.pcap +pcap, gzip +1 /);
    writeFileSync(join(folder, 'c.pcap'), pcap([at(200)]).subarray(0, 50));
    assert.is((await replay(['--each', folder])).code, 2);
    assert.match((await replay(['--top', '1', folder])).out, 'and 2 more inputs (--top 3 shows all)');
  }));

test('many files need few open ones', () =>
  inFolder(async (folder) => {
    const files = 210;
    for (let i = 0; i < files; i++) writeFileSync(join(folder, `${i}.pcap`), pcap([at(1000 - i)]));
    const line = 'ulimit -n 200; exec "$0" "$@"';
    const run = spawnSync(
      'sh',
      ['-c', line, process.execPath, command, 'replay', '-f', sample('scenarios'), '-o', 'ndjson', folder],
      { encoding: 'utf8' },
    );
    assert.is(run.status, 0, run.stderr);
    const times = run.stdout
      .trim()
      .split('\n')
      .map((text) => Number(JSON.parse(text).ts));
    assert.equal(
      times,
      Array.from({ length: files }, (_, i) => 1000 - files + 1 + i),
    );
  }));

test('a file that is gone when its turn comes was not read to its end', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'a.pcap');
    writeFileSync(path, pcap([at(100)]));
    const traffic = await openLater(path);
    assert.equal([traffic.firstTime, traffic.counts.records], [100, 0]);
    rmSync(path);
    for await (const _ of traffic.batches()) assert.unreachable();
    assert.match(traffic.fault?.message ?? '', 'no such file');
  }));

test('text before a capture is recognised and told', async () => {
  const { code, err } = await replay(['-'], (write, end) => {
    write(Buffer.from('Targeting container "web".\n'));
    write(pcap([at(1)]));
    end();
  });
  assert.is(code, 2);
  assert.match(err, '27 bytes of text stand before the capture, `Targeting container "web".`');
  assert.match(err, 'kubectl debug -q');
});

test('a line is there as soon as its packet is whole', async () => {
  const whole = pcap([at(1), at(2), at(3)]);
  const record = 16 + frame.length;
  let sent = 1;
  let write: (bytes: Uint8Array) => void = () => {};
  let end: () => void = () => {};
  // Each packet is written only once the line of the one before has been seen: waiting for more would never end.
  const { code, out } = await replay(
    ['-o', 'ndjson', '-'],
    (doWrite, doEnd) => {
      write = doWrite;
      end = doEnd;
      write(whole.subarray(0, 24 + record + 5));
    },
    (seen) => {
      if (seen.split('\n').length - 1 < sent) return;
      const from = 24 + sent * record + 5;
      sent++;
      if (from < whole.length) write(whole.subarray(from, Math.min(whole.length, from + record)));
      else end();
    },
  );
  assert.is(code, 0);
  assert.is(out.trim().split('\n').length, 3);
});

test.run();
