import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import '../seed.ts';
import { diagnostics } from './reading.ts';

const SEED = 20260801;
const RUNS = 600;

const good = `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Pod
  metadata: {name: a, namespace: x, labels: &l {app: "web", constructor: 'c'}, annotations: {__proto__: 'p'}}
  spec: {nodeName: n, containers: [{name: c, ports: [{containerPort: 80, name: http}]}]}
  status: {podIP: 10.0.0.1}
- apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata: {name: p, namespace: x}
  spec:
    podSelector: {matchLabels: *l}
    ingress:
    - from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}, {namespaceSelector: {}}]
      ports: [{port: 80, endPort: 90}, {port: http}, {protocol: UDP}]
    egress:
    - to:
      - podSelector: {matchExpressions: [{key: a, operator: In, values: [b]}]}
- apiVersion: policy.networking.k8s.io/v1alpha2
  kind: ClusterNetworkPolicy
  metadata: {name: c}
  spec:
    tier: Admin
    priority: 1
    subject: {namespaces: {matchLabels: *l}}
    egress:
    - {action: Pass, to: [{networks: ["::/0"]}, {domainNames: [a.b]}], protocols: [{tcp: {destinationPort: {range: {start: 1, end: 2}}}}]}
- apiVersion: policy.networking.k8s.io/v1alpha1
  kind: BaselineAdminNetworkPolicy
  metadata: {name: default}
  spec:
    subject: {pods: {namespaceSelector: {}, podSelector: {}}}
    ingress: [{action: Deny, from: [{namespaces: {}}], ports: [{portNumber: {port: 1}}, {namedPort: http}]}]
`;
/** Pieces that turn one reading of YAML into another. */
const pieces = [
  '\n',
  ' ',
  '  ',
  '- ',
  ': ',
  '{',
  '}',
  '[',
  ']',
  '&a ',
  '*a',
  '!!int ',
  '|\n',
  '>\n',
  '---\n',
  '...\n',
  '%TAG ! x\n',
  '"',
  "'",
  '#',
  '?',
  ',',
  '<<: *l',
  '\t',
  '\0',
  '\ufeff',
  '~',
  '0x',
  '\ud83d',
];

/** Replaces up to four stretches of a text. */
const mutated = fc
  .array(fc.tuple(fc.nat(), fc.nat(12), fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 }))), {
    minLength: 1,
    maxLength: 4,
  })
  .map((changes) =>
    changes.reduce((text, [at, length, piece]) => {
      const from = at % text.length;
      return text.slice(0, from) + piece + text.slice(from + length);
    }, good),
  );

test('the unchanged text is read without an error', async () => {
  assert.equal(
    (await diagnostics(good)).filter((d) => d.severity === 'error'),
    [],
  );
});

test('whatever is written, it is read or refused with a place', async () => {
  let refused = 0;
  const property = fc.asyncProperty(mutated, async (text) => {
    const said = await diagnostics(text);
    if (said.some((d) => d.severity === 'error')) refused++;
    const lines = text.split('\n').length;
    for (const { at, message } of said) {
      assert.ok(at.line >= 1 && at.line <= lines && at.column >= 1, `${at.line}:${at.column} ${message}`);
      assert.not.match(message, /[\0-\x1f]/);
    }
  });
  await fc.assert(property, { seed: SEED, numRuns: RUNS });
  assert.ok(refused > RUNS / 4, `only ${refused} of ${RUNS} texts were refused`);
  assert.equal(Object.keys(Object.prototype), []);
});

test.run();
