/** What Calico's API server would refuse, with its place; and what is told of without being refused. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CALICO_IPTABLES } from '../../../src/model/dataplane.ts';
import { orderedTiers } from '../../../src/model/order.ts';
import { cluster, diagnostics, errors, warnings } from '../reading.ts';
import { gnp, k8s, np, tier, v3 } from './world.ts';

const NAMESPACE = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n---\n';
/** Codes of the errors of a rule in a namespaced policy. */
const ofRule = async (rule: string, direction = 'ingress'): Promise<string[]> =>
  (await errors(np('x/p', `{${direction}: [${rule}]}`))).map((line) => line.split(' ')[1]!);

const rules: [rule: string, codes: string[]][] = [
  ['{action: Allow}', []],
  ['{}', ['MISSING_FIELD']],
  ['{action: allow}', ['BAD_ACTION']],
  ['{action: next-tier}', ['BAD_ACTION']],
  ['{action: Allow, proto: TCP}', ['UNKNOWN_FIELD']],
  ['{action: Allow, source: {net: [10.0.0.0/8]}}', ['UNKNOWN_FIELD']],
  ['{action: Allow, protocol: tcp}', ['BAD_PROTOCOL']],
  ['{action: Allow, protocol: 0}', ['BAD_PROTOCOL']],
  ['{action: Allow, protocol: 256}', ['BAD_PROTOCOL']],
  ['{action: Allow, protocol: "6"}', []],
  ['{action: Allow, protocol: [TCP]}', ['BAD_PROTOCOL']],
  ['{action: Allow, ipVersion: 5}', ['BAD_IP_VERSION']],
  ['{action: Allow, ipVersion: 6, protocol: ICMP}', ['BAD_IP_VERSION']],
  ['{action: Allow, ipVersion: 4, notProtocol: 58}', ['BAD_IP_VERSION']],
  ['{action: Allow, ipVersion: 6, protocol: ICMPv6}', []],
  ['{action: Allow, destination: {ports: [80]}}', ['PORTS_NEED_PROTOCOL']],
  ['{action: Allow, destination: {ports: [web, 80]}}', ['PORTS_NEED_PROTOCOL']],
  ['{action: Allow, destination: {ports: [web]}}', []],
  ['{action: Allow, source: {notPorts: ["80:81"]}}', ['PORTS_NEED_PROTOCOL']],
  ['{action: Allow, protocol: UDPLite, destination: {ports: [80]}}', ['PORTS_NEED_PROTOCOL']],
  ['{action: Allow, protocol: ICMP, destination: {ports: [web]}}', ['PORTS_NEED_PROTOCOL']],
  ['{action: Allow, protocol: 132, destination: {ports: [80]}}', []],
  ['{action: Allow, protocol: TCP, destination: {ports: [0]}}', ['BAD_PORT']],
  ['{action: Allow, protocol: TCP, destination: {ports: [65536]}}', ['BAD_PORT']],
  ['{action: Allow, protocol: TCP, destination: {ports: ["90:80"]}}', ['BAD_PORT']],
  ['{action: Allow, protocol: TCP, destination: {ports: ["80-90"]}}', []],
  ['{action: Allow, protocol: TCP, destination: {ports: ["a b"]}}', ['BAD_PORT']],
  ['{action: Allow, protocol: TCP, destination: {ports: [true]}}', ['WRONG_TYPE']],
  ['{action: Allow, icmp: {type: 8}}', ['BAD_ICMP']],
  ['{action: Allow, notICMP: {type: 8}}', ['BAD_ICMP']],
  ['{action: Allow, protocol: TCP, icmp: {type: 8}}', ['BAD_ICMP']],
  ['{action: Allow, protocol: ICMP, icmp: {code: 8}}', ['BAD_ICMP']],
  ['{action: Allow, protocol: ICMP, icmp: {type: 255}}', ['BAD_ICMP']],
  ['{action: Allow, protocol: ICMP, icmp: {type: 3, code: 256}}', ['BAD_ICMP']],
  ['{action: Allow, protocol: 1, icmp: {type: 3, code: 255}}', []],
  ['{action: Allow, source: {nets: [10.0.0.1/8]}}', ['HOST_BITS']],
  ['{action: Allow, source: {nets: [10.0.0.1]}}', ['BAD_CIDR']],
  ['{action: Allow, source: {nets: [10.0.0.0/8, "fd00::/8"]}}', ['BAD_NETS']],
  ['{action: Allow, source: {nets: [10.0.0.0/8]}, destination: {notNets: ["fd00::/8"]}}', ['BAD_NETS']],
  ['{action: Allow, ipVersion: 6, source: {nets: [10.0.0.0/8]}}', ['BAD_NETS']],
  ['{action: Allow, source: {notNets: [0.0.0.0/0]}}', ['BAD_NETS']],
  ['{action: Allow, source: {notNets: ["::/0"]}}', ['BAD_NETS']],
  ['{action: Allow, source: {selector: "a = 1"}}', ['BAD_SELECTOR']],
  ['{action: Allow, source: {selector: global()}}', ['BAD_SELECTOR']],
  ['{action: Allow, source: {notSelector: "("}}', ['BAD_SELECTOR']],
  ['{action: Allow, source: {namespaceSelector: "global() && has(a)"}}', ['BAD_SELECTOR']],
  ['{action: Allow, source: {namespaceSelector: global()}}', []],
  ['{action: Allow, source: {serviceAccounts: {selector: global()}}}', ['BAD_SELECTOR']],
  ['{action: Allow, source: {services: {name: s, namespace: x}, selector: has(a)}}', ['BAD_SERVICES']],
  ['{action: Allow, source: {services: {name: s, namespace: x}, nets: [10.0.0.0/8]}}', ['BAD_SERVICES']],
  ['{action: Allow, source: {services: {namespace: x}}}', ['MISSING_FIELD']],
  ['{action: Allow, destination: {services: {name: s, namespace: x}}}', ['BAD_SERVICES']],
  ['{action: Deny, protocol: TCP, http: {methods: [GET]}}', ['BAD_HTTP']],
  ['{action: Allow, protocol: UDP, http: {methods: [GET]}}', ['BAD_HTTP']],
  ['{action: Allow, http: {methods: [GET, GET]}}', ['BAD_HTTP']],
  ['{action: Allow, http: {paths: [{exact: /a}, {prefix: /b}]}}', []],
  ['{action: Allow, http: {paths: [{exact: /a, prefix: /b}]}}', ['BAD_HTTP']],
  ['{action: Allow, http: {paths: [{}]}}', ['BAD_HTTP']],
  ['{action: Allow, http: {paths: [{exact: a}]}}', ['BAD_HTTP']],
  ['{action: Allow, http: {paths: [{prefix: "/a?b"}]}}', ['BAD_HTTP']],
  ['{action: Allow, http: {headers: []}}', ['UNKNOWN_FIELD']],
  ['{action: Allow, http: [GET]}', ['WRONG_TYPE']],
  ['{action: Allow, metadata: {annotations: {a/b: c}}}', []],
  ['{action: Allow, metadata: {annotations: {"a b": c}}}', ['BAD_METADATA']],
  ['{action: Allow, metadata: {labels: {a: b}}}', ['UNKNOWN_FIELD']],
];
for (const [rule, codes] of rules) {
  test(`the rule ${rule} has ${codes.length === 0 ? 'no error' : codes.join(', ')}`, async () => {
    assert.equal(await ofRule(rule), codes);
  });
}

test('egress rules: services stand in the destination, without ports, and http does not stand at all', async () => {
  const service = '{services: {name: s, namespace: x}';
  assert.equal(await ofRule(`{action: Allow, destination: ${service}}}`, 'egress'), []);
  assert.equal(await ofRule(`{action: Allow, source: ${service}}}`, 'egress'), ['BAD_SERVICES']);
  const withPorts = `{action: Allow, protocol: TCP, destination: ${service}, ports: [80]}}`;
  assert.equal(await ofRule(withPorts, 'egress'), ['BAD_SERVICES']);
  assert.equal(await ofRule('{action: Allow, http: {methods: [GET]}}', 'egress'), ['BAD_HTTP']);
});

const policies: [object: string, codes: string[]][] = [
  [np('x/p', '{types: [Ingress, Ingress]}'), ['BAD_POLICY_TYPE']],
  [np('x/p', '{types: [ingress]}'), ['BAD_POLICY_TYPE']],
  [np('x/p', '{namespaceSelector: all()}'), ['UNKNOWN_FIELD']],
  [np('x/p', '{selector: global()}'), ['BAD_SELECTOR']],
  [np('x/p', '{order: first}'), ['WRONG_TYPE']],
  [np('x/p', '{order: 1.5, performanceHints: [AssumeNeededOnEveryNode]}'), []],
  [np('x/p', '{performanceHints: [AssumeNothing]}'), ['BAD_PERFORMANCE_HINT']],
  [np('x/p', '{podSelector: {}}'), ['UNKNOWN_FIELD']],
  [gnp('p', '{namespaceSelector: global()}'), ['BAD_SELECTOR']],
  [gnp('p', '{serviceAccountSelector: "a =="}'), ['BAD_SELECTOR']],
  [gnp('p', '{ingress: [{action: Allow, source: {services: {name: s}}}]}'), ['MISSING_FIELD']],
  [gnp('p', '{preDNAT: true}'), ['BAD_HOST_POLICY']],
  [gnp('p', '{preDNAT: true, doNotTrack: true, applyOnForward: true}'), ['BAD_HOST_POLICY']],
  [gnp('p', '{preDNAT: true, applyOnForward: true, egress: [{action: Allow}]}'), ['BAD_HOST_POLICY']],
  [tier('t', '{order: 1, defaultAction: Allow}'), ['BAD_ACTION']],
  [tier('a.b', '{order: 1}'), ['BAD_NAME']],
  [tier('default', '{order: 1}'), ['BAD_TIER']],
  [tier('default', '{order: 1000000, defaultAction: Deny}'), []],
  [tier('kube-admin', '{order: 1000, defaultAction: Pass}'), []],
  [tier('kube-baseline', '{order: 10000000, defaultAction: Deny}'), ['BAD_TIER']],
  [v3('NetworkSet', 'x/s', '{nets: [10.0.0.0/8, 1.2.3.4, "fd00::1"]}'), []],
  [v3('GlobalNetworkSet', 's', '{nets: [10.0.0.0/33]}'), ['BAD_CIDR']],
  [v3('HostEndpoint', 'h', '{node: n1}'), ['BAD_HOST_ENDPOINT']],
  [v3('HostEndpoint', 'h', '{interfaceName: eth0}'), ['MISSING_FIELD']],
  [v3('HostEndpoint', 'h', '{node: n1, expectedIPs: [192.0.2]}'), ['BAD_ADDRESS']],
  [
    v3('HostEndpoint', 'h', '{node: n1, interfaceName: eth0, ports: [{name: a, protocol: ICMP, port: 1}]}'),
    ['BAD_PROTOCOL'],
  ],
  [
    v3('HostEndpoint', 'h', '{node: n1, interfaceName: eth0, ports: [{name: a, protocol: TCP, port: 0}]}'),
    ['BAD_PORT'],
  ],
  [v3('FelixConfiguration', 'default', '{failsafeInboundHostPorts: [{protocol: icmp, port: 1}]}'), ['BAD_PROTOCOL']],
  [
    v3('FelixConfiguration', 'default', '{failsafeOutboundHostPorts: [{port: 70000}, {}]}'),
    ['BAD_PORT', 'MISSING_FIELD'],
  ],
  [v3('FelixConfiguration', 'default', '{failsafeInboundHostPorts: [{port: 1, net: x}]}'), ['BAD_CIDR']],
  [v3('GlobalNetworkSet', 's', '{nets: []}', '{projectcalico.org/namespace: x}'), ['BAD_LABEL']],
  [v3('StagedNetworkPolicy', 'x/p', '{stagedAction: Delete, order: 1}'), ['BAD_STAGED_ACTION']],
  [v3('StagedNetworkPolicy', 'x/p', '{stagedAction: Remove}'), ['BAD_STAGED_ACTION']],
  [v3('StagedKubernetesNetworkPolicy', 'x/p', '{podSelector: {}, ingress: [{form: []}]}'), ['UNKNOWN_FIELD']],
];
for (const [object, codes] of policies) {
  test(object.replaceAll('\n', ' ').slice(30), async () => {
    assert.equal(
      (await errors(object)).map((line) => line.split(' ')[1]),
      codes,
    );
  });
}

test('a wrong selector is told with column and caret, at the place of its field', async () => {
  const text = NAMESPACE + np('x/p', '\n  selector: role = "x"');
  const [error] = await diagnostics(text);
  assert.equal([error!.at.line, error!.at.column, error!.code], [9, 13, 'BAD_SELECTOR']);
  assert.is(error!.message, '`selector`, column 6: expected `==`: `role ^= "x"`');
});

const ofSource = (source: string): string =>
  gnp('p', `{ingress: [{action: Allow, protocol: TCP, source: {${source}}}]}`);
const blocks = (count: number): string[] => Array.from({ length: count }, (_, i) => `10.${i >> 8}.${i & 255}.0/24`);

test('what is read and not simulated is told of', async () => {
  const cases: [object: string, code: string][] = [
    [v3('Profile', 'mine', '{ingress: [{action: Allow}]}'), 'NOT_SIMULATED'],
    [v3('HostEndpoint', 'h', '{node: n1, interfaceName: "*"}'), 'HOST_ENDPOINT_IGNORED'],
    [v3('HostEndpoint', 'h', '{node: n1, expectedIPs: [192.0.2.1]}'), 'NODE_ABSENT'],
    [v3('HostEndpoint', 'h', '{node: n1, expectedIPs: [192.0.2.1], profiles: [mine]}'), 'NOT_SIMULATED'],
    [v3('FelixConfiguration', 'default', '{bpfConntrackTimeouts: {UDPTimeout: 5s}}'), 'NOT_SIMULATED'],
    [v3('FelixConfiguration', 'node.n1', '{bpfEnabled: true}'), 'NOT_SIMULATED'],
    [gnp('p', '{applyOnForward: true}'), 'HOST_POLICY_IGNORED'],
    [gnp('p', '{tier: nowhere}'), 'TIER_ABSENT'],
    [gnp('p', '{types: [Ingress], egress: [{action: Allow}]}'), 'DEAD_RULES'],
    [gnp('p', `{selector: "${'has(a) && '.repeat(110)}has(a)"}`), 'LONG_SELECTOR'],
    [np('x/p', '{ingress: [{action: Allow, source: {services: {name: s}}}]}'), 'SERVICE_NAMESPACE'],
    [np('x/p', `{ingress: [${'{action: Allow}, '.repeat(1025)}]}`), 'MANY_ITEMS'],
    [ofSource(`nets: [${blocks(257).join(', ')}]`), 'MANY_ITEMS'],
    [ofSource(`notPorts: [${Array.from({ length: 51 }, (_, i) => i + 1).join(', ')}]`), 'MANY_ITEMS'],
    [ofSource('notNets: [10.0.0.0/8, 10.0.0.0/8]'), 'DUPLICATE_ITEM'],
    [ofSource('serviceAccounts: {names: [a, a]}'), 'DUPLICATE_ITEM'],
    [np('x/a.b.c', '{}'), 'BAD_NAME'],
    [gnp('knp.default.c', '{}'), 'BAD_NAME'],
  ];
  for (const [object, code] of cases) assert.ok((await warnings(NAMESPACE + object)).includes(code), object);
  const silent = [
    gnp('sec.p', '{}'),
    v3('Profile', 'kns.default', '{ingress: [{action: Allow}]}'),
    v3('IPPool', 'pool', '{cidr: 10.244.0.0/16, natOutgoing: true, ipipMode: Always}'),
    v3(
      'FelixConfiguration',
      'default',
      '{defaultEndpointToHostAction: Accept, bpfEnabled: false, logSeverityScreen: Info}',
    ),
  ];
  for (const object of silent) assert.equal(await warnings(object), [], object);
});

test('of several interfaces without addresses one has those of the node', async () => {
  const node =
    'apiVersion: v1\nkind: Node\nmetadata: {name: n1}\nstatus: {addresses: [{type: InternalIP, address: 192.0.2.1}]}';
  const host = (name: string): string => v3('HostEndpoint', name, `{node: n1, interfaceName: ${name}}`);
  const told = await diagnostics([node, host('eth1'), host('eth0')].join('\n---\n'));
  assert.equal(
    told.map(({ code, message }) => `${code} ${message}`),
    [
      'HOST_ENDPOINT_IGNORED host endpoint `eth1` judges nothing: it has no `expectedIPs`, and the addresses of node `n1` are taken to be those of `eth0`',
    ],
  );
});

test('what a policy says at host endpoints and is not simulated is kept for reports, where it selects one', async () => {
  const host = v3('HostEndpoint', 'h', '{node: n1, expectedIPs: [192.0.2.1]}', '{node: one}');
  const early = gnp('early', '{selector: has(node), applyOnForward: true, preDNAT: true}');
  const other = gnp('other', '{selector: has(pod), applyOnForward: true}');
  const { unsimulated, policies } = await cluster([host, early, other].join('\n---\n'));
  assert.equal(unsimulated, [{ policy: 'early', field: 'preDNAT' }]);
  assert.equal(
    policies.map(({ name }) => name),
    ['other'],
  );
});

test('connection tracking of invalid packets can be switched off for all nodes', async () => {
  assert.equal((await cluster('apiVersion: v1\nkind: Namespace\nmetadata: {name: a}')).dataplane, CALICO_IPTABLES);
  const off = await cluster(v3('FelixConfiguration', 'default', '{disableConntrackInvalidCheck: true}'));
  assert.is(off.dataplane.invalid, 'judge');
});

test('the built-in tiers are always there, and one that is given is the same one', async () => {
  const names = async (text: string) => orderedTiers(await cluster(text)).map(({ name }) => name);
  assert.equal(await names(gnp('p', '{}')), ['kube-admin', 'default', 'kube-baseline']);
  const text = [
    tier('default', '{order: 1000000, defaultAction: Deny}'),
    tier('sec', '{order: 1}'),
    tier('last', '{}'),
  ];
  assert.equal(await names(text.join('\n---\n')), ['sec', 'kube-admin', 'default', 'kube-baseline', 'last']);
});

test('a policy of Calico and one of Kubernetes may have one name', async () => {
  const { policies } = await cluster([np('x/p', '{}'), k8s('x/p', '{podSelector: {}}')].join('\n---\n'));
  assert.equal(
    policies.map(({ tieBreak }) => tieBreak),
    ['p/x/NetworkPolicy', 'p/x/KubernetesNetworkPolicy'],
  );
});

test('ties are broken by the names that Calico gives the kinds', async () => {
  const objects = [
    gnp('p', '{}'),
    v3('StagedNetworkPolicy', 'x/p', '{}'),
    v3('StagedGlobalNetworkPolicy', 'p', '{}'),
    v3('StagedKubernetesNetworkPolicy', 'x/p', '{podSelector: {}}'),
  ];
  const { policies } = await cluster(objects.join('\n---\n'));
  assert.equal(
    policies.map(({ tieBreak }) => tieBreak),
    [
      'p//GlobalNetworkPolicy',
      'p/x/StagedNetworkPolicy',
      'p//StagedGlobalNetworkPolicy',
      'p/x/StagedKubernetesNetworkPolicy',
    ],
  );
});

test('what Calico made of a Kubernetes policy does not count beside it', async () => {
  const original = k8s('x/web', '{podSelector: {}}');
  const made = np('x/knp.default.web', '{order: 1000, ingress: [{action: Allow}]}');
  const { policies } = await cluster([NAMESPACE + made, original].join('\n---\n'));
  assert.equal(
    policies.map(({ name }) => name),
    ['web'],
  );
  assert.ok((await warnings([NAMESPACE + made, original].join('\n---\n'))).includes('CONVERTED_POLICY'));
  // Alone it is all there is of the policy; of another namespace's it is none.
  const alone = await cluster([NAMESPACE + made, k8s('y/web', '{podSelector: {}}')].join('\n---\n'));
  assert.is(alone.policies.length, 2);
});

/** A stored object, with what v3 shows of it in an annotation. */
const stored = (kind: string, name: string, annotation: string | null, spec = '{}'): string =>
  `apiVersion: crd.projectcalico.org/v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n${annotation === null ? '' : `  annotations: {projectcalico.org/metadata: '${annotation}'}\n`}spec: ${spec}`;

test('stored objects are shown by the name and labels that v3 shows', async () => {
  const objects = [
    stored('GlobalNetworkPolicy', 'default.p03', null),
    stored('GlobalNetworkPolicy', 'default.p04', '{}'),
    stored('GlobalNetworkPolicy', 'default.p05', '{"name": "mine"}'),
    stored('GlobalNetworkPolicy', 'sec.p06', '{}', '{tier: sec}'),
    stored('GlobalNetworkSet', 'office', '{"labels": {"kind": "office"}}', '{nets: [10.0.0.0/8]}'),
  ];
  const { policies, networkSets } = await cluster(objects.join('\n---\n'));
  assert.equal(
    policies.map(({ name }) => name),
    ['default.p03', 'p04', 'mine', 'sec.p06'],
  );
  assert.is(networkSets[0]!.labels.get('kind'), 'office');
  for (const text of ['[]', 'x', '{"name": "a/b\\\\u0007"}']) {
    assert.match((await errors(stored('GlobalNetworkPolicy', 'p', text))).join(), /BAD_METADATA/);
  }
});

test.run();
