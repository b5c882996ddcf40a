/** Section B of the ledger: who owns an address. */
import type { Cluster } from '../../src/model/cluster.ts';
import { qualifiedName } from '../../src/model/endpoint.ts';
import { type Line, run } from './ledger.ts';
import { block, DENY_ALL, DENY_INGRESS, from, named, np, ofNamespace, ofPod, pod } from './manifests.ts';

const TERMINATING = (annotations: string): string =>
  [
    'apiVersion: v1',
    'kind: Pod',
    'metadata:',
    '  {name: t, namespace: x, labels: {pod: t}, deletionTimestamp: "2026-08-01T00:00:00Z",',
    `   annotations: {${annotations}}}`,
    'spec: {nodeName: n1, containers: [{name: c}]}',
    'status: {phase: Running, podIP: 10.244.1.9}',
  ].join('\n');

/** A pod whose addresses are written in these places. */
const PLACED = (annotations: string, status: string): string =>
  [
    'apiVersion: v1',
    'kind: Pod',
    `metadata: {name: t, namespace: x, labels: {pod: t}, annotations: {${annotations}}}`,
    'spec: {nodeName: n1, containers: [{name: c}]}',
    `status: {phase: Running, ${status}}`,
  ].join('\n');

const FROM_T = np('x/a', from(ofPod('t')));

const withoutProfile =
  (name: string) =>
  (cluster: Cluster): Cluster => ({
    ...cluster,
    endpoints: cluster.endpoints.map((one) => (qualifiedName(one) === name ? { ...one, profile: 'deny' } : one)),
  });

export const ADDRESSES: readonly Line[] = [
  {
    line: 41,
    says: 'hostNetwork pods are not selected',
    given: [np('x/*', DENY_ALL)],
    forwarded: ['ext > n1 tcp/10250', 'n1 > ext tcp/443'],
  },
  {
    line: 41,
    says: 'hostNetwork pods match no selector: their traffic is their node',
    given: [named('pods', 'x/b', from('{podSelector: {}}')), named('node', 'x/c', from(block('192.0.2.11/32')))],
    forwarded: ['n1 > x/c tcp/80', 'x/a > x/b tcp/80'],
    dropped: ['n2 > x/b tcp/80 (in)', 'ext > x/c tcp/80 (in)'],
  },
  {
    line: 42,
    says: 'a finished pod owns nothing: its address is that of the running one',
    given: [
      pod('x/job', '10.244.1.9', { labels: 'app: job', status: 'phase: Succeeded' }),
      pod('x/web', '10.244.1.9', { labels: 'app: web' }),
      pod('x/old', '10.244.1.10', { labels: 'app: web', status: 'phase: Failed' }),
      named('web', 'x/a', from('{podSelector: {matchLabels: {app: web}}}')),
      named('job', 'x/b', from('{podSelector: {matchLabels: {app: job}}}')),
    ],
    forwarded: ['x/web > x/a tcp/80'],
    dropped: ['x/web > x/b tcp/80 (in)', '10.244.1.10 > x/a tcp/80 (in)'],
  },
  {
    line: 43,
    says: 'a terminating pod keeps its identity while its annotation has an address',
    given: [TERMINATING('cni.projectcalico.org/podIP: 10.244.1.9/32'), FROM_T],
    forwarded: ['x/t > x/a tcp/80'],
  },
  ...['cni.projectcalico.org/podIP: ""', 'vpc.amazonaws.com/pod-ips: ""'].map((annotation) => ({
    line: 43,
    says: `a terminating pod with ${annotation} owns nothing`,
    given: [TERMINATING(annotation), FROM_T, named('all', 'x/*')],
    dropped: ['10.244.1.9 > x/a tcp/80 (in)'],
    forwarded: ['ext > 10.244.1.9 tcp/80'],
  })),
  ...[
    ['podIPs', '', 'podIPs: [{ip: 10.244.1.9}], podIP: 10.244.1.10'],
    ['podIP', 'cni.projectcalico.org/podIPs: 10.244.1.10/32', 'podIP: 10.244.1.9'],
    [
      'annotation podIPs',
      'cni.projectcalico.org/podIPs: 10.244.1.9/32, cni.projectcalico.org/podIP: 10.244.1.10/32',
      '',
    ],
    ['annotation podIP', 'cni.projectcalico.org/podIP: 10.244.1.9/32, vpc.amazonaws.com/pod-ips: 10.244.1.10', ''],
    ['annotation of the AWS plugin', 'vpc.amazonaws.com/pod-ips: 10.244.1.9', ''],
  ].map(([place, annotations, status]) => ({
    line: 44,
    says: `an address is taken from: ${place}`,
    given: [PLACED(annotations!, status!), FROM_T],
    forwarded: ['10.244.1.9 > x/a tcp/80'],
    dropped: ['10.244.1.10 > x/a tcp/80 (in)'],
  })),
  {
    line: 45,
    says: 'a pod that is not scheduled is no endpoint',
    given: [
      [
        'apiVersion: v1',
        'kind: Pod',
        'metadata: {name: t, namespace: x, labels: {pod: t}}',
        'spec: {containers: [{name: c}]}',
        'status: {phase: Pending, podIP: 10.244.1.9}',
      ].join('\n'),
      named('deny', 'x/t', DENY_ALL),
      FROM_T,
    ],
    warned: ['NOT_SCHEDULED'],
    forwarded: ['ext > 10.244.1.9 tcp/80'],
    dropped: ['10.244.1.9 > x/a tcp/80 (in)'],
  },
  {
    line: 46,
    says: 'every address of a pod counts, as subject and as peer',
    given: [np('x/a', from('{namespaceSelector: {matchLabels: {ns: y}}, podSelector: {matchLabels: {pod: a}}}'))],
    forwarded: ['y/a > x/a tcp/80', 'y/a > x/a tcp6/80'],
    dropped: ['y/b > x/a tcp/80 (in)', 'y/b > x/a tcp6/80 (in)'],
  },
  {
    line: 47,
    says: 'without a policy the profile of the namespace allows',
    forwarded: ['ext > x/a tcp/80', 'x/a > ext tcp/443', 'y/a > x/a icmp', 'n2 > x/a proto/47'],
  },
  {
    line: 47,
    says: 'an endpoint without a profile and without a policy is dropped',
    change: withoutProfile('x/a'),
    dropped: ['ext > x/a tcp/80 (in)', 'x/a > ext tcp/443 (out)'],
    forwarded: ['ext > x/b tcp/80'],
  },
  {
    line: 48,
    says: 'an address of a pod range that no pod has is judged as no endpoint, and flagged',
    given: [named('in', 'x/a', from(ofNamespace('y'))), named('all', 'x/b', from(block('10.244.0.0/16')))],
    captures: [
      run(
        'infer loose strict no-track',
        '10.244.1.200 > x/a tcp/80 => dropped policy (in) +unknown-workload',
        '10.244.1.200 > x/b tcp/80 => forwarded policy +unknown-workload',
        'x/c > 10.244.2.200 tcp/80 => forwarded not-policed +unknown-workload',
        'ext > x/c tcp/80 => forwarded not-policed',
      ),
      {
        ...run(
          'infer loose strict no-track',
          '10.244.1.200 > x/a tcp/80 => undetermined policy +unknown-workload',
          'x/c > 10.244.2.200 tcp/80 => undetermined policy +unknown-workload',
          'ext > x/c tcp/80 => forwarded not-policed',
        ),
        options: { unknownWorkload: 'undetermined' },
      },
    ],
  },
  {
    line: 49,
    says: 'a pod cannot fake what it has of its namespace, or who it is',
    given: [
      pod('x/t', '10.244.1.9', { labels: 'pcns.ns: y, pcsa.role: admin, projectcalico.org/namespace: y' }),
      named('y', 'x/a', from(ofNamespace('y'))),
      named('own', 'x/b', from('{podSelector: {}}')),
      named('faked', 'x/c', from('{podSelector: {matchExpressions: [{key: pcsa.role, operator: Exists}]}}')),
    ],
    forwarded: ['x/t > x/b tcp/80'],
    dropped: ['x/t > x/a tcp/80 (in)', 'x/t > x/c tcp/80 (in)'],
  },
  {
    line: 149,
    says: 'two endpoints with one address: the union of their labels as a peer, the newest as a subject',
    given: [
      SHARED('old', '2026-01-01T00:00:00Z'),
      SHARED('new', '2026-02-01T00:00:00Z'),
      named('from-old', 'x/a', from(ofPod('old'))),
      named('from-new', 'x/b', from(ofPod('new'))),
      named('on-old', 'x/old', DENY_INGRESS),
      named('on-new', 'x/new', from(ofNamespace('y'))),
    ],
    warned: ['SHARED_ADDRESS'],
    forwarded: ['10.244.1.9 > x/a tcp/80', '10.244.1.9 > x/b tcp/80', 'y/a > 10.244.1.9 tcp/80'],
    dropped: ['z/a > 10.244.1.9 tcp/80 (in)'],
  },
];

function SHARED(name: string, created: string): string {
  return [
    'apiVersion: v1',
    'kind: Pod',
    `metadata: {name: ${name}, namespace: x, labels: {pod: ${name}}, creationTimestamp: "${created}"}`,
    'spec: {nodeName: n1, containers: [{name: c}]}',
    'status: {phase: Running, podIP: 10.244.1.9}',
  ].join('\n');
}
