/**
 * The tiers of policy.networking.k8s.io around Kubernetes policies, from manifests to verdicts: every packet goes
 * through the literal evaluator and through the compiled table, which must say the same of both ends. The numbers are
 * those of the ledger of enforcement facts (docs/semantics.md).
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../src/compile/compile.ts';
import { Judge, type Opinion } from '../src/explain/judge.ts';
import { loadCluster } from '../src/manifest/load.ts';
import { parseAddress } from '../src/net/address.ts';
import type { FiveTuple } from '../src/net/five-tuple.ts';
import { ICMP, ICMPV6, SCTP, TCP, UDP } from '../src/net/protocol.ts';
import { classify } from '../src/table/classify.ts';
import type { FindingWords } from '../src/table/decisions.ts';
import { Matcher } from '../src/table/matcher.ts';

/** Who has which address, by `namespace/pod`; `ext` is outside. The IPv6 address ends alike. */
const ADDRESSES: ReadonlyMap<string, readonly [v4: string, v6: string]> = new Map([
  ['x/a', ['10.244.0.2', 'fd00::2']],
  ['x/b', ['10.244.0.3', 'fd00::3']],
  ['y/a', ['10.244.1.2', 'fd00::102']],
  ['y/b', ['10.244.1.3', 'fd00::103']],
  ['n1', ['192.0.2.1', '2001:db8:1::1']],
  ['ext', ['203.0.113.9', '2001:db8:ffff::9']],
]);

/** What x/a calls `dns` is a UDP port; y/a has the name for TCP, x/b for SCTP. */
const PORTS: ReadonlyMap<string, string> = new Map([
  ['x/a', '{name: dns, protocol: UDP, containerPort: 53}'],
  ['y/a', '{name: dns, protocol: TCP, containerPort: 5353}'],
  ['x/b', '{name: dns, protocol: SCTP, containerPort: 54}'],
]);

const pods = [...ADDRESSES].flatMap(([owner, [v4, v6]]) => {
  const [namespace, name] = owner.split('/');
  if (name === undefined) return [];
  const meta = `metadata: {name: ${name}, namespace: ${namespace}, labels: {pod: ${name}}}`;
  const spec = `spec: {nodeName: n1, containers: [{name: c, ports: [${PORTS.get(owner) ?? ''}]}]}`;
  return [`apiVersion: v1\nkind: Pod\n${meta}\n${spec}\nstatus: {podIPs: [{ip: ${v4}}, {ip: "${v6}"}]}`];
});
const WORLD = [
  ...['x', 'y'].map((ns) => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${ns}, labels: {ns: ${ns}}}`),
  'apiVersion: v1\nkind: Node\nmetadata: {name: n1}\nstatus: {addresses: [{type: InternalIP, address: 192.0.2.1}]}',
  ...pods,
];

const ofNamespace = (ns: string): string => `{namespaces: {matchLabels: {ns: ${ns}}}}`;
const ofPod = (owner: string): string => {
  const [ns, name] = owner.split('/');
  return `{pods: {namespaceSelector: {matchLabels: {ns: ${ns}}}, podSelector: {matchLabels: {pod: ${name}}}}}`;
};
const ALL = '{namespaces: {}}';
const X = ofNamespace('x');
const tcp = (port: number): string => `, protocols: [{tcp: {destinationPort: {number: ${port}}}}]`;
const on = (port: number): string => `, ports: [{portNumber: {port: ${port}}}]`;
const from = (action: string, peers: string, more = ''): string => `{action: ${action}, from: [${peers}]${more}}`;
const to = (action: string, peers: string, more = ''): string => `{action: ${action}, to: [${peers}]${more}}`;

type Rules = { readonly ingress?: readonly string[]; readonly egress?: readonly string[] };
const spec = ({ ingress = [], egress = [] }: Rules): string =>
  `ingress: [${ingress.join(', ')}], egress: [${egress.join(', ')}]`;
const cnp = (name: string, tier: string, priority: number, subject: string, rules: Rules): string =>
  `apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata: {name: ${name}}\nspec: {tier: ${tier}, priority: ${priority}, subject: ${subject}, ${spec(rules)}}`;
const admin = (rules: Rules, subject = X): string => cnp('admin', 'Admin', 10, subject, rules);
const baseline = (rules: Rules, subject = X): string => cnp('baseline', 'Baseline', 10, subject, rules);
const anp = (rules: Rules, priority = 10): string =>
  `apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\nmetadata: {name: anp}\nspec: {priority: ${priority}, subject: ${X}, ${spec(rules)}}`;
const banp = (rules: Rules): string =>
  `apiVersion: policy.networking.k8s.io/v1alpha1\nkind: BaselineAdminNetworkPolicy\nmetadata: {name: default}\nspec: {subject: ${X}, ${spec(rules)}}`;
/** A Kubernetes policy on one pod. */
const np = (owner: string, rules: string): string => {
  const [namespace, name] = owner.split('/');
  return `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: np, namespace: ${namespace}}\nspec: {podSelector: {matchLabels: {pod: ${name}}}, ${rules}}`;
};
const ALLOW_80 = 'ingress: [{ports: [{port: 80}]}]';

type Case = {
  readonly line: number;
  readonly says: string;
  readonly given: readonly string[];
  readonly warned?: readonly string[];
  /** `SOURCE > DESTINATION PROTOCOL[6][/PORT]`, with what decided at the end that has a say: `(KIND NAME RULE)`. */
  readonly forwarded?: readonly string[];
  readonly dropped?: readonly string[];
};

const cases: readonly Case[] = [
  {
    line: 118,
    says: 'ingress rules alone leave egress alone',
    given: [admin({ ingress: [from('Deny', ALL)] })],
    dropped: ['y/a > x/a tcp/80 (ClusterNetworkPolicy admin 0)', 'y/a > x/b icmp', 'x/a > x/b tcp6/80'],
    forwarded: ['x/a > y/a tcp/80', 'x/a > ext tcp/80', 'ext > x/a tcp/80', 'y/a > y/b tcp/80'],
  },
  {
    line: 118,
    says: 'egress rules alone leave ingress alone, in tier Baseline too',
    given: [baseline({ egress: [to('Deny', ALL)] })],
    dropped: ['x/a > y/a tcp/80 (ClusterNetworkPolicy baseline 0)'],
    forwarded: ['y/a > x/a tcp/80', 'x/a > ext tcp/80'],
  },
  {
    line: 118,
    says: 'what no rule decides is passed on: no tier of the two denies at its end',
    given: [admin({ ingress: [from('Accept', ALL, tcp(80))] }), baseline({ ingress: [from('Accept', ALL, tcp(80))] })],
    forwarded: ['y/a > x/a tcp/80 (ClusterNetworkPolicy admin 0)', 'y/a > x/a tcp/81 (profile)', 'ext > x/a udp/80'],
  },
  {
    line: 118,
    says: 'the lower priority comes first, whatever the names',
    given: [
      cnp('a', 'Admin', 11, X, { ingress: [from('Deny', ALL)] }),
      cnp('b', 'Admin', 2, X, { ingress: [from('Accept', ALL, tcp(80))] }),
    ],
    forwarded: ['y/a > x/a tcp/80 (ClusterNetworkPolicy b 0)'],
    dropped: ['y/a > x/a tcp/81 (ClusterNetworkPolicy a 0)'],
  },
  {
    line: 118,
    says: 'rules go in the order in which they are written',
    given: [admin({ ingress: [from('Deny', ofPod('y/a')), from('Accept', ofNamespace('y')), from('Deny', ALL)] })],
    forwarded: ['y/b > x/a tcp/80 (ClusterNetworkPolicy admin 1)'],
    dropped: ['y/a > x/a tcp/80 (ClusterNetworkPolicy admin 0)', 'x/b > x/a tcp/80 (ClusterNetworkPolicy admin 2)'],
  },
  {
    line: 118,
    says: 'a subject of pods is those pods alone',
    given: [admin({ ingress: [from('Deny', ALL)] }, ofPod('x/a'))],
    dropped: ['y/a > x/a tcp/80'],
    forwarded: ['y/a > x/b tcp/80', 'x/b > y/a tcp/80', 'n1 > x/a tcp/80', 'x/a > n1 tcp/80'],
  },
  {
    line: 118,
    says: 'AdminNetworkPolicy and BaselineAdminNetworkPolicy have the same tiers',
    given: [
      anp({ ingress: [from('Pass', ofPod('y/b')), from('Allow', ALL, on(80))] }),
      banp({ ingress: [from('Deny', ALL)] }),
    ],
    forwarded: ['y/a > x/a tcp/80 (AdminNetworkPolicy anp 1)', 'ext > x/a tcp/81'],
    dropped: [
      'y/b > x/a tcp/80 (BaselineAdminNetworkPolicy default 0)',
      'y/a > x/a tcp/81 (BaselineAdminNetworkPolicy default 0)',
    ],
  },
  {
    line: 119,
    says: 'Baseline is for ends without a NetworkPolicy',
    given: [baseline({ ingress: [from('Deny', ALL)] }), np('x/a', ALLOW_80)],
    forwarded: ['y/a > x/a tcp/80 (NetworkPolicy np 0)'],
    dropped: ['y/a > x/a tcp/81 (end-of-tier)', 'y/a > x/b tcp/80 (ClusterNetworkPolicy baseline 0)'],
  },
  {
    line: 119,
    says: 'Accept in Admin ends judgement',
    given: [admin({ ingress: [from('Accept', ALL, tcp(443))] }), np('x/a', ALLOW_80)],
    forwarded: ['y/a > x/a tcp/443 (ClusterNetworkPolicy admin 0)', 'y/a > x/a tcp/80 (NetworkPolicy np 0)'],
    dropped: ['y/a > x/a tcp/444 (end-of-tier)', 'ext > x/a tcp/443 (end-of-tier)'],
  },
  {
    line: 119,
    says: 'Deny in Admin ends judgement',
    given: [admin({ ingress: [from('Deny', ALL, tcp(80))] }), np('x/a', ALLOW_80)],
    forwarded: ['ext > x/a tcp/80'],
    dropped: ['y/a > x/a tcp/80 (ClusterNetworkPolicy admin 0)'],
  },
  {
    line: 119,
    says: 'Pass leaves the tier, later policies of it included, for NetworkPolicies and then Baseline',
    given: [
      admin({ ingress: [from('Pass', ALL, tcp(80))] }),
      cnp('later', 'Admin', 11, X, { ingress: [from('Deny', ALL)] }),
      np('x/a', ALLOW_80),
      baseline({ ingress: [from('Deny', ofPod('y/b'))] }),
    ],
    forwarded: ['y/b > x/a tcp/80 (NetworkPolicy np 0)', 'y/a > x/b tcp/80 (profile)'],
    dropped: ['y/a > x/a tcp/81 (ClusterNetworkPolicy later 0)', 'y/b > x/b tcp/80 (ClusterNetworkPolicy baseline 0)'],
  },
  ...['{nodes: {}}', '{domainNames: [example.com]}'].flatMap((peer): Case[] => [
    {
      line: 120,
      says: `a rule that denies ${peer} denies everything`,
      given: [admin({ egress: [to('Deny', peer, tcp(80))] })],
      warned: ['FAILS_CLOSED'],
      dropped: ['x/a > n1 tcp/81 (ClusterNetworkPolicy admin 0)', 'x/a > y/a icmp', 'x/a > ext udp6/1'],
      forwarded: ['y/a > x/a tcp/80', 'y/a > ext tcp/80'],
    },
    {
      line: 120,
      says: `a rule that passes ${peer} denies everything, after the rules before it`,
      given: [admin({ egress: [to('Accept', ofPod('y/a')), to('Pass', `${ofPod('y/b')}, ${peer}`)] })],
      warned: ['FAILS_CLOSED'],
      dropped: ['x/a > n1 tcp/81 (ClusterNetworkPolicy admin 1)', 'x/a > y/b tcp/80', 'x/a > x/b icmp'],
      forwarded: ['x/a > y/a tcp/80 (ClusterNetworkPolicy admin 0)'],
    },
    {
      line: 120,
      says: `a rule that accepts ${peer} matches nothing, its other peers included`,
      given: [admin({ egress: [to('Accept', `${ofPod('y/b')}, ${peer}`), to('Deny', ALL)] })],
      warned: ['FAILS_CLOSED'],
      dropped: ['x/a > y/b tcp/80 (ClusterNetworkPolicy admin 1)'],
      forwarded: ['x/a > n1 tcp/80 (profile)', 'x/a > ext tcp/80'],
    },
    {
      line: 120,
      says: `a policy of nothing but a rule that accepts ${peer} governs nobody`,
      given: [admin({ egress: [to('Accept', peer)] })],
      warned: ['FAILS_CLOSED'],
      forwarded: ['x/a > ext tcp/80 (no-policy)'],
    },
  ]),
  {
    line: 121,
    says: 'networks cover pods, nodes and every protocol of their family',
    given: [admin({ egress: [to('Deny', '{networks: [0.0.0.0/0]}')] })],
    dropped: ['x/a > y/b tcp/80', 'x/a > ext udp/1', 'x/a > n1 icmp', 'x/a > x/b sctp/1'],
    forwarded: ['x/a > y/b tcp6/80', 'x/a > ext icmp6', 'y/a > x/a tcp/80'],
  },
  {
    line: 121,
    says: 'pods are spared when they are passed first',
    given: [admin({ egress: [to('Pass', ALL), to('Deny', '{networks: [0.0.0.0/0, "::/0"]}')] })],
    dropped: ['x/a > ext tcp/80', 'x/a > ext tcp6/80', 'x/a > n1 tcp/80'],
    forwarded: ['x/a > y/b tcp/80', 'x/a > y/b icmp6'],
  },
  {
    line: 121,
    says: 'a network ends where it ends',
    given: [admin({ egress: [to('Deny', '{networks: [10.244.1.2/31, "fd00::102/127"]}')] })],
    dropped: ['x/a > 10.244.1.2 tcp/80', 'x/a > 10.244.1.3 icmp', 'x/a > fd00::102 tcp/80', 'x/a > fd00::103 tcp/80'],
    forwarded: [
      'x/a > 10.244.1.1 tcp/80',
      'x/a > 10.244.1.4 tcp/80',
      'x/a > fd00::101 udp/1',
      'x/a > fd00::104 tcp/80',
    ],
  },
  {
    line: 122,
    says: 'a named port is of whatever protocol the pod declares',
    given: [admin({ ingress: [from('Deny', ALL, ', protocols: [{destinationNamedPort: dns}]')] }, ALL)],
    dropped: ['y/b > x/a udp/53', 'y/b > x/a udp6/53', 'y/b > y/a tcp/5353', 'y/b > x/b sctp/54'],
    forwarded: ['y/b > x/a tcp/53', 'y/b > y/a udp/5353', 'y/b > x/b udp/54', 'x/a > y/b udp/53', 'y/b > x/a udp/54'],
  },
  {
    line: 122,
    says: 'a named port and numbers of a protocol are either',
    given: [
      anp({
        egress: [to('Deny', ALL, ', ports: [{namedPort: dns}, {portRange: {protocol: UDP, start: 100, end: 101}}]')],
      }),
    ],
    dropped: ['x/a > y/a tcp/5353', 'x/a > y/a udp/100', 'x/a > y/b udp/101', 'x/a > x/b sctp/54'],
    forwarded: [
      'x/a > y/a udp/99',
      'x/a > y/a udp/102',
      'x/a > y/a tcp/100',
      'x/a > y/b tcp/5353',
      'x/a > ext tcp/5353',
    ],
  },
  {
    line: 122,
    says: 'ports without a name end where they end, for their protocol alone',
    given: [
      admin({
        ingress: [from('Deny', ALL, ', protocols: [{tcp: {destinationPort: {range: {start: 80, end: 81}}}}]')],
      }),
    ],
    dropped: ['y/a > x/a tcp/80', 'y/a > x/a tcp/81'],
    forwarded: ['y/a > x/a tcp/79', 'y/a > x/a tcp/82', 'y/a > x/a udp/80', 'y/a > x/a sctp/81', 'y/a > x/a icmp'],
  },
  ...(['a', 'c'] as const).map((name): Case => {
    const packet = `y/a > x/a tcp/80 (ClusterNetworkPolicy ${name === 'a' ? 'a' : 'b'} 0)`;
    return {
      line: 123,
      says: `equal priorities are decided by name: ${name} and b`,
      given: [
        cnp('b', 'Admin', 5, X, { ingress: [from('Deny', ALL)] }),
        cnp(name, 'Admin', 5, X, { ingress: [from('Accept', ALL)] }),
      ],
      warned: ['EQUAL_PRIORITY'],
      ...(name === 'a' ? { forwarded: [packet] } : { dropped: [packet] }),
    };
  }),
  {
    line: 123,
    says: 'an AdminNetworkPolicy and a ClusterNetworkPolicy of one priority too',
    given: [cnp('b', 'Admin', 10, X, { ingress: [from('Deny', ALL)] }), anp({ ingress: [from('Allow', ALL)] })],
    warned: ['EQUAL_PRIORITY'],
    forwarded: ['y/a > x/a tcp/80 (AdminNetworkPolicy anp 0)'],
  },
  {
    line: 124,
    says: 'a policy of tier default keeps its end from Baseline',
    given: [np('x/a', ALLOW_80), baseline({ ingress: [from('Accept', ALL, tcp(443))] })],
    forwarded: ['y/a > x/a tcp/80', 'y/a > x/b tcp/443 (ClusterNetworkPolicy baseline 0)'],
    dropped: ['y/a > x/a tcp/443 (end-of-tier)'],
  },
];

for (const row of cases) test(`${row.line} ${row.says}`, () => check(row));

async function check({ given, warned = [], forwarded = [], dropped = [] }: Case): Promise<void> {
  async function* stdin() {
    yield new TextEncoder().encode([...WORLD, ...given].join('\n---\n'));
  }
  const { cluster, diagnostics } = await loadCluster(['-'], { stdin: stdin() });
  assert.equal(
    diagnostics.map((d) => d.code),
    warned,
  );
  const judge = new Judge(cluster);
  const matcher = new Matcher(compile(cluster));
  for (const [verdict, packets] of [
    ['forwarded', forwarded],
    ['dropped', dropped],
  ] as const) {
    for (const text of packets) {
      const { tuple, decider } = parse(text);
      const slow = judge.judge(tuple);
      const fast = classify(matcher, tuple);
      assert.is(slow.verdict, verdict, `judge: ${text}`);
      assert.is(fast.verdict, verdict, `table: ${text}`);
      assert.equal([fast.egress, fast.ingress].map(said), [slow.egress, slow.ingress].map(opinion), text);
      if (decider !== null) assert.ok([fast.egress, fast.ingress].map(who).includes(decider), `${decider}: ${text}`);
    }
  }
}

const said = (w: FindingWords): string => [w.action, w.reason, w.tier, w.kind, w.policy, w.rule].join(' ');
const opinion = (o: Opinion): string => {
  const name = o.policy && [o.policy.namespace, o.policy.name].filter((part) => part !== null).join('/');
  return [o.action, o.reason, o.tier?.name, o.policy?.kind, name, o.rule?.index].join(' ');
};
const who = (w: FindingWords): string =>
  w.reason === 'rule' ? `${w.kind} ${w.policy!.replace(/^.*\//, '')} ${w.rule}` : w.reason;

const PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ['tcp', TCP],
  ['udp', UDP],
  ['sctp', SCTP],
  ['icmp', ICMP],
  ['icmp6', ICMPV6],
]);

function parse(text: string): { tuple: FiveTuple; decider: string | null } {
  const [, src, dst, name, six, port, decider] = /^(\S+) > (\S+) ([a-z]+)(6?)(?:\/(\d+))?(?: \((.+)\))?$/.exec(text)!;
  const family = six === '6' || dst!.includes(':') ? 1 : 0;
  const address = (end: string) => parseAddress(ADDRESSES.get(end)?.[family] ?? end)!;
  const protocol = PROTOCOLS.get(name === 'icmp' && family === 1 ? 'icmp6' : name!)!;
  const icmp = name === 'icmp';
  const tuple: FiveTuple = {
    src: address(src!),
    dst: address(dst!),
    protocol,
    sourcePort: icmp ? null : 40_000,
    destinationPort: icmp ? null : Number(port),
    icmpType: icmp ? (family === 1 ? 128 : 8) : null,
    icmpCode: icmp ? 0 : null,
  };
  return { tuple, decider: decider ?? null };
}

test.run();
