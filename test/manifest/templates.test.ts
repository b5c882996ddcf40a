/** Workloads as endpoints without an address: of which, under what name, and when their live pods stand for them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { qualifiedName } from '../../src/model/endpoint.ts';
import { cliWith } from '../command-line.ts';
import { load } from './reading.ts';

const stdinOf = async function* (text: string): AsyncIterable<Uint8Array> {
  yield new TextEncoder().encode(text);
};

const spec = (labels: string, more = ''): string =>
  `{metadata: {labels: ${labels}}, spec: {${more}containers: [{name: c, image: i, ports: [{name: http, containerPort: 80}]}]}}`;
const workload = (kind: string, name: string, labels: string, more = ''): string =>
  `apiVersion: apps/v1\nkind: ${kind}\nmetadata: {name: ${name}, namespace: shop}\nspec: {selector: {matchLabels: ${labels}}, template: ${spec(labels, more)}}`;
const pod = (name: string, labels: string, owner: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop, labels: ${labels}${owner}}\nspec: {nodeName: n, containers: [{name: c, image: i}]}\nstatus: {podIP: 10.0.0.${name.length}}`;
const ownedBy = (kind: string, name: string): string =>
  `, ownerReferences: [{apiVersion: apps/v1, kind: ${kind}, name: ${name}, uid: u, controller: true}]`;
const JOB = `{template: {metadata: {labels: {app: job}}, spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}`;

const endpoints = async (...objects: readonly string[]): Promise<string[]> =>
  (await load(objects.join('\n---\n'), { templates: true })).cluster.endpoints.map(qualifiedName);

test('every kind that makes pods gives an endpoint with the labels and ports of its template, and no address', async () => {
  const kinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'];
  const others = [
    `apiVersion: batch/v1\nkind: Job\nmetadata: {name: a, namespace: shop}\nspec: ${JOB}`,
    `apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a, namespace: shop}\nspec: {schedule: '0 0 * * *', jobTemplate: {spec: ${JOB}}}`,
  ];
  const objects = [...kinds.map((kind) => workload(kind, 'a', '{app: a}')), ...others];
  const { cluster } = await load(objects.join('\n---\n'), { templates: true });
  assert.equal(
    cluster.endpoints.map(qualifiedName),
    [...kinds, 'Job', 'CronJob'].map((kind) => `shop/${kind.toLowerCase()}/a`),
  );
  for (const { addresses } of cluster.endpoints) assert.equal(addresses, []);
  const [deployment] = cluster.endpoints;
  assert.is(deployment!.labels.get('app'), 'a');
  assert.is(deployment!.labels.get('pcns.kubernetes.io/metadata.name'), 'shop');
  assert.equal(deployment!.namedPorts, [{ name: 'http', protocol: 6, port: 80 }]);
});

test('a verdict alone does not read them', async () => {
  const { cluster } = await load(workload('Deployment', 'web', '{app: web}'));
  assert.equal(cluster.endpoints, []);
  assert.is(cluster.workloads, undefined);
});

test('live pods stand for their workload: by their owner, its maker, the name between them, or labels', async () => {
  const web = workload('Deployment', 'web', '{app: web}');
  const set = `${workload('ReplicaSet', 'web-1a', '{app: web}').replace('namespace: shop', `namespace: shop${ownedBy('Deployment', 'web')}`)}`;
  const db = workload('StatefulSet', 'db', '{app: db}');
  assert.equal(await endpoints(web, pod('p', '{}', ownedBy('ReplicaSet', 'web-1a')), set), ['shop/p']);
  assert.equal(await endpoints(web, pod('p', '{}', ownedBy('ReplicaSet', 'web-1a'))), ['shop/p']);
  assert.equal(await endpoints(web, pod('p', '{app: web, x: y}', '')), ['shop/p']);
  assert.equal(await endpoints(db, pod('db-0', '{}', ownedBy('StatefulSet', 'db'))), ['shop/db-0']);
});

test('pods of others do not: another owner, other labels, a name that only begins alike', async () => {
  const web = workload('Deployment', 'web', '{app: web}');
  const alone = ['shop/p', 'shop/deployment/web'];
  assert.equal(await endpoints(web, pod('p', '{app: web}', ownedBy('ReplicaSet', 'web-api-1a'))), alone);
  assert.equal(await endpoints(web, pod('p', '{app: web}', ownedBy('StatefulSet', 'web'))), alone);
  assert.equal(await endpoints(web, pod('p', '{app: db}', '')), alone);
});

test('a ReplicaSet that a Deployment made gives none of its own, a workload on its nodes network none at all', async () => {
  const set = workload('ReplicaSet', 'web-1a', '{app: web}').replace(
    'namespace: shop',
    `namespace: shop${ownedBy('Deployment', 'web')}`,
  );
  assert.equal(await endpoints(set, workload('Deployment', 'web', '{app: web}')), ['shop/deployment/web']);
  assert.equal(await endpoints(set), ['shop/replicaset/web-1a']);
  assert.equal(await endpoints(workload('DaemonSet', 'proxy', '{app: p}', 'hostNetwork: true, ')), []);
});

const POLICY = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  ingress:
    - from:
        - ipBlock: {cidr: 10.0.0.0/8}
        - podSelector: {matchLabels: {app: api}}
      ports: [{port: http}]`;
const WORLD = [POLICY, ...['web', 'api', 'db'].map((app) => workload('Deployment', app, `{app: ${app}}`))].join(
  '\n---\n',
);

async function explained(from: string, to: string, port: string, world = WORLD): Promise<string> {
  const { code, out, err } = await cliWith(
    { stdin: stdinOf(world) },
    'explain',
    '-f',
    '-',
    '--from',
    from,
    '--to',
    to,
    '--port',
    port,
  );
  return code === 0 ? out : err;
}

test('explain takes a workload for an end, by kind and name or by name alone', async () => {
  assert.match(
    await explained('shop/deployment/api', 'shop/web', '80/tcp'),
    /^FORWARDED {2}shop\/deployment\/api -> shop\/deployment\/web/,
  );
  assert.match(await explained('shop/api', 'shop/Deployment/web', '81/tcp'), /^DROPPED/);
  assert.match(await explained('shop/web', 'shop/db', '5432/tcp'), /^FORWARDED/);
});

test('an answer that hangs on the address is undetermined, and sure where the other end has one', async () => {
  const open = await explained('shop/db', 'shop/web', '80/tcp');
  assert.match(open, /^UNDETERMINED/);
  assert.match(open, 'rule 0 (allow) may match: that hangs on an address');
  assert.match(open, 'ipBlock 10.0.0.0/8, but its address is not known yet');
  assert.match(await explained('10.1.2.3', 'shop/web', '80/tcp'), /^FORWARDED {2}10\.1\.2\.3 -> shop\/deployment\/web/);
  assert.match(await explained('192.0.2.1', 'shop/web', '80/tcp'), /^DROPPED/);
});

test('what would allow it is tried on the template', async () => {
  assert.match(await explained('192.0.2.1', 'shop/web', '80/tcp'), 'cidr: "192.0.2.1/32"');
  const closed = WORLD.replace('        - ipBlock: {cidr: 10.0.0.0/8}\n', '');
  assert.match(
    await explained('shop/db', 'shop/web', '80/tcp', closed),
    'label the template of shop/deployment/db app=api, as rule 0',
  );
});

test('a live pod stands for its workload, and that is said', async () => {
  const world = [WORLD, pod('api-xx', '{app: api}', '')].join('\n---\n');
  assert.match(
    await explained('shop/deployment/api', 'shop/web', '80/tcp', world),
    'note: shop/api-xx stands for shop/deployment/api',
  );
});

test('ends that cannot be judged without an address are refused, with the reason', async () => {
  const node =
    'apiVersion: v1\nkind: Node\nmetadata: {name: n}\nstatus: {addresses: [{type: InternalIP, address: 192.0.2.9}]}';
  const service =
    'apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {clusterIP: 10.96.0.1, ports: [{port: 80}]}';
  const world = [WORLD, node, service].join('\n---\n');
  assert.match(await explained('node/n', 'shop/deployment/web', '80', world), 'whether that pod runs on it');
  assert.match(await explained('shop/api', 'service/shop/web', '80', world), 'is a Service, which cannot be followed');
  assert.match(await explained('web', 'shop/api', '80'), '`web` needs its namespace: `shop/deployment/web`');
  const twice = [WORLD, workload('StatefulSet', 'web', '{app: web}')].join('\n---\n');
  assert.match(await explained('shop/web', 'shop/api', '80', twice), '`shop/deployment/web` or `shop/statefulset/web`');
});

test('table counts them', async () => {
  const { out } = await cliWith({ stdin: stdinOf(WORLD) }, 'table', '-f', '-', '-o', 'json');
  const { endpoints, endpointsWithoutAddress } = JSON.parse(out);
  assert.equal([endpoints, endpointsWithoutAddress], [3, 3]);
});

test.run();
