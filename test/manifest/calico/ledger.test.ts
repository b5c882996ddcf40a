/** Calico's rules as it enforces them, case by case: order, tiers, staged policies, selectors and rule fields. */
import { test } from 'uvu';
import { expectVerdicts, gnp, k8s, np, type Questions, tier, v3 } from './world.ts';

const ON_A = "selector: pod == 'a' && projectcalico.org/namespace == 'x'";
const allowAll = '[{action: Allow}]';
const denyAll = '[{action: Deny}]';
const inOn = (rules: string, more = ''): string => `{${ON_A}, ${more} types: [Ingress], ingress: ${rules}}`;
const outOn = (rules: string, more = ''): string => `{${ON_A}, ${more} types: [Egress], egress: ${rules}}`;
const SEC = tier('sec', '{order: 100}');
const sets = (kind: string, name: string, nets: string, labels: string): string =>
  v3(kind, name, `{nets: [${nets}]}`, labels);
const OFFICE = sets('GlobalNetworkSet', 'office', '203.0.113.0/24', '{trusted: "true", role: dns}');

const cases: [name: string, objects: string[], questions: Questions][] = [
  // Tiers and order.
  [
    'a tier with an order comes before one without, whatever their names',
    [
      tier('ops', '{}'),
      SEC,
      gnp('o', inOn(denyAll, 'tier: ops,')),
      gnp('s', inOn('[{action: Allow, protocol: TCP}, {action: Pass}]', 'tier: sec,')),
    ],
    { 'y/a > x/a tcp/80': 'ALLOW', 'y/a > x/a udp/80': 'DROP in' },
  ],
  [
    'tiers of one order go by name',
    [
      tier('a1', '{order: 5}'),
      tier('b1', '{order: 5}'),
      gnp('p', inOn(allowAll, 'tier: a1,')),
      gnp('q', inOn(denyAll, 'tier: b1,')),
    ],
    { 'y/a > x/a tcp/80': 'ALLOW' },
  ],
  [
    'a tier that nobody defines comes after every defined one, and still decides',
    [
      tier('zz', '{}'),
      gnp('g', inOn(denyAll, 'tier: aa,')),
      gnp('p', inOn('[{action: Allow, protocol: TCP}, {action: Pass}]', 'tier: zz,')),
    ],
    { 'y/a > x/a tcp/80': 'ALLOW', 'y/a > x/a udp/80': 'DROP in' },
  ],
  [
    'equal orders go by name, namespace and kind as one text: `-` comes before `/`',
    [gnp('deny-x', inOn(denyAll, 'order: 10,')), gnp('deny', inOn(allowAll, 'order: 10,'))],
    { 'y/a > x/a tcp/80': 'DROP in' },
  ],
  [
    'orders may be fractions and negative; none comes last',
    [
      gnp('a', inOn(denyAll)),
      gnp('b', inOn('[{action: Deny, protocol: TCP}]', 'order: 0.5,')),
      gnp('c', inOn('[{action: Allow, protocol: TCP}, {action: Allow, protocol: UDP}]', 'order: -0.5,')),
    ],
    { 'y/a > x/a tcp/80': 'ALLOW', 'y/a > x/a udp/80': 'ALLOW', 'y/a > x/a icmp/8/0': 'DROP in' },
  ],
  [
    'a policy whose rules all miss hands on to the next',
    [
      gnp('p1', inOn('[{action: Allow, protocol: TCP, destination: {ports: [443]}}]', 'order: 1,')),
      gnp('p2', inOn('[{action: Allow, protocol: TCP, destination: {ports: [80]}}]', 'order: 2,')),
    ],
    { 'y/a > x/a tcp/80': 'ALLOW', 'y/a > x/a tcp/81': 'DROP in' },
  ],
  [
    'Pass leaves the whole tier; behind the last is the profile, which allows',
    [
      SEC,
      gnp('p1', inOn('[{action: Pass}]', 'tier: sec, order: 1,')),
      gnp('p2', inOn(denyAll, 'tier: sec, order: 2,')),
    ],
    { 'y/a > x/a tcp/80': 'ALLOW' },
  ],
  [
    'Pass of an early tier leads to the default tier',
    [SEC, gnp('p1', inOn('[{action: Pass}]', 'tier: sec,')), gnp('d', inOn(denyAll))],
    { 'y/a > x/a tcp/80': 'DROP in' },
  ],
  [
    'Pass in the default tier reaches the profile',
    [gnp('p', inOn('[{action: Pass}]'))],
    { 'y/a > x/a tcp/80': 'ALLOW' },
  ],
  [
    'a tier ends in its default action only where one of its policies governs the end in that direction',
    [SEC, gnp('p', inOn('[{action: Allow, protocol: TCP}]', 'tier: sec,'))],
    { 'x/a > y/a udp/80': 'ALLOW', 'y/a > x/a udp/80': 'DROP in', 'y/a > x/b udp/80': 'ALLOW' },
  ],
  [
    'a tier may end in Pass',
    [tier('sec', '{order: 100, defaultAction: Pass}'), gnp('p', inOn('[{action: Deny, protocol: UDP}]', 'tier: sec,'))],
    { 'y/a > x/a tcp/80': 'ALLOW', 'y/a > x/a udp/80': 'DROP in' },
  ],
  [
    'Allow of an early tier is final for its end, and the other end still judges',
    [
      SEC,
      gnp('p', outOn(allowAll, 'tier: sec,')),
      k8s('x/n', '{podSelector: {}, policyTypes: [Egress]}'),
      k8s('y/n', '{podSelector: {matchLabels: {pod: b}}, policyTypes: [Ingress]}'),
    ],
    { 'x/a > y/a tcp/80': 'ALLOW', 'x/b > y/a tcp/80': 'DROP out', 'x/a > y/b tcp/80': 'DROP in' },
  ],
  [
    'a Calico policy before order 1000 goes before Kubernetes policies',
    [k8s('x/n', '{podSelector: {}, ingress: [{}]}'), gnp('c', inOn(denyAll, 'order: 500,'))],
    { 'y/a > x/a tcp/80': 'DROP in', 'y/a > x/b tcp/80': 'ALLOW' },
  ],
  [
    'and one behind it after them',
    [k8s('x/n', '{podSelector: {}, ingress: [{}]}'), gnp('c', inOn(denyAll, 'order: 2000,'))],
    { 'y/a > x/a tcp/80': 'ALLOW' },
  ],
  [
    'types: without rules, ingress',
    [np('x/p', "{selector: pod == 'a'}")],
    { 'y/a > x/a tcp/80': 'DROP in', 'x/a > y/a tcp/80': 'ALLOW' },
  ],
  [
    'types: with egress rules alone, egress',
    [np('x/p', "{selector: pod == 'a', egress: [{action: Deny}]}")],
    { 'y/a > x/a tcp/80': 'ALLOW', 'x/a > y/a tcp/80': 'DROP out' },
  ],
  [
    'types: with both, both',
    [np('x/p', "{selector: pod == 'a', egress: [{action: Deny}], ingress: [{action: Deny}]}")],
    { 'y/a > x/a tcp/80': 'DROP in', 'x/a > y/a tcp/80': 'DROP out' },
  ],
  [
    'types: an object that was stored without them governs both',
    [np('x/p', "{selector: pod == 'a'}").replace('projectcalico.org/v3', 'crd.projectcalico.org/v1')],
    { 'y/a > x/a tcp/80': 'DROP in', 'x/a > y/a tcp/80': 'DROP out' },
  ],
  [
    'Log goes on',
    [gnp('p', inOn('[{action: Log}, {action: Deny, protocol: TCP}, {action: Log}, {action: Allow}]'))],
    { 'y/a > x/a tcp/80': 'DROP in', 'y/a > x/a udp/80': 'ALLOW' },
  ],
  // Who is selected.
  [
    'a namespaced policy is for its own namespace alone',
    [np('x/p', '{selector: all(), ingress: [{action: Deny}]}')],
    { 'y/a > x/a tcp/80': 'DROP in', 'x/a > y/a tcp/80': 'ALLOW' },
  ],
  [
    'a global policy selects by namespace and service account',
    [
      gnp(
        'p',
        "{namespaceSelector: \"ns in {'x', 'y'}\", serviceAccountSelector: team == 'team-y', ingress: [{action: Deny}]}",
      ),
    ],
    { 'x/b > x/a tcp/80': 'ALLOW', 'x/a > y/a tcp/80': 'DROP in', 'x/a > z/a tcp/80': 'ALLOW' },
  ],
  [
    'Calico names namespaces and service accounts for selectors',
    [
      gnp('p', "{namespaceSelector: projectcalico.org/name == 'y', ingress: [{action: Deny}]}"),
      gnp('q', "{serviceAccountSelector: projectcalico.org/name == 'sa-z', ingress: [{action: Deny}]}"),
    ],
    { 'x/a > y/a tcp/80': 'DROP in', 'x/a > z/a tcp/80': 'DROP in', 'y/a > x/a tcp/80': 'ALLOW' },
  ],
  // Peers.
  [
    '`!=` is true of an absent label',
    [gnp('p', inOn(`[{action: Allow, source: {selector: "role != 'bad'"}}]`))],
    { 'x/b > x/a tcp/80': 'DROP in', 'x/c > x/a tcp/80': 'ALLOW', 'ext > x/a tcp/80': 'DROP in' },
  ],
  [
    'all() of namespaces in a rule is every pod and no global set',
    [OFFICE, np('x/p', "{selector: pod == 'a', ingress: [{action: Allow, source: {namespaceSelector: all()}}]}")],
    { 'y/a > x/a tcp/80': 'ALLOW', 'ext > x/a tcp/80': 'DROP in' },
  ],
  [
    'global() in a rule is what has no namespace',
    [
      OFFICE,
      np(
        'x/p',
        "{selector: pod == 'a', ingress: [{action: Allow, source: {selector: role == 'dns', namespaceSelector: global()}}]}",
      ),
    ],
    { 'y/a > x/a tcp/80': 'DROP in', 'ext > x/a tcp/80': 'ALLOW' },
  ],
  [
    'in a namespaced policy blocks are not confined, selectors are',
    [
      np('x/p', "{selector: pod == 'a', ingress: [{action: Allow, source: {nets: [10.244.1.4/32]}}]}"),
      np('x/q', "{selector: pod == 'c', ingress: [{action: Allow, source: {selector: \"pod in {'a', 'b'}\"}}]}"),
    ],
    { 'y/a > x/a tcp/80': 'ALLOW', 'y/b > x/c tcp/80': 'DROP in', 'x/b > x/c tcp/80': 'ALLOW' },
  ],
  [
    'in a namespaced policy notSelector confines too',
    [np('x/p', "{selector: pod == 'a', ingress: [{action: Allow, source: {notSelector: role == 'bad'}}]}")],
    {
      'x/c > x/a tcp/80': 'ALLOW',
      'x/b > x/a tcp/80': 'DROP in',
      'y/b > x/a tcp/80': 'DROP in',
      'ext > x/a tcp/80': 'DROP in',
    },
  ],
  [
    'all parts of an end must hold',
    [gnp('p', inOn("[{action: Allow, source: {selector: pod == 'b', nets: [10.244.2.0/24]}}]"))],
    { 'x/b > x/a tcp/80': 'DROP in', 'y/b > x/a tcp/80': 'ALLOW', 'z/a > x/a tcp/80': 'DROP in' },
  ],
  [
    'notSelector alone is true of unknown addresses, a negated selector is not',
    [
      gnp(
        'p',
        inOn(
          "[{action: Allow, protocol: TCP, source: {notSelector: role == 'bad'}}, {action: Allow, protocol: UDP, source: {selector: \"!(role == 'bad')\"}}]",
        ),
      ),
    ],
    {
      'ext > x/a tcp/80': 'ALLOW',
      'ext > x/a udp/80': 'DROP in',
      'x/b > x/a tcp/80': 'DROP in',
      'x/b > x/a udp/80': 'DROP in',
      'x/c > x/a udp/80': 'ALLOW',
    },
  ],
  [
    'beside a selector, notSelector is asked of the same holder of the address',
    [
      sets('GlobalNetworkSet', 'cover', '10.244.1.3/32', '{zone: one}'),
      gnp(
        'p',
        inOn(
          "[{action: Allow, protocol: TCP, source: {selector: has(zone), notSelector: role == 'bad'}}, {action: Allow, protocol: UDP, source: {notSelector: role == 'bad'}}]",
        ),
      ),
    ],
    { 'x/b > x/a tcp/80': 'ALLOW', 'x/b > x/a udp/80': 'DROP in' },
  ],
  [
    'blocks: one of nets, none of notNets',
    [gnp('p', inOn('[{action: Allow, source: {nets: [10.0.0.0/8, 192.0.2.0/24], notNets: [10.244.2.0/24]}}]'))],
    {
      'x/b > x/a tcp/80': 'ALLOW',
      'x/c > x/a tcp/80': 'DROP in',
      '192.0.2.1 > x/a tcp/80': 'ALLOW',
      'ext > x/a tcp/80': 'DROP in',
    },
  ],
  [
    'a rule with notNets of one family passes by packets of the other',
    [
      gnp(
        'p',
        inOn(
          '[{action: Deny, protocol: UDP, source: {notNets: [10.0.0.0/8]}}, {action: Allow, protocol: UDP}, {action: Allow, source: {notNets: [192.0.2.0/24]}}]',
        ),
      ),
    ],
    {
      'ext > x/a udp/1': 'DROP in',
      'ext > x/a v6 udp/1': 'ALLOW',
      'ext > x/a tcp/1': 'ALLOW',
      'ext > x/a v6 tcp/1': 'DROP in',
    },
  ],
  [
    'also where the blocks are those of the own end',
    [gnp('p', inOn('[{action: Allow, destination: {nets: [10.0.0.0/8]}}]'))],
    { 'ext > x/a tcp/1': 'ALLOW', 'ext > x/a v6 tcp/1': 'DROP in' },
  ],
  [
    'ipVersion',
    [gnp('p', inOn('[{action: Allow, ipVersion: 6}]'))],
    { 'y/a > x/a tcp/80': 'DROP in', 'y/a > x/a v6 tcp/80': 'ALLOW' },
  ],
  [
    'network sets hold what their blocks hold, for selectors without a namespace',
    [
      OFFICE,
      gnp('p', inOn('[{action: Allow, source: {selector: \'trusted == "true"\'}}]')),
      np('y/p', "{selector: pod == 'a', ingress: [{action: Allow, source: {selector: 'trusted == \"true\"'}}]}"),
    ],
    { 'ext > x/a tcp/80': 'ALLOW', 'ext > y/a tcp/80': 'DROP in' },
  ],
  [
    'a network set in a namespace has its labels, and is seen from policies of that namespace',
    [
      sets('NetworkSet', 'y/partner', '198.51.100.0/24, 192.0.2.7', '{kind: partner}'),
      gnp('p', inOn("[{action: Allow, source: {namespaceSelector: ns == 'y', selector: has(kind)}}]")),
      np('y/p', "{selector: pod == 'a', ingress: [{action: Allow, source: {selector: has(kind)}}]}"),
      np('z/p', '{ingress: [{action: Allow, source: {selector: has(kind)}}]}'),
    ],
    {
      '198.51.100.9 > x/a tcp/80': 'ALLOW',
      '192.0.2.7 > y/a tcp/80': 'ALLOW',
      '192.0.2.8 > y/a tcp/80': 'DROP in',
      '192.0.2.7 > z/a tcp/80': 'DROP in',
    },
  ],
  [
    'a network set may hold every address',
    [
      sets('GlobalNetworkSet', 'world', '0.0.0.0/0', '{world: w}'),
      gnp('p', inOn('[{action: Allow, source: {selector: has(world)}}]')),
    ],
    { 'ext > x/a tcp/80': 'ALLOW', 'ext > x/a v6 tcp/80': 'DROP in' },
  ],
  [
    'service accounts: names and selector must both hold',
    [
      gnp(
        'p',
        inOn(
          "[{action: Allow, protocol: TCP, source: {serviceAccounts: {names: [sa-y, sa-z], selector: team == 'team-y'}}}, {action: Allow, protocol: UDP, source: {serviceAccounts: {names: [sa-z]}}}]",
        ),
      ),
      np('x/q', "{selector: pod == 'b', ingress: [{action: Allow, source: {serviceAccounts: {names: [sa-y, sa-x]}}}]}"),
    ],
    {
      'y/a > x/a tcp/80': 'ALLOW',
      'z/a > x/a tcp/80': 'DROP in',
      'z/a > x/a udp/80': 'ALLOW',
      'y/a > x/b tcp/80': 'DROP in',
      'x/a > x/b tcp/80': 'ALLOW',
    },
  ],
  [
    'both ends of a rule can be asked, the own one too',
    [gnp('p', "{ingress: [{action: Allow, source: {selector: pod == 'b'}, destination: {selector: pod == 'a'}}]}")],
    { 'x/b > x/a tcp/80': 'ALLOW', 'x/b > x/c tcp/80': 'DROP in', 'x/c > x/a tcp/80': 'DROP in' },
  ],
  // Ports and protocols.
  [
    'ports by number, range and name; notPorts none of them',
    [
      gnp(
        'p',
        inOn(
          '[{action: Allow, protocol: TCP, destination: {ports: [80, "1000:1002", "443"], notPorts: [1001]}}, {action: Allow, protocol: UDP, destination: {ports: [dns]}}]',
        ),
      ),
    ],
    {
      'y/a > x/a tcp/80': 'ALLOW',
      'y/a > x/a tcp/81': 'DROP in',
      'y/a > x/a tcp/443': 'ALLOW',
      'y/a > x/a tcp/1000': 'ALLOW',
      'y/a > x/a tcp/1001': 'DROP in',
      'y/a > x/a udp/53': 'ALLOW',
      'y/a > x/a udp/80': 'DROP in',
    },
  ],
  [
    'names alone need no protocol, and stand for every protocol of that name',
    [gnp('p', inOn('[{action: Allow, destination: {ports: [dns, web]}}]'))],
    {
      'y/a > x/a udp/53': 'ALLOW',
      'y/a > x/a tcp/53': 'DROP in',
      'y/a > x/a tcp/80': 'ALLOW',
      'y/a > x/a icmp/8/0': 'DROP in',
    },
  ],
  [
    'source ports, by number and by the name that the source gives them',
    [gnp('p', inOn('[{action: Allow, protocol: TCP, source: {ports: [web, 1000]}}]'))],
    {
      'y/a > x/a tcp/80:9': 'ALLOW',
      'y/a > x/a tcp/1000:9': 'ALLOW',
      'y/a > x/a tcp/9:80': 'DROP in',
      'ext > x/a tcp/80:9': 'DROP in',
    },
  ],
  [
    'names of ports count of endpoints that the selector matches, not of others at an address that a set holds',
    [
      sets('GlobalNetworkSet', 'cover', '10.244.1.3/32', '{zone: one}'),
      gnp(
        'p',
        '{selector: "pod == \'a\'", types: [Egress], egress: [{action: Allow, protocol: TCP, destination: {selector: has(zone), ports: [web]}}, {action: Allow, protocol: TCP, destination: {selector: has(zone), ports: [81, web]}}, {action: Allow, protocol: UDP, destination: {selector: has(zone), notPorts: [dns]}}]}',
      ),
    ],
    { 'x/a > x/b tcp/80': 'DROP out', 'x/a > x/b tcp/81': 'ALLOW', 'x/a > x/b udp/53': 'ALLOW' },
  ],
  [
    'protocols by name and number; notProtocol',
    [
      gnp(
        'p',
        inOn(
          '[{action: Allow, protocol: 47}, {action: Allow, protocol: UDPLite}, {action: Deny, notProtocol: SCTP}, {action: Allow}]',
        ),
      ),
    ],
    {
      'y/a > x/a 47': 'ALLOW',
      'y/a > x/a udplite/1': 'ALLOW',
      'y/a > x/a tcp/1': 'DROP in',
      'y/a > x/a sctp/1': 'ALLOW',
    },
  ],
  [
    'an ICMP type without code is any code; notICMP with one leaves out that pair alone',
    [
      gnp(
        'p',
        inOn(
          '[{action: Allow, protocol: ICMP, icmp: {type: 8}}, {action: Allow, protocol: ICMP, icmp: {type: 3}, notICMP: {type: 3, code: 4}}]',
        ),
      ),
    ],
    {
      'y/a > x/a icmp/8/7': 'ALLOW',
      'y/a > x/a icmp/3/4': 'DROP in',
      'y/a > x/a icmp/3/5': 'ALLOW',
      'y/a > x/a icmp/0/0': 'DROP in',
    },
  ],
  [
    'http does not decide: the rest of its rule does',
    [gnp('p', inOn('[{action: Allow, protocol: TCP, http: {methods: [GET]}, destination: {ports: [80]}}]'))],
    { 'y/a > x/a tcp/80': 'ALLOW', 'y/a > x/a tcp/81': 'DROP in' },
  ],
  [
    'services: an endpoint with its port as a destination, its address alone as a source; no Service object is needed',
    [
      'apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: s, namespace: y, labels: {kubernetes.io/service-name: svc}}\naddressType: IPv4\nports: [{port: 80, protocol: TCP}]\nendpoints: [{addresses: [10.244.1.4]}]',
      gnp('p', outOn('[{action: Allow, destination: {services: {name: svc, namespace: y}}}]')),
      gnp(
        'q',
        "{selector: pod == 'c', types: [Ingress], ingress: [{action: Allow, source: {services: {name: svc, namespace: y}}}]}",
      ),
    ],
    {
      'x/a > y/a tcp/80': 'ALLOW',
      'x/a > y/a tcp/81': 'DROP out',
      'x/a > y/b tcp/80': 'DROP out',
      'y/a > x/c udp/9': 'ALLOW',
      'y/b > x/c tcp/80': 'DROP in',
    },
  ],
  // What is for hosts alone.
  [
    'a policy before connection tracking or address translation is for host endpoints, and nothing to pods',
    [
      gnp('p', inOn(denyAll, 'applyOnForward: true, preDNAT: true,')),
      gnp('q', "{selector: pod == 'b', applyOnForward: true, doNotTrack: true, ingress: [{action: Deny}]}"),
      gnp('r', "{selector: pod == 'c', applyOnForward: true, ingress: [{action: Deny}]}"),
    ],
    { 'y/a > x/a tcp/80': 'ALLOW', 'y/a > x/b tcp/80': 'ALLOW', 'y/a > x/c tcp/80': 'DROP in' },
  ],
];
for (const [name, objects, questions] of cases) test(name, () => expectVerdicts(objects, questions));

const NP_ALLOW = np('x/p', "{selector: pod == 'a', ingress: [{action: Allow}]}");
const staged = (name: string, spec: string, kind = 'StagedNetworkPolicy'): string => v3(kind, name, spec);
const SIMPLE = "selector: pod == 'a', ingress: [{action: Deny}]";

const stagedCases: [name: string, objects: string[], ignored: 'ALLOW' | 'DROP in', enforced: 'ALLOW' | 'DROP in'][] = [
  ['a staged policy is added', [staged('x/s', `{${SIMPLE}}`)], 'ALLOW', 'DROP in'],
  [
    'a staged policy takes the place of the one of its name',
    [NP_ALLOW, staged('x/p', `{${SIMPLE}}`)],
    'ALLOW',
    'DROP in',
  ],
  [
    'the one of that name in another namespace stays',
    [NP_ALLOW, staged('y/p', '{stagedAction: Delete}')],
    'ALLOW',
    'ALLOW',
  ],
  ['a deletion takes it away', [np('x/p', `{${SIMPLE}}`), staged('x/p', '{stagedAction: Delete}')], 'DROP in', 'ALLOW'],
  [
    'Learn and Ignore change nothing',
    [staged('x/p', `{stagedAction: Learn, ${SIMPLE}}`), staged('x/q', `{stagedAction: Ignore, ${SIMPLE}}`)],
    'ALLOW',
    'ALLOW',
  ],
  [
    'a staged global policy',
    [
      gnp('p', `{${SIMPLE}}`),
      staged('p', "{selector: pod == 'a', ingress: [{action: Allow}]}", 'StagedGlobalNetworkPolicy'),
    ],
    'DROP in',
    'ALLOW',
  ],
  [
    'a staged Kubernetes policy',
    [
      k8s('x/p', '{podSelector: {}, ingress: [{}]}'),
      staged('x/p', '{podSelector: {}}', 'StagedKubernetesNetworkPolicy'),
    ],
    'ALLOW',
    'DROP in',
  ],
  [
    'a tier of staged policies alone does not end in its default action',
    [SEC, staged('x/s', "{tier: sec, selector: pod == 'a', ingress: [{action: Allow, protocol: UDP}]}")],
    'ALLOW',
    'DROP in',
  ],
];
for (const [name, objects, ignored, enforced] of stagedCases) {
  test(`staged: ${name}`, async () => {
    await expectVerdicts(objects, { 'y/a > x/a tcp/80': ignored });
    await expectVerdicts(objects, { 'y/a > x/a tcp/80': enforced }, { staged: 'enforce' });
  });
}

test.run();
