/** Section F of the ledger, where Calico speaks: tiers, order, the kinds side by side, staged policies. */
import type { Line } from './ledger.ts';
import { clusterWide, from, np, ofNamespace, v3, v3In } from './manifests.ts';

const SELECT_A = "selector: pod == 'a' && projectcalico.org/namespace == 'x'";
const SELECT_X = "selector: projectcalico.org/namespace == 'x'";
const ON_Y = "namespaceSelector: ns == 'y'";
const tier = (name: string, ...spec: readonly string[]): string => v3('Tier', name, ...spec);
const gnp = (name: string, ...spec: readonly string[]): string => v3('GlobalNetworkPolicy', name, ...spec);
const allow = (...rest: readonly string[]): string => `{${['action: Allow', ...rest].join(', ')}}`;
const tcp = (...ports: readonly number[]): string => `protocol: TCP, destination: {ports: [${ports.join(', ')}]}`;
const fromY = `source: {${ON_Y}}`;

export const TIERS: readonly Line[] = [
  {
    line: 101,
    says: 'tiers by order, those without one last, ties by name',
    given: [
      tier('ops'),
      tier('sec', 'order: 100'),
      tier('sea', 'order: 100'),
      gnp('ops.deny', 'tier: ops', 'order: 1', SELECT_A, 'ingress: [{action: Deny}]'),
      gnp('sec.some', 'tier: sec', 'order: 1', SELECT_A, `ingress: [${allow(tcp(80, 81))}, {action: Pass}]`),
      gnp('sea.some', 'tier: sea', 'order: 9', SELECT_A, `ingress: [{action: Deny, ${tcp(81)}}, {action: Pass}]`),
    ],
    forwarded: ['y/a > x/a tcp/80'],
    dropped: ['y/a > x/a tcp/81 (in)', 'y/a > x/a tcp/82 (in)'],
  },
  {
    line: 102,
    says: 'policies by order, those without one last, ties by name, namespace and kind as one text',
    given: [
      gnp('deny', 'order: 10', SELECT_A, 'ingress: [{action: Allow}]'),
      gnp('deny-x', 'order: 10', SELECT_A, 'ingress: [{action: Deny}]'),
      gnp('first', 'order: 20', "selector: pod == 'b'", 'ingress: [{action: Allow}]'),
      gnp('last', "selector: pod == 'b'", 'ingress: [{action: Deny}]'),
    ],
    dropped: ['y/a > x/a tcp/80 (in)'],
    forwarded: ['y/a > x/b tcp/80'],
  },
  {
    line: 103,
    says: 'a policy none of whose rules matches is passed by',
    given: [
      gnp('p1', 'order: 1', SELECT_A, `ingress: [${allow(tcp(443))}]`),
      gnp('p2', 'order: 2', SELECT_A, `ingress: [${allow(tcp(80))}]`),
    ],
    forwarded: ['y/a > x/a tcp/443', 'y/a > x/a tcp/80'],
    dropped: ['y/a > x/a tcp/81 (in)'],
  },
  {
    line: 104,
    says: 'Pass leaves the tier, and not the policy alone',
    given: [
      tier('sec', 'order: 100'),
      gnp('sec.pass', 'tier: sec', 'order: 1', SELECT_X, 'ingress: [{action: Pass}]'),
      gnp('sec.deny', 'tier: sec', 'order: 2', SELECT_X, 'ingress: [{action: Deny}]'),
      np('x/b', from(ofNamespace('y'))),
    ],
    forwarded: ['z/a > x/a tcp/80', 'y/a > x/b tcp/80'],
    dropped: ['z/a > x/b tcp/80 (in)'],
  },
  {
    line: 105,
    says: 'the end of a tier denies only where an enforced policy governs this end in this direction',
    given: [
      tier('sec', 'order: 100'),
      gnp('sec.in', 'tier: sec', SELECT_A, 'types: [Ingress]', `ingress: [${allow(tcp(80))}]`),
    ],
    forwarded: ['x/a > ext tcp/443', 'y/a > x/a tcp/80', 'y/a > x/b tcp/81'],
    dropped: ['y/a > x/a tcp/81 (in)'],
  },
  {
    line: 106,
    says: 'defaultAction Pass leads to the next tier',
    given: [
      tier('sec', 'order: 100', 'defaultAction: Pass'),
      gnp('sec.in', 'tier: sec', SELECT_X, 'types: [Ingress]', `ingress: [{action: Deny, ${tcp(22)}}]`),
      np('x/b', from(ofNamespace('y'))),
    ],
    forwarded: ['ext > x/a tcp/80', 'y/a > x/b tcp/80'],
    dropped: ['y/a > x/a tcp/22 (in)', 'ext > x/b tcp/80 (in)'],
  },
  {
    line: 107,
    says: 'Allow in an early tier is final for its end alone',
    given: [
      tier('sec', 'order: 100'),
      gnp('sec.out', 'tier: sec', SELECT_A, 'types: [Egress]', 'egress: [{action: Allow}]'),
      np('x/a', 'policyTypes: [Egress]'),
      np('y/b', 'policyTypes: [Ingress]'),
    ],
    forwarded: ['x/a > y/a tcp/80'],
    dropped: ['x/a > y/b tcp/80 (in)'],
  },
  ...(
    [
      ['order: 500', false],
      ['order: 2000', true],
      ['', true],
    ] as const
  ).map(
    ([order, passes]): Line => ({
      line: 108,
      says: `a Calico Deny ${order === '' ? 'without order' : `of ${order}`} comes ${passes ? 'after' : 'before'} every Kubernetes policy`,
      given: [
        np('x/a', from(ofNamespace('y'))),
        v3In(
          'NetworkPolicy',
          'x/deny',
          ...(order === '' ? [] : [order]),
          "selector: pod == 'a'",
          `ingress: [{action: Deny, ${fromY}}]`,
        ),
      ],
      [passes ? 'forwarded' : 'dropped']: ['y/a > x/a tcp/80'],
    }),
  ),
  {
    line: 109,
    says: 'types left out: ingress, unless there are egress rules alone',
    given: [
      v3In('NetworkPolicy', 'x/none', "selector: pod == 'a'"),
      v3In('NetworkPolicy', 'x/egress', "selector: pod == 'b'", 'egress: [{action: Deny}]'),
      v3In('NetworkPolicy', 'x/both', "selector: pod == 'c'", 'ingress: [{action: Allow}]', 'egress: [{action: Deny}]'),
    ],
    forwarded: ['x/a > ext tcp/80', 'ext > x/b tcp/80', 'ext > x/c tcp/80'],
    dropped: ['ext > x/a tcp/80 (in)', 'x/b > ext tcp/80 (out)', 'x/c > ext tcp/80 (out)'],
  },
  {
    line: 109,
    says: 'a stored object without types governs both directions',
    given: [
      clusterWide('crd.projectcalico.org/v1', 'NetworkPolicy', 'default.p, namespace: x', "selector: pod == 'a'"),
    ],
    warned: ['TYPES_ABSENT'],
    dropped: ['ext > x/a tcp/80 (in)', 'x/a > ext tcp/80 (out)'],
  },
  {
    line: 112,
    says: 'Log goes on to the next rule',
    given: [
      gnp('a', 'order: 1', SELECT_A, 'ingress: [{action: Log}, {action: Deny}]'),
      gnp('b', 'order: 1', "selector: pod == 'b'", 'ingress: [{action: Log}]'),
      gnp('c', 'order: 2', "selector: pod == 'b'", 'ingress: [{action: Allow}]'),
    ],
    dropped: ['y/a > x/a tcp/80 (in)'],
    forwarded: ['y/a > x/b tcp/80'],
  },
  {
    line: 115,
    says: 'staged policies are inert, and so is a tier that has no other',
    given: [
      tier('sec', 'order: 100'),
      v3('StagedGlobalNetworkPolicy', 'sec.deny', 'tier: sec', SELECT_X, 'ingress: [{action: Deny}]'),
      v3In('StagedNetworkPolicy', 'x/deny', 'ingress: [{action: Deny}]'),
    ],
    forwarded: ['y/a > x/a tcp/80'],
  },
  {
    line: 116,
    says: 'taken as applied, they count as any policy does',
    given: [v3In('StagedNetworkPolicy', 'x/allow', `ingress: [${allow(tcp(80))}]`)],
    load: { staged: 'enforce' },
    forwarded: ['y/a > x/a tcp/80'],
    dropped: ['y/a > x/a tcp/443 (in)'],
  },
  {
    line: 117,
    says: 'taken as applied, Set replaces the policy of its name and Delete takes it away',
    given: [
      v3In('NetworkPolicy', 'x/p', "selector: pod == 'a'", 'ingress: [{action: Allow}]'),
      v3In('StagedNetworkPolicy', 'x/p', "selector: pod == 'a'", 'ingress: [{action: Deny}]'),
      v3In('NetworkPolicy', 'x/q', "selector: pod == 'b'", 'ingress: [{action: Deny}]'),
      v3In('StagedNetworkPolicy', 'x/q', 'stagedAction: Delete'),
    ],
    load: { staged: 'enforce' },
    dropped: ['y/a > x/a tcp/80 (in)'],
    forwarded: ['y/a > x/b tcp/80'],
  },
  {
    line: 124,
    says: 'Baseline is reached only past tier default',
    given: [
      v3In('NetworkPolicy', 'x/p', "selector: pod == 'a'", `ingress: [${allow(tcp(80))}]`),
      clusterWide(
        'policy.networking.k8s.io/v1alpha2',
        'ClusterNetworkPolicy',
        'default',
        'tier: Baseline',
        'priority: 10',
        'subject: {namespaces: {}}',
        'ingress: [{action: Accept, from: [{namespaces: {}}], protocols: [{tcp: {destinationPort: {number: 443}}}]}]',
      ),
    ],
    dropped: ['y/a > x/a tcp/443 (in)'],
    forwarded: ['y/a > x/a tcp/80', 'y/a > x/b tcp/443'],
  },
  {
    line: 113,
    says: 'a drop that is answered, as Felix may be told to, is a drop',
    given: [
      v3('FelixConfiguration', 'default', 'iptablesFilterDenyAction: Reject', 'nftablesFilterDenyAction: Reject'),
      gnp('p', SELECT_A, `ingress: [${allow(tcp(80))}]`),
    ],
    forwarded: ['y/a > x/a tcp/80'],
    dropped: ['y/a > x/a tcp/81 (in)'],
  },
];
