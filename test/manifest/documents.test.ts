import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cluster, diagnostics, errors, load, warnings } from './reading.ts';

const namespace = (name: string): string => `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${name}\n`;
const pod = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { nodeName: 'n' } });
const names = async (text: string): Promise<string[]> => (await cluster(text)).endpoints.map((e) => e.name);
const yamlPod = (name: string): string => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: {nodeName: n}\n`;

test('reads documents, empty ones between them, comments and a byte order mark', async () => {
  assert.equal(await names(`\ufeff# pods\n---\n${yamlPod('a')}---\n# nothing\n---\n---\n${yamlPod('b')}...\n`), [
    'a',
    'b',
  ]);
});

test('reads lists as kubectl gives them, in YAML and in JSON', async () => {
  const list = { apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' }, items: [pod('a'), pod('b')] };
  const { apiVersion: _, kind: __, ...bare } = pod('c');
  const podList = { apiVersion: 'v1', kind: 'PodList', items: [bare] };
  assert.equal(await names(JSON.stringify(list)), ['a', 'b']);
  assert.equal(await names(`${JSON.stringify(list, null, 2)}\n${JSON.stringify(podList)}`), ['a', 'b', 'c']);
  assert.equal(await names(`apiVersion: v1\nkind: List\nitems:\n- ${yamlPod('a').trim().replaceAll('\n', '\n  ')}\n`), [
    'a',
  ]);
});

test('reads YAML that begins with a brace', async () => {
  assert.equal(await names('{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {nodeName: n}} # a pod\n'), ['a']);
});

test('reads aliases and merged mappings', async () => {
  const text = `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Pod
  metadata: {name: a, labels: &l {app: web, tier: front}}
  spec: &s {nodeName: n}
- apiVersion: v1
  kind: Pod
  metadata: {name: b, labels: {<<: *l, tier: back}}
  spec: *s
`;
  const [, b] = (await cluster(text)).endpoints;
  assert.equal([b!.labels.get('app'), b!.labels.get('tier'), b!.node], ['web', 'back', 'n']);
});

test('positions of JSON are those of its text', async () => {
  const text = JSON.stringify({ ...pod('a'), status: { podIP: 'x' } }, null, 2);
  const line = text.split('\n').findIndex((l) => l.includes('podIP')) + 1;
  assert.equal(await errors(text), [`${line}:14 BAD_ADDRESS`]);
});

const bomb = [
  'a: &a [x, x, x, x, x, x, x, x, x, x]',
  ...'bcdefgh'.split('').map((c, i) => {
    const before = String.fromCharCode(97 + i);
    return `${c}: &${c} [${Array(10).fill(`*${before}`).join(', ')}]`;
  }),
].join('\n');

const refused: [name: string, text: string, expected: string[]][] = [
  ['a tab for indentation', 'apiVersion: v1\nkind: Pod\nmetadata:\n\tname: a\n', ['4:1 YAML_SYNTAX']],
  ['a key given twice', 'apiVersion: v1\nkind: Pod\nkind: Pod\n', ['3:1 DUPLICATE_KEY']],
  ['a key given twice in JSON', '{"apiVersion": "v1",\n "kind": "Pod", "kind": "Pod"}', ['2:17 DUPLICATE_KEY']],
  ['an anchor that contains itself', 'apiVersion: v1\nkind: Pod\nmetadata: &m {labels: *m}\n', ['3:23 YAML_SYNTAX']],
  ['an alias of nothing', 'apiVersion: v1\nkind: Pod\nmetadata: *m\n', ['3:11 YAML_SYNTAX']],
  ['a mapping for a key', '? {a: b}\n: c\n', ['1:3 YAML_SYNTAX']],
  ['aliases of aliases', bomb, ['6:36 LIMIT']],
  ['101 aliases', `a: &a x\nb: [${Array(101).fill('*a').join(', ')}]`, ['2:405 LIMIT']],
  ['flow nested too deep', `a: ${'['.repeat(100_000)}`, ['1:103 LIMIT']],
  ['blocks nested too deep', `${'- '.repeat(10_000)}a`, ['1:201 LIMIT']],
  ['JSON nested too deep', `{"a": ${'['.repeat(100_000)}`, ['1:106 LIMIT']],
  ['a text', 'hello', ['1:1 NOT_AN_OBJECT']],
  ['a list', '- a\n', ['1:1 NOT_AN_OBJECT']],
  ['an object without kind', 'apiVersion: v1\nmetadata: {name: a}\n', ['1:1 NOT_AN_OBJECT']],
  ['a kind that is a number', 'apiVersion: v1\nkind: 7\n', ['2:7 WRONG_TYPE']],
  ['an object without metadata', 'apiVersion: v1\nkind: Pod\n', ['1:1 MISSING_FIELD']],
  ['an object without name', 'apiVersion: v1\nkind: Pod\nmetadata: {labels: {a: b}}\n', ['3:11 MISSING_FIELD']],
  ['a name with a line break', 'apiVersion: v1\nkind: Pod\nmetadata: {name: "a\\nb"}\n', ['3:18 BAD_NAME']],
];
for (const [name, text, expected] of refused) {
  test(`refuses ${name}`, async () => {
    const said = await errors(text);
    assert.equal(said.slice(0, 1), expected, said.join());
  });
}

test('flow and blocks of 90 levels are read', async () => {
  for (const text of [`${'['.repeat(90)}${']'.repeat(90)}`, `${'- '.repeat(90)}a`]) {
    assert.equal(await errors(text), ['1:1 NOT_AN_OBJECT']);
  }
});

test('a broken document leaves the others of its file', async () => {
  const text = `${namespace('x')}---\napiVersion: v1\nkind: [\n---\n${yamlPod('a')}`;
  const { cluster: read, diagnostics: said } = await load(text, { keepGoing: true });
  assert.is(
    said.every((d) => d.severity === 'warning'),
    true,
  );
  assert.ok(read.endpoints.length <= 1);
  assert.ok(said.some((d) => d.code === 'YAML_SYNTAX'));
});

test('text that is not UTF-8 is refused where it stops being that', async () => {
  const bytes = new Uint8Array([...new TextEncoder().encode('kind: Pod\nname: '), 0xff, 0x41]);
  assert.equal(await errors(bytes), ['2:7 NOT_UTF8']);
});

const scalars: [text: string, same: string | null][] = [
  ['yes', null],
  ['No', null],
  ['ON', null],
  ['010', null],
  ['1_000', null],
  ['0x1F', null],
  ['true', null],
  ['1e3', null],
  ['y', 'y'],
  ['"yes"', 'yes'],
  ["'010'", '010'],
  ['22:22', '22:22'],
  ['2026-01-01', '2026-01-01'],
  ['v1.10', 'v1.10'],
  ['~', ''],
];
for (const [text, same] of scalars) {
  test(`the label value ${text} is ${same === null ? 'no text to kubectl, and refused' : `\`${same}\``}`, async () => {
    const object = `apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations:\n    k: ${text}\nspec: {nodeName: n}\n`;
    assert.equal(await errors(object), same === null ? ['6:8 WRONG_TYPE'] : []);
  });
}

test('a port that begins with 0 is octal, as kubectl reads it', async () => {
  const text =
    'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{ports: [{containerPort: 0120}]}]}\n';
  assert.equal((await cluster(text)).endpoints[0]!.containerPorts, [{ protocol: 6, port: 80 }]);
});

const kinds: [apiVersion: string, kind: string, code: string][] = [
  ['policy.networking.k8s.io/v1alpha2', 'AdminNetworkPolicy', 'UNSUPPORTED_VERSION'],
  ['policy.networking.k8s.io/v1alpha2', 'BaselineAdminNetworkPolicy', 'UNSUPPORTED_VERSION'],
  ['policy.networking.k8s.io/v1alpha1', 'ClusterNetworkPolicy', 'UNSUPPORTED_VERSION'],
  ['policy.networking.k8s.io/v1beta1', 'ClusterNetworkPolicy', 'UNSUPPORTED_VERSION'],
  ['projectcalico.org/v1', 'Tier', 'UNSUPPORTED_VERSION'],
  ['crd.projectcalico.org/v3', 'NetworkSet', 'UNSUPPORTED_VERSION'],
  ['cilium.io/v2', 'CiliumNetworkPolicy', 'UNSUPPORTED_POLICY_KIND'],
  ['cilium.io/v2', 'CiliumClusterwideNetworkPolicy', 'UNSUPPORTED_POLICY_KIND'],
  ['crd.antrea.io/v1beta1', 'ClusterNetworkPolicy', 'UNSUPPORTED_POLICY_KIND'],
  ['k8s.cni.cncf.io/v1beta1', 'MultiNetworkPolicy', 'UNSUPPORTED_POLICY_KIND'],
  ['extensions/v1beta1', 'NetworkPolicy', 'UNSUPPORTED_VERSION'],
  ['networking.k8s.io/v1beta1', 'NetworkPolicy', 'UNSUPPORTED_VERSION'],
  ['v1', 'NetworkPolicy', 'UNSUPPORTED_VERSION'],
  ['discovery.k8s.io/v1beta1', 'EndpointSlice', 'UNSUPPORTED_VERSION'],
  ['v2', 'Pod', 'UNSUPPORTED_VERSION'],
];
for (const [apiVersion, kind, code] of kinds) {
  test(`${apiVersion} ${kind} is an error, and a warning to keep going`, async () => {
    const text = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a}\n`;
    assert.equal(await errors(text), [`1:1 ${code}`]);
    assert.equal(
      (await load(text, { keepGoing: true })).diagnostics.map((d) => [d.code, d.severity]),
      [[code, 'warning']],
    );
  });
}

test('kinds that decide nothing are told of once each', async () => {
  const text = ['Deployment', 'Deployment', 'Secret', 'PodSecurityPolicy']
    .map((kind) => `apiVersion: v1\nkind: ${kind}\nmetadata: {name: a}\ndata: {password: canary}\n`)
    .join('---\n');
  const said = await diagnostics(text);
  assert.equal(
    said.map((d) => `${d.at.line} ${d.code} ${d.severity}`),
    ['1 KIND_NOT_READ warning', '11 KIND_NOT_READ warning', '16 KIND_NOT_READ warning'],
  );
  assert.match(said[0]!.message, '2 objects have no effect on a verdict: give the pods');
  assert.not.match(said.map((d) => d.message).join(), 'canary');
});

test('an input without an object is told of', async () => {
  for (const text of ['', '# nothing\n', '---\n---\n', '  \n']) assert.equal(await warnings(text), ['NO_OBJECTS']);
  assert.equal(await warnings('{"apiVersion":"v1","kind":"List","items":[]}'), []);
  assert.equal(await warnings('{"apiVersion":"v1","kind":"PodList","items":null}'), []);
});

test('a Service of another group is another thing', async () => {
  assert.equal(await warnings('apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: a}\n'), [
    'KIND_NOT_READ',
  ]);
});

test('what a message repeats of the input is short and cannot move the cursor', async () => {
  const text = `apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {}\nstatus: {podIP: "\\e[31m${'x'.repeat(1000)}"}\n`;
  const [said] = (await diagnostics(text)).filter((d) => d.severity === 'error');
  assert.ok(said!.message.length < 300);
  assert.match(said!.message, '\\u001b[31m');
});

test.run();
