/** What of the kinds of policy.networking.k8s.io is refused, and where; beside it what is taken. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ALL_PODS, anp, banp, cnp, type KindName, SUBJECT, written } from './policy-api-texts.ts';
import { diagnostics, errors } from './reading.ts';

const rule = (rest: string, peers = `from: ${ALL_PODS}`): string => `ingress: [{action: Deny, ${peers}${rest}}]`;
const to = (peer: string): string => `egress: [{action: Deny, to: [${peer}]}]`;
const many = (item: string, count: number): string => `[${Array(count).fill(item).join(', ')}]`;
const blocks = (count: number): string => `[${Array.from({ length: count }, (_, i) => `10.0.${i}.0/24`).join(', ')}]`;
const port = (text: string): string => rule(`, protocols: [{tcp: {destinationPort: ${text}}}]`);
const spec = (kind: KindName, ...lines: string[]): string => written(kind, lines);
const CNP = 'ClusterNetworkPolicy';

/** What is accepted, and beside it what is refused: line and code of each error. */
const edges: [name: string, accepted: string[], refused: [text: string, ...expected: string[]][]][] = [
  [
    'priority from 0 to 1000',
    [spec(CNP, 'tier: Admin', 'priority: 0', SUBJECT), spec('AdminNetworkPolicy', 'priority: 1000', SUBJECT)],
    [
      [spec(CNP, 'tier: Admin', 'priority: -1', SUBJECT), '6 BAD_PRIORITY'],
      [spec('AdminNetworkPolicy', 'priority: 1001', SUBJECT), '5 BAD_PRIORITY'],
      [spec(CNP, 'tier: Admin', 'priority: 1.5', SUBJECT), '6 WRONG_TYPE'],
      [spec(CNP, 'tier: Admin', 'priority: "1"', SUBJECT), '6 WRONG_TYPE'],
      [spec('AdminNetworkPolicy', SUBJECT), '5 MISSING_FIELD'],
      [spec('BaselineAdminNetworkPolicy', 'priority: 1', SUBJECT), '5 UNKNOWN_FIELD'],
    ],
  ],
  [
    'tier Admin or Baseline',
    [spec(CNP, 'tier: Baseline', 'priority: 0', SUBJECT)],
    [
      [spec(CNP, 'tier: admin', 'priority: 0', SUBJECT), '5 BAD_TIER'],
      [spec(CNP, 'tier: ""', 'priority: 0', SUBJECT), '5 MISSING_FIELD'],
      [spec(CNP, 'priority: 0', SUBJECT), '5 MISSING_FIELD'],
      [spec('AdminNetworkPolicy', 'tier: Admin', 'priority: 0', SUBJECT), '5 UNKNOWN_FIELD'],
    ],
  ],
  [
    'a spec',
    [],
    [
      [
        'apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata: {name: a}',
        '1 MISSING_FIELD',
      ],
      [written('ClusterNetworkPolicy', []), '1 MISSING_FIELD'],
    ],
  ],
  [
    'one kind of subject',
    [spec('BaselineAdminNetworkPolicy', 'subject: {pods: {namespaceSelector: {}, podSelector: {}}}')],
    [
      [spec('BaselineAdminNetworkPolicy', 'ingress: []'), '5 MISSING_FIELD'],
      [spec('BaselineAdminNetworkPolicy', 'subject: {}'), '5 BAD_SUBJECT'],
      [spec('BaselineAdminNetworkPolicy', 'subject: {namespaces: null}'), '5 BAD_SUBJECT'],
      [
        spec('BaselineAdminNetworkPolicy', 'subject: {namespaces: {}, pods: {namespaceSelector: {}, podSelector: {}}}'),
        '5 BAD_SUBJECT',
      ],
      [spec('BaselineAdminNetworkPolicy', 'subject: {namespaceSelector: {}}'), '5 UNKNOWN_FIELD'],
    ],
  ],
  [
    'the name `default` for a BaselineAdminNetworkPolicy',
    [banp()],
    [[written('BaselineAdminNetworkPolicy', [SUBJECT], 'other'), '3 BAD_NAME']],
  ],
  [
    'an action of the kind',
    [],
    [
      [cnp(`ingress: [{action: Allow, from: ${ALL_PODS}}]`), '8 BAD_ACTION'],
      [cnp(`ingress: [{action: deny, from: ${ALL_PODS}}]`), '8 BAD_ACTION'],
      [cnp(`ingress: [{from: ${ALL_PODS}}]`), '8 MISSING_FIELD'],
      [anp(`ingress: [{action: Accept, from: ${ALL_PODS}}]`), '7 BAD_ACTION'],
      [banp(`ingress: [{action: Pass, from: ${ALL_PODS}}]`), '6 BAD_ACTION'],
    ],
  ],
  [
    'rule names of 100 characters',
    [cnp(rule(`, name: ${'é'.repeat(100)}`)), cnp(rule(`, name: "${'😀'.repeat(100)}"`))],
    [[cnp(rule(`, name: ${'x'.repeat(101)}`)), '8 BAD_NAME']],
  ],
  [
    '25 rules, or 100 in v1alpha1',
    [
      cnp(`ingress: ${many(`{action: Deny, from: ${ALL_PODS}}`, 25)}`),
      anp(`ingress: ${many(`{action: Deny, from: ${ALL_PODS}}`, 100)}`),
      banp(`egress: ${many(`{action: Deny, to: ${ALL_PODS}}`, 100)}`),
    ],
    [
      [cnp(`egress: ${many(`{action: Deny, to: ${ALL_PODS}}`, 26)}`), '8 TOO_MANY_ITEMS'],
      [anp(`ingress: ${many(`{action: Deny, from: ${ALL_PODS}}`, 101)}`), '7 TOO_MANY_ITEMS'],
    ],
  ],
  [
    '1 to 25 peers, or 100 in v1alpha1',
    [cnp(rule('', `from: ${many('{namespaces: {}}', 25)}`)), anp(rule('', `from: ${many('{namespaces: {}}', 100)}`))],
    [
      [cnp('ingress: [{action: Deny}]'), '8 MISSING_FIELD'],
      [cnp(rule('', 'from: null')), '8 MISSING_FIELD'],
      [cnp(rule('', 'from: []')), '8 EMPTY_LIST'],
      [cnp(rule('', `from: ${many('{namespaces: {}}', 26)}`)), '8 TOO_MANY_ITEMS'],
      [banp(rule('', `from: ${many('{namespaces: {}}', 101)}`)), '6 TOO_MANY_ITEMS'],
    ],
  ],
  [
    'peers of one field',
    [cnp(to('{namespaces: {}}, {networks: [10.0.0.0/8]}'))],
    [
      [cnp(to('{}')), '8 BAD_PEER'],
      [cnp(to('{namespaces: }')), '8 BAD_PEER'],
      [cnp(to('{namespaces: {}, networks: [10.0.0.0/8]}')), '8 BAD_PEER'],
      [cnp(rule('', 'from: [{networks: [10.0.0.0/8]}]')), '8 UNKNOWN_FIELD'],
      [cnp(rule('', 'from: [{nodes: {}}]')), '8 UNKNOWN_FIELD'],
      [cnp(to('{nodes: {matchLabels: {"a b": c}}}')), '8 BAD_LABEL'],
      [banp(to('{domainNames: [example.com]}')), '6 UNKNOWN_FIELD'],
      [anp(to('{namespaces: {sameLabels: [team]}}')), '7 REMOVED_FIELD'],
      [anp(to('{namespaces: {notSameLabels: [team]}}')), '7 REMOVED_FIELD'],
      [anp(to('{pods: {sameLabels: [team], podSelector: {}, namespaceSelector: {}}}')), '7 REMOVED_FIELD'],
    ],
  ],
  [
    '1 to 25 different networks',
    [cnp(to(`{networks: ${blocks(25)}}`)), cnp(to('{networks: ["::/0", 0.0.0.0/0, "::ffff:0:0/95"]}'))],
    [
      [cnp(to('{networks: []}')), '8 EMPTY_LIST'],
      [cnp(to(`{networks: ${blocks(26)}}`)), '8 TOO_MANY_ITEMS'],
      [cnp(to('{networks: [10.0.0.0/8, 10.0.0.0/8]}')), '8 DUPLICATE_ITEM'],
      [cnp(to('{networks: [10.0.0.1]}')), '8 BAD_CIDR'],
      [cnp(to('{networks: [10.0.0.0/33]}')), '8 BAD_CIDR'],
      [cnp(to('{networks: ["::ffff:10.0.0.0/104"]}')), '8 BAD_CIDR'],
      [cnp(to('{networks: 10.0.0.0/8}')), '8 WRONG_TYPE'],
    ],
  ],
  [
    'domain names of two labels, after `*.`',
    [anp(to('{domainNames: ["*.a.b", a.b., x-1.example.com]}'))],
    [
      [anp(to('{domainNames: [localhost]}')), '7 BAD_DOMAIN_NAME'],
      [anp(to('{domainNames: ["a.*.b"]}')), '7 BAD_DOMAIN_NAME'],
      [anp(to('{domainNames: [a..b]}')), '7 BAD_DOMAIN_NAME'],
      [anp(to('{domainNames: [a.b-]}')), '7 BAD_DOMAIN_NAME'],
      [anp(to('{domainNames: []}')), '7 EMPTY_LIST'],
    ],
  ],
  [
    'ports from 1 to 65535, ranges that ascend',
    [cnp(port('{number: 1}')), cnp(port('{number: 65535}')), cnp(port('{range: {start: 1, end: 2}}'))],
    [
      [cnp(port('{number: 0}')), '8 BAD_PORT'],
      [cnp(port('{number: 65536}')), '8 BAD_PORT'],
      [cnp(port('{number: http}')), '8 WRONG_TYPE'],
      [cnp(port('{range: {start: 2, end: 2}}')), '8 BAD_PORT'],
      [cnp(port('{range: {start: 2}}')), '8 MISSING_FIELD'],
      [cnp(port('{number: 1, range: {start: 1, end: 2}}')), '8 BAD_PORT'],
      [cnp(port('{}')), '8 BAD_PORT'],
      [anp(rule(', ports: [{portRange: {start: 3, end: 2}}]')), '7 BAD_PORT'],
      [anp(rule(', ports: [{portNumber: {protocol: TCP}}]')), '7 MISSING_FIELD'],
      [anp(rule(', ports: [{portNumber: {protocol: tcp, port: 1}}]')), '7 BAD_PROTOCOL'],
      [anp(rule(', ports: [{portNumber: {port: 1}, namedPort: http}]')), '7 BAD_PORT'],
      [anp(rule(', ports: [{}]')), '7 BAD_PORT'],
      [anp(rule(', protocols: [{destinationNamedPort: http}]')), '7 UNKNOWN_FIELD'],
    ],
  ],
  [
    'protocols of one field',
    [cnp(rule(`, protocols: ${many('{destinationNamedPort: dns}', 25)}`))],
    [
      [cnp(rule(', protocols: []')), '8 EMPTY_LIST'],
      [cnp(rule(`, protocols: ${many('{destinationNamedPort: dns}', 26)}`)), '8 TOO_MANY_ITEMS'],
      [cnp(rule(', protocols: [{}]')), '8 BAD_PROTOCOL'],
      [cnp(rule(', protocols: [{tcp: {}}]')), '8 MISSING_FIELD'],
      [cnp(rule(', protocols: [{tcp: {destinationPort: null}}]')), '8 MISSING_FIELD'],
      [cnp(rule(', protocols: [{tcp: {destinationPort: {number: 1}}, destinationNamedPort: dns}]')), '8 BAD_PROTOCOL'],
      [cnp(rule(', protocols: [{icmp: {}}]')), '8 UNKNOWN_FIELD'],
      [cnp(rule(', protocols: [{destinationNamedPort: ""}]')), '8 BAD_PORT_NAME'],
      [cnp(rule(', protocols: [{destinationNamedPort: "a b"}]')), '8 BAD_PORT_NAME'],
      [cnp(rule(', ports: [{namedPort: http}]')), '8 UNKNOWN_FIELD'],
    ],
  ],
];
for (const [name, accepted, refused] of edges) {
  test(`takes ${name}, and nothing beyond`, async () => {
    for (const text of accepted) assert.equal(await errors(text), [], text);
    for (const [text, ...expected] of refused) {
      const said = (await errors(text)).map((error) => error.replace(/:\d+/, ''));
      assert.equal(said, expected, text);
    }
  });
}

test('an action of the other version is set right', async () => {
  const said = async (text: string): Promise<string> => (await diagnostics(text)).map((d) => d.message).join();
  assert.match(await said(cnp(`ingress: [{action: Allow, from: ${ALL_PODS}}]`)), 'did you mean `Accept`?');
  assert.match(await said(anp(`ingress: [{action: Accept, from: ${ALL_PODS}}]`)), 'did you mean `Allow`?');
});

test('a kind of one version under the other is refused with the version to use', async () => {
  const swap = (text: string): string => text.replace(/v1alpha(.)/, (_, n) => `v1alpha${3 - Number(n)}`);
  for (const [text, version] of [
    [cnp(), 'v1alpha2'],
    [anp(), 'v1alpha1'],
    [banp(), 'v1alpha1'],
  ] as const) {
    const [said] = await diagnostics(swap(text));
    assert.is(said!.code, 'UNSUPPORTED_VERSION');
    assert.match(said!.message, `use \`policy.networking.k8s.io/${version}\``);
  }
});

test.run();
