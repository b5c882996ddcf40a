/** What the kinds of policy.networking.k8s.io say in the rule model, and what is told of them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Policy, Rule } from '../../src/model/policy.ts';
import { matches } from '../../src/model/selector.ts';
import { formatPrefix } from '../../src/net/prefix.ts';
import { ALL_PODS, anp, banp, cnp, SUBJECT, written } from './policy-api-texts.ts';
import { cluster, diagnostics, warnings } from './reading.ts';

const only = async (text: string): Promise<Policy> => (await cluster(text)).policies[0]!;
const ruleOf = async (text: string): Promise<Rule> => {
  const { ingress, egress } = await only(text);
  return [...ingress, ...egress][0]!;
};
const labels = (of: Record<string, string>): Map<string, string> => new Map(Object.entries(of));
const podIn = (namespace: string, own: Record<string, string> = {}) =>
  labels({
    'projectcalico.org/orchestrator': 'k8s',
    'projectcalico.org/namespace': namespace,
    'pcns.kubernetes.io/metadata.name': namespace,
    ...own,
  });

const places: [name: string, text: string, tier: string, order: number, tieBreak: string][] = [
  ['a ClusterNetworkPolicy of tier Admin', cnp(), 'kube-admin', 10, 'default//KubernetesClusterNetworkPolicy'],
  [
    'a ClusterNetworkPolicy of tier Baseline',
    written('ClusterNetworkPolicy', ['tier: Baseline', 'priority: 0', SUBJECT], 'b'),
    'kube-baseline',
    0,
    'b//KubernetesClusterNetworkPolicy',
  ],
  ['an AdminNetworkPolicy', anp(), 'kube-admin', 10, 'default//AdminNetworkPolicy'],
  ['a BaselineAdminNetworkPolicy', banp(), 'kube-baseline', 1000, 'default//BaselineAdminNetworkPolicy'],
];
for (const [name, text, tier, order, tieBreak] of places) {
  test(`${name} has its place in tier ${tier}`, async () => {
    const policy = await only(text);
    assert.equal(
      [policy.tier, policy.order, policy.tieBreak, policy.namespace, policy.staged],
      [tier, order, tieBreak, null, false],
    );
  });
}

test('the built-in tiers are there, in their order and with their ends', async () => {
  const { tiers } = await cluster('apiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n');
  assert.equal(
    tiers.map(({ name, order, defaultAction }) => [name, order, defaultAction]),
    [
      ['kube-admin', 1000, 'pass'],
      ['default', 1_000_000, 'deny'],
      ['kube-baseline', 10_000_000, 'pass'],
    ],
  );
});

const actions: [text: string, action: string][] = [
  [cnp(`ingress: [{action: Accept, from: ${ALL_PODS}}]`), 'allow'],
  [cnp(`ingress: [{action: Deny, from: ${ALL_PODS}}]`), 'deny'],
  [cnp(`ingress: [{action: Pass, from: ${ALL_PODS}}]`), 'pass'],
  [anp(`egress: [{action: Allow, to: ${ALL_PODS}}]`), 'allow'],
  [anp(`egress: [{action: Deny, to: ${ALL_PODS}}]`), 'deny'],
  [anp(`egress: [{action: Pass, to: ${ALL_PODS}}]`), 'pass'],
  [banp(`egress: [{action: Allow, to: ${ALL_PODS}}]`), 'allow'],
  [banp(`egress: [{action: Deny, to: ${ALL_PODS}}]`), 'deny'],
];
test('actions of each kind', async () => {
  for (const [text, action] of actions) assert.is((await ruleOf(text)).action, action, text);
});

test('a policy governs the directions that it has rules for, and no other', async () => {
  const rule = (peers: string): string => `[{action: Deny, ${peers}: ${ALL_PODS}}]`;
  assert.equal((await only(cnp())).directions, []);
  assert.equal((await only(cnp('ingress: []', 'egress: []'))).directions, []);
  assert.equal((await only(cnp(`ingress: ${rule('from')}`))).directions, ['ingress']);
  assert.equal((await only(anp(`egress: ${rule('to')}`))).directions, ['egress']);
  assert.equal((await only(banp(`ingress: ${rule('from')}`, `egress: ${rule('to')}`))).directions, [
    'ingress',
    'egress',
  ]);
});

test('rules keep their order, their numbers and their places', async () => {
  const { egress } = await only(
    cnp('egress:', `- {action: Deny, to: ${ALL_PODS}}`, `- {name: second, action: Accept, to: ${ALL_PODS}}`),
  );
  assert.equal(
    egress.map(({ action, index, at }) => [action, index, at.line, at.column]),
    [
      ['deny', 0, 9, 5],
      ['allow', 1, 10, 5],
    ],
  );
});

const web = podIn('x', { app: 'web' });
const db = podIn('x', { app: 'db' });
const webInY = podIn('y', { app: 'web' });
/** A Calico network set of a namespace: no pod, and in a namespace. */
const setInX = labels({ 'projectcalico.org/namespace': 'x', 'pcns.kubernetes.io/metadata.name': 'x', app: 'web' });
const hostEndpoint = labels({ app: 'web' });
const IN_X = '{matchLabels: {kubernetes.io/metadata.name: x}}';
const NOT_X = '{matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [x]}]}';
const WEB = '{matchLabels: {app: web}}';
type Holder = ReadonlyMap<string, string>;
const whoCases: [what: string, yaml: string, subject: Holder[], peer: Holder[]][] = [
  ['all namespaces', '{namespaces: {}}', [web, db, webInY], [web, db, webInY, setInX]],
  ['one namespace', `{namespaces: ${IN_X}}`, [web, db], [web, db, setInX]],
  ['no such namespace', `{namespaces: ${NOT_X}}`, [webInY], [webInY, hostEndpoint]],
  ['pods of all namespaces', `{pods: {namespaceSelector: {}, podSelector: ${WEB}}}`, [web, webInY], [web, webInY]],
  ['pods of one namespace', `{pods: {namespaceSelector: ${IN_X}, podSelector: ${WEB}}}`, [web], [web]],
  ['all pods of one namespace', `{pods: {namespaceSelector: ${IN_X}, podSelector: {}}}`, [web, db], [web, db]],
];
const everybody: [string, Holder][] = Object.entries({ web, db, webInY, setInX, hostEndpoint });
for (const [what, yaml, subject, peer] of whoCases) {
  test(`${what}: as a subject pods alone, as a peer as Calico selects`, async () => {
    for (const head of [['tier: Admin', 'priority: 1'], ['priority: 1'], []] as const) {
      const kind = (['BaselineAdminNetworkPolicy', 'AdminNetworkPolicy', 'ClusterNetworkPolicy'] as const)[
        head.length
      ]!;
      const action = 'Deny';
      const policy = await only(
        written(kind, [...head, `subject: ${yaml}`, `ingress: [{action: ${action}, from: [${yaml}]}]`]),
      );
      const asPeer = policy.ingress[0]!.source![0]!.selector!;
      for (const [name, holder] of everybody) {
        assert.is(matches(policy.selector, holder), subject.includes(holder), `${kind} subject ${name}`);
        assert.is(matches(asPeer, holder), peer.includes(holder), `${kind} peer ${name}`);
      }
    }
  });
}

test('v1alpha2 may leave out the namespaces of pods; a missing selector is told of elsewhere', async () => {
  const rule = 'ingress: [{action: Deny, from: [{pods: {podSelector: {}}}]}]';
  assert.equal(await warnings(cnp(rule)), []);
  assert.equal(await warnings(anp(rule)), ['MISSING_SELECTOR']);
  const bare = 'ingress: [{action: Deny, from: [{pods: {namespaceSelector: {}}}]}]';
  for (const text of [cnp(bare), anp(bare)]) {
    assert.equal(await warnings(text), ['MISSING_SELECTOR']);
    assert.ok(matches((await ruleOf(text)).source![0]!.selector!, web));
  }
});

test('networks are blocks of both families, host bits cleared with a warning', async () => {
  const text = cnp('egress: [{action: Deny, to: [{networks: [10.0.0.7/8, "fd00::/8"]}, {networks: [0.0.0.0/0]}]}]');
  const rule = await ruleOf(text);
  assert.equal(
    rule.destination!.map(({ nets }) => nets!.map(formatPrefix)),
    [['10.0.0.0/8', 'fd00::/8'], ['0.0.0.0/0']],
  );
  assert.equal(await warnings(text), ['HOST_BITS']);
});

type L4 = [protocol: number | null, ranges: number[][], names: string[]];
const transports: [text: string, expected: L4[] | null][] = [
  [cnp(`ingress: [{action: Deny, from: ${ALL_PODS}}]`), null],
  [
    cnp(
      `ingress: [{action: Deny, from: ${ALL_PODS}, protocols: [{tcp: {destinationPort: {number: 1}}}, {udp: {destinationPort: {range: {start: 1, end: 65535}}}}, {sctp: {destinationPort: {number: 65535}}}, {destinationNamedPort: dns}]}]`,
    ),
    [
      [6, [[1, 1]], []],
      [17, [[1, 65535]], []],
      [132, [[65535, 65535]], []],
      [null, [], ['dns']],
    ],
  ],
  [
    anp(
      `ingress: [{action: Deny, from: ${ALL_PODS}, ports: [{portNumber: {port: 80}}, {portNumber: {protocol: UDP, port: 53}}, {portRange: {protocol: SCTP, start: 5, end: 5}}, {portRange: {start: 5, end: 6}}, {namedPort: http}]}]`,
    ),
    [
      [6, [[80, 80]], []],
      [17, [[53, 53]], []],
      [132, [[5, 5]], []],
      [6, [[5, 6]], []],
      [null, [], ['http']],
    ],
  ],
];
test('protocols and ports', async () => {
  for (const [text, expected] of transports) {
    const { l4 } = await ruleOf(text);
    const found = l4?.map((m) => [m.protocol, m.destinationPorts!.ranges, m.destinationPorts!.names]);
    assert.equal(found ?? null, expected);
  }
});

const UNRESOLVED = ['{nodes: {}}', '{domainNames: ["*.example.com", example.org.]}'];
test('a peer that cannot be resolved closes its rule, with a warning where it stands', async () => {
  for (const peer of UNRESOLVED) {
    const to = `[{namespaces: {}}, ${peer}]`;
    const rules = [
      'egress:',
      `- {action: Accept, to: ${to}}`,
      ...['Deny', 'Pass'].map((a) => `- {action: ${a}, to: ${to}}`),
    ];
    const policy = await only(cnp(...rules));
    assert.equal(
      policy.egress.map(({ action, l4, destination }) => [action, l4, destination]),
      [
        ['allow', null, []],
        ['deny', null, null],
        ['deny', null, null],
      ],
    );
    assert.equal(await warnings(cnp(...rules)), ['FAILS_CLOSED', 'FAILS_CLOSED', 'FAILS_CLOSED']);
    const [said] = await diagnostics(cnp(...rules));
    assert.equal([said!.at.line, said!.at.column > 40], [9, true]);
  }
});

test('a direction whose rules all fail closed to nothing is not governed', async () => {
  assert.equal((await only(cnp('egress: [{action: Accept, to: [{nodes: {}}]}]'))).directions, []);
  assert.equal((await only(anp('egress: [{action: Pass, to: [{nodes: {}}]}]'))).directions, ['egress']);
});

test('a name that no port can have is told of; a named port beside networks too', async () => {
  const named = (name: string, peer: string): string =>
    cnp(`egress: [{action: Deny, to: [${peer}], protocols: [{destinationNamedPort: ${name}}]}]`);
  assert.equal(await warnings(named('http', '{namespaces: {}}')), []);
  assert.equal(await warnings(named('HTTP', '{namespaces: {}}')), ['BAD_PORT_NAME']);
  assert.equal(await warnings(named('"80"', '{namespaces: {}}')), ['BAD_PORT_NAME']);
  assert.equal(await warnings(named('http', '{networks: [10.0.0.0/8]}')), ['NAMED_PORT_WITHOUT_POD']);
});

test('equal priorities of one tier and direction are told of, beside the policy that comes first', async () => {
  const one = (name: string, direction: string, tier = 'Admin', priority = 5): string =>
    written(
      'ClusterNetworkPolicy',
      [
        `tier: ${tier}`,
        `priority: ${priority}`,
        SUBJECT,
        `${direction}: [{action: Deny, ${direction === 'ingress' ? 'from' : 'to'}: ${ALL_PODS}}]`,
      ],
      name,
    );
  const equal = (...texts: string[]): Promise<string[]> => warnings(texts.join('\n---\n'));
  assert.equal(await equal(one('a', 'ingress'), one('b', 'ingress')), ['EQUAL_PRIORITY']);
  assert.equal(await equal(one('a', 'ingress'), one('b', 'egress')), []);
  assert.equal(await equal(one('a', 'ingress'), one('b', 'ingress', 'Baseline')), []);
  assert.equal(await equal(one('a', 'ingress'), one('b', 'ingress', 'Admin', 6)), []);
  const [said] = await diagnostics([one('b', 'ingress'), one('a', 'ingress')].join('\n---\n'));
  assert.equal([said!.at.line, said!.message.startsWith('ClusterNetworkPolicy `a` (stdin:10:1)')], [1, true]);
});

test.run();
