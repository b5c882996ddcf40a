/** Ledger 84: what is open when policies change goes on. `diff --rollout-at`, from the command line. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { DiffSummary } from '../src/report/diff/words.ts';
import { cli } from './command-line.ts';
import { DENY_INGRESS, namespace, np, pod } from './ledger/manifests.ts';
import { ACK, ethernet, pcap, SYN, tcp } from './pcap-writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollout-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));
const written = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

const [CLIENT, SERVER] = ['10.1.0.1', '10.1.0.2'] as const;
const CLUSTER = written(
  'cluster.yaml',
  [namespace('x'), pod('x/client', CLIENT), pod('x/server', SERVER)].join('\n---\n'),
);
const OPEN = written('open.yaml', np('x/server', 'ingress: [{}]'));
const CLOSED = written('closed.yaml', np('x/server', DENY_INGRESS));

/** Seconds of the first record; each that follows is one later. */
const START = 1_785_542_400;
const ask = (port: number, flags: number): Buffer => ethernet(tcp(CLIENT, SERVER, port, 80, flags));
const answer = (port: number, flags: number): Buffer => ethernet(tcp(SERVER, CLIENT, 80, port, flags));
const open = (port: number): Buffer[] => [ask(port, SYN), answer(port, SYN | ACK), ask(port, ACK)];

/** Packets by change, those that occur. */
async function changes(old: string, next: string, files: readonly string[], ...more: string[]): Promise<object> {
  const { out } = await cli('diff', '-f', CLUSTER, '--old', old, '--new', next, ...files, '-o', 'json', ...more);
  const summary = JSON.parse(out) as DiffSummary;
  return Object.fromEntries(
    summary.changes.filter(({ packets }) => packets > 0).map((one) => [one.change, one.packets]),
  );
}

// Records 1 to 3 open one connection before the moment, 4 and 5 go on with it, 6 to 8 open another.
const capture = written('one.pcap', pcap([...open(40_000), ask(40_000, ACK), answer(40_000, ACK), ...open(40_001)]));
const MOMENT = String(START + 3);

test('what is open goes on, what opens from then on is judged anew', async () => {
  assert.equal(await changes(OPEN, CLOSED, [capture]), { 'newly-dropped': 8 });
  assert.equal(await changes(OPEN, CLOSED, [capture], '--rollout-at', MOMENT), { 'newly-dropped': 3, unchanged: 5 });
  const iso = new Date((START + 3) * 1000).toISOString().replace('.000', '');
  assert.equal(await changes(OPEN, CLOSED, [capture], '--rollout-at', iso), { 'newly-dropped': 3, unchanged: 5 });
});

test('what was dropped is tried anew', async () => {
  assert.equal(await changes(CLOSED, OPEN, [capture], '--rollout-at', MOMENT), { 'newly-forwarded': 5, unchanged: 3 });
});

test('a moment before all, and one after all', async () => {
  assert.equal(await changes(OPEN, CLOSED, [capture], '--rollout-at', '1'), { 'newly-dropped': 8 });
  assert.equal(await changes(OPEN, CLOSED, [capture], '--rollout-at', '4000000000'), { unchanged: 8 });
});

test('a connection that began in an earlier file is open', async () => {
  const later = written(
    'two.pcap',
    pcap([ask(40_000, ACK), ...open(40_002)].map((frame, i) => ({ frame, seconds: START + 100 + i }))),
  );
  assert.equal(await changes(OPEN, CLOSED, [capture, later], '--rollout-at', String(START + 99)), {
    'newly-dropped': 3,
    unchanged: 9,
  });
});

test('the summary says so, and what is no time is refused', async () => {
  const { out } = await cli('diff', '-f', CLUSTER, '--old', OPEN, '--new', CLOSED, capture, '--rollout-at', MOMENT);
  assert.match(out, /^Rollout: +at 2026-08-01T00:00:03Z; connections that are open then go on as they were$/m);
  const wrong = await cli('diff', '-f', CLUSTER, '--old', OPEN, '--new', CLOSED, capture, '--rollout-at', 'noon');
  assert.is(wrong.code, 2);
  assert.match(wrong.err, '`noon` is no time');
});

test.run();
