/** What dataplanes do differently: the presets, and single switches. */

import type { DataplaneName } from '../../src/model/dataplane.ts';
import { underDataplane } from '../../src/model/enforcement.ts';
import type { Settings } from '../../src/model/switches.ts';
import { type Line, run } from '../ledger/ledger.ts';
import {
  block,
  DENY_ALL,
  DENY_EGRESS,
  DENY_INGRESS,
  from,
  named,
  np,
  ofNamespace,
  ofPod,
  to,
} from '../ledger/manifests.ts';

const on = (dataplane: DataplaneName, switches: Partial<Settings> = {}): Pick<Line, 'change'> => ({
  change: (cluster) => underDataplane(cluster, { dataplane, switches }),
});
const EBPF = on('calico-ebpf');
const IPTABLES = on('calico-iptables');

const FROM_EXT = named('client', 'x/a', from(block('203.0.113.0/24')));
const TO_NODES = named('nodes', 'x/b', to(block('192.0.2.0/24')));

export const DATAPLANES: readonly Line[] = [
  {
    line: 13,
    says: 'a block matches pods, unless the dataplane takes blocks for what is outside',
    given: [np('x/a', to(block('10.244.2.4/32'), block('203.0.113.0/24')))],
    forwarded: ['x/a > y/b tcp/80', 'x/a > ext tcp/80'],
    ...IPTABLES,
  },
  {
    line: 13,
    says: 'block-of-pods=miss',
    given: [
      np('x/a', to(block('10.244.2.4/32'), block('203.0.113.0/24'))),
      named('pods', 'x/b', to(block('10.244.2.4/32'), ofNamespace('y'))),
    ],
    forwarded: ['x/a > ext tcp/80', 'x/b > y/b tcp/80'],
    dropped: ['x/a > y/b tcp/80 (out)'],
    ...on('calico-iptables', { 'block-of-pods': 'miss' }),
  },
  {
    line: 52,
    says: 'a CNI that enforces nothing: no policy, nothing beside it; Services lead where they lead',
    given: [np('x/a', DENY_ALL), named('own', 'y/b', DENY_ALL)],
    forwarded: ['x/b > x/a tcp/80', 'x/a > y/b tcp/80'],
    captures: [
      run(
        'infer loose strict no-track',
        'x/b > ext udp/4789 => forwarded not-policed',
        'x/b > x/svc-a tcp/80 => forwarded not-policed',
      ),
      run('loose', 'x/a:80 > y/a:40000 tcp syn-ack => forwarded not-policed'),
    ],
    ...on('none'),
  },
  {
    line: 54,
    says: 'node-to-own-pod=judge',
    given: [np('x/a', DENY_ALL)],
    captures: [run('infer loose no-track', 'n1 > x/a tcp/81 => dropped policy (in)')],
    ...on('calico-iptables', { 'node-to-own-pod': 'judge' }),
  },
  {
    line: 57,
    says: 'pod-to-own-node=drop, whatever FelixConfiguration says',
    captures: [run('infer loose no-track', 'x/a > n1 tcp/10250 => dropped endpoint-to-host')],
    ...on('calico-ebpf', { 'pod-to-own-node': 'drop' }),
  },
  {
    line: 59,
    says: 'a Service is policed at both ends of the pods that it joins, in whatever mode kube-proxy runs',
    given: [np('x/a', DENY_ALL)],
    captures: [run('infer loose no-track', 'x/b > x/svc-a tcp/80 => dropped policy (in)')],
    ...IPTABLES,
  },
  {
    line: 61,
    says: 'a pod that reaches itself through a Service needs a rule that allows itself',
    given: [np('x/a', from(ofNamespace('y')))],
    captures: [
      run(
        'infer loose no-track',
        'x/a > x/svc-a tcp/80 => dropped policy (in) +hairpin',
        'x/a > n1 tcp/30080 => dropped policy (in) +hairpin',
      ),
    ],
    ...EBPF,
  },
  {
    line: 61,
    says: 'with such a rule it may; its answers have the flag too',
    given: [np('x/a', from(ofPod('a')))],
    captures: [
      run(
        'infer loose strict',
        'x/a:40000 > x/svc-a:80 tcp syn => forwarded policy +hairpin',
        'x/svc-a:80 > x/a:40000 tcp syn-ack => forwarded tracked +hairpin',
      ),
    ],
    ...IPTABLES,
  },
  {
    line: 61,
    says: 'hairpin=allow',
    given: [np('x/a', DENY_ALL)],
    captures: [
      run(
        'infer loose no-track',
        'x/a > x/svc-a tcp/80 => forwarded loopback +hairpin',
        'x/b > x/svc-a tcp/80 => dropped policy (in)',
      ),
    ],
    ...on('calico-iptables', { hairpin: 'allow' }),
  },
  {
    line: 62,
    says: 'a Service that leads to the pod itself or to another: another is judged as any',
    given: [
      [
        'apiVersion: discovery.k8s.io/v1',
        'kind: EndpointSlice',
        'metadata: {name: two-1, namespace: x, labels: {kubernetes.io/service-name: two}}',
        'addressType: IPv4',
        'endpoints: [{addresses: [10.244.1.2], nodeName: n1}, {addresses: [10.244.2.2], nodeName: n2}]',
        'ports: [{port: 80, protocol: TCP}]',
      ].join('\n'),
      [
        'apiVersion: v1',
        'kind: Service',
        'metadata: {name: two, namespace: x}',
        'spec: {clusterIP: 10.96.0.20, ports: [{port: 80}]}',
      ].join('\n'),
      np('x/c', DENY_INGRESS),
    ],
    captures: [
      run(
        'infer',
        'x/a:40000 > x/two:80 tcp syn => undetermined service-address +hairpin',
        'x/a:40000 > x/c:80 tcp syn => dropped connection-denied (in)',
      ),
    ],
    ...IPTABLES,
  },
  {
    line: 68,
    says: 'eBPF translates what a pod sends to another node’s nodePort before it leaves the pod’s own',
    given: [TO_NODES],
    captures: [
      run(
        'infer loose no-track',
        'x/b > n2 tcp/30080 => dropped policy (out)',
        'x/b > n2 tcp/30081 => forwarded policy',
      ),
    ],
    ...EBPF,
  },
  {
    line: 71,
    says: 'iptables: the backend of another node sees the entering node',
    given: [FROM_EXT],
    captures: [run('infer loose strict no-track', 'ext > n2 tcp/30080 => dropped policy (in) +snat')],
    ...IPTABLES,
  },
  {
    line: 71,
    says: 'nftables: likewise',
    given: [FROM_EXT],
    captures: [run('infer loose strict no-track', 'ext > n2 tcp/30080 => dropped policy (in) +snat')],
    ...on('calico-nftables'),
  },
  {
    line: 71,
    says: 'eBPF: the backend sees the client, wherever it entered',
    given: [FROM_EXT],
    captures: [
      run(
        'infer loose strict no-track',
        'ext > n1 tcp/30080 => forwarded policy',
        'ext > n2 tcp/30080 => forwarded policy',
        'ext2 > n2 tcp/30080 => dropped policy (in)',
      ),
    ],
    ...EBPF,
  },
  {
    line: 71,
    says: 'FelixConfiguration tells the dataplane where nobody names one',
    given: [
      'apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata: {name: default}\nspec: {bpfEnabled: true}',
      FROM_EXT,
    ],
    captures: [run('infer', 'ext > n2 tcp/30080 => forwarded policy')],
  },
  {
    line: 76,
    says: 'masquerade-all=yes: who comes through a Service from another node has that node’s address',
    given: [named('pods', 'x/a', from(ofNamespace('x')))],
    captures: [
      run(
        'infer loose no-track',
        'x/b > x/svc-a tcp/80 => forwarded policy',
        'x/c > x/svc-a tcp/80 => dropped policy (in) +snat',
        'x/c > x/a tcp/81 => forwarded policy',
      ),
    ],
    ...on('calico-iptables', { 'masquerade-all': 'yes' }),
  },
  {
    line: 87,
    says: 'eBPF adopts no TCP in mid-stream, under loose neither',
    captures: [
      run('loose', 'x/a:80 > y/a:40000 tcp ack => dropped ct-invalid'),
      run('infer', 'x/a:80 > y/a:40000 tcp ack => forwarded not-policed +midstream'),
    ],
    ...EBPF,
  },
  {
    line: 88,
    says: 'iptables: a SYN on a live connection follows it',
    given: [np('x/a', DENY_EGRESS)],
    captures: [
      run(
        'infer loose strict',
        'y/a:40000 > x/a:80 tcp syn => forwarded not-policed',
        'x/a:80 > y/a:40000 tcp syn => forwarded tracked',
      ),
    ],
    ...IPTABLES,
  },
  {
    line: 88,
    says: 'eBPF: a SYN is judged, and the connection goes on without it',
    given: [np('x/a', DENY_EGRESS)],
    captures: [
      run(
        'infer loose strict',
        'y/a:40000 > x/a:80 tcp syn => forwarded not-policed',
        'y/a:40000 > x/a:80 tcp syn => forwarded tracked',
        'x/a:80 > y/a:40000 tcp syn => dropped policy (out)',
        'x/a:80 > y/a:40000 tcp syn-ack => forwarded tracked',
      ),
    ],
    ...EBPF,
  },
  {
    line: 92,
    says: 'eBPF forgets UDP after 60 s, and ICMP after 5',
    given: [np('y/b', DENY_EGRESS)],
    captures: [
      run(
        'loose strict',
        'x/a:40000 > y/b:53 udp => forwarded not-policed',
        'x/a > y/b icmp => forwarded not-policed',
        '@5 y/b:53 > x/a:40000 udp => forwarded tracked',
        '@5.5 x/a:40000 > y/b:53 udp => forwarded tracked',
        '@6 y/b > x/a icmp/0 => dropped ct-invalid',
        '@66 y/b:53 > x/a:40000 udp => dropped policy (out)',
      ),
    ],
    ...EBPF,
  },
  {
    line: 92,
    says: 'Linux keeps a stream of UDP for 120 s, and ICMP for 30',
    given: [np('y/b', DENY_EGRESS)],
    captures: [
      run(
        'loose strict',
        'x/a:40000 > y/b:53 udp => forwarded not-policed',
        'x/a > y/b icmp => forwarded not-policed',
        '@5 y/b:53 > x/a:40000 udp => forwarded tracked',
        '@5.5 x/a:40000 > y/b:53 udp => forwarded tracked',
        '@6 y/b > x/a icmp/0 => forwarded tracked',
        '@66 y/b:53 > x/a:40000 udp => forwarded tracked',
      ),
    ],
    ...IPTABLES,
  },
  {
    line: 94,
    says: 'eBPF: what follows a SYN that was dropped at the other end is INVALID',
    given: [np('x/a', DENY_INGRESS)],
    captures: [
      run(
        'loose',
        'y/a:40000 > x/a:80 tcp syn => dropped policy (in)',
        'x/a:80 > y/a:40000 tcp ack => dropped ct-invalid',
      ),
    ],
    ...EBPF,
  },
];
