/** Section C of the ledger: which end is judged, and what the node does. test/nodes has more of both. */
import { type Line, run } from './ledger.ts';
import { block, DENY_ALL, DENY_INGRESS, from, named, np, ofNamespace, to } from './manifests.ts';

export const DIRECTIONS: readonly Line[] = [
  {
    line: 52,
    says: 'both ends must agree, and both are asked',
    given: [
      named('out', 'x/a', to(ofNamespace('y'))),
      named('in', 'y/b', DENY_INGRESS),
      named('out-b', 'x/b', 'policyTypes: [Egress]'),
    ],
    forwarded: ['x/a > y/a tcp/80', 'x/c > y/a tcp/80'],
    dropped: ['x/a > y/b tcp/80 (in)', 'x/a > z/a tcp/80 (out)', 'x/b > y/b tcp/80 (both)', 'x/c > y/b tcp/80 (in)'],
  },
  {
    line: 53,
    says: 'an end outside is never policed',
    given: [np('x/*', DENY_ALL)],
    forwarded: ['ext > ext2 tcp/80', 'n1 > ext tcp/80', 'ext > y/a tcp/80'],
    dropped: ['ext > x/a tcp/80 (in)', 'x/a > ext tcp/80 (out)'],
    captures: [run('infer loose strict no-track', 'ext > ext2 tcp/80 => forwarded not-policed')],
  },
  {
    line: 54,
    says: 'from a node to a pod that it runs: always forwarded',
    given: [np('x/*', DENY_ALL)],
    captures: [
      run(
        'infer loose strict no-track',
        'n1 > x/a tcp/80 => forwarded own-node',
        'n1 > x/a tcp6/80 => forwarded own-node',
        '10.244.1.62 > x/b udp/80 => forwarded own-node',
        'n2 > x/c icmp => forwarded own-node',
      ),
    ],
  },
  {
    line: 54,
    says: 'the way back, from a pod to its node, is policed as any egress',
    given: [np('x/a', DENY_ALL)],
    dropped: ['x/a > n1 tcp/10250 (out)'],
    forwarded: ['x/b > n1 tcp/10250'],
    captures: [
      run(
        'infer loose strict',
        'n1:40000 > x/a:80 tcp syn => forwarded own-node',
        'x/a:80 > n1:40000 tcp syn-ack => forwarded tracked',
      ),
    ],
  },
  {
    line: 56,
    says: 'from another node, by its own or its tunnel address: policed',
    given: [named('deny', 'x/a', DENY_INGRESS), named('block', 'x/c', from(block('10.244.1.62/32')))],
    captures: [
      run(
        'infer loose strict no-track',
        'n2 > x/a tcp/80 => dropped policy (in) +snat',
        '10.244.2.62 > x/a tcp/80 => dropped policy (in) +snat',
        'n1 > x/c tcp/80 => dropped policy (in)',
        '10.244.1.62 > x/c tcp/80 => forwarded policy',
        'n2 > x/c tcp/80 => forwarded own-node',
      ),
    ],
  },
  {
    line: 60,
    says: 'a pod to itself never leaves it',
    given: [np('x/*', DENY_ALL)],
    captures: [
      run(
        'infer loose strict no-track',
        'x/a > x/a tcp/80 => forwarded loopback',
        'x/a > x/a udp6/80 => forwarded loopback',
        'x/a > x/a icmp => forwarded loopback',
        'x/a:80 > x/a:40000 tcp rst => forwarded loopback',
      ),
    ],
  },
];
