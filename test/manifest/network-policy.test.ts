import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Policy } from '../../src/model/policy.ts';
import { matches } from '../../src/model/selector.ts';
import { formatPrefix } from '../../src/net/prefix.ts';
import { cluster, errors, policy, warnings } from './reading.ts';

const read = async (...spec: string[]): Promise<Policy> => (await cluster(policy(...spec))).policies[0]!;
const labels = (of: Record<string, string>): Map<string, string> => new Map(Object.entries(of));
const podOf = (namespace: string, own: Record<string, string> = {}, ofNamespace: Record<string, string> = {}) =>
  labels({
    'projectcalico.org/orchestrator': 'k8s',
    'projectcalico.org/namespace': namespace,
    'pcns.projectcalico.org/name': namespace,
    'pcns.kubernetes.io/metadata.name': namespace,
    ...Object.fromEntries(Object.entries(ofNamespace).map(([key, value]) => [`pcns.${key}`, value])),
    ...own,
  });

const directionCases: [name: string, spec: string[], directions: string[]][] = [
  ['no types and no rules', ['podSelector: {}'], ['ingress']],
  ['no types and egress rules', ['egress: [{}]'], ['ingress', 'egress']],
  ['no types and an empty egress list', ['egress: []'], ['ingress']],
  ['no types and egress of nothing', ['egress:'], ['ingress']],
  ['an empty list of types and egress rules', ['policyTypes: []', 'egress: [{}]'], ['ingress', 'egress']],
  ['Egress alone', ['policyTypes: [Egress]'], ['egress']],
  ['both, in any order', ['policyTypes: [Egress, Ingress]'], ['ingress', 'egress']],
  ['one type twice', ['policyTypes: [Egress, Egress]'], ['egress']],
];
for (const [name, spec, directions] of directionCases) {
  test(`a policy with ${name} governs ${directions.join(' and ')}`, async () => {
    assert.equal((await read(...spec)).directions, directions);
  });
}

test('rules of a direction that the types leave out are dead, and told of', async () => {
  const spec = ['policyTypes: [Egress]', 'ingress: [{}]', 'egress: [{}]'];
  assert.equal([(await read(...spec)).ingress.length, (await read(...spec)).egress.length], [0, 1]);
  assert.ok((await warnings(policy(...spec))).includes('DEAD_RULES'));
});

test('no rule, an empty list and nothing isolate; an empty rule allows all', async () => {
  for (const line of ['podSelector: {}', 'ingress: []', 'ingress:']) assert.equal((await read(line)).ingress, []);
  const [rule] = (await read('ingress: [{}]')).ingress;
  assert.equal([rule!.source, rule!.destination, rule!.l4, rule!.action], [null, null, null, 'allow']);
});

test('peers and ports that are missing, null or empty put no condition', async () => {
  for (const rule of ['{}', '{from: [], ports: []}', '{from: null, ports: null}', 'null']) {
    const [read1] = (await read(`ingress: [${rule}]`)).ingress;
    assert.equal([read1!.source, read1!.l4], [null, null], rule);
  }
});

test('a policy stands in tier default at order 1000 and selects pods of its namespace alone', async () => {
  const p = await read('podSelector: {matchLabels: {app: web}}');
  assert.equal(
    [p.tier, p.order, p.tieBreak, p.kind],
    ['default', 1000, 'p/x/KubernetesNetworkPolicy', 'NetworkPolicy'],
  );
  assert.ok(matches(p.selector, podOf('x', { app: 'web' })));
  assert.not(matches(p.selector, podOf('y', { app: 'web' })));
  assert.not(matches(p.selector, podOf('x', { app: 'db' })));
  assert.not(matches(p.selector, labels({ 'projectcalico.org/namespace': 'x', app: 'web' })), 'no pod');
});

test('a policy without a namespace is in namespace default', async () => {
  const text = 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p}\nspec: {}';
  assert.is((await cluster(text)).policies[0]!.namespace, 'default');
});

const inX = podOf('x', { pod: 'a' }, { ns: 'x' });
const inY = podOf('y', { pod: 'a' }, { ns: 'y' });
const bInY = podOf('y', { pod: 'b' }, { ns: 'y' });
const unlabelled = podOf('z');
const outside = labels({});
const peerCases: [name: string, peer: string, matching: Map<string, string>[], not: Map<string, string>[]][] = [
  ['podSelector alone is for its own namespace', 'podSelector: {matchLabels: {pod: a}}', [inX], [inY, outside]],
  ['an empty podSelector is every pod of its namespace', 'podSelector: {}', [inX], [inY, outside]],
  [
    'namespaceSelector alone is for all of its pods',
    'namespaceSelector: {matchLabels: {ns: y}}',
    [inY, bInY],
    [inX, unlabelled],
  ],
  ['an empty namespaceSelector is every pod, no other', 'namespaceSelector: {}', [inX, inY, unlabelled], [outside]],
  [
    'both selectors must hold',
    'namespaceSelector: {matchLabels: {ns: y}}, podSelector: {matchLabels: {pod: a}}',
    [inY],
    [bInY, inX],
  ],
  [
    'the name label needs no manifest',
    'namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: y}}',
    [inY],
    [inX],
  ],
  [
    'In wants one of the values',
    'namespaceSelector: {matchExpressions: [{key: ns, operator: In, values: [x, y]}]}',
    [inX, inY],
    [unlabelled],
  ],
  [
    'NotIn holds where the key is missing',
    'namespaceSelector: {matchExpressions: [{key: ns, operator: NotIn, values: [x]}]}',
    [inY, unlabelled],
    [inX, outside],
  ],
  ['Exists wants the key', 'namespaceSelector: {matchExpressions: [{key: ns, operator: Exists}]}', [inX], [unlabelled]],
  [
    'DoesNotExist wants it gone',
    'namespaceSelector: {matchExpressions: [{key: ns, operator: DoesNotExist}]}',
    [unlabelled],
    [inX, outside],
  ],
  ['an empty value is a value', "podSelector: {matchLabels: {pod: ''}}", [podOf('x', { pod: '' })], [inX, podOf('x')]],
];
for (const [name, peer, matching, not] of peerCases) {
  test(`peers: ${name}`, async () => {
    const selector = (await read(`ingress: [{from: [{${peer}}]}]`)).ingress[0]!.source![0]!.selector!;
    for (const one of matching) assert.ok(matches(selector, one), JSON.stringify([...one]));
    for (const one of not) assert.not(matches(selector, one), JSON.stringify([...one]));
  });
}

test('two items are two peers, of egress on the destination', async () => {
  const [rule] = (
    await read('egress: [{to: [{podSelector: {}}, {ipBlock: {cidr: 10.0.0.7/8, except: [10.1.0.0/16]}}]}]')
  ).egress;
  assert.is(rule!.source, null);
  const [selecting, block] = rule!.destination!;
  assert.is(selecting!.nets, null);
  assert.equal(
    [block!.selector, block!.nets!.map(formatPrefix), block!.notNets!.map(formatPrefix)],
    [null, ['10.0.0.0/8'], ['10.1.0.0/16']],
  );
});

const portCases: [name: string, port: string, protocol: number, ports: unknown][] = [
  ['nothing is all of TCP', '{}', 6, null],
  ['null is all of TCP', 'null', 6, null],
  ['a protocol alone is all of it', '{protocol: UDP}', 17, null],
  ['a port without protocol is of TCP', '{port: 53}', 6, { ranges: [[53, 53]], names: [] }],
  ['SCTP is read', '{port: 7, protocol: SCTP}', 132, { ranges: [[7, 7]], names: [] }],
  ['a range holds both its ends', '{port: 80, endPort: 81}', 6, { ranges: [[80, 81]], names: [] }],
  ['a range of one', '{port: 80, endPort: 80}', 6, { ranges: [[80, 80]], names: [] }],
  ['first and last port', '{port: 1, endPort: 65535}', 6, { ranges: [[1, 65535]], names: [] }],
  ['a named port', '{port: http-alt, protocol: UDP}', 17, { ranges: [], names: ['http-alt'] }],
];
for (const [name, port, protocol, ports] of portCases) {
  test(`ports: ${name}`, async () => {
    const [l4] = (await read(`ingress: [{ports: [${port}]}]`)).ingress[0]!.l4!;
    assert.equal([l4!.protocol, l4!.destinationPorts, l4!.sourcePorts], [protocol, ports, null]);
  });
}

test('a rule knows its index and where it stands', async () => {
  const { ingress, at } = await read('ingress:', '- {}', '- from:', '  - podSelector: {}');
  assert.equal(at, { file: 'stdin', line: 1, column: 1 });
  assert.equal(
    ingress.map((rule) => [rule.index, rule.at.line, rule.at.column]),
    [
      [0, 6, 5],
      [1, 7, 5],
    ],
  );
});

const refused: [name: string, spec: string[], expected: string[]][] = [
  ['an empty peer', ['ingress: [{from: [{}]}]'], ['5:21 BAD_PEER']],
  ['a null peer', ['ingress: [{from: [null]}]'], ['5:21 BAD_PEER']],
  ['a peer of null selectors', ['ingress: [{from: [{podSelector: null}]}]'], ['5:21 BAD_PEER']],
  [
    'a block beside a selector',
    ['ingress: [{from: [{podSelector: {}, ipBlock: {cidr: 10.0.0.0/8}}]}]'],
    ['5:21 BAD_PEER'],
  ],
  ['a block without cidr', ['ingress: [{from: [{ipBlock: {}}]}]'], ['5:31 MISSING_FIELD']],
  ['a broken cidr', ['ingress:', '- from:', '  - ipBlock:', '      cidr: 10.0.0/8'], ['8:15 BAD_CIDR']],
  ['an address for a cidr', ['ingress: [{from: [{ipBlock: {cidr: 10.0.0.1}}]}]'], ['5:38 BAD_CIDR']],
  [
    'a hole outside',
    ['ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/16]}}]}]'],
    ['5:59 EXCEPT_OUTSIDE_CIDR'],
  ],
  [
    'a hole as large as its block',
    ['ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.0/8]}}]}]'],
    ['5:59 EXCEPT_OUTSIDE_CIDR'],
  ],
  [
    'a hole of the other family',
    ["ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: ['::/64']}}]}]"],
    ['5:59 EXCEPT_OUTSIDE_CIDR'],
  ],
  [
    'a hole around its block',
    ['ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.0/7]}}]}]'],
    ['5:59 EXCEPT_OUTSIDE_CIDR'],
  ],
  ['port 0', ['ingress: [{ports: [{port: 0}]}]'], ['5:29 BAD_PORT']],
  ['port 65536', ['ingress: [{ports: [{port: 65536}]}]'], ['5:29 BAD_PORT']],
  ['a port in quotes', ["ingress: [{ports: [{port: '80'}]}]"], ['5:29 BAD_PORT_NAME']],
  ['a port name of 16 letters', ['ingress: [{ports: [{port: abcdefghijklmnop}]}]'], ['5:29 BAD_PORT_NAME']],
  ['a port name with capitals', ['ingress: [{ports: [{port: Http}]}]'], ['5:29 BAD_PORT_NAME']],
  ['a port name without a letter', ['ingress: [{ports: [{port: 1-2}]}]'], ['5:29 BAD_PORT_NAME']],
  ['a port name with two hyphens', ['ingress: [{ports: [{port: a--b}]}]'], ['5:29 BAD_PORT_NAME']],
  ['an empty port name', ["ingress: [{ports: [{port: ''}]}]"], ['5:29 BAD_PORT_NAME']],
  ['a fraction of a port', ['ingress: [{ports: [{port: 80.5}]}]'], ['5:29 BAD_PORT']],
  ['a port of truth', ['ingress: [{ports: [{port: true}]}]'], ['5:29 WRONG_TYPE']],
  ['endPort below port', ['ingress: [{ports: [{port: 80, endPort: 79}]}]'], ['5:42 BAD_PORT']],
  ['endPort with a name', ['ingress: [{ports: [{port: http, endPort: 90}]}]'], ['5:44 BAD_PORT']],
  ['endPort alone', ['ingress: [{ports: [{endPort: 90}]}]'], ['5:32 BAD_PORT']],
  ['endPort 65536', ['ingress: [{ports: [{port: 80, endPort: 65536}]}]'], ['5:42 BAD_PORT']],
  ['a protocol in small letters', ['ingress: [{ports: [{protocol: tcp}]}]'], ['5:33 BAD_PROTOCOL']],
  ['a protocol that policies do not know', ['ingress: [{ports: [{protocol: ICMP}]}]'], ['5:33 BAD_PROTOCOL']],
  ['a policy type in small letters', ['policyTypes: [ingress]'], ['5:17 BAD_POLICY_TYPE']],
  ['three policy types', ['policyTypes: [Ingress, Egress, Egress]'], ['5:34 BAD_POLICY_TYPE']],
  [
    'an operator that is none',
    ['podSelector: {matchExpressions: [{key: a, operator: in, values: [b]}]}'],
    ['5:55 BAD_OPERATOR'],
  ],
  ['In without values', ['podSelector: {matchExpressions: [{key: a, operator: In}]}'], ['5:36 BAD_SELECTOR']],
  [
    'NotIn with an empty list',
    ['podSelector: {matchExpressions: [{key: a, operator: NotIn, values: []}]}'],
    ['5:70 BAD_SELECTOR'],
  ],
  [
    'Exists with values',
    ['podSelector: {matchExpressions: [{key: a, operator: Exists, values: [b]}]}'],
    ['5:71 BAD_SELECTOR'],
  ],
  ['an expression without key', ['podSelector: {matchExpressions: [{operator: Exists}]}'], ['5:36 MISSING_FIELD']],
  ['a label key with a space', ['podSelector: {matchLabels: {a b: c}}'], ['5:31 BAD_LABEL']],
  ['a label value with a space', ['podSelector: {matchLabels: {a: b c}}'], ['5:34 BAD_LABEL']],
  ['a label value of 64 letters', [`podSelector: {matchLabels: {a: ${'b'.repeat(64)}}}`], ['5:34 BAD_LABEL']],
  ['a label value that kubectl reads as truth', ['podSelector: {matchLabels: {a: yes}}'], ['5:34 WRONG_TYPE']],
  ['a label value that is a number', ['podSelector: {matchLabels: {a: 010}}'], ['5:34 WRONG_TYPE']],
  ['an unknown field of the spec', ['podSelectors: {}'], ['5:3 UNKNOWN_FIELD']],
  ['an unknown field of a rule', ['ingress: [{form: []}]'], ['5:14 UNKNOWN_FIELD']],
  ['peers of the wrong direction', ['ingress: [{to: []}]'], ['5:14 UNKNOWN_FIELD']],
  ['an unknown field of a peer', ['ingress: [{from: [{podSelector: {}, nodeSelector: {}}]}]'], ['5:39 UNKNOWN_FIELD']],
  ['an unknown field of a port', ['ingress: [{ports: [{port: 80, name: http}]}]'], ['5:33 UNKNOWN_FIELD']],
  ['a list for a selector', ['podSelector: []'], ['5:16 WRONG_TYPE']],
  ['a mapping for rules', ['ingress: {}'], ['5:12 WRONG_TYPE']],
  ['text for a rule', ['ingress: [all]'], ['5:13 WRONG_TYPE']],
];
for (const [name, spec, expected] of refused) {
  test(`refuses ${name}`, async () => assert.equal(await errors(policy(...spec)), expected));
}

test('label values of 63 letters and port names of 15 are read', async () => {
  assert.equal(await errors(policy(`podSelector: {matchLabels: {a: ${'b'.repeat(63)}}}`)), []);
  assert.equal(await errors(policy('ingress: [{ports: [{port: abcdefghijklmno}]}]')), []);
});

test('every mistake of a policy is told at once', async () => {
  const spec = [
    'podSelector: {matchLabels: {a: b c}}',
    'policyTypes: [Ingres]',
    'ingress:',
    '- from: [{}]',
    '  ports: [{port: 0}, {protocol: tcp}]',
    'egress:',
    '- to: [{ipBlock: {cidr: 1.2.3.4}}]',
  ];
  const expected = [
    '5:34 BAD_LABEL',
    '6:17 BAD_POLICY_TYPE',
    '8:12 BAD_PEER',
    '9:20 BAD_PORT',
    '9:35 BAD_PROTOCOL',
    '11:27 BAD_CIDR',
  ];
  assert.equal(await errors(policy(...spec)), expected);
});

test.run();
