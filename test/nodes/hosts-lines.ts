/** Host endpoints: what policies say of the traffic of the nodes themselves. */
import { type Line, run } from '../ledger/ledger.ts';
import { DENY_INGRESS, np, v3 } from '../ledger/manifests.ts';

/** As Calico makes them itself: all interfaces, and what no policy decides is allowed. */
const auto = (node: string, labels = ''): string =>
  v3(
    'HostEndpoint',
    `${node}-auto, labels: {${labels}}`,
    `node: ${node}`,
    'interfaceName: "*"',
    'profiles: [projectcalico-default-allow]',
  );
const eth0 = (node: string, ...spec: readonly string[]): string =>
  v3('HostEndpoint', `${node}-eth0`, `node: ${node}`, 'interfaceName: eth0', ...spec);
const gnp = (name: string, ...spec: readonly string[]): string => v3('GlobalNetworkPolicy', name, ...spec);
const deny = (...spec: readonly string[]): string => gnp('deny', 'types: [Ingress, Egress]', ...spec);
const felix = (...spec: readonly string[]): string => v3('FelixConfiguration', 'default', ...spec);
const pool = (cidr: string, natOutgoing: boolean): string =>
  v3('IPPool', `pool-${natOutgoing}`, `cidr: ${cidr}`, `natOutgoing: ${natOutgoing}`);

/** Everything to and from the nodes themselves is denied. */
const NODES_CLOSED = gnp('closed', "selector: '!has(pod)'", 'types: [Ingress, Egress]');

/** A Service whose backend is a pod on the network of n1. */
const AGENT = [
  'apiVersion: v1',
  'kind: Service',
  'metadata: {name: agent, namespace: x}',
  'spec:',
  '  type: NodePort',
  '  clusterIP: 10.96.0.40',
  '  selector: {pod: h}',
  '  ports:',
  '    - {name: a, port: 80, targetPort: 9100, nodePort: 31080}',
  '    - {name: b, port: 81, targetPort: 9101, nodePort: 31081}',
].join('\n');

const EVERY = 'infer loose strict no-track';
/** Both ways of every connection are judged, so answers are left out. */
const TRACKED = 'infer loose strict';

export const HOSTS: readonly Line[] = [
  {
    line: 110,
    says: 'a policy of the whole cluster without a selector is for host endpoints too',
    given: [auto('n1'), deny()],
    captures: [
      run(
        EVERY,
        'ext > n1 tcp/8080 => dropped policy (host-in)',
        'ext > n1 tcp6/8080 => dropped policy (host-in)',
        'ext > n1 tcp/22 => forwarded policy',
        'n1 > ext tcp/8080 => dropped policy (host-out)',
        'ext > n2 tcp/8080 => forwarded not-policed',
      ),
    ],
  },
  {
    line: 110,
    says: 'a selector finds host endpoints by their own labels',
    given: [auto('n1', 'role: edge'), auto('n2'), deny("selector: role == 'edge'")],
    captures: [
      run(EVERY, 'ext > n1 tcp/80 => dropped policy (host-in)', 'ext > n2 tcp/80 => forwarded not-policed'),
      run(EVERY, 'n2 > n1 tcp/80 => dropped policy (host-in)', 'n1 > n2 tcp/80 => dropped policy (host-out)'),
    ],
  },
  {
    line: 110,
    says: 'policies of a namespace, of either API, are for pods alone',
    given: [auto('n1'), np('x/*', DENY_INGRESS), deny("selector: projectcalico.org/orchestrator == 'k8s'")],
    captures: [run(EVERY, 'ext > n1 tcp/80 => forwarded not-policed', 'ext > x/a tcp/80 => dropped policy (in)')],
  },
  {
    line: 111,
    says: 'with a namespaceSelector, all() asks for a namespace, which host endpoints have none of',
    given: [auto('n1'), deny('selector: all()', 'namespaceSelector: all()')],
    captures: [run(EVERY, 'ext > n1 tcp/80 => forwarded not-policed', 'ext > x/a tcp/80 => dropped policy (in)')],
  },
  {
    line: 125,
    says: 'an interface without policies and profiles drops, but for failsafe ports',
    given: [eth0('n1')],
    captures: [
      run(
        EVERY,
        'ext > n1 tcp/8080 => dropped policy (host-in)',
        'ext > n1 icmp => dropped policy (host-in)',
        'ext > n1 tcp/22 => forwarded policy',
        'n1 > ext tcp/443 => dropped policy (host-out)',
        'n1 > ext udp/53 => forwarded policy',
        '10.244.1.62 > ext tcp/443 => forwarded not-policed',
      ),
      run(
        TRACKED,
        'ext:40000 > n1:22 tcp syn => forwarded policy',
        'n1:22 > ext:40000 tcp syn-ack => forwarded tracked',
        'ext:40000 > n1:22 tcp ack => forwarded tracked',
      ),
      run('loose strict', 'n1:22 > ext:40001 tcp syn-ack => dropped ct-invalid'),
    ],
  },
  {
    line: 125,
    says: 'what decided for one direction says nothing of the other',
    given: [eth0('n1'), gnp('in', 'types: [Ingress]', 'ingress: [{action: Allow}]')],
    captures: [run(EVERY, 'ext > n1 tcp/8080 => forwarded policy', 'n1 > ext tcp/443 => dropped policy (host-out)')],
  },
  {
    line: 125,
    says: 'the host endpoints that Calico makes have a profile that allows',
    given: [auto('n1')],
    captures: [run(EVERY, 'ext > n1 tcp/8080 => forwarded not-policed', 'n1 > ext tcp/443 => forwarded not-policed')],
  },
  {
    line: 125,
    says: 'an interface is known by the addresses that it is expected to have, before all interfaces',
    given: [
      auto('n1'),
      v3('HostEndpoint', 'n1-b', 'node: n1', 'expectedIPs: [192.0.2.111]'),
      gnp('in', 'types: [Ingress]', 'ingress: [{action: Allow, protocol: TCP, destination: {ports: [80]}}]'),
    ],
    captures: [
      run(
        EVERY,
        'ext > 192.0.2.111 tcp/80 => forwarded policy',
        '192.0.2.111 > ext tcp/80 => dropped policy (host-out)',
        'n1 > ext tcp/80 => forwarded not-policed',
        'ext > n1 tcp/81 => dropped policy (host-in)',
      ),
    ],
  },
  {
    line: 125,
    says: 'a connection is judged on its opener, and what belongs to it repeats what host endpoints said',
    given: [
      eth0('n1'),
      gnp('in', 'types: [Ingress]', 'ingress: [{action: Allow, protocol: TCP, destination: {ports: [80]}}]'),
    ],
    captures: [
      run(
        TRACKED,
        'ext:40000 > n1:80 tcp syn => forwarded policy',
        'n1:80 > ext:40000 tcp syn-ack => forwarded tracked',
        '198.51.100.1 > n1 icmp/3/4 [n1:80 > ext:40000 tcp syn-ack] => forwarded tracked',
      ),
      run(
        'infer',
        'ext:40000 > n1:81 tcp syn => dropped policy (host-in)',
        'n1:81 > ext:40000 tcp syn-ack => dropped connection-denied (host-in)',
        'n1:80 > ext:40001 tcp ack => forwarded policy +midstream',
        'n1:82 > ext:40001 tcp ack => dropped policy (host-in) +midstream',
        'ext > n1 udp/81 first => dropped policy (host-in)',
        'ext > n1 udp/81 later => dropped connection-denied (host-in)',
        'ext > n1 tcp/80 cut=34 => undetermined ports-unknown',
        'ext > n1 proto/47 => dropped policy (host-in)',
      ),
      run('loose', 'n1:80 > ext:40001 tcp ack => dropped policy (host-out) +midstream'),
      run('strict', 'n1:80 > ext:40001 tcp ack => dropped ct-invalid'),
    ],
  },
  {
    line: 126,
    says: 'failsafe ports are open before any policy, at host endpoints alone',
    given: [auto('n1'), deny()],
    captures: [
      run(
        EVERY,
        ...[22, 179, 2379, 2380, 5473, 6443, 6666, 6667].map((port) => `ext > n1 tcp/${port} => forwarded policy`),
        'ext > n1 udp/68 => forwarded policy',
        'ext > n1 udp/22 => dropped policy (host-in)',
        ...[179, 2379, 2380, 5473, 6443, 6666, 6667].map((port) => `n1 > ext tcp/${port} => forwarded policy`),
        'n1 > ext udp/53 => forwarded policy',
        'n1 > ext udp/67 => forwarded policy',
        'n1 > ext tcp/22 => dropped policy (host-out)',
        'n1 > ext tcp/53 => dropped policy (host-out)',
        'ext > x/a tcp/22 => dropped policy (in)',
      ),
    ],
  },
  {
    line: 126,
    says: 'FelixConfiguration names others, for a block or for all; an empty list is none',
    given: [
      auto('n1'),
      deny(),
      felix(
        'failsafeInboundHostPorts: [{port: 2222}, {protocol: udp, port: 69, net: 203.0.113.0/24}, {protocol: sctp, port: 9, net: 203.0.113.9}]',
        'failsafeOutboundHostPorts: []',
      ),
    ],
    captures: [
      run(
        EVERY,
        'ext > n1 tcp/2222 => forwarded policy',
        'ext > n1 tcp6/2222 => forwarded policy',
        'ext > n1 tcp/22 => dropped policy (host-in)',
        'ext > n1 udp/69 => forwarded policy',
        'ext2 > n1 udp/69 => dropped policy (host-in)',
        'ext > n1 udp6/69 => dropped policy (host-in)',
        'ext > n1 sctp/9 => forwarded policy',
        'ext2 > n1 sctp/9 => dropped policy (host-in)',
        'n1 > ext udp/53 => dropped policy (host-out)',
      ),
    ],
  },
  {
    line: 127,
    says: 'what a node forwards meets no host endpoint',
    given: [auto('n1'), eth0('n2'), NODES_CLOSED],
    captures: [
      run(
        EVERY,
        'ext > x/a tcp/8080 => forwarded not-policed',
        'x/a > ext tcp/8080 => forwarded not-policed',
        'x/a > y/b tcp/80 => forwarded not-policed',
      ),
    ],
  },
  {
    line: 127,
    says: 'what applyOnForward adds is not simulated: the policy judges what begins or ends at the node',
    given: [
      auto('n1'),
      gnp('p', "selector: '!has(pod)'", 'applyOnForward: true', 'types: [Ingress]', 'ingress: [{action: Deny}]'),
    ],
    warned: ['HOST_POLICY_IGNORED'],
    captures: [run(EVERY, 'ext > n1 tcp/80 => dropped policy (host-in)', 'ext > x/a tcp/80 => forwarded not-policed')],
  },
  {
    line: 127,
    says: 'doNotTrack and preDNAT policies are left out',
    given: [
      auto('n1'),
      gnp('p', 'applyOnForward: true', 'preDNAT: true', 'types: [Ingress]', 'ingress: [{action: Deny}]'),
      gnp('q', 'applyOnForward: true', 'doNotTrack: true', 'types: [Egress]', 'egress: [{action: Deny}]'),
    ],
    warned: ['HOST_POLICY_IGNORED', 'HOST_POLICY_IGNORED'],
    captures: [run(EVERY, 'ext > n1 tcp/80 => forwarded not-policed', 'n1 > ext tcp/80 => forwarded not-policed')],
  },
  {
    line: 128,
    says: 'a node and a pod that it runs: no host endpoint is asked, either way',
    given: [auto('n1'), NODES_CLOSED],
    captures: [
      run(
        EVERY,
        'n1 > x/a tcp/80 => forwarded own-node',
        'x/a > n1 tcp/10250 => forwarded not-policed',
        'n1 > x/c tcp/80 => dropped policy (host-out)',
        'x/c > n1 tcp/10250 => dropped policy (host-in)',
      ),
    ],
  },
  {
    line: 128,
    says: 'from node to node each judges its own end',
    given: [
      auto('n1'),
      auto('n2', 'to: nobody'),
      gnp('in', 'selector: has(to)', 'types: [Ingress]'),
      gnp('out', "selector: '!has(to) && !has(pod)'", 'types: [Egress]', 'egress: [{action: Allow, protocol: TCP}]'),
    ],
    captures: [
      run(
        EVERY,
        'n1 > n2 tcp/80 => dropped policy (host-in)',
        'n1 > n2 udp/80 => dropped policy (hosts)',
        'n1 > n2 tcp/22 => forwarded policy',
        'n2 > n1 udp/80 => forwarded not-policed',
        'n1 > ext udp/80 => dropped policy (host-out)',
      ),
    ],
  },
  {
    line: 128,
    says: 'a node that talks to itself meets the host endpoint of all interfaces, and no other',
    given: [auto('n1'), eth0('n2'), NODES_CLOSED],
    captures: [
      run(
        EVERY,
        'n1 > n1 tcp/80 => dropped policy (hosts)',
        '10.244.1.62 > n1 tcp/80 => dropped policy (hosts)',
        'n2 > n2 tcp/80 => forwarded not-policed',
        '10.244.2.62 > n2 tcp/80 => forwarded not-policed',
        'ext > n2 tcp/80 => dropped policy (host-in)',
      ),
    ],
  },
  {
    line: 128,
    says: 'of a Service the sending node judges the backend; what the entering node forwards meets nobody',
    given: [auto('n1'), auto('n2'), NODES_CLOSED],
    captures: [
      run(
        EVERY,
        'n2 > x/svc-a tcp/80 => dropped policy (host-out)',
        'n1 > x/svc-a tcp/80 => forwarded own-node',
        'n1 > n2 tcp/30080 => dropped policy (host-out) +snat',
        'ext > n1 tcp/30080 => forwarded not-policed',
        'ext > n2 tcp/30080 => forwarded not-policed +snat',
        'x/a > n2 tcp/30080 => forwarded not-policed +snat',
      ),
    ],
  },
  {
    line: 128,
    says: 'a backend on the network of a node is judged where it runs',
    given: [
      auto('n1'),
      gnp(
        'p',
        "selector: '!has(pod)'",
        'types: [Ingress]',
        'ingress: [{action: Allow, protocol: TCP, destination: {ports: [9100]}}]',
      ),
      AGENT,
    ],
    captures: [
      run(
        EVERY,
        'x/c > 10.96.0.40 tcp/80 => forwarded policy',
        'x/c > 10.96.0.40 tcp/81 => dropped policy (host-in)',
        'x/a > 10.96.0.40 tcp/81 => forwarded not-policed',
        'n2 > 10.96.0.40 tcp/81 => dropped policy (host-in)',
        'ext > n1 tcp/31081 => dropped policy (host-in)',
        'ext > n1 tcp/31080 => forwarded policy',
      ),
    ],
  },
  {
    line: 128,
    says: 'a pod beyond its own node may come with the address of its node: without pools both must agree',
    given: [
      auto('n2'),
      gnp(
        'p',
        "selector: '!has(pod)'",
        'types: [Ingress]',
        'ingress: [{action: Allow, source: {nets: [10.244.0.0/16]}}]',
      ),
    ],
    captures: [
      run(
        EVERY,
        'x/a > n2 tcp/80 => undetermined policy +snat',
        'x/a > n2 tcp/22 => forwarded policy',
        'ext > n2 tcp/80 => dropped policy (host-in)',
      ),
    ],
  },
  {
    line: 77,
    says: 'natOutgoing: another node sees the address of the pod’s',
    given: [
      auto('n2'),
      gnp(
        'p',
        "selector: '!has(pod)'",
        'types: [Ingress]',
        'ingress: [{action: Allow, source: {nets: [10.244.0.0/16]}}]',
      ),
      pool('10.244.0.0/16', true),
    ],
    captures: [
      run(EVERY, 'x/a > n2 tcp/80 => dropped policy (host-in) +snat', 'x/a > 10.244.2.62 tcp/80 => forwarded policy'),
    ],
  },
  {
    line: 77,
    says: 'without natOutgoing it sees the pod’s own',
    given: [
      auto('n2'),
      gnp(
        'p',
        "selector: '!has(pod)'",
        'types: [Ingress]',
        'ingress: [{action: Allow, source: {nets: [10.244.0.0/16]}}]',
      ),
      pool('10.244.0.0/16', false),
    ],
    captures: [run(EVERY, 'x/a > n2 tcp/80 => forwarded policy', 'ext > n2 tcp/80 => dropped policy (host-in)')],
  },
  {
    line: 129,
    says: 'tunnels between nodes pass; what is inside is judged',
    given: [auto('n1'), auto('n2'), NODES_CLOSED],
    captures: [
      run(
        EVERY,
        'n1 > n2 udp/4789 vxlan [x/a > y/b tcp/80] => forwarded not-policed',
        'n1 > n2 proto/4 ipip [x/a > y/b tcp/81] => forwarded not-policed',
      ),
    ],
  },
  {
    line: 129,
    says: 'the port of WireGuard is open where it is enabled, for its family',
    given: [auto('n1'), auto('n2'), deny(), felix('wireguardEnabled: true')],
    captures: [
      run(
        EVERY,
        'n1 > n2 udp/51820 => forwarded policy',
        'n1 > n2 udp6/51820 => dropped policy (hosts)',
        'n1 > n2 udp/51821 => dropped policy (hosts)',
        'ext > n1 tcp/22 => forwarded policy',
      ),
    ],
  },
  {
    line: 141,
    says: 'a selector of a rule finds host endpoints by the addresses that they expect',
    given: [
      v3(
        'HostEndpoint',
        'n1-a, labels: {trusted: "yes"}',
        'node: n1',
        'interfaceName: eth0',
        'expectedIPs: [192.0.2.11]',
        'profiles: [projectcalico-default-allow]',
      ),
      v3(
        'HostEndpoint',
        'n2-a, labels: {trusted: "yes"}',
        'node: n2',
        'interfaceName: eth0',
        'profiles: [projectcalico-default-allow]',
      ),
      gnp(
        'p',
        'selector: has(pod)',
        'types: [Ingress]',
        "ingress: [{action: Allow, source: {selector: trusted == 'yes'}}]",
      ),
    ],
    captures: [
      run(
        EVERY,
        'n1 > x/c tcp/81 => forwarded policy',
        'n1 > x/c tcp6/81 => dropped policy (in)',
        'n2 > x/a tcp/81 => dropped policy (in)',
      ),
    ],
  },
];
