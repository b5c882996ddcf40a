/** Verdicts that inputs recorded, held against replay's: a tuple's `verdict`, and what Calico's nodes write by NFLOG. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { namesFinding } from '../src/compare/calico-names.ts';
import type { FindingWords } from '../src/table/decisions.ts';
import type { Agreement } from '../src/verdict/agreement.ts';
import { cli } from './command-line.ts';
import { sample } from './paths.ts';
import { ACK, bytes, pcap, SYN, tcp } from './pcap-writer.ts';
import { readInput } from './traffic.ts';

const NFLOG = 239;
const folder = mkdtempSync(join(tmpdir(), 'recorded-'));
test.after(() => rmSync(folder, { recursive: true }));

/** A frame of `tcpdump -i nflog:1`: the prefix attribute stands before the packet. */
function logged(prefix: string, packet: Uint8Array, bigEndian = false): Buffer {
  const half = (value: number): Buffer => {
    const pair = Buffer.from([value & 255, value >> 8]);
    return bigEndian ? pair.reverse() : pair;
  };
  const attribute = (type: number, value: Uint8Array): Buffer =>
    bytes(half(4 + value.length), half(type), value, Buffer.alloc((4 - (value.length % 4)) % 4));
  const text = Buffer.from(`${prefix}\0`);
  return bytes(Buffer.from([2, 0, 0, 1]), attribute(1, Buffer.alloc(4)), attribute(10, text), attribute(9, packet));
}

async function agreementOf(name: string, content: Uint8Array): Promise<Agreement> {
  writeFileSync(join(folder, name), content);
  const { code, out, err } = await cli('replay', '-f', sample('scenarios'), '-o', 'json', join(folder, name));
  assert.is(code, 0, err);
  return JSON.parse(out).recorded;
}

const stranger = (port: number): Buffer => tcp('10.60.9.9', '10.244.1.10', port, 5432, SYN);
const friend = (port: number, flags = SYN): Buffer => tcp('10.10.7.7', '10.244.1.10', port, 5432, flags);

for (const bigEndian of [false, true])
  test(`what Calico's nodes logged is compared for the end that it is about, ${bigEndian ? 'big' : 'little'} endian`, async () => {
    const packets: readonly (readonly [string, Uint8Array])[] = [
      ['DPI|default', stranger(1)],
      ['API0|knp/db/network-policy', friend(1)],
      ['API0|db/knp.default.network-policy', friend(2)],
      ['ARE0|kns.app1', friend(3)],
      ['API0|knp/db/other', friend(4)],
      ['API0|knp/db/network-policy', stranger(2)],
      ['DPI|default', friend(5)],
      ['PPI0|gnp/first', friend(6)],
      ['API0|knp/db/network-policy', tcp('10.244.1.10', '10.10.7.7', 5432, 1, SYN | ACK)],
      ['somebody else', friend(7)],
      ['AXI0|x', friend(8)],
    ];
    const frames = packets.map(([prefix, packet]) => logged(prefix, packet, bigEndian));
    const found = await agreementOf('nflog.pcap', pcap(frames, { linkType: NFLOG, bigEndian }));
    assert.equal([found.agreed, found.otherRule, found.differ], [5, 1, 2]);
    assert.equal(found.notComparable, [
      { why: 'passed on', records: 1 },
      { why: 'answer', records: 1 },
    ]);
    assert.equal(
      found.differences.map(({ n, at, recorded, by, replayed, decision }) => [n, at, recorded, by, replayed, decision]),
      [
        [6, 'ingress', 'forwarded', 'API0|knp/db/network-policy', 'dropped', 'end-of-tier default'],
        [7, 'ingress', 'dropped', 'DPI|default', 'forwarded', 'NetworkPolicy db/network-policy, rule 0'],
      ],
    );
    assert.equal(
      found.otherRules.map(({ n, by }) => [n, by]),
      [[5, 'API0|knp/db/other']],
    );
  });

test('the verdicts of tuples are compared as a whole, and told in the summary', async () => {
  const line = (verdict: string | null, src: string): string =>
    JSON.stringify({ src, dst: '10.244.1.10', proto: 'TCP', sport: 1, dport: 5432, verdict });
  const text = [
    line('dropped', '10.60.9.9'),
    line('allow', '10.60.9.9'),
    line('FORWARDED', '10.10.7.7'),
    line('deny', '10.10.7.7'),
    line(null, '10.10.7.7'),
    line('unknown', '10.10.7.7'),
  ].join('\n');
  const found = await agreementOf('tuples.ndjson', Buffer.from(text));
  assert.equal([found.agreed, found.otherRule, found.differ, found.notComparable], [2, 0, 2, []]);
  assert.equal(
    found.differences.map(({ n, at, recorded, replayed }) => [n, at, recorded, replayed]),
    [
      [2, null, 'forwarded', 'dropped'],
      [4, null, 'dropped', 'forwarded'],
    ],
  );
  const { out } = await cli('replay', '-f', sample('scenarios'), join(folder, 'tuples.ndjson'));
  assert.match(out, /^Recorded verdicts: 2 agreed, 2 differ, 0 not comparable, of 4 records$/m);
  assert.match(out, /tuples\.ndjson, 2 +packet +forwarded +- +dropped +policy/);
});

test('inputs without verdicts have nothing to agree with', async () => {
  assert.is(
    await agreementOf(
      'plain.ndjson',
      Buffer.from('{"src":"10.0.0.1","dst":"10.0.0.2","proto":1,"icmpType":8,"icmpCode":0}'),
    ),
    null,
  );
});

test('columns of one record are not those of the next', async () => {
  const frames = [logged('DPI|default', stranger(1)), logged('none of it', stranger(2)), logged('D', stranger(3))];
  const { rows } = await readInput(pcap(frames, { linkType: NFLOG }));
  assert.is(rows.length, 3);
});

const RULE = {
  action: 'allow',
  kind: 'NetworkPolicy',
  policy: 'db/web',
  tier: 'default',
  rule: 2,
  at: null,
  reason: 'rule',
  isolatedBy: null,
} as const;
const END = {
  ...RULE,
  action: 'deny',
  kind: null,
  policy: null,
  rule: null,
  reason: 'end-of-tier',
  isolatedBy: ['db/web'],
} as const;
const NOBODY = {
  ...RULE,
  action: 'none',
  kind: null,
  policy: null,
  rule: null,
  tier: null,
  reason: 'no-policy',
} as const;
const LONG = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const names: readonly (readonly [prefix: string, found: FindingWords, is: boolean])[] = [
  ['API2|np/db/default.web', RULE, true],
  ['API2|db/default.web', RULE, true],
  ['API1|np/db/default.web', RULE, false],
  ['API7|knp/db/web', RULE, true],
  ['API7|db/knp.default.web', RULE, true],
  ['API2|np/db/webs', RULE, false],
  ['DPI|default', RULE, false],
  ['DPI|default', END, true],
  ['DPI|np/db/default.web', END, true],
  ['DPI|other', END, false],
  ['API2|np/db/web', END, false],
  ['ARI0|kns.db', NOBODY, true],
  ['DRI', RULE, false],
  ['nonsense', RULE, false],
  // The two that stand at the limit in Felix's own tests: 62 bytes are kept, 63 are not.
  [`DPE88|gnp/${LONG}`, { ...RULE, kind: 'GlobalNetworkPolicy', policy: LONG, rule: 88 }, true],
  [
    'DPI88|gnp/_12IXaBPahNM7a7dZhI8zg6PStmHsgneYaax8LVSIq_RSTUVWXYZ0',
    { ...RULE, kind: 'GlobalNetworkPolicy', policy: `${LONG}0`, rule: 88 },
    true,
  ],
];
for (const [prefix, found, is] of names)
  test(`\`${prefix}\` is ${is ? '' : 'not '}${found.policy ?? found.reason}`, () => {
    assert.is(namesFinding(prefix, found), is);
  });

test.run();
