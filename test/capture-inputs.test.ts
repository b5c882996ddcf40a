/** What a command line names as traffic: folders, compressed files, a pipe that is slow. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { listInputs } from '../src/capture/list.ts';
import { CaptureError } from '../src/source/errors.ts';
import { command, sample } from './paths.ts';
import { ethernet, type PcapRecord, pcap, SYN, tcp } from './pcap-writer.ts';

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
