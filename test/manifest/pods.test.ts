import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Endpoint } from '../../src/model/endpoint.ts';
import { formatAddress } from '../../src/net/address.ts';
import { cluster, errors, load, warnings } from './reading.ts';

type PodText = { meta?: string; spec?: string; status?: string };
const podText = ({ meta = '', spec = 'nodeName: n1', status = '' }: PodText): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: x, ${meta}}\nspec: {${spec}}\nstatus: {${status}}\n`;
const endpointOf = async (text: string): Promise<Endpoint | undefined> => (await cluster(text)).endpoints[0];
const addressesOf = async (pod: PodText): Promise<string[] | undefined> =>
  (await endpointOf(podText(pod)))?.addresses.map(formatAddress);

const IP = 'podIP: 10.0.0.1';
const annotations = (...pairs: string[]): string => `annotations: {${pairs.join(', ')}}`;
const DELETED = "deletionTimestamp: '2026-01-01T00:00:00Z'";

const addressCases: [name: string, pod: PodText, addresses: string[] | undefined][] = [
  ['podIPs', { status: 'podIPs: [{ip: 10.0.0.1}, {ip: 2001:db8::1}]' }, ['10.0.0.1', '2001:db8::1']],
  ['podIPs before podIP', { status: 'podIP: 10.0.0.9, podIPs: [{ip: 10.0.0.1}]' }, ['10.0.0.1']],
  ['podIP when podIPs is empty', { status: `podIPs: [], ${IP}` }, ['10.0.0.1']],
  [
    'the status before annotations',
    { status: IP, meta: annotations('cni.projectcalico.org/podIP: 10.0.0.9/32') },
    ['10.0.0.1'],
  ],
  [
    'the plural annotation before the singular',
    {
      meta: annotations(
        "cni.projectcalico.org/podIPs: '10.0.0.1/32,2001:db8::1/128'",
        'cni.projectcalico.org/podIP: 10.0.0.9/32',
      ),
    },
    ['10.0.0.1', '2001:db8::1'],
  ],
  [
    'the singular annotation',
    { meta: annotations('cni.projectcalico.org/podIP: 10.0.0.1/32', 'vpc.amazonaws.com/pod-ips: 10.0.0.9') },
    ['10.0.0.1'],
  ],
  ['the annotation of AWS', { meta: annotations('vpc.amazonaws.com/pod-ips: 10.0.0.1') }, ['10.0.0.1']],
  ['none while it is pending', { status: 'phase: Pending' }, []],
  ['none when it is not scheduled', { spec: '', status: IP }, []],
  ['its own while it terminates', { meta: DELETED, status: IP }, ['10.0.0.1']],
  [
    'its own while the annotation is there',
    { meta: `${DELETED}, ${annotations('cni.projectcalico.org/podIP: 10.0.0.1/32')}`, status: IP },
    ['10.0.0.1'],
  ],
  ['in phase Unknown', { status: `${IP}, phase: Unknown` }, ['10.0.0.1']],
  [
    'an empty annotation while it lives',
    { meta: annotations("cni.projectcalico.org/podIP: ''"), status: IP },
    ['10.0.0.1'],
  ],
];
for (const [name, pod, addresses] of addressCases) {
  test(`a pod has ${name}`, async () => assert.equal(await addressesOf(pod), addresses));
}

const noEndpoint: [name: string, pod: PodText][] = [
  ['of the host network', { spec: 'nodeName: n1, hostNetwork: true', status: IP }],
  ['that succeeded', { status: `phase: Succeeded, ${IP}` }],
  ['that failed', { status: `phase: Failed, ${IP}` }],
  [
    'that terminates and has lost its address',
    { meta: `${DELETED}, ${annotations("cni.projectcalico.org/podIP: ''")}`, status: IP },
  ],
  [
    'that terminates and has lost its address of AWS',
    { meta: `${DELETED}, ${annotations("vpc.amazonaws.com/pod-ips: ''")}`, status: IP },
  ],
];
for (const [name, pod] of noEndpoint) {
  test(`a pod ${name} is no endpoint`, async () => assert.is(await endpointOf(podText(pod)), undefined));
}

test('a pod with an address and no node is told of', async () => {
  assert.ok((await warnings(podText({ spec: '', status: IP }))).includes('NOT_SCHEDULED'));
  assert.not((await warnings(podText({ spec: '' }))).includes('NOT_SCHEDULED'));
});

test('named ports are those of all containers, init containers included; unnamed ones are declared only', async () => {
  const spec = `nodeName: n1, initContainers: [{ports: [{containerPort: 5005, name: dbg}]}],
    containers: [{ports: [{containerPort: 80, name: http}, {containerPort: 81}, {containerPort: 53, name: dns, protocol: UDP}]},
      {ports: [{containerPort: 9100, name: http}]}]`;
  const endpoint = await endpointOf(podText({ spec }));
  assert.equal(
    endpoint!.namedPorts.map(({ name, protocol, port }) => `${name} ${protocol} ${port}`),
    ['http 6 80', 'dns 17 53', 'http 6 9100', 'dbg 6 5005'],
  );
  assert.equal(
    endpoint!.containerPorts.map(({ port }) => port),
    [80, 81, 53, 9100, 5005],
  );
});

test('labels are its own, Calico’s, and those of its namespace and service account', async () => {
  const text = [
    'apiVersion: v1\nkind: Namespace\nmetadata: {name: x, labels: {ns: x, kubernetes.io/metadata.name: forged}}\n',
    'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: robot, namespace: x, labels: {team: blue}}\n',
    podText({ meta: 'labels: {app: web}', spec: 'nodeName: n1, serviceAccountName: robot' }),
  ].join('---\n');
  assert.equal([...(await endpointOf(text))!.labels].sort(), [
    ['app', 'web'],
    ['pcns.kubernetes.io/metadata.name', 'x'],
    ['pcns.ns', 'x'],
    ['pcns.projectcalico.org/name', 'x'],
    ['pcsa.projectcalico.org/name', 'robot'],
    ['pcsa.team', 'blue'],
    ['projectcalico.org/namespace', 'x'],
    ['projectcalico.org/orchestrator', 'k8s'],
    ['projectcalico.org/serviceaccount', 'robot'],
  ]);
});

test('labels that only the system gives cannot be forged', async () => {
  const meta =
    'labels: {pcns.ns: y, pcsa.team: red, projectcalico.org/namespace: y, projectcalico.org/orchestrator: none, projectcalico.org/serviceaccount: admin}';
  assert.equal([...(await endpointOf(podText({ meta })))!.labels].sort(), [
    ['pcns.kubernetes.io/metadata.name', 'x'],
    ['pcns.projectcalico.org/name', 'x'],
    ['pcsa.projectcalico.org/name', 'default'],
    ['projectcalico.org/namespace', 'x'],
    ['projectcalico.org/orchestrator', 'k8s'],
    ['projectcalico.org/serviceaccount', 'default'],
  ]);
});

test('keys that mean something to JavaScript are labels like others', async () => {
  const text = `apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {constructor: c, toString: t, hasOwnProperty: h}}\nspec: {nodeName: n}\n`;
  const { labels } = (await endpointOf(text))!;
  assert.equal(
    ['constructor', 'toString', 'hasOwnProperty', 'valueOf'].map((key) => labels.get(key)),
    ['c', 't', 'h', undefined],
  );
  for (const body of [`{"__proto__": {"polluted": "yes"}}`, `{"labels": {"__proto__": "x"}, "name": "a"}`]) {
    await errors(`{"apiVersion": "v1", "kind": "Pod", "metadata": ${body}}`);
    await errors(`apiVersion: v1\nkind: Pod\nmetadata: ${body}\n`);
  }
  assert.is(({} as { polluted?: string }).polluted, undefined);
  assert.equal(Object.keys(Object.prototype), []);
});

test('a namespace that is absent is made up and told of, once', async () => {
  const text = `${podText({})}---\n${podText({}).replace('name: a', 'name: b')}`;
  assert.equal(await warnings(text), ['NAMESPACE_ABSENT']);
  assert.equal(await warnings(`${text}---\napiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n`), []);
});

test('of two objects with one name the last counts', async () => {
  const text = `${podText({ status: IP })}---\n${podText({ status: 'podIP: 10.0.0.2' })}`;
  const { cluster: read, diagnostics } = await load(text);
  assert.equal(
    read.endpoints.map((e) => e.addresses.map(formatAddress)),
    [['10.0.0.2']],
  );
  const duplicate = diagnostics.find((d) => d.code === 'DUPLICATE_OBJECT')!;
  assert.is(duplicate.at.line, 7);
  assert.match(duplicate.message, 'stdin:1:1');
});

test('two living pods with one address are told of; a finished one holds none', async () => {
  const other = (status: string): string => `---\n${podText({ status }).replace('name: a', 'name: b')}`;
  assert.ok((await warnings(podText({ status: IP }) + other(IP))).includes('SHARED_ADDRESS'));
  assert.not((await warnings(podText({ status: IP }) + other(`phase: Succeeded, ${IP}`))).includes('SHARED_ADDRESS'));
});

const refused: [name: string, pod: PodText, expected: string[]][] = [
  ['an address that is none', { status: 'podIP: 10.0.0' }, ['5:17 BAD_ADDRESS']],
  ['containerPort 0', { spec: 'containers: [{ports: [{containerPort: 0}]}]' }, ['4:46 BAD_PORT']],
  ['a container port without number', { spec: 'containers: [{ports: [{name: http}]}]' }, ['4:30 MISSING_FIELD']],
  ['a bad port name', { spec: 'containers: [{ports: [{containerPort: 80, name: HTTP}]}]' }, ['4:56 BAD_PORT_NAME']],
  ['a bad protocol', { spec: 'containers: [{ports: [{containerPort: 80, protocol: http}]}]' }, ['4:60 BAD_PROTOCOL']],
  ['hostNetwork in quotes', { spec: "hostNetwork: 'true'" }, ['4:21 WRONG_TYPE']],
  ['a label that is a number', { meta: 'labels: {version: 1.10}' }, ['3:53 WRONG_TYPE']],
];
for (const [name, pod, expected] of refused) {
  test(`refuses ${name}`, async () => assert.equal(await errors(podText(pod)), expected));
}

test('what changes the fate of packets and is not simulated is told of', async () => {
  const limited = annotations("qos.projectcalico.org/ingressPacketRate: '10'");
  assert.ok((await warnings(podText({ meta: limited }))).includes('NOT_SIMULATED'));
});

test('a pod has its ports on the node, and whether it serves', async () => {
  const spec = 'nodeName: n1, containers: [{ports: [{containerPort: 80, hostPort: 8080, hostIP: 0.0.0.0}]}]';
  const status = "podIP: 10.0.0.1, conditions: [{type: Ready, status: 'False'}]";
  const [pod] = (await cluster(podText({ spec, status }))).endpoints;
  assert.equal(pod!.hostPorts, [{ address: null, protocol: 6, hostPort: 8080, port: 80 }]);
  assert.equal(pod!.serving, { serving: false, terminating: false });
});

test('an unknown field of a pod is a warning with what was meant', async () => {
  const { diagnostics } = await load(podText({ meta: 'lables: {app: web}' }));
  assert.match(diagnostics.find((d) => d.code === 'UNKNOWN_FIELD')!.message, 'did you mean `labels`?');
});

test.run();
