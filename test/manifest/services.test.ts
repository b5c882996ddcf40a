import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatAddress } from '../../src/net/address.ts';
import { formatPrefix } from '../../src/net/prefix.ts';
import { cluster, errors, warnings } from './reading.ts';

const service = (spec: string, status = ''): string =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: x}\nspec: {${spec}}\nstatus: {${status}}\n`;
const slice = (name: string, rest: string, namespace = 'x'): string =>
  `---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: ${name}, namespace: ${namespace}, labels: {kubernetes.io/service-name: s}}\n${rest}\n`;
const node = (rest: string): string => `apiVersion: v1\nkind: Node\n${rest}\n`;

const addressCases: [name: string, text: string, addresses: string[]][] = [
  [
    'clusterIPs of both families',
    service("clusterIP: 10.96.0.1, clusterIPs: [10.96.0.1, 'fd00::1']"),
    ['10.96.0.1', 'fd00::1'],
  ],
  ['clusterIP alone', service('clusterIP: 10.96.0.1'), ['10.96.0.1']],
  ['none when headless', service('clusterIP: None, clusterIPs: [None]'), []],
  ['none before it has one', service("clusterIP: ''"), []],
  [
    'external addresses and those of a load balancer',
    service(
      'clusterIP: 10.96.0.1, externalIPs: [203.0.113.1]',
      'loadBalancer: {ingress: [{ip: 203.0.113.2}, {hostname: a.example}]}',
    ),
    ['10.96.0.1', '203.0.113.1', '203.0.113.2'],
  ],
];
for (const [name, text, addresses] of addressCases) {
  test(`a Service has ${name}`, async () => {
    assert.equal((await cluster(text)).services[0]!.addresses.map(formatAddress), addresses);
  });
}

test('a Service has its ports, TCP when none is said', async () => {
  const [read] = (
    await cluster(
      service('ports: [{port: 80, name: http, nodePort: 30080, targetPort: web}, {port: 53, protocol: UDP}]'),
    )
  ).services;
  assert.equal(read!.ports, [
    { name: 'http', protocol: 6, port: 80, nodePort: 30080 },
    { name: null, protocol: 17, port: 53, nodePort: null },
  ]);
});

test('slices of its namespace stand behind a Service, each backend once', async () => {
  const ports = 'ports: [{port: 8080}, {port: 53, protocol: UDP}, {name: any}]';
  const text =
    service('clusterIP: 10.96.0.1') +
    slice(
      'a',
      `addressType: IPv4\nendpoints: [{addresses: [10.0.0.1]}, {addresses: [10.0.0.2], conditions: {ready: false}}]\n${ports}`,
    ) +
    slice('b', `addressType: IPv4\nendpoints: [{addresses: [10.0.0.2]}]\n${ports}`) +
    slice('c', `addressType: IPv4\nendpoints: [{addresses: [10.0.0.3]}]\n${ports}`, 'y');
  const [read] = (await cluster(text)).services;
  const backends = read!.backends.map(({ address, protocol, port }) => `${formatAddress(address)} ${protocol} ${port}`);
  assert.equal(backends, ['10.0.0.1 6 8080', '10.0.0.1 17 53', '10.0.0.2 6 8080', '10.0.0.2 17 53']);
});

test('a slice of names is told of', async () => {
  assert.equal(await warnings(slice('a', 'addressType: FQDN\nendpoints: [{addresses: [a.example]}]')), [
    'NAMES_NOT_RESOLVED',
  ]);
});

test('a broken Service is refused', async () => {
  assert.equal(await errors(service('clusterIP: 10.96.0, ports: [{port: 0}, {}]')), [
    '4:19 BAD_ADDRESS',
    '4:43 BAD_PORT',
    '4:47 MISSING_FIELD',
  ]);
});

test('a Node has its addresses, those of its tunnels and its blocks of pods', async () => {
  const text = node(`metadata:
  name: n1
  annotations: {projectcalico.org/IPv4Address: 192.0.2.11/24, projectcalico.org/IPv4IPIPTunnelAddr: 10.244.1.62, projectcalico.org/IPv6VXLANTunnelAddr: 'fd00::62', other: x}
spec: {podCIDR: 10.244.1.0/24, podCIDRs: [10.244.1.0/24, 'fd00::/64']}
status: {addresses: [{type: InternalIP, address: 192.0.2.11}, {type: Hostname, address: n1}, {type: ExternalIP, address: 203.0.113.11}]}`);
  const [read] = (await cluster(text)).nodes;
  assert.equal(read!.addresses.map(formatAddress), ['192.0.2.11', '203.0.113.11', '10.244.1.62', 'fd00::62']);
  assert.equal(read!.podNets.map(formatPrefix), ['10.244.1.0/24', 'fd00::/64']);
});

test('podCIDR counts when podCIDRs is missing', async () => {
  const [read] = (await cluster(node('metadata: {name: n1}\nspec: {podCIDR: 10.244.1.0/24}'))).nodes;
  assert.equal(read!.podNets.map(formatPrefix), ['10.244.1.0/24']);
});

test.run();
