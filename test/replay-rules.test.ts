import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HAS_PORTS, IS_TUNNEL, IS_TUPLE, LATER_FRAGMENT } from '../src/packet/batch.ts';
import type { ReplayOptions } from '../src/replay/options.ts';
import { NO_POLICY, NOT_AN_ENDPOINT, NOT_JUDGED } from '../src/table/decisions.ts';
import { EGRESS_ALLOW, EGRESS_DENY, INGRESS_ALLOW, INGRESS_DENY, UNKNOWN, type World } from './fake-table.ts';
import { inShort, judged, outcomes, replayOf, shorts } from './replayed.ts';
import { type Row, rowsOf } from './rows.ts';

const A = '10.244.1.2'; // on n1
const B = '10.244.1.3'; // on n1
const C = '10.244.2.2'; // on n2
const N1 = '192.0.2.11';
const N2 = '192.0.2.12';
const EXT1 = '203.0.113.1';
const EXT2 = '203.0.113.2';
const SVC = '10.96.0.10';
const TCP = 6;

const open: World = {
  pods: { [A]: 'n1', [B]: 'n1', [C]: 'n2', 'fd00::a': 'n1', 'fd00::b': 'n2' },
  nodes: { [N1]: 'n1', [N2]: 'n2' },
  services: { [SVC]: [{ protocol: TCP, port: 80, nodePort: 30_080 }] },
  unowned: ['10.244.9.9'],
};
const denyIn: World = { ...open, ingress: () => false };
const denyOut: World = { ...open, egress: () => false };
const allowAll: World = { ...open, egress: () => true, ingress: () => true };
/** Ports decide, and nobody knows what to say without. */
const byPort: World = { ...open, ingress: ({ port }) => (port < 0 ? 'unknown' : port === 80) };

const loose: ReplayOptions = { midstream: 'loose' };
const strict: ReplayOptions = { midstream: 'strict' };
const untracked: ReplayOptions = { track: false };

const cases: [name: string, world: World, rows: (Row | string)[], expected: string[], options?: ReplayOptions][] = [
  [
    '52: both ends must agree',
    { ...open, egress: () => true, ingress: () => false },
    [`${A}:1000 > ${B}:80 S`],
    ['dropped policy'],
  ],
  [
    '52: an egress deny is enough',
    { ...open, egress: () => false, ingress: () => true },
    [`${A}:1000 > ${B}:80 S`],
    ['dropped policy'],
  ],
  ['52: and two allows forward', allowAll, [`${A}:1000 > ${B}:80 S`], ['forwarded policy']],
  [
    '53: external ends are never filtered',
    { ...denyIn, egress: () => false },
    [`${EXT1}:1000 > ${EXT2}:80 S`],
    ['forwarded not-policed'],
  ],
  ['no policy selects an end: not policed', open, [`${A}:1000 > ${B}:80 S`], ['forwarded not-policed']],
  [
    '54: a node reaches a pod that it runs',
    denyIn,
    [`${N1}:1000 > ${A}:80 S`, `${A}:80 > ${N1}:1000 SA`],
    ['forwarded own-node', 'forwarded tracked'],
  ],
  [
    '54: unless the dataplane polices that',
    { ...denyIn, nodeToOwnPod: false },
    [`${N1}:1000 > ${A}:80 S`],
    ['dropped policy'],
  ],
  [
    '55, 56: another node does not',
    denyIn,
    [`${N2}:1000 > ${A}:80 S`, `${N1}:1000 > ${C}:80 S`],
    ['dropped policy', 'dropped policy'],
  ],
  [
    '57: a pod that reaches its own node is policed on its way out',
    denyOut,
    [`${A}:1000 > ${N1}:80 S`],
    ['dropped policy'],
  ],
  [
    '60: a pod to itself never leaves it',
    { ...denyIn, egress: () => false },
    [`${A}:1000 > ${A}:80 S`, `${A}:80 > ${A}:1000 SA`],
    ['forwarded loopback', 'forwarded loopback'],
  ],
  [
    '60: an outside address to itself is no pod',
    denyIn,
    [`${EXT1}:1000 > ${EXT1}:80 S`, `${EXT1}:80 > ${EXT1}:1000 SA`],
    ['forwarded not-policed', 'forwarded tracked'],
  ],
  [
    '81: answers pass against a deny-all',
    { ...denyOut, egress: ({ own }) => own === B },
    [`${B}:1000 > ${A}:80 S`, `${A}:80 > ${B}:1000 SA`, `${B}:1000 > ${A}:80 A`],
    ['forwarded policy', 'forwarded tracked', 'forwarded tracked'],
  ],
  [
    '82: what follows a denied opener is lost, both ways',
    denyIn,
    [`${B}:1000 > ${A}:80 S`, `${B}:1000 > ${A}:80 S`, `${A}:80 > ${B}:1000 SA`, `${B}:1000 > ${A}:80 PA`],
    ['dropped policy', 'dropped connection-denied', 'dropped connection-denied', 'dropped connection-denied'],
  ],
  [
    '82: loose keeps nothing of a denied opener',
    { ...open, ingress: ({ own }) => own !== A },
    [`${B}:1000 > ${A}:80 S`, `${A}:80 > ${B}:1000 SA`, `${A}:80 > ${B}:1000 A`, `${B}:1000 > ${A}:80 A`],
    ['dropped policy', 'dropped ct-invalid', 'forwarded policy midstream', 'forwarded tracked midstream'],
    loose,
  ],
  [
    '82: after the end of a denied connection a SYN is judged anew',
    denyIn,
    [`${B}:1000 > ${A}:80 S`, `${A}:80 > ${B}:1000 SA`, `${A}:80 > ${B}:1000 RA`, `${B}:1000 > ${A}:80 S`],
    ['dropped policy', 'dropped connection-denied', 'dropped connection-denied', 'dropped policy'],
  ],
  [
    '82: a SYN from the other end of a denied connection is judged anew',
    { ...open, ingress: ({ own }) => own === B },
    [`${B}:1000 > ${A}:80 S`, `${A}:80 > ${B}:1000 S`],
    ['dropped policy', 'forwarded policy'],
  ],
  [
    '83: reply-direction rules are irrelevant',
    { ...open, egress: ({ own, port }) => own !== A || port !== 1000 },
    [`${B}:1000 > ${A}:80 S`, `${A}:80 > ${B}:1000 SA`],
    ['forwarded policy', 'forwarded tracked'],
  ],
  [
    '86: a lone SYN-ACK or RST is INVALID',
    open,
    [`${EXT1}:80 > ${A}:1000 SA`, `${EXT1}:80 > ${A}:1001 R`, `${A}:80 > ${EXT1}:1001 FA`],
    ['dropped ct-invalid', 'dropped ct-invalid', 'dropped ct-invalid'],
    loose,
  ],
  ['86: not between two outside ends', open, [`${EXT1}:80 > ${EXT2}:1000 SA`], ['forwarded not-policed'], loose],
  [
    '86: nor where the check is off',
    { ...open, dropInvalid: false },
    [`${EXT1}:80 > ${A}:1000 SA`],
    ['forwarded not-policed'],
    loose,
  ],
  [
    '86: flags that no TCP sends are INVALID in every mode',
    open,
    [`${EXT1}:80 > ${A}:1000 SF`, `${EXT1}:80 > ${A}:1000 -`, `${EXT1}:80 > ${A}:1000 F`],
    ['dropped ct-invalid', 'dropped ct-invalid', 'dropped ct-invalid'],
  ],
  [
    '87: loose adopts an ACK in its own direction',
    denyOut,
    [`${A}:80 > ${EXT1}:1000 A`],
    ['dropped policy midstream'],
    loose,
  ],
  [
    '87: strict does not',
    open,
    [`${A}:80 > ${EXT1}:1000 A`, `${EXT1}:1000 > ${A}:80 A`],
    ['dropped ct-invalid', 'dropped ct-invalid'],
    strict,
  ],
  [
    '87: infer finds the initiator',
    { ...denyOut, declares: { [A]: [{ protocol: TCP, port: 80 }] } },
    [`${A}:80 > ${EXT1}:40000 A`, `${EXT1}:40000 > ${A}:80 A`],
    ['forwarded not-policed midstream', 'forwarded tracked midstream'],
  ],
  [
    '88: a SYN after the end opens anew',
    open,
    [`${A}:1 > ${B}:80 S`, `${B}:80 > ${A}:1 SA`, `${A}:1 > ${B}:80 A`, `${A}:1 > ${B}:80 RA`, `${A}:1 > ${B}:80 S`],
    ['forwarded not-policed', 'forwarded tracked', 'forwarded tracked', 'forwarded tracked', 'forwarded not-policed'],
  ],
  [
    '89: an ICMP error belongs to the connection that it quotes',
    { ...open, ingress: ({ own }) => own === A },
    [`${B}:1000 > ${A}:80 S`, { says: '198.51.100.1 > 10.244.1.3 icmp 3/4', quotes: `${B}:1000 > ${A}:80 A` }],
    ['forwarded policy', 'forwarded tracked'],
  ],
  [
    '89: about a denied one it is dropped',
    denyIn,
    [`${B}:1000 > ${A}:80 udp`, { says: `${A} > ${B} icmp 3/3`, quotes: `${B}:1000 > ${A}:80 udp` }],
    ['dropped policy', 'dropped connection-denied'],
  ],
  [
    '89: about an unknown tuple it is INVALID',
    open,
    [{ says: `198.51.100.1 > ${B} icmp 3/4`, quotes: `${B}:1000 > ${A}:80 A` }],
    ['dropped ct-invalid'],
    loose,
  ],
  [
    '89: infer gives it the verdict of the packet that it quotes',
    { ...open, ingress: ({ own }) => own !== A },
    [
      { says: `198.51.100.1 > ${B} icmp 3/4`, quotes: `${B}:1000 > ${A}:80 A` },
      { says: `198.51.100.1 > ${B} icmp 3/4`, quotes: `${B}:1000 > ${C}:80 A` },
    ],
    ['dropped policy midstream', 'forwarded policy midstream'],
  ],
  [
    '89: sent to somebody else it belongs to nothing',
    open,
    [`${B}:1000 > ${A}:80 udp`, { says: `198.51.100.1 > ${C} icmp 3/4`, quotes: `${B}:1000 > ${A}:80 udp` }],
    ['forwarded not-policed', 'dropped ct-invalid'],
    loose,
  ],
  [
    '89: IPv6 errors as well',
    open,
    [
      '[fd00::a]:1000 > [fd00::b]:53 udp',
      { says: 'fd00::b > fd00::a icmp 1/4', quotes: '[fd00::a]:1000 > [fd00::b]:53 udp' },
    ],
    ['forwarded not-policed', 'forwarded tracked'],
    strict,
  ],
  [
    '90: ping',
    { ...open, ingress: ({ own }) => own === A },
    [`${B} > ${A} icmp 8/0 id 7`, `${A} > ${B} icmp 0/0 id 7`, `${A} > ${B} icmp 0/0 id 8`],
    ['forwarded policy', 'forwarded tracked', 'dropped ct-invalid'],
    loose,
  ],
  [
    '90: each side may use one identifier for itself',
    { ...open, ingress: ({ own }) => own === A },
    [`${B} > ${A} icmp 8/0 id 7`, `${A} > ${B} icmp 8/0 id 7`, `${B} > ${A} icmp 0/0 id 7`],
    ['forwarded policy', 'dropped policy', 'dropped ct-invalid'],
    strict,
  ],
  [
    '90: timestamps and node information ask, too',
    open,
    [
      `${B} > ${A} icmp 13/0 id 7`,
      `${A} > ${B} icmp 14/0 id 7`,
      'fd00::a > fd00::b icmp 139/0 id 1',
      'fd00::b > fd00::a icmp 140/0 id 1',
    ],
    ['forwarded not-policed', 'forwarded tracked', 'forwarded not-policed', 'forwarded tracked'],
    strict,
  ],
  [
    '90: infer takes an echo reply for the answer to its receiver',
    { ...open, ingress: ({ own, port }) => own === A && port === 8 * 256 },
    [`${A} > ${B} icmp 0/0 id 7`, `${B} > ${A} icmp 0/0 id 7`],
    ['forwarded policy midstream', 'dropped policy midstream'],
  ],
  [
    '90: an answer without its identifier',
    { ...open, ingress: ({ own }) => own === A },
    [`${A} > ${B} icmp 0/0`, `${B} > ${A} icmp 0/0`],
    ['forwarded policy midstream', 'dropped policy midstream'],
  ],
  ['90: which loose cannot place', open, [`${A} > ${B} icmp 0/0`], ['undetermined ports-unknown'], loose],
  ['other ICMP is INVALID, judged alone in infer', open, [`${EXT1} > ${A} icmp 9/0`], ['dropped ct-invalid'], loose],
  [
    'other ICMP is judged alone in infer',
    denyIn,
    [`${EXT1} > ${A} icmp 9/0`, `${A} > ${EXT1} icmp 9/0`],
    ['dropped policy', 'forwarded not-policed'],
  ],
  [
    'an error that was cut before its quote',
    open,
    [{ says: `${EXT1} > ${A} icmp 3/4`, captured: 60 }, `${EXT1} > ${A} icmp 3/4`],
    ['undetermined ports-unknown', 'dropped ct-invalid'],
    loose,
  ],
  [
    'neighbour discovery is never judged',
    { ...denyIn, egress: () => false },
    ['fd00::a > fd00::b icmp 135/0', 'fd00::b > fd00::a icmp 136/0', 'fd00::a > ff02::16 icmp 143/0'],
    ['forwarded neighbour-discovery', 'forwarded neighbour-discovery', 'forwarded neighbour-discovery'],
    strict,
  ],
  [
    '91: RST and FIN belong to the connection',
    open,
    [`${EXT1}:1 > ${A}:80 S`, `${A}:80 > ${EXT1}:1 RA`],
    ['forwarded not-policed', 'forwarded tracked'],
    strict,
  ],
  [
    '92: UDP goes by the first packet',
    { ...denyOut, egress: ({ own }) => own === B },
    [`${B}:1000 > ${A}:53 udp`, `${A}:53 > ${B}:1000 udp`],
    ['forwarded policy', 'forwarded tracked'],
  ],
  ['92: whoever that is', denyOut, [`${A}:53 > ${EXT1}:1000 udp`], ['dropped policy'], loose],
  [
    '93: SCTP opens on INIT',
    open,
    [`${B}:1 > ${A}:80 sctp 1`, `${A}:80 > ${B}:1 sctp 2`, `${B}:2 > ${A}:80 sctp 0`],
    ['forwarded not-policed', 'forwarded tracked', 'dropped ct-invalid'],
    loose,
  ],
  [
    '93: infer adopts DATA',
    denyOut,
    [`${EXT1}:40000 > ${A}:80 sctp 0`, `${A}:80 > ${EXT1}:40000 sctp 3`],
    ['forwarded not-policed midstream', 'forwarded tracked midstream'],
  ],
  [
    '93: others go by address pair',
    { ...open, ingress: ({ own }) => own === A },
    [`${B} > ${A} 50`, `${A} > ${B} 50`, `${A} > ${B} gre`],
    ['forwarded policy', 'forwarded tracked', 'dropped policy'],
    strict,
  ],
  [
    'a cut chain of IPv6 headers hides the protocol: forwarded when every protocol is',
    allowAll,
    ['fd00::a > fd00::b 44', 'fd00::a > fd00::b 60'],
    ['forwarded policy', 'forwarded policy'],
  ],
  [
    'a cut chain of IPv6 headers, where ports or protocols decide',
    { ...open, ingress: ({ protocol, port }) => protocol !== TCP || (port < 0 ? 'unknown' : port === 80) },
    ['fd00::a > fd00::b 44', 'fd00::a > fd00::b 0'],
    ['undetermined ports-unknown', 'undetermined ports-unknown'],
  ],
  [
    'a cut chain of IPv6 headers, where one protocol is denied, without connections',
    { ...open, egress: ({ protocol }) => protocol !== TCP },
    ['fd00::a > fd00::b 43', 'fd00::a > fd00::b gre'],
    ['undetermined ports-unknown', 'forwarded policy'],
    untracked,
  ],
  [
    'a cut chain of IPv6 headers that is denied whatever it holds may be an answer',
    denyIn,
    ['fd00::a > fd00::b 44'],
    ['undetermined ports-unknown'],
  ],
  [
    '95: a later fragment that both ends allow whatever its ports',
    allowAll,
    [{ says: `${A}:0 > ${B}:0 udp`, flags: LATER_FRAGMENT, without: HAS_PORTS }],
    ['forwarded policy'],
  ],
  [
    '95: one whose ports would decide',
    byPort,
    [{ says: `${A}:0 > ${B}:0 udp`, flags: LATER_FRAGMENT, without: HAS_PORTS }],
    ['undetermined fragment'],
  ],
  [
    '95: one that an end denies may be an answer',
    denyIn,
    [{ says: `${A}:0 > ${B}:0 udp`, flags: LATER_FRAGMENT, without: HAS_PORTS }],
    ['undetermined fragment'],
  ],
  [
    '96: a header that was cut',
    byPort,
    [{ says: `${A}:0 > ${B}:0 S`, without: HAS_PORTS }],
    ['undetermined ports-unknown'],
  ],
  [
    '96: without tracking the class decides',
    denyIn,
    [{ says: `${A}:0 > ${B}:0 S`, without: HAS_PORTS }],
    ['dropped policy'],
    untracked,
  ],
  [
    '96: where it can',
    byPort,
    [
      { says: `${A}:0 > ${B}:0 S`, without: HAS_PORTS },
      { says: `${A}:0 > ${B}:0 S`, without: HAS_PORTS, flags: LATER_FRAGMENT },
    ],
    ['undetermined ports-unknown', 'undetermined fragment'],
    untracked,
  ],
  [
    'a tunnel that is not read',
    allowAll,
    [{ says: `${N1}:1000 > ${N2}:4789 udp`, flags: IS_TUNNEL }],
    ['undetermined tunnel'],
  ],
  [
    "a Service's address, and its answers",
    allowAll,
    [`${A}:1000 > ${SVC}:80 S`, `${SVC}:80 > ${A}:1000 SA`, `${SVC}:80 > ${B}:7 SA`],
    ['undetermined service-address', 'undetermined service-address', 'undetermined service-address'],
  ],
  [
    'a node port, and its answers',
    allowAll,
    [
      `${EXT1}:1000 > ${N1}:30080 S`,
      `${N1}:30080 > ${EXT1}:1000 SA`,
      `${EXT1}:1000 > ${N1}:30081 S`,
      `${N1}:30080 > ${EXT2}:5 A`,
    ],
    ['undetermined node-port', 'undetermined node-port', 'forwarded not-policed', 'undetermined node-port'],
  ],
  ['a node port of another protocol is none', allowAll, [`${EXT1}:1000 > ${N1}:30080 udp`], ['forwarded not-policed']],
  [
    'an address of a pod range that no pod has',
    denyIn,
    ['10.244.9.9:1 > 203.0.113.1:80 S', '203.0.113.1:80 > 10.244.9.9:1 SA'],
    ['forwarded not-policed unknown-workload', 'forwarded tracked unknown-workload'],
  ],
  [
    'which can be turned',
    denyIn,
    [`10.244.9.9:1 > ${A}:80 S`, `${A}:80 > 10.244.9.9:1 SA`],
    ['undetermined policy unknown-workload', 'undetermined tracked unknown-workload'],
    { unknownWorkload: 'undetermined' },
  ],
  [
    'a connection whose opener is undetermined stays so',
    { ...open, ingress: () => 'unknown' },
    [`${A}:1 > ${B}:80 S`, `${B}:80 > ${A}:1 SA`],
    ['undetermined policy', 'undetermined tracked'],
  ],
  [
    'a deny beats what nobody can tell',
    { ...open, ingress: () => 'unknown', egress: () => false },
    [`${A}:1 > ${B}:80 S`],
    ['dropped policy'],
  ],
  [
    'tuples are judged alone and never INVALID',
    denyIn,
    [
      { says: `${A}:1 > ${EXT1}:80 SA`, flags: IS_TUPLE },
      { says: `${EXT1}:80 > ${A}:1 S`, flags: IS_TUPLE },
      { says: `${A}:1 > ${EXT1}:80 R`, flags: IS_TUPLE },
    ],
    ['forwarded not-policed', 'dropped policy', 'forwarded not-policed'],
    strict,
  ],
  [
    'without tracking every packet is judged in its own direction',
    denyOut,
    [`${EXT1}:1 > ${A}:80 S`, `${A}:80 > ${EXT1}:1 SA`, `${A}:80 > ${EXT1}:1 -`],
    ['forwarded not-policed', 'dropped policy', 'dropped policy'],
    untracked,
  ],
];

for (const [name, world, rows, expected, options] of cases)
  test(name, () => assert.equal(shorts(world, rows, options ?? {}), expected));

test('what follows an opener repeats its findings, direction and number', () => {
  const world: World = { ...open, egress: ({ own }) => own === B, ingress: ({ own }) => own === A };
  const [opener, answer, more, refused, refusedToo] = judged(world, [
    `${B}:1000 > ${A}:80 S`,
    `${A}:80 > ${B}:1000 SA`,
    `${B}:1000 > ${A}:80 A`,
    `${A}:9 > ${B}:80 S`,
    `${B}:80 > ${A}:9 RA`,
  ]);
  const both = { egress: EGRESS_ALLOW, ingress: INGRESS_ALLOW, flags: [] };
  assert.equal(opener, { verdict: 'forwarded', reason: 'policy', ...both, opener: 0, opened: true, reversed: false });
  assert.equal(answer, { verdict: 'forwarded', reason: 'tracked', ...both, opener: 1, opened: false, reversed: true });
  assert.equal(more, { verdict: 'forwarded', reason: 'tracked', ...both, opener: 1, opened: false, reversed: false });
  const denied = { egress: EGRESS_DENY, ingress: INGRESS_DENY, flags: [] };
  assert.equal(refused, { verdict: 'dropped', reason: 'policy', ...denied, opener: 0, opened: true, reversed: false });
  assert.equal(refusedToo, {
    ...{ verdict: 'dropped', reason: 'connection-denied', ...denied, opener: 4, opened: false, reversed: true },
  });
});

test('an ICMP error runs to the end that sent what it quotes', () => {
  const told = judged(open, [
    `${B}:1000 > ${A}:80 udp`,
    { says: `${A} > ${B} icmp 3/3`, quotes: `${B}:1000 > ${A}:80 udp` },
    { says: `${B} > ${A} icmp 3/3`, quotes: `${A}:80 > ${B}:1000 udp` },
    { says: `${A} > ${C} icmp 3/3`, quotes: `${C}:40000 > ${A}:80 A` },
  ]);
  assert.equal(
    told.map((o) => [o.reason, o.opener, o.reversed, o.opened]),
    [
      ['not-policed', 0, false, true],
      ['tracked', 1, true, false],
      ['tracked', 1, false, false],
      ['not-policed', 0, true, false],
    ],
  );
});

test('each end says who it is', () => {
  const ends = (world: World, row: Row | string, options: ReplayOptions = {}) => {
    const [one] = judged(world, [row], options);
    return [one!.egress, one!.ingress];
  };
  assert.equal(ends(open, `${A}:1 > ${EXT1}:80 S`), [NO_POLICY, NOT_AN_ENDPOINT]);
  assert.equal(ends(denyIn, `${EXT1}:1 > ${A}:80 S`), [NOT_AN_ENDPOINT, INGRESS_DENY]);
  assert.equal(ends(denyIn, `${N1}:1 > ${A}:80 S`), [NOT_AN_ENDPOINT, NOT_JUDGED]);
  assert.equal(ends(denyIn, `${EXT1}:1 > ${A}:80 SA`, loose), [NOT_JUDGED, NOT_JUDGED]);
  assert.equal(ends(denyIn, `${A}:1 > ${A}:80 S`), [NOT_JUDGED, NOT_JUDGED]);
  assert.equal(ends(denyIn, { says: `${A}:1 > ${B}:80 S`, without: HAS_PORTS }), [NO_POLICY, UNKNOWN]);
});

test('a second input knows the connections of the first, and says so', () => {
  const replay = replayOf(open);
  const said = (row: string): [string, number] => {
    const batch = rowsOf([row]);
    const [one] = outcomes(replay, batch, replay.process(batch));
    return [inShort(one!), one!.opener];
  };
  replay.beginInput();
  assert.equal(said(`${A}:1 > ${B}:80 S`), ['forwarded not-policed', 0]);
  assert.equal(said(`${B}:80 > ${A}:1 SA`), ['forwarded tracked', 1]);
  replay.beginInput();
  assert.equal(said(`${A}:1 > ${B}:80 A`), ['forwarded tracked opener-other-file', 0]);
  assert.equal(said(`${A}:2 > ${B}:80 S`), ['forwarded not-policed', 0]);
  assert.equal(said(`${B}:80 > ${A}:2 SA`), ['forwarded tracked', 1]);
});

test.run();
