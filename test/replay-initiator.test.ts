import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HAS_SCTP_CHUNK, HAS_TCP_FLAGS } from '../src/packet/batch.ts';
import type { World } from './fake-table.ts';
import { judged } from './replayed.ts';
import type { Row } from './rows.ts';

const A = '10.0.0.1';
const B = '10.0.0.2';
const TCP = 6;
const UDP = 17;
const world: World = {
  pods: { [A]: 'n1', [B]: 'n1' },
  declares: {
    [A]: [
      { protocol: TCP, port: 8080 },
      { protocol: UDP, port: 5353 },
    ],
  },
};

/** Who is taken for the initiator of the last row: its sender or its receiver; `itself` when it says so by itself. */
function initiator(rows: readonly (Row | string)[]): string {
  const last = judged(world, rows).at(-1)!;
  if (last.reason === 'tracked') return 'known';
  if (!last.flags.includes('midstream')) return 'itself';
  return last.reversed ? 'receiver' : 'sender';
}

const cases: [says: string, rows: (Row | string)[], who: string][] = [
  ['a SYN opens by itself', [`${A}:8080 > ${B}:40000 S`], 'itself'],
  ['1: a SYN-ACK answers its receiver, whatever the ports', [`${A}:40000 > ${B}:80 SA`], 'receiver'],
  ['1: so does an echo reply', [`${A} > ${B} icmp 0/0 id 1`], 'receiver'],
  ['1: and an INIT-ACK', [`${A}:40000 > ${B}:80 sctp 2`], 'receiver'],
  ['2: a declared port at the source', [`${A}:8080 > ${B}:80 A`], 'receiver'],
  ['2: a declared port at the destination', [`${B}:80 > ${A}:8080 A`], 'sender'],
  ['2: of another protocol it is none', [`${A}:5353 > ${B}:40000 A`], 'sender'],
  ['3: a port that served before', [`${B}:7 > ${A}:9999 S`, `${A}:9999 > ${B}:80 A`], 'receiver'],
  ['3: at the same address only', [`${B}:7 > ${A}:9999 S`, `${B}:9999 > ${A}:80 A`], 'sender'],
  ['3: a guess is no memory', [`${B}:7000 > ${A}:9999 A`, `${A}:9999 > ${B}:5000 A`], 'sender'],
  [
    '3: both served: the next rule',
    [`${B}:7 > ${A}:9999 S`, `${A}:7 > ${B}:80 S`, `${B}:80 > ${A}:9999 A`],
    'receiver',
  ],
  ['4: one port below 1024', [`${A}:1023 > ${B}:1024 A`], 'receiver'],
  ['4: the other one', [`${A}:1024 > ${B}:1023 A`], 'sender'],
  ['5: both below', [`${A}:80 > ${B}:443 A`], 'sender'],
  ['5: neither', [`${A}:40000 > ${B}:50000 RA`], 'sender'],
  ['flags that were cut off', [{ says: `${A}:80 > ${B}:40000 A`, without: HAS_TCP_FLAGS }], 'receiver'],
  ['a chunk that was cut off', [{ says: `${A}:80 > ${B}:40000 sctp 1`, without: HAS_SCTP_CHUNK }], 'receiver'],
  ['UDP opens by itself', [`${A}:53 > ${B}:1000 udp`], 'itself'],
  ['UDP to an ephemeral port from a system port', [`${A}:53 > ${B}:32768 udp`], 'receiver'],
  ['UDP to one that is not ephemeral', [`${A}:53 > ${B}:32767 udp`], 'itself'],
  ['UDP from a declared port', [`${A}:5353 > ${B}:40000 udp`], 'receiver'],
  ['UDP from a port that served', [`${B}:1 > ${A}:9999 udp`, `${A}:9999 > ${B}:40000 udp`], 'receiver'],
  ['UDP between ephemeral ports', [`${A}:40000 > ${B}:40001 udp`], 'itself'],
];

for (const [says, rows, who] of cases) test(says, () => assert.is(initiator(rows), who));

test('an adopted connection is judged as if its initiator had opened it', () => {
  const policed: World = {
    ...world,
    egress: ({ own }) => own === B,
    ingress: ({ own, port }) => own === A && port === 8080,
  };
  const rows = [`${A}:8080 > ${B}:40000 PA`, `${B}:40000 > ${A}:8080 A`, `${A}:8080 > ${B}:40000 FA`];
  const told = judged(policed, rows).map((o) => [o.verdict, o.reason, o.opener, o.reversed, o.opened, ...o.flags]);
  assert.equal(told, [
    ['forwarded', 'policy', 0, true, true, 'midstream'],
    ['forwarded', 'tracked', 1, false, false, 'midstream'],
    ['forwarded', 'tracked', 1, true, false, 'midstream'],
  ]);
});

test.run();
