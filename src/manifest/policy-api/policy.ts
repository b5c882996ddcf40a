import type { Direction, Policy, Tier } from '../../model/policy.ts';
import { ALL, not, type Selector } from '../../model/selector.ts';
import { quote } from '../../source/quote.ts';
import type { Fields, Known } from '../fields.ts';
import type { Metadata } from '../kind.ts';
import { canMatch, type RuleForm, readRules } from './rule.ts';
import { readSubject } from './selectors.ts';

/** Lower comes first. Source: the schema of `priority`. */
const MIN_PRIORITY = 0;
const MAX_PRIORITY = 1000;

/** What differs between the kinds of this API. */
export type PolicyForm = {
  readonly kind: string;
  /** What breaks ties between equal names of different kinds, in the place of Calico's name of the kind. */
  readonly tieBreakKind: string;
  readonly spec: Known;
  readonly tier: (spec: Fields) => Tier;
  readonly order: (spec: Fields) => number;
  readonly rules: RuleForm;
};

/**
 * A policy of the whole cluster. It governs a direction only where it has rules, as its tiers pass on what no rule
 * decided. Source: libcalico-go, K8sClusterNetworkPolicyToCalico and clusterNetPolicyTypes.
 */
export function readPolicy(object: Fields, { name, created, at }: Metadata, form: PolicyForm): Policy | null {
  const spec = object.object('spec', form.spec);
  if (spec === null) {
    if (object.get('spec') === null) object.missing('spec', 'a mapping');
    return null;
  }
  const rules = { ingress: readRules(spec, 'ingress', form.rules), egress: readRules(spec, 'egress', form.rules) };
  const directions = (['ingress', 'egress'] as const).filter((direction) => rules[direction].some(canMatch));
  const governed = (direction: Direction) => (directions.includes(direction) ? rules[direction] : []);
  return {
    kind: form.kind,
    namespace: null,
    name,
    tier: form.tier(spec).name,
    order: form.order(spec),
    tieBreak: `${name}//${form.tieBreakKind}`,
    isOrderOpen: true,
    selector: readSubject(spec, form.rules.peers.pods) ?? NOBODY,
    directions,
    ingress: governed('ingress'),
    egress: governed('egress'),
    staged: false,
    created,
    at,
  };
}

const NOBODY: Selector = not(ALL);

/** The place of a policy in its tier. */
export function readPriority(spec: Fields): number {
  const priority = spec.integer('priority');
  if (priority === null) {
    if (spec.get('priority') === null) spec.missing('priority', `a number from ${MIN_PRIORITY} to ${MAX_PRIORITY}`);
    return MAX_PRIORITY;
  }
  if (priority.value < MIN_PRIORITY || priority.value > MAX_PRIORITY) {
    const message = `priority ${quote(priority.value)} must be from ${MIN_PRIORITY} to ${MAX_PRIORITY}`;
    spec.report.error('BAD_PRIORITY', priority.node, message);
  }
  return priority.value;
}
