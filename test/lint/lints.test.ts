/** Each lint from both sides: what it tells of, and its nearest neighbour that is as it should be. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LINTS, lint } from '../../src/lint/registry.ts';
import { cli } from '../command-line.ts';
import { load } from '../manifest/reading.ts';

const POLICY = (name: string, spec: string): string =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${name}, namespace: shop}\nspec: ${spec}`;
const CALICO = (spec: string): string =>
  `apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: c, namespace: shop}\nspec: ${spec}`;
const POD = (app: string, port: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${app}, namespace: shop, labels: {app: ${app}}}\nspec: {nodeName: n, containers: [{name: c, image: i, ports: [${port}]}]}\nstatus: {podIP: 10.0.0.${app.length}}`;
const SERVICE =
  'apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {clusterIP: 10.96.0.9, selector: {app: web}, ports: [{port: 80}]}';
const WORLD = [POD('web', '{name: http, containerPort: 80}'), POD('db-0', '{name: sql, containerPort: 5432}'), SERVICE];

const WEB = 'podSelector: {matchLabels: {app: web}}';
const egress = (...rules: readonly string[]): string =>
  POLICY('p', `{${WEB}, policyTypes: [Egress], egress: [${rules.join(', ')}]}`);
const ingress = (...rules: readonly string[]): string => POLICY('p', `{${WEB}, ingress: [${rules.join(', ')}]}`);
const from = (...peers: readonly string[]): string => ingress(`{from: [${peers.join(', ')}]}`);
const block = (cidr: string, ...except: readonly string[]): string =>
  `{ipBlock: {cidr: ${cidr}, except: [${except.join(', ')}]}}`;
const pods = (app: string): string => `{podSelector: {matchLabels: {app: ${app}}}}`;

type Case = readonly [code: string, what: string, told: string, silent: string];

const CASES: readonly Case[] = [
  [
    'SELECTS_NOTHING',
    'labels of nobody',
    POLICY('p', '{podSelector: {matchLabels: {app: wep}}, ingress: [{}]}'),
    ingress('{}'),
  ],
  [
    'SELECTS_NOTHING',
    'a namespace with pods, one without',
    CALICO("{selector: app == 'x', ingress: [{action: Allow}]}"),
    ingress('{}').replace('namespace: shop', 'namespace: empty'),
  ],
  ['PEER_SELECTS_NOTHING', 'a peer that is nobody', from(pods('nobody')), from(pods('db-0'))],
  [
    'PEER_SELECTS_NOTHING',
    'a namespace that has no pods',
    from('{namespaceSelector: {matchLabels: {team: x}}}'),
    from('{namespaceSelector: {}}'),
  ],
  ['ISOLATES', 'egress rules alone, without policyTypes', POLICY('p', `{${WEB}, egress: [{}]}`), egress('{}')],
  [
    'ISOLATES',
    'an empty list for some pods',
    POLICY('p', `{${WEB}, ingress: []}`),
    POLICY('p', '{podSelector: {}, ingress: []}'),
  ],
  [
    'ISOLATES',
    'unless another policy has rules',
    POLICY('p', `{${WEB}}`),
    [POLICY('p', `{${WEB}}`), POLICY('q', `{${WEB}, ingress: [{}]}`)].join('\n---\n'),
  ],
  [
    'ISOLATES',
    'unless its tier passes',
    CALICO("{selector: app == 'web', types: [Ingress]}"),
    [
      CALICO("{tier: t, selector: app == 'web', types: [Ingress]}"),
      'apiVersion: projectcalico.org/v3\nkind: Tier\nmetadata: {name: t}\nspec: {order: 5, defaultAction: Pass}',
    ].join('\n---\n'),
  ],
  [
    'NAMED_PORT_ABSENT',
    'a name of its own pods',
    ingress('{ports: [{port: https}]}'),
    ingress('{ports: [{port: http}]}'),
  ],
  [
    'NAMED_PORT_ABSENT',
    'the other protocol',
    ingress('{ports: [{port: http, protocol: UDP}]}'),
    ingress('{ports: [{port: http, protocol: TCP}]}'),
  ],
  [
    'NAMED_PORT_ABSENT',
    'a name of the other end',
    egress(`{to: [${pods('web')}], ports: [{port: sql}]}`),
    egress(`{to: [${pods('db-0')}], ports: [{port: sql}]}`),
  ],
  [
    'DNS_WITHOUT_UDP',
    'a port without a protocol',
    egress('{ports: [{port: 53}]}'),
    egress('{ports: [{port: 53}, {port: 53, protocol: UDP}]}'),
  ],
  [
    'DNS_WITHOUT_UDP',
    'unless another rule allows it',
    egress('{ports: [{port: 53}]}', '{ports: [{port: 54, protocol: UDP}]}'),
    egress('{ports: [{port: 53}]}', `{to: [${block('0.0.0.0/0')}]}`),
  ],
  [
    'DNS_WITHOUT_UDP',
    'unless another policy allows it',
    egress('{ports: [{port: 53}]}'),
    [
      egress('{ports: [{port: 53}]}'),
      POLICY('q', '{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 53, protocol: UDP}]}]}'),
    ].join('\n---\n'),
  ],
  [
    'DNS_WITHOUT_UDP',
    'a range is about something else',
    egress('{ports: [{port: 53, protocol: TCP}]}'),
    egress('{ports: [{port: 1, endPort: 1023, protocol: TCP}]}'),
  ],
  [
    'SERVICE_RANGE',
    'a block of Services alone',
    egress(`{to: [${block('10.96.0.0/16')}]}`),
    egress(`{to: [${block('10.0.0.0/8')}]}`),
  ],
  ['SERVICE_RANGE', 'no packet comes from one', from(block('10.96.0.9/32')), from(block('10.97.0.0/16'))],
  [
    'IDLE_EXCEPT',
    'a hole that another peer fills',
    from(block('10.0.0.0/8', '10.1.0.0/16'), block('10.1.0.0/16')),
    from(block('10.0.0.0/8', '10.1.0.0/16'), block('10.1.1.0/24')),
  ],
  [
    'IDLE_EXCEPT',
    'a hole in a hole',
    from(block('10.0.0.0/8', '10.1.0.0/16', '10.1.1.0/24')),
    from(block('10.0.0.0/8', '10.1.0.0/16', '10.2.0.0/16')),
  ],
  [
    'IDLE_EXCEPT',
    'a hole that another rule fills, for every port',
    ingress(`{from: [${block('10.0.0.0/8', '10.1.0.0/16')}]}`, `{from: [${block('10.1.0.0/16')}]}`),
    ingress(
      `{from: [${block('10.0.0.0/8', '10.1.0.0/16')}]}`,
      `{from: [${block('10.1.0.0/16')}], ports: [{port: http}]}`,
    ),
  ],
  [
    'IDLE_EXCEPT',
    'a filling peer with the same hole',
    from(block('10.0.0.0/8', '10.1.0.0/16'), block('0.0.0.0/0')),
    from(block('10.0.0.0/8', '10.1.0.0/16'), block('0.0.0.0/0', '10.1.0.0/16')),
  ],
  [
    'IDLE_EXCEPT',
    'nets that miss their block',
    CALICO(
      "{selector: app == 'web', ingress: [{action: Allow, source: {nets: [10.0.0.0/8], notNets: [192.0.2.0/24]}}]}",
    ),
    CALICO(
      "{selector: app == 'web', ingress: [{action: Allow, source: {nets: [10.0.0.0/8], notNets: [10.2.0.0/16]}}]}",
    ),
  ],
  [
    'DUPLICATE_RULE',
    'the same rule twice',
    ingress('{ports: [{port: 80}]}', '{ports: [{port: 80}]}'),
    ingress('{ports: [{port: 80}]}', '{ports: [{port: 81}]}'),
  ],
  [
    'DUPLICATE_RULE',
    'a log logs twice',
    CALICO("{selector: app == 'web', ingress: [{action: Allow}, {action: Allow}]}"),
    CALICO("{selector: app == 'web', ingress: [{action: Log}, {action: Log}, {action: Allow}]}"),
  ],
  ['DUPLICATE_PEER', 'the same peer twice', from(pods('web'), pods('web')), from(pods('web'), pods('db-0'))],
  [
    'DUPLICATE_POLICY',
    'two names of one policy',
    [ingress('{}'), POLICY('q', `{${WEB}, ingress: [{}]}`)].join('\n---\n'),
    [ingress('{}'), POLICY('q', `{${WEB}, ingress: []}`)].join('\n---\n'),
  ],
];

const codesOf = async (text: string): Promise<string[]> =>
  lint((await load([...WORLD, text].join('\n---\n'))).cluster).map(({ code }) => code);

for (const [code, what, told, silent] of CASES)
  test(`${code}: ${what}`, async () => {
    assert.ok((await codesOf(told)).includes(code), 'it is not told');
    assert.not.ok((await codesOf(silent)).includes(code), 'it is told of what is right');
  });

test('every lint has a case', () => {
  assert.equal(
    LINTS.map(({ code }) => code).filter((code) => !CASES.some(([of]) => of === code)),
    [],
  );
});

test('without any pod nothing is said of selectors and names', async () => {
  const { cluster } = await load(POLICY('p', `{${WEB}, ingress: [{from: [${pods('x')}], ports: [{port: nothing}]}]}`));
  assert.equal(lint(cluster), []);
});

test('the sample has each of them once, at its line; --strict alone makes warnings findings', async () => {
  const { code, out } = await cli('validate', '-f', 'samples/lints', '-o', 'json');
  const { diagnostics } = JSON.parse(out) as { diagnostics: { code: string; line: number; column: number }[] };
  assert.equal(
    LINTS.map((one) => one.code).filter((one) => !diagnostics.some((told) => told.code === one)),
    [],
  );
  assert.is(code, 0);
  assert.is((await cli('validate', '-f', 'samples/lints', '--strict')).code, 1);
  assert.is((await cli('validate', '-f', 'samples/scenarios', '--strict')).code, 0);
});

test('sarif has each code as a rule, and each remark at its place and level', async () => {
  const { out } = await cli('validate', '-f', 'samples/lints', '-o', 'sarif');
  const [run] = JSON.parse(out).runs;
  const isolates = run.results.find(({ ruleId }: { ruleId: string }) => ruleId === 'ISOLATES');
  assert.is(isolates.level, 'note');
  assert.is(run.tool.driver.rules[isolates.ruleIndex].id, 'ISOLATES');
  assert.is(isolates.locations[0].physicalLocation.artifactLocation.uri, 'samples/lints/policies.yaml');
  assert.ok(isolates.locations[0].physicalLocation.region.startLine > 1);
});

test.run();
