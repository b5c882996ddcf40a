/**
 * Whether the fields of the model matter to random packets: a field is taken out of one rule (or policy, tier, end)
 * at a time, and a packet is sought whose opinion changes. A generator whose fields never matter tests nothing.
 */
import { Judge, type Judgement } from '../src/explain/judge.ts';
import type { Cluster } from '../src/model/cluster.ts';
import type { L4Match, PeerMatch, Policy, PortSet, Rule, Tier } from '../src/model/policy.ts';
import { ALL, type Selector } from '../src/model/selector.ts';
import type { FiveTuple } from '../src/net/five-tuple.ts';
import { mapRules, sameOpinion, withPolicy } from './random-witness.ts';

/** A field of one object, and the same cluster without it. */
type Neutral = { readonly field: string; readonly cluster: () => Cluster };

/** A field is looked for until it mattered so often; the rest of a long run only compares. */
const ENOUGH = 5;

const RULE_FIELDS = [
  'action allow',
  'action deny',
  'action pass',
  'action log',
  'family',
  'source nets',
  'source notNets',
  'source selector',
  'source notSelector',
  'source service',
  'destination nets',
  'destination notNets',
  'destination selector',
  'destination notSelector',
  'destination service',
  'protocol',
  'notProtocol',
  'sourcePorts',
  'sourcePorts by name',
  'notSourcePorts',
  'notSourcePorts by name',
  'destinationPorts',
  'destinationPorts by name',
  'notDestinationPorts',
  'notDestinationPorts by name',
  'icmp type',
  'icmp code',
  'notIcmp type',
  'notIcmp code',
] as const;

/** What selectors of peers say; with `not`, what is left is what it negates. */
const SELECTOR_OPS = ['has', 'in', 'contains', 'starts-with', 'ends-with', 'not', 'and', 'or'] as const;

const CLUSTER_FIELDS = [
  'policy order',
  'policy selector',
  'policy direction',
  'tier order',
  'network set',
  'named port',
];

const FIELDS = [
  ...RULE_FIELDS,
  ...SELECTOR_OPS.map((op) => `selector ${op}`),
  ...CLUSTER_FIELDS,
  'destinationPorts of whom',
  'staged',
  'tier default pass',
  'tier default deny',
  'undefined tier',
  'profile deny',
];

export class FieldCounts {
  readonly #counts = new Map<string, number>(FIELDS.map((field) => [field, 0]));

  /** Looks for packets to which the fields of a cluster matter, given what was said of them. */
  look(cluster: Cluster, tuples: readonly FiveTuple[], judgements: readonly Judgement[]): void {
    if (this.#wanted().length === 0) return;
    for (const { field, cluster: neutral } of neutrals(cluster)) {
      const count = this.#counts.get(field)!;
      if (count >= ENOUGH) continue;
      const judge = new Judge(neutral());
      const changes = tuples.some((tuple, i) => {
        const { egress, ingress } = judge.judge(tuple);
        return !sameOpinion(egress, judgements[i]!.egress) || !sameOpinion(ingress, judgements[i]!.ingress);
      });
      if (changes) this.#counts.set(field, count + 1);
    }
  }

  missing(): string[] {
    return FIELDS.filter((field) => this.#counts.get(field) === 0);
  }

  summary(): string {
    return FIELDS.map(
      (field) => `${field} ${this.#counts.get(field)}${this.#counts.get(field) === ENOUGH ? '+' : ''}`,
    ).join(', ');
  }

  #wanted(): string[] {
    return FIELDS.filter((field) => this.#counts.get(field)! < ENOUGH);
  }
}

function neutrals(cluster: Cluster): Neutral[] {
  const policies = cluster.policies.flatMap((policy): Neutral[] => [
    ...policyNeutrals(cluster, policy),
    ...(policy.staged
      ? [{ field: 'staged', cluster: () => withPolicy(cluster, policy, { ...policy, staged: false }) }]
      : []),
    // A tier that nobody defines: its policies might as well not be there.
    ...(!policy.staged && cluster.tiers.every(({ name }) => name !== policy.tier)
      ? [{ field: 'undefined tier', cluster: () => withPolicy(cluster, policy, { ...policy, staged: true }) }]
      : []),
  ]);
  const tiers = cluster.tiers.flatMap((tier): Neutral[] => {
    const defaultAction = tier.defaultAction === 'deny' ? 'pass' : 'deny';
    const other = (change: Partial<Tier>): Cluster => ({
      ...cluster,
      tiers: cluster.tiers.map((one) => (one === tier ? { ...tier, ...change } : one)),
    });
    return [
      { field: `tier default ${tier.defaultAction}`, cluster: () => other({ defaultAction }) },
      { field: 'tier order', cluster: () => other({ order: null }) },
    ];
  });
  const ends = cluster.endpoints
    .filter(({ profile }) => profile === 'deny')
    .map((endpoint): Neutral => {
      const all = (): Cluster => ({
        ...cluster,
        endpoints: cluster.endpoints.map((one) => (one === endpoint ? { ...one, profile: 'allow' } : one)),
      });
      return { field: 'profile deny', cluster: all };
    });
  const rules = cluster.policies.flatMap(({ ingress, egress }) => [...ingress, ...egress]);
  return [...policies, ...tiers, ...ends, ...namers(cluster), ...rules.flatMap((rule) => ruleNeutrals(cluster, rule))];
}

function policyNeutrals(cluster: Cluster, policy: Policy): Neutral[] {
  if (policy.staged) return [];
  const other = (change: Partial<Policy>) => () => withPolicy(cluster, policy, { ...policy, ...change });
  return [
    ...(policy.order === null ? [] : [{ field: 'policy order', cluster: other({ order: null }) }]),
    { field: 'policy selector', cluster: other({ selector: ALL }) },
    { field: 'policy direction', cluster: other({ directions: ['ingress', 'egress'] }) },
  ];
}

/** Who holds addresses and gives ports their names. */
const namers = (cluster: Cluster): Neutral[] => [
  { field: 'network set', cluster: () => ({ ...cluster, networkSets: [] }) },
  {
    field: 'named port',
    cluster: () => ({ ...cluster, endpoints: cluster.endpoints.map((one) => ({ ...one, namedPorts: [] })) }),
  },
];

/** A selector whose first part of this operation asks nothing (`not`: asks the contrary; `and`, `or`: one part). */
function withoutOp(selector: Selector, op: (typeof SELECTOR_OPS)[number]): Selector | null {
  if (selector.op === op) {
    if (selector.op === 'not') return selector.of;
    return selector.op === 'and' || selector.op === 'or' ? selector.of[0]! : ALL;
  }
  if (selector.op === 'not') {
    const inner = withoutOp(selector.of, op);
    return inner && { op: 'not', of: inner };
  }
  if (selector.op !== 'and' && selector.op !== 'or') return null;
  for (const [i, part] of selector.of.entries()) {
    const other = withoutOp(part, op);
    if (other !== null) return { op: selector.op, of: selector.of.with(i, other) };
  }
  return null;
}

function ruleNeutrals(cluster: Cluster, rule: Rule): Neutral[] {
  const without = (field: string, other: Partial<Rule>): Neutral => ({
    field,
    cluster: () => mapRules(cluster, (one) => (one === rule ? { ...rule, ...other } : one)),
  });
  const found = [without(`action ${rule.action}`, { action: rule.action === 'log' ? 'deny' : 'log' })];
  if (rule.family !== null) found.push(without('family', { family: null }));
  for (const side of ['source', 'destination'] as const) {
    rule[side]?.forEach((peer, i) => {
      for (const field of ['nets', 'notNets', 'selector', 'notSelector', 'service'] as const) {
        if (peer[field] === null) continue;
        const other: PeerMatch = { ...peer, [field]: null };
        found.push(without(`${side} ${field}`, { [side]: rule[side]!.with(i, other) }));
      }
      for (const op of SELECTOR_OPS) {
        const selector = peer.selector && withoutOp(peer.selector, op);
        if (selector) found.push(without(`selector ${op}`, { [side]: rule[side]!.with(i, { ...peer, selector }) }));
      }
    });
  }
  rule.l4?.forEach((match, i) => {
    for (const [field, other] of l4Neutrals(match)) found.push(without(field, { l4: rule.l4!.with(i, other) }));
  });
  return found;
}

function l4Neutrals(match: L4Match): [field: string, match: L4Match][] {
  const found: [string, L4Match][] = [];
  for (const field of ['protocol', 'notProtocol'] as const) {
    if (match[field] !== null) found.push([field, { ...match, [field]: null }]);
  }
  for (const field of ['sourcePorts', 'notSourcePorts', 'destinationPorts', 'notDestinationPorts'] as const) {
    const ports: PortSet | null = match[field];
    if (ports === null) continue;
    found.push([field, { ...match, [field]: null }]);
    if (field === 'destinationPorts' && ports.namesOf) {
      found.push(['destinationPorts of whom', { ...match, [field]: { ...ports, namesOf: null } }]);
    }
    if (ports.names.length > 0) found.push([`${field} by name`, { ...match, [field]: { ...ports, names: [] } }]);
  }
  for (const field of ['icmp', 'notIcmp'] as const) {
    const icmp = match[field];
    if (icmp === null) continue;
    found.push([`${field} type`, { ...match, [field]: null }]);
    if (icmp.code !== null) found.push([`${field} code`, { ...match, [field]: { ...icmp, code: null } }]);
  }
  return found;
}
