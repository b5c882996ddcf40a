/** Section D of the ledger: Services, their ports on nodes, and what policy sees of them. */
import { type Line, run } from '../ledger/ledger.ts';
import { block, DENY_ALL, DENY_INGRESS, from, named, np, ofNamespace, ofPod, to } from '../ledger/manifests.ts';

/** A Service of namespace x with the lines of its spec. */
const service = (name: string, ...spec: readonly string[]): string =>
  [
    'apiVersion: v1',
    'kind: Service',
    `metadata: {name: ${name}, namespace: x}`,
    'spec:',
    ...spec.map((l) => `  ${l}`),
  ].join('\n');

const slice = (name: string, endpoints: string, port = 80): string =>
  [
    'apiVersion: discovery.k8s.io/v1',
    'kind: EndpointSlice',
    `metadata: {name: ${name}-1, namespace: x, labels: {kubernetes.io/service-name: ${name}}}`,
    'addressType: IPv4',
    `endpoints: [${endpoints}]`,
    `ports: [{port: ${port}, protocol: TCP}]`,
  ].join('\n');

const A = '{addresses: [10.244.1.2], nodeName: n1}';
const C = '{addresses: [10.244.2.2], nodeName: n2}';

/** An endpoint with hints: for a zone, and for a node. */
const hinted = (endpoint: string, zone: string, node: string | null = null): string =>
  endpoint.replace(
    '}',
    `, hints: {forZones: [{name: ${zone}}]${node === null ? '' : `, forNodes: [{name: ${node}}]`}}}`,
  );

/** A node of the fixture again, in a zone. */
const zoned = (name: string, zone: string, address: string): string =>
  [
    'apiVersion: v1',
    'kind: Node',
    `metadata: {name: ${name}, labels: {topology.kubernetes.io/zone: ${zone}}}`,
    `status: {addresses: [{type: InternalIP, address: ${address}}]}`,
  ].join('\n');

const pool = (spec: string): string =>
  `apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: pods}\nspec: {cidr: 10.244.0.0/16, ${spec}}`;

/** A nodePort whose backend is on n2. */
const FAR = service('far', 'type: NodePort', 'clusterIP: 10.96.0.80', 'ports: [{port: 80, nodePort: 30090}]');

/** svc-a as the fixture has it, with other policies of traffic. */
const svcA = (...more: readonly string[]): string =>
  service(
    'svc-a',
    'type: NodePort',
    'clusterIP: 10.96.0.10',
    'selector: {pod: a}',
    'ports: [{port: 80, targetPort: 80, nodePort: 30080}]',
    ...more,
  );

const TWO = [service('two', 'clusterIP: 10.96.0.20', 'ports: [{port: 80}]'), slice('two', `${A}, ${C}`)];
const REPLACED = ['DUPLICATE_OBJECT'];

export const SERVICES: readonly Line[] = [
  {
    line: 63,
    says: 'egress policy sees the backend, never the address of the Service',
    given: [named('net', 'x/b', to(block('10.96.0.0/12'))), named('pod', 'x/c', to(ofPod('a')))],
    captures: [
      run(
        'infer loose strict no-track',
        'x/b > x/svc-a tcp/80 => dropped policy (out)',
        'x/c > x/svc-a tcp/80 => forwarded policy',
        'y/a > x/svc-a tcp/80 => forwarded not-policed',
      ),
    ],
  },
  {
    line: 63,
    says: 'ports of policies are those of the backend',
    given: [
      service('moved', 'clusterIP: 10.96.0.30', 'ports: [{port: 8080, targetPort: 80}]', 'selector: {pod: a}'),
      named('service-port', 'x/b', 'egress: [{ports: [{port: 8080}]}]'),
      named('target-port', 'x/c', 'egress: [{ports: [{port: 80}]}]'),
    ],
    captures: [
      run(
        'infer loose no-track',
        'x/b > x/moved tcp/8080 => dropped policy (out)',
        'x/c > x/moved tcp/8080 => forwarded policy',
      ),
    ],
  },
  {
    line: 63,
    says: 'a port that the Service does not have is not translated',
    given: [named('net', 'x/b', to(block('10.96.0.0/12')))],
    captures: [
      run(
        'infer loose no-track',
        'x/b > x/svc-a tcp/81 => forwarded policy',
        'x/b > x/svc-a icmp => forwarded policy',
        'x/c > x/svc-a tcp/81 => forwarded not-policed',
      ),
    ],
  },
  {
    line: 63,
    says: 'target ports by name are those of each pod, and without slices the selector finds the pods',
    given: [
      service('named', 'clusterIP: 10.96.0.40', 'ports: [{port: 1, targetPort: serve-81-tcp}]', 'selector: {pod: b}'),
      service('nobody', 'clusterIP: 10.96.0.41', 'ports: [{port: 1, targetPort: none}]', 'selector: {pod: b}'),
      named('only-81', 'x/b', 'ingress: [{ports: [{port: 81}]}]'),
    ],
    captures: [
      run(
        'infer loose no-track',
        'x/a > x/named tcp/1 => forwarded policy',
        'x/a > x/nobody tcp/1 => dropped no-backend',
      ),
    ],
  },
  {
    line: 64,
    says: 'both sides of the translation show one connection',
    given: [named('deny', 'x/a', from(ofNamespace('y')))],
    captures: [
      run(
        'infer loose strict',
        'y/b:40000 > x/svc-a:80 tcp syn => forwarded policy',
        'y/b:40000 > x/a:80 tcp syn => forwarded tracked',
        'x/a:80 > y/b:40000 tcp syn-ack => forwarded tracked',
        'x/svc-a:80 > y/b:40000 tcp syn-ack => forwarded tracked',
        'y/b:40000 > x/svc-a:80 tcp ack => forwarded tracked',
      ),
      run(
        'infer',
        'x/b:40000 > x/svc-a:80 tcp syn => dropped policy (in)',
        'x/b:40000 > x/a:80 tcp syn => dropped connection-denied (in)',
        'x/a:80 > x/b:40000 tcp syn-ack => dropped connection-denied (in)',
      ),
    ],
  },
  {
    line: 65,
    says: 'backends that come to different verdicts: undetermined, and so is what follows',
    given: [...TWO, named('deny', 'x/c', DENY_INGRESS)],
    captures: [
      run(
        'infer loose strict',
        'y/a:40000 > x/two:80 tcp syn => undetermined service-address',
        'x/two:80 > y/a:40000 tcp syn-ack => undetermined service-address',
      ),
      run('no-track', 'y/a > x/two tcp/80 => undetermined service-address'),
    ],
  },
  {
    line: 65,
    says: 'a packet behind the translation tells which backend it was, whichever comes first',
    given: [...TWO, named('deny', 'x/c', DENY_INGRESS)],
    captures: [
      run(
        'infer',
        'y/a:40000 > x/two:80 tcp syn => undetermined service-address',
        'y/a:40000 > x/a:80 tcp syn => forwarded tracked',
        'x/two:80 > y/a:40000 tcp syn-ack => forwarded tracked',
        'y/a:40001 > x/two:80 tcp syn => undetermined service-address',
        'y/a:40001 > x/c:80 tcp syn => dropped connection-denied (in)',
        'y/a:40001 > x/two:80 tcp ack => dropped connection-denied (in)',
        'y/a:40002 > x/a:80 tcp syn => forwarded not-policed',
        'y/a:40002 > x/two:80 tcp syn => forwarded not-policed',
      ),
    ],
  },
  {
    line: 65,
    says: 'session affinity keeps a client with the backend that was seen, for as long as it says',
    given: [
      service('kept', 'clusterIP: 10.96.0.21', 'sessionAffinity: ClientIP', 'ports: [{port: 80}]'),
      slice('kept', `${A}, ${C}`),
      named('deny', 'x/c', DENY_INGRESS),
    ],
    captures: [
      run(
        'infer',
        'y/a:40000 > x/kept:80 tcp syn => undetermined service-address',
        'y/a:40000 > x/a:80 tcp syn => forwarded tracked',
        'y/a:40001 > x/kept:80 tcp syn => forwarded not-policed',
        'y/b:40001 > x/kept:80 tcp syn => undetermined service-address',
        '@10900 y/a:40002 > x/kept:80 tcp syn => undetermined service-address',
      ),
    ],
  },
  {
    line: 66,
    says: 'answers and errors find their connection on either side of the translation',
    given: [np('y/b', DENY_ALL), np('x/a', DENY_ALL), named('open', 'x/a', from(ofNamespace('x')))],
    captures: [
      run(
        'infer loose strict',
        'x/b:40000 > x/svc-a:80 tcp syn => forwarded policy',
        'x/svc-a:80 > x/b:40000 tcp syn-ack => forwarded tracked',
        'x/a:80 > x/b:40000 tcp ack => forwarded tracked',
        '198.51.100.1 > x/b icmp/3/4 [x/b:40000 > x/svc-a:80 tcp] => forwarded tracked',
        '198.51.100.1 > x/b icmp/3/4 [x/b:40000 > x/a:80 tcp] => forwarded tracked',
        '198.51.100.1 > x/a icmp/3/4 [x/a:80 > x/b:40000 tcp] => forwarded tracked',
      ),
      run('infer', 'x/svc-a:80 > x/b:40001 tcp syn-ack => forwarded policy +midstream'),
      run('loose strict', 'x/svc-a:80 > x/b:40001 tcp syn-ack => dropped ct-invalid'),
    ],
  },
  {
    line: 67,
    says: 'a Service without ready backends leads nowhere; those that end and still serve are the last resort',
    given: [
      service('none', 'clusterIP: 10.96.0.50', 'ports: [{port: 80}]'),
      service('unready', 'clusterIP: 10.96.0.51', 'ports: [{port: 80}]'),
      slice('unready', '{addresses: [10.244.1.2], conditions: {ready: false}}'),
      service('ending', 'clusterIP: 10.96.0.52', 'ports: [{port: 80}]'),
      slice('ending', '{addresses: [10.244.1.2], conditions: {ready: false, serving: true, terminating: true}}'),
      service('both', 'clusterIP: 10.96.0.53', 'ports: [{port: 80}]'),
      slice('both', `{addresses: [10.244.1.2], conditions: {ready: false, serving: true, terminating: true}}, ${C}`),
      named('deny', 'x/a', DENY_INGRESS),
    ],
    captures: [
      run(
        'infer loose no-track',
        'x/b > x/none tcp/80 => dropped no-backend',
        'x/b > x/unready tcp/80 => dropped no-backend',
        'x/b > x/ending tcp/80 => dropped policy (in)',
        'x/b > x/both tcp/80 => forwarded not-policed',
      ),
      run(
        'infer',
        'x/b:40000 > x/none:80 tcp syn => dropped no-backend',
        'x/b:40000 > x/none:80 tcp ack => dropped no-backend',
      ),
    ],
  },
  {
    line: 68,
    says: 'a nodePort of its own node is translated before egress policy, that of another node after',
    given: [named('nodes', 'x/b', to(block('192.0.2.0/24')))],
    captures: [
      run(
        'infer loose no-track',
        'x/b > n1 tcp/30080 => dropped policy (out)',
        'x/b > n2 tcp/30080 => forwarded policy +snat',
        'x/b > n2 tcp/30081 => forwarded policy',
      ),
    ],
  },
  {
    line: 69,
    says: 'externalTrafficPolicy Cluster: ingress policy sees the client where the backend is, the node from elsewhere',
    given: [named('client', 'x/a', from(block('203.0.113.0/24')))],
    captures: [
      run(
        'infer loose strict no-track',
        'ext > n1 tcp/30080 => forwarded policy',
        'ext > n2 tcp/30080 => dropped policy (in) +snat',
        'ext > n2 tcp/30081 => forwarded not-policed',
        'ext > 10.244.2.62 tcp/30080 => dropped policy (in) +snat',
      ),
      run(
        'infer',
        'ext:40000 > n1:30080 tcp syn => forwarded policy',
        'n1:30080 > ext:40000 tcp syn-ack => forwarded tracked',
        'ext:40000 > x/a:80 tcp syn => forwarded tracked',
      ),
    ],
  },
  {
    line: 69,
    says: 'what arrives from elsewhere has the address of the tunnel of the node that took it in',
    given: [named('tunnel', 'x/a', from(block('10.244.2.62/32')))],
    captures: [
      run(
        'infer loose no-track',
        'ext > n2 tcp/30080 => forwarded policy +snat',
        'ext > n1 tcp/30080 => dropped policy (in)',
        '10.244.2.62 > x/a tcp/80 => forwarded policy +snat',
        '10.244.2.62 > x/a tcp/81 => forwarded policy',
      ),
    ],
  },
  {
    line: 69,
    says: 'a load balancer: which node takes the packet in is not known, so all must agree',
    given: [
      `${service('lb', 'type: LoadBalancer', 'clusterIP: 10.96.0.60', 'ports: [{port: 80}]')}\nstatus: {loadBalancer: {ingress: [{ip: 198.51.100.80}]}}`,
      slice('lb', A),
      named('client', 'x/a', from(block('203.0.113.0/24'))),
    ],
    captures: [
      run(
        'infer loose no-track',
        'ext > 198.51.100.80 tcp/80 => undetermined service-address +snat',
        'ext2 > 198.51.100.80 tcp/80 => dropped policy (in) +snat',
        'x/b > 198.51.100.80 tcp/80 => dropped policy (in)',
      ),
    ],
  },
  {
    line: 70,
    says: 'externalTrafficPolicy Local: the client is seen, and only backends of the node answer',
    given: [svcA('externalTrafficPolicy: Local'), named('client', 'x/a', from(block('203.0.113.0/24')))],
    warned: REPLACED,
    captures: [
      run(
        'infer loose strict no-track',
        'ext > n1 tcp/30080 => forwarded policy',
        'ext2 > n1 tcp/30080 => dropped policy (in)',
        'ext > n2 tcp/30080 => dropped no-backend',
      ),
    ],
  },
  {
    line: 73,
    says: 'internalTrafficPolicy Local: only backends of the client’s own node',
    given: [svcA('internalTrafficPolicy: Local')],
    warned: REPLACED,
    captures: [
      run(
        'infer loose no-track',
        'x/b > x/svc-a tcp/80 => forwarded not-policed',
        'x/c > x/svc-a tcp/80 => dropped no-backend',
        'n2 > x/svc-a tcp/80 => dropped no-backend',
      ),
    ],
  },
  {
    line: 73,
    says: 'hints keep the nodes of a zone to its endpoints, where all endpoints have some and some are for the zone',
    given: [
      zoned('n1', 'east', '192.0.2.11'),
      zoned('n2', 'west', '192.0.2.12'),
      service('near', 'clusterIP: 10.96.0.70', 'ports: [{port: 80}]'),
      slice('near', `${hinted(A, 'east')}, ${hinted(C, 'west')}`),
      service('half', 'clusterIP: 10.96.0.71', 'ports: [{port: 80}]'),
      slice('half', `${hinted(A, 'east')}, ${C}`),
      named('deny', 'x/a', DENY_INGRESS),
    ],
    warned: [...REPLACED, ...REPLACED],
    captures: [
      run(
        'infer loose no-track',
        'x/b > x/near tcp/80 => dropped policy (in)',
        'y/b > x/near tcp/80 => forwarded not-policed',
        'x/b > x/half tcp/80 => undetermined service-address',
      ),
    ],
  },
  {
    line: 73,
    says: 'hints for nodes come before those for zones',
    given: [
      zoned('n1', 'east', '192.0.2.11'),
      zoned('n2', 'east', '192.0.2.12'),
      service('near', 'clusterIP: 10.96.0.70', 'ports: [{port: 80}]'),
      slice('near', `${hinted(A, 'east', 'n1')}, ${hinted(C, 'east', 'n2')}`),
      named('deny', 'x/a', DENY_INGRESS),
    ],
    warned: [...REPLACED, ...REPLACED],
    captures: [
      run(
        'infer loose no-track',
        'x/b > x/near tcp/80 => dropped policy (in)',
        'y/b > x/near tcp/80 => forwarded not-policed',
      ),
    ],
  },
  {
    line: 77,
    says: 'natOutgoing: beyond its own node, and beyond the pools, a pod has its node’s address',
    given: [pool('natOutgoing: true'), named('pods', 'x/c', from(ofNamespace('x'))), FAR, slice('far', C)],
    captures: [
      run(
        'infer loose no-track',
        'x/b > n2 tcp/30090 => dropped policy (in) +snat',
        'x/b > x/far tcp/80 => forwarded policy',
        'x/b > x/c tcp/81 => forwarded policy',
      ),
    ],
  },
  {
    line: 77,
    says: 'without natOutgoing it keeps its own; where nobody tells of pools, both must agree',
    given: [pool('natOutgoing: false'), named('pods', 'x/c', from(ofNamespace('x'))), FAR, slice('far', C)],
    captures: [run('infer loose no-track', 'x/b > n2 tcp/30090 => forwarded policy')],
  },
  {
    line: 77,
    says: 'where nobody tells of pools, the node and the pod must come to the same',
    given: [named('pods', 'x/c', from(ofNamespace('x'))), FAR, slice('far', C)],
    captures: [run('infer loose no-track', 'x/b > n2 tcp/30090 => undetermined service-address')],
  },
  {
    line: 74,
    says: 'loadBalancerSourceRanges refuse before policy, at the load balancer’s address alone',
    given: [
      `${service('lb', 'type: LoadBalancer', 'clusterIP: 10.96.0.60', 'externalTrafficPolicy: Local', 'externalIPs: [198.51.100.81]', 'loadBalancerSourceRanges: [203.0.113.0/24]', 'ports: [{port: 80}]')}\nstatus: {loadBalancer: {ingress: [{ip: 198.51.100.80}]}}`,
      slice('lb', A),
    ],
    captures: [
      run(
        'infer loose no-track',
        'ext > 198.51.100.80 tcp/80 => forwarded not-policed',
        'ext2 > 198.51.100.80 tcp/80 => dropped lb-source-range',
        'ext2 > 198.51.100.81 tcp/80 => forwarded not-policed',
        'x/b > x/lb tcp/80 => forwarded not-policed',
      ),
    ],
  },
  {
    line: 75,
    says: 'a hostPort leads to its pod: policy sees the port of the container, and the client',
    given: [
      [
        'apiVersion: v1',
        'kind: Pod',
        'metadata: {name: host, namespace: x}',
        'spec: {nodeName: n1, containers: [{name: c, ports: [{containerPort: 80, hostPort: 8080}]}]}',
        'status: {podIP: 10.244.1.9}',
      ].join('\n'),
      named('port', 'x/*', 'ingress: [{ports: [{port: 80}], from: [{ipBlock: {cidr: 203.0.113.0/24}}]}]'),
    ],
    captures: [
      run(
        'infer loose no-track',
        'ext > n1 tcp/8080 => forwarded policy',
        'ext2 > n1 tcp/8080 => dropped policy (in)',
        'ext > n2 tcp/8080 => forwarded not-policed',
        'y/a > n1 tcp/8080 => dropped policy (in)',
      ),
    ],
  },
];
