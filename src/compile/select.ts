/**
 * Which policies apply to which endpoint, in which order, and what number each rule has. Endpoints with the same
 * labels are one identity: selectors are asked once of each.
 */
import type { Cluster } from '../model/cluster.ts';
import type { Endpoint } from '../model/endpoint.ts';
import type { Labels } from '../model/labels.ts';
import { compareText, orderedPolicies, orderedTiers } from '../model/order.ts';
import type { Direction, Policy, Rule, Tier } from '../model/policy.ts';
import { Interner } from './intern.ts';
import { LabelIndex } from './label-index.ts';
import type { Terms } from './lower.ts';

export type Selection = {
  readonly tiers: readonly Tier[];
  /** Policies in force, in the order of evaluation; their place here is their number. */
  readonly policies: readonly Policy[];
  /** Rules in the order of their numbers: by policy, ingress before egress. */
  readonly rules: readonly { readonly policy: number; readonly direction: Direction; readonly rule: Rule }[];
  /** By policy and direction: number of its first rule. */
  readonly firstRule: Record<Direction, readonly number[]>;
  /** By endpoint: its identity. */
  readonly identityOf: ReadonlyMap<Endpoint, number>;
  /** By identity and direction: the policies that govern it, in order. */
  readonly governing: Record<Direction, readonly (readonly number[])[]>;
  /** By identity: the selector atoms that it has. By network set: likewise. Ascending. */
  readonly identityAtoms: readonly (readonly number[])[];
  readonly networkSetAtoms: readonly (readonly number[])[];
};

/** The order of evaluation, without the endpoints: what lowering needs first. */
export function orderRules(cluster: Cluster): Pick<Selection, 'tiers' | 'policies' | 'rules' | 'firstRule'> {
  const tiers = orderedTiers(cluster);
  const enforced = cluster.policies.filter((policy) => !policy.staged);
  const policies = tiers.flatMap((tier) => orderedPolicies(enforced.filter((policy) => policy.tier === tier.name)));
  const rules: { policy: number; direction: Direction; rule: Rule }[] = [];
  const firstRule: Record<Direction, number[]> = { ingress: [], egress: [] };
  policies.forEach((policy, number) => {
    for (const direction of ['ingress', 'egress'] as const) {
      firstRule[direction].push(rules.length);
      for (const rule of policy[direction]) rules.push({ policy: number, direction, rule });
    }
  });
  return { tiers, policies, rules, firstRule };
}

/** Asks every selector, of policies and of peers, once of each identity. */
export function select(cluster: Cluster, order: ReturnType<typeof orderRules>, terms: Terms): Selection {
  const identities = new Interner<Endpoint>();
  const identityOf = new Map<Endpoint, number>();
  // Most pods of one kind write their labels in one order, so sorting them once for each order is enough.
  const asWritten = new Map<string, number>();
  for (const endpoint of [...cluster.endpoints, ...(cluster.hostEndpoints ?? [])]) {
    const written = labelsText(endpoint.labels);
    let identity = asWritten.get(written);
    if (identity === undefined) {
      identity = identities.id(labelsText(inOrder(endpoint.labels)), () => endpoint);
      asWritten.set(written, identity);
    }
    identityOf.set(endpoint, identity);
  }
  const labels = [...identities.values, ...cluster.networkSets].map((labelled) => labelled.labels);
  const index = new LabelIndex(labels);
  const governing: Record<Direction, number[][]> = { ingress: [], egress: [] };
  for (let i = 0; i < identities.size; i++) {
    governing.ingress.push([]);
    governing.egress.push([]);
  }
  order.policies.forEach((policy, number) => {
    for (const id of index.find(policy.selector)) {
      if (id >= identities.size) break;
      for (const direction of policy.directions) governing[direction][id]!.push(number);
    }
  });
  const atoms: number[][] = labels.map(() => []);
  terms.selectors.values.forEach((selector, atom) => {
    for (const id of index.find(selector)) atoms[id]!.push(atom);
  });
  return {
    ...order,
    identityOf,
    governing,
    identityAtoms: atoms.slice(0, identities.size),
    networkSetAtoms: atoms.slice(identities.size),
  };
}

/** One text for equal labels in equal order; the lengths keep a separator in a value from being taken for one. */
function labelsText(labels: Labels): string {
  let text = '';
  for (const [key, value] of labels) text += `${key.length} ${key} ${value.length} ${value} `;
  return text;
}

const inOrder = (labels: Labels): Labels => new Map([...labels].sort(([a], [b]) => compareText(a, b)));
