/** Section F of the ledger, where ClusterNetworkPolicy speaks: tiers before and after that of Kubernetes policies. */
import { type Line, run } from './ledger.ts';
import { clusterWide, DENY_INGRESS, np, ofNamespace, to } from './manifests.ts';

const cnp = (tier: 'Admin' | 'Baseline', name: string, ...spec: readonly string[]): string =>
  clusterWide('policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy', name, `tier: ${tier}`, ...spec);

/** Pods of namespaces `ns`, all of them or those with this label `pod`. */
const subject = (ns: string, pod?: string): string =>
  pod === undefined
    ? `subject: {namespaces: {matchLabels: {ns: ${ns}}}}`
    : `subject: {pods: {namespaceSelector: {matchLabels: {ns: ${ns}}}, podSelector: {matchLabels: {pod: ${pod}}}}}`;

const FROM_ALL = 'from: [{namespaces: {}}]';
const FROM_Y = 'from: [{namespaces: {matchLabels: {ns: y}}}]';
const rule = (direction: 'ingress' | 'egress', action: string, ...fields: readonly string[]): string =>
  `${direction}: [{${[`action: ${action}`, ...fields].join(', ')}}]`;
const TCP_80 = 'protocols: [{tcp: {destinationPort: {number: 80}}}]';

export const CLUSTER_POLICIES: readonly Line[] = [
  {
    line: 118,
    says: 'a direction is governed only where a policy has rules for it',
    given: [cnp('Admin', 'a', 'priority: 10', subject('x'), rule('ingress', 'Deny', FROM_ALL))],
    forwarded: ['x/a > y/a tcp/80', 'ext > x/a tcp/80'],
    dropped: ['y/a > x/a tcp/80 (in)'],
  },
  {
    line: 118,
    says: 'lower priorities come first, whatever the names',
    given: [
      cnp('Admin', 'a', 'priority: 20', subject('x'), rule('ingress', 'Deny', FROM_ALL)),
      cnp('Admin', 'b', 'priority: 10', subject('x'), rule('ingress', 'Accept', FROM_Y)),
    ],
    forwarded: ['y/a > x/a tcp/80'],
    dropped: ['z/a > x/a tcp/80 (in)'],
  },
  {
    line: 119,
    says: 'Accept in Admin ends the judgement of this end, Pass leads to NetworkPolicies',
    given: [
      cnp('Admin', 'a', 'priority: 10', subject('x', 'a'), rule('ingress', 'Accept', FROM_Y)),
      cnp('Admin', 'b', 'priority: 10', subject('x', 'b'), rule('ingress', 'Pass', FROM_Y)),
      np('x/*', DENY_INGRESS),
    ],
    warned: ['EQUAL_PRIORITY'],
    forwarded: ['y/a > x/a tcp/80'],
    dropped: ['y/a > x/b tcp/80 (in)', 'z/a > x/a tcp/80 (in)'],
  },
  {
    line: 119,
    says: 'pods with a NetworkPolicy for the direction never reach Baseline',
    given: [
      cnp('Baseline', 'default', 'priority: 10', subject('x'), rule('ingress', 'Deny', FROM_ALL)),
      np('x/a', `ingress: [{from: [${ofNamespace('y')}], ports: [{port: 80}]}]`),
    ],
    forwarded: ['y/a > x/a tcp/80', 'ext > x/b tcp/80', 'x/a > y/a tcp/80'],
    dropped: ['y/a > x/a tcp/81 (in)', 'y/a > x/b tcp/80 (in)'],
  },
  {
    line: 119,
    says: 'what no Baseline rule decides is allowed',
    given: [cnp('Baseline', 'default', 'priority: 10', subject('x'), rule('ingress', 'Deny', FROM_Y))],
    forwarded: ['z/a > x/a tcp/80', 'ext > x/a tcp/80'],
    dropped: ['y/a > x/a tcp/80 (in)'],
  },
  {
    line: 120,
    says: 'a Deny that cannot be resolved denies all, an Accept nothing',
    given: [
      cnp(
        'Admin',
        'a',
        'priority: 10',
        subject('x', 'a'),
        rule('egress', 'Deny', 'to: [{domainNames: [example.com]}]', TCP_80),
      ),
      cnp(
        'Admin',
        'b',
        'priority: 11',
        subject('x', 'b'),
        rule('egress', 'Accept', 'to: [{nodes: {}}, {namespaces: {}}]'),
      ),
      np('x/b', 'policyTypes: [Egress]'),
    ],
    warned: ['FAILS_CLOSED', 'FAILS_CLOSED'],
    forwarded: ['x/c > ext udp/53', 'y/a > x/a tcp/80'],
    dropped: ['x/a > ext udp/53 (out)', 'x/a > y/a icmp (out)', 'x/b > y/a tcp/80 (out)'],
  },
  {
    line: 121,
    says: 'networks hold pods and every protocol',
    given: [
      cnp('Admin', 'a', 'priority: 10', subject('x', 'a'), rule('egress', 'Deny', 'to: [{networks: [0.0.0.0/0]}]')),
      cnp(
        'Admin',
        'b',
        'priority: 11',
        subject('x', 'b'),
        'egress: [{action: Pass, to: [{namespaces: {}}]}, {action: Deny, to: [{networks: [0.0.0.0/0]}]}]',
      ),
    ],
    forwarded: ['x/a > y/b tcp6/80', 'x/b > y/b tcp/80'],
    dropped: ['x/a > y/b tcp/80 (out)', 'x/a > ext icmp (out)', 'x/a > n2 proto/47 (out)', 'x/b > ext tcp/80 (out)'],
  },
  {
    line: 122,
    says: 'a named port is the number of whatever protocol that the destination gives it',
    given: [
      cnp(
        'Admin',
        'a',
        'priority: 10',
        subject('x'),
        rule('ingress', 'Accept', FROM_Y, 'protocols: [{destinationNamedPort: serve-80-udp}]'),
      ),
      np('x/*', DENY_INGRESS),
    ],
    forwarded: ['y/a > x/a udp/80'],
    dropped: ['y/a > x/a tcp/80 (in)', 'y/a > x/a udp/81 (in)'],
  },
  {
    line: 123,
    says: 'equal priorities go by name, with a warning',
    given: [
      cnp('Admin', 'b-deny', 'priority: 10', subject('x'), rule('ingress', 'Deny', FROM_ALL)),
      cnp('Admin', 'a-accept', 'priority: 10', subject('x'), rule('ingress', 'Accept', FROM_Y)),
    ],
    warned: ['EQUAL_PRIORITY'],
    forwarded: ['y/a > x/a tcp/80'],
    dropped: ['z/a > x/a tcp/80 (in)'],
    captures: [
      run(
        'infer loose strict no-track',
        'y/a > x/a tcp/80 => forwarded policy +order-ambiguous',
        'z/a > x/a tcp/80 => dropped policy (in)',
        'y/a > y/b tcp/80 => forwarded not-policed',
      ),
      run(
        'infer',
        'y/a:40001 > x/a:80 tcp syn => forwarded policy +order-ambiguous',
        'x/a:80 > y/a:40001 tcp syn-ack => forwarded tracked +order-ambiguous',
      ),
    ],
  },
  {
    line: 123,
    says: 'policies of equal priority that say the same leave nothing open',
    given: [
      cnp('Admin', 'b-deny', 'priority: 10', subject('x'), rule('ingress', 'Deny', FROM_ALL)),
      cnp('Admin', 'a-deny', 'priority: 10', subject('x'), rule('ingress', 'Deny', FROM_Y)),
      cnp('Admin', 'c-accept', 'priority: 11', subject('x'), rule('ingress', 'Accept', FROM_Y)),
    ],
    warned: ['EQUAL_PRIORITY'],
    captures: [run('infer', 'y/a > x/a tcp/80 => dropped policy (in)', 'z/a > x/a tcp/80 => dropped policy (in)')],
  },
  {
    line: 107,
    says: 'an early Allow is final for its end and direction alone',
    given: [
      cnp('Admin', 'a', 'priority: 10', subject('x', 'a'), rule('egress', 'Accept', 'to: [{namespaces: {}}]')),
      np('y/b', DENY_INGRESS),
      np('x/a', to(ofNamespace('z'))),
    ],
    forwarded: ['x/a > y/a tcp/80'],
    dropped: ['x/a > y/b tcp/80 (in)', 'x/a > ext tcp/80 (out)'],
  },
];
