/** What nodes do beside policy: between a pod and its node, and with encapsulated packets. */
import { type Line, run } from '../ledger/ledger.ts';
import { block, DENY_ALL, DENY_EGRESS, from, named, np, ofPod } from '../ledger/manifests.ts';

const felix = (...spec: readonly string[]): string =>
  [
    'apiVersion: projectcalico.org/v3',
    'kind: FelixConfiguration',
    'metadata: {name: default}',
    'spec:',
    ...spec.map((line) => `  ${line}`),
  ].join('\n');

export const NODES: readonly Line[] = [
  {
    line: 55,
    says: 'another node is policed, by its own address and by its tunnel’s',
    given: [named('own', 'x/a', from(block('192.0.2.12/32'))), named('tunnel', 'x/b', from(block('10.244.2.62/32')))],
    captures: [
      run(
        'infer loose strict no-track',
        'n2 > x/a tcp/81 => forwarded policy',
        '10.244.2.62 > x/a tcp/81 => dropped policy (in)',
        'n2 > x/b tcp/81 => dropped policy (in)',
        '10.244.2.62 > x/b tcp/81 => forwarded policy',
      ),
    ],
  },
  {
    line: 57,
    says: 'a pod to its own node: egress policy, then defaultEndpointToHostAction, Accept unless it is said',
    given: [np('x/a', DENY_EGRESS)],
    captures: [
      run(
        'infer loose strict no-track',
        'x/a > n1 tcp/10250 => dropped policy (out)',
        'x/b > n1 tcp/10250 => forwarded not-policed',
      ),
    ],
  },
  {
    line: 57,
    says: 'Drop keeps pods from their own node, and from no other',
    given: [felix('defaultEndpointToHostAction: Drop'), np('x/a', DENY_EGRESS)],
    captures: [
      run(
        'infer loose strict no-track',
        'x/a > n1 tcp/10250 => dropped policy (out)',
        'x/b > n1 tcp/10250 => dropped endpoint-to-host',
        'x/b > n2 tcp/10250 => forwarded not-policed',
        'n1 > x/b tcp/80 => forwarded own-node',
      ),
      run(
        'infer loose strict',
        'n1:40000 > x/b:80 tcp syn => forwarded own-node',
        'x/b:80 > n1:40000 tcp syn-ack => forwarded tracked',
      ),
    ],
  },
  {
    line: 58,
    says: 'a pod on the network of its node is that node',
    given: [
      felix('defaultEndpointToHostAction: Drop'),
      [
        'apiVersion: discovery.k8s.io/v1',
        'kind: EndpointSlice',
        'metadata: {name: api-1, namespace: x, labels: {kubernetes.io/service-name: api}}',
        'addressType: IPv4',
        'endpoints: [{addresses: [192.0.2.11], nodeName: n1}]',
        'ports: [{port: 6443, protocol: TCP}]',
      ].join('\n'),
      [
        'apiVersion: v1',
        'kind: Service',
        'metadata: {name: api, namespace: x}',
        'spec: {clusterIP: 10.96.0.1, ports: [{port: 443}]}',
      ].join('\n'),
      [
        'apiVersion: v1',
        'kind: Service',
        'metadata: {name: agents, namespace: x}',
        'spec: {clusterIP: 10.96.0.2, selector: {pod: h}, ports: [{port: 9100}]}',
      ].join('\n'),
    ],
    captures: [
      run(
        'infer loose no-track',
        'x/a > x/api tcp/443 => dropped endpoint-to-host',
        'x/c > x/api tcp/443 => forwarded not-policed',
        'x/c > x/agents tcp/9100 => forwarded not-policed',
      ),
    ],
  },
  {
    line: 79,
    says: 'what is inside of a tunnel between nodes is judged, in one connection with what runs beside it',
    given: [
      np('y/b', DENY_ALL),
      named('in', 'z/a', from(ofPod('none'), '{namespaceSelector: {matchLabels: {ns: x}}}')),
    ],
    captures: [
      run(
        'infer loose strict',
        'n1 > n2 udp/4789 vxlan [x/a:40000 > y/b:80 tcp syn] => dropped policy (in)',
        'n1 > n2 udp/4789 vxlan [x/a:40000 > z/a:80 tcp syn] => forwarded policy',
        'x/a:40000 > z/a:80 tcp syn => forwarded policy +duplicate',
        'n2 > n1 proto/4 ipip [z/a:80 > x/a:40000 tcp syn-ack] => forwarded tracked',
        'x/a:40000 > z/a:80 tcp ack => forwarded tracked',
        'z/a:80 > x/a:40000 tcp syn-ack => forwarded tracked +duplicate',
        'x/a:40000 > y/b:80 tcp syn => dropped policy (in) +duplicate',
      ),
      run('no-track', 'n1 > n2 udp/8472 vxlan [x/a:40000 > y/b:80 tcp syn] => dropped policy (in)'),
    ],
  },
  {
    line: 79,
    says: 'a tunnel that a pod made is the pod’s own packet',
    given: [np('z/a', DENY_ALL)],
    captures: [
      run(
        'infer loose strict no-track',
        'x/a > ext udp/4789 vxlan [x/b:40000 > x/c:80 tcp syn] => dropped encap-from-workload',
        'x/a > y/b proto/4 ipip [x/b:40000 > x/c:80 tcp syn] => dropped encap-from-workload',
        'z/a > ext udp/8472 vxlan [x/b:40000 > x/c:80 tcp syn] => dropped policy (out)',
        'ext > x/a udp/4789 vxlan [x/b:40000 > z/a:80 tcp syn] => dropped policy (in)',
      ),
    ],
  },
  {
    line: 95,
    says: 'later fragments share the fate of the first, for 30 seconds, and of one that comes soon behind them',
    given: [named('ports', 'x/a', 'ingress: [{ports: [{port: 80, protocol: UDP}]}]')],
    captures: [
      run(
        'infer loose strict',
        'y/a > x/a udp/9999 later => dropped connection-denied (in)',
        'y/a > x/a udp/9999 first => dropped policy (in)',
        'y/a > x/a udp/9999 later => dropped connection-denied (in)',
        'y/b > x/a udp/80 first => forwarded policy',
        'y/b > x/a udp/80 later => forwarded tracked',
        'y/b > x/a tcp/80 later => undetermined fragment',
        '@40 y/b > x/a udp/80 later => undetermined fragment',
      ),
    ],
  },
  {
    line: 79,
    says: 'in a tunnel and beside it is one packet; sent again it is another, and so is one that came 100 ms later',
    captures: [
      run(
        'infer loose strict',
        'x/a:40000 > z/a:80 tcp syn => forwarded not-policed',
        'n1 > n2 proto/4 ipip [x/a:40000 > z/a:80 tcp syn] => forwarded not-policed +duplicate',
        'x/a:40000 > z/a:80 tcp syn => forwarded tracked',
        'n1 > n2 proto/4 ipip [x/a:40000 > z/a:80 tcp syn] => forwarded tracked +duplicate',
        '@1 n1 > n2 proto/4 ipip [x/a:40000 > z/a:80 tcp syn] => forwarded tracked',
      ),
    ],
  },
  {
    line: 98,
    says: 'VXLAN between nodes whose inside cannot be read belongs to no connection',
    captures: [
      run(
        'infer loose strict',
        'n1 > n2 udp/4789 => forwarded not-policed',
        'n1 > n2 udp/4789 => forwarded not-policed',
        'n1 > n2 udp/8472 => forwarded not-policed',
        'n1 > n2 udp/8472 => forwarded tracked',
        'ext > x/a udp/4789 => forwarded not-policed',
        'ext > x/a udp/4789 => forwarded tracked',
      ),
    ],
  },
  {
    line: 98,
    says: 'FelixConfiguration names the port of VXLAN',
    given: [felix('vxlanPort: 8472')],
    captures: [
      run(
        'infer',
        'n1 > n2 udp/8472 => forwarded not-policed',
        'n1 > n2 udp/8472 => forwarded not-policed',
        'n1 > n2 udp/4789 => forwarded not-policed',
        'n1 > n2 udp/4789 => forwarded tracked',
      ),
    ],
  },
  {
    line: 100,
    says: 'encapsulated packets of a pod’s own are dropped before policy, with and without one',
    given: [named('open', 'x/a', 'ingress: [{}]', 'egress: [{}]'), np('y/b', DENY_ALL)],
    captures: [
      run(
        'infer loose strict no-track',
        'x/a > ext udp/4789 => dropped encap-from-workload',
        'x/b > ext udp/4789 => dropped encap-from-workload',
        'y/b > x/b udp/4789 => dropped encap-from-workload',
        'x/b > ext proto/4 => dropped encap-from-workload',
        'ext > x/a udp/4789 => forwarded policy',
        'ext > x/a proto/4 => forwarded policy',
        'n2 > n1 udp/4789 => forwarded not-policed',
        'x/b > ext udp/8472 => forwarded not-policed',
      ),
    ],
  },
  {
    line: 100,
    says: 'FelixConfiguration may let them be, and names the port',
    given: [felix('allowIPIPPacketsFromWorkloads: true', 'vxlanPort: 8472')],
    captures: [
      run(
        'infer loose strict no-track',
        'x/a > ext udp/4789 => forwarded not-policed',
        'x/a > ext udp/8472 => dropped encap-from-workload',
        'x/a > ext proto/4 => forwarded not-policed',
      ),
    ],
  },
];
