/** Budgets: what is read, what is refused and where, and what they allow. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { spend } from '../src/compare/spend.ts';
import { loadBudget } from '../src/manifest/budget.ts';
import type { Budget } from '../src/model/budget.ts';
import type { DifferenceWords } from '../src/report/diff/words.ts';
import { ManifestError } from '../src/source/errors.ts';
import { difference } from './diff-builders.ts';

const folder = mkdtempSync(join(tmpdir(), 'budget-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const HEAD = 'apiVersion: netpol-replay/v1\nkind: DiffBudget\n';

async function* nothing(): AsyncGenerator<Uint8Array> {}

function read(text: string, name = 'budget.yaml'): Promise<Budget> {
  const path = join(folder, name);
  writeFileSync(path, text);
  return loadBudget(path, nothing());
}

const allowed = async (text: string, ...charges: DifferenceWords[]) => {
  const { allowedBy, exceeded, unused } = spend(await read(HEAD + text), charges, 0);
  const lineOf = (at: string | null): number | null => (at === null ? null : Number(/:(\d+):\d+$/.exec(at)![1]));
  return { by: allowedBy.map(lineOf), exceeded: exceeded.length, unused: unused.map(lineOf) };
};

const refusals: readonly (readonly [text: string, at: string, message: string])[] = [
  ['kind: DiffBudget\n', '1:1', 'field `apiVersion` is missing'],
  ['apiVersion: netpol-replay/v1\nkind: DifBudget\n', '2:7', '`kind` is `DifBudget`: did you mean `DiffBudget`?'],
  ['apiVersion: v1\nkind: DiffBudget\n', '1:13', '`apiVersion` is `v1`: expected `netpol-replay/v1`'],
  [`${HEAD}newlyDroped: []\n`, '3:1', 'unknown field `newlyDroped`: did you mean `newlyDropped`?'],
  [`${HEAD}newlyDropped: [{form: a/b}]\n`, '3:17', 'unknown field `form`: did you mean `from`?'],
  [`${HEAD}newlyDropped: [{from: a/b/c/d}]\n`, '3:23', '`from` is `a/b/c/d`: expected `namespace/pod`'],
  [`${HEAD}newlyDropped: [{from: 10.0.0.0/33}]\n`, '3:23', '`from` is `10.0.0.0/33`'],
  [`${HEAD}newlyDropped: [{port: 65536}]\n`, '3:23', '`port` must be 0 to 65535'],
  [`${HEAD}newlyDropped: [{port: http}]\n`, '3:23', '`port` must be a whole number'],
  [`${HEAD}newlyDropped: [{protocol: TPC}]\n`, '3:27', '`protocol` must be TCP'],
  [`${HEAD}newlyDropped: [{protocol: ICMP, port: 1}]\n`, '3:39', '`port` stands beside a protocol that has none'],
  [`${HEAD}newlyDropped: [{maxPackets: -1}]\n`, '3:29', '`maxPackets` must not be below 0'],
  [
    `${HEAD}atMost: {newlyDropped: {conections: 1}}\n`,
    '3:25',
    'unknown field `conections`: did you mean `connections`?',
  ],
  [`${HEAD}newlyDropped: {}\n`, '3:15', '`newlyDropped` must be a list'],
  ['- 1\n', '1:1', 'expected a DiffBudget, found a list'],
  ['', '1:1', 'expected one file with one DiffBudget, found 0'],
  [`${HEAD}---\n${HEAD}`, '1:1', 'expected one file with one DiffBudget, found 2'],
];
for (const [text, at, message] of refusals)
  test(`refuses a budget: ${message}`, async () => {
    try {
      await read(text);
      assert.unreachable();
    } catch (error) {
      assert.instance(error, ManifestError);
      assert.ok((error as Error).message.includes(`budget.yaml:${at}: error: ${message}`), (error as Error).message);
    }
  });

test('a path that is no file is refused', async () => {
  for (const path of [folder, join(folder, 'nowhere.yaml')])
    await loadBudget(path, nothing()).then(
      () => assert.unreachable(),
      (error) => assert.instance(error, ManifestError),
    );
});

test('JSON is read too', async () => {
  const json = { apiVersion: 'netpol-replay/v1', kind: 'DiffBudget', newlyDropped: [{ to: 'db/*' }] };
  assert.is((await read(JSON.stringify(json), 'budget.json')).allowed['newly-dropped']?.length, 1);
});

test('what a budget does not mention is not allowed', async () => {
  assert.equal(await allowed('', difference()), { by: [null], exceeded: 1, unused: [] });
  assert.equal(await allowed('newlyForwarded: [{}]', difference()), { by: [null], exceeded: 1, unused: [3] });
  assert.equal(await allowed('newlyDropped: []', difference()), { by: [null], exceeded: 1, unused: [] });
  assert.equal(await allowed(''), { by: [], exceeded: 0, unused: [] });
});

test('an entry allows by ends, port and protocol', async () => {
  const cases: readonly (readonly [entry: string, allows: boolean])[] = [
    ['{}', true],
    ['{from: app/web}', true],
    ['{from: app/we}', false],
    ['{from: "app/*"}', true],
    ['{from: "*/web"}', true],
    ['{from: "*"}', false],
    ['{from: "a*"}', false],
    ['{from: 10.0.0.1}', true],
    ['{from: 10.0.0.0/31}', true],
    ['{from: 10.0.0.2/31}', false],
    ['{from: "::/0"}', false],
    ['{to: app/web}', false],
    ['{to: "db/p*s", port: 5432, protocol: tcp}', true],
    ['{port: 5433}', false],
    ['{protocol: UDP}', false],
    ['{protocol: 6}', true],
    ['{maxPackets: 2}', false],
    ['{maxPackets: 3, maxConnections: 1}', true],
    ['{maxConnections: 0}', false],
  ];
  for (const [entry, allows] of cases)
    assert.equal((await allowed(`newlyDropped: [${entry}]`, difference())).by, [allows ? 3 : null], entry);
  const stranger = difference({ from: { address: '10.0.0.1', name: null } });
  assert.equal((await allowed('newlyDropped: [{from: "*/*"}]', stranger)).by, [null]);
});

test('the first entry with room is charged, and all of a conversation or nothing', async () => {
  const text =
    'newlyDropped:\n  - {to: db/*, maxPackets: 5}\n  - {to: db/postgres, maxConnections: 1}\n  - {to: x/y}\n';
  const of = (packets: number) => difference({ packets });
  assert.equal(await allowed(text, of(4), of(2), of(1), of(1)), { by: [4, 5, 4, null], exceeded: 1, unused: [6] });
});

test('a limit counts all, and stands alone where there is no list', async () => {
  const two = [difference(), difference()];
  assert.equal(await allowed('atMost: {newlyDropped: {conversations: 2}}', ...two), {
    by: [3, 3],
    exceeded: 0,
    unused: [],
  });
  assert.is(
    (await allowed('atMost: {newlyDropped: {conversations: 1, packets: 5, connections: 1}}', ...two)).exceeded,
    3,
  );
  assert.is((await allowed('newlyDropped: [{}]\natMost: {newlyDropped: {packets: 5}}', ...two)).exceeded, 1);
});

test('an ICMP error goes with what it is about, and another rule needs no allowance', async () => {
  const error = difference({
    from: { address: '10.0.0.2', name: 'db/postgres' },
    to: { address: '10.0.0.1', name: 'app/web' },
    proto: 'ICMP',
    dport: null,
    icmpType: 3,
  });
  const text = 'newlyDropped: [{from: app/web, to: db/postgres, port: 5432, protocol: TCP}]';
  assert.equal((await allowed(text, error)).by, [3]);
  assert.equal((await allowed(text, { ...error, icmpType: 8 })).by, [null]);
  assert.equal(await allowed('', difference({ change: 'other-rule' })), { by: [null], exceeded: 0, unused: [] });
});

test('what was not kept apart is not allowed', async () => {
  assert.is(spend(await read(`${HEAD}newlyDropped: [{}]`), [], 7).exceeded.length, 1);
});

test.run();
