import {
  LABEL_NAMESPACE,
  LABEL_SERVICE_ACCOUNT,
  NAMESPACE_LABEL_PREFIX,
  SERVICE_ACCOUNT_LABEL_PREFIX,
} from '../../model/labels.ts';
import { DEFAULT_TIER, type Direction, type Policy, type Rule } from '../../model/policy.ts';
import { and, equals, has, type Selector } from '../../model/selector.ts';
import { didYouMean } from '../../source/did-you-mean.ts';
import { quote } from '../../source/quote.ts';
import type { Fields } from '../fields.ts';
import type { Metadata } from '../kind.ts';
import { isBypassed } from './dialect.ts';
import { RULE, readRule } from './rule.ts';
import { checkDistinct, checkLength } from './schema-limits.ts';
import { ALL } from './selector.ts';
import { readSelector } from './selector-field.ts';

/** Source: api v3 networkpolicy.go, globalnetworkpolicy.go. */
export const POLICY_SPEC: readonly string[] = [
  'tier',
  'order',
  'selector',
  'serviceAccountSelector',
  'types',
  'ingress',
  'egress',
  'performanceHints',
];
export const GLOBAL_POLICY_SPEC: readonly string[] = [
  ...POLICY_SPEC,
  'namespaceSelector',
  'doNotTrack',
  'preDNAT',
  'applyOnForward',
];
const TYPES = { ingress: 'Ingress', egress: 'Egress' } as const;
const DIRECTIONS: readonly Direction[] = ['ingress', 'egress'];

/** A policy of `kind` from its spec, null when it has none. `apiVersion` tells whether defaults were filled in. */
export function readPolicy(spec: Fields | null, metadata: Metadata, kind: string, apiVersion: string): Policy {
  const { name, namespace, created, at } = metadata;
  if (spec !== null) checkHints(spec);
  const directions = spec === null ? (['ingress'] as const) : readDirections(spec, apiVersion);
  const rules = (direction: Direction): Rule[] => {
    const read = spec === null ? [] : readRules(spec, direction, namespace, directions);
    return directions.includes(direction) ? read : [];
  };
  return {
    kind,
    namespace,
    name,
    tier: spec?.string('tier')?.value || DEFAULT_TIER.name,
    order: spec?.number('order')?.value ?? null,
    tieBreak: tieBreakOf(metadata, kind),
    selector: spec === null ? inNamespace(namespace) : subjectsOf(spec, namespace),
    directions,
    ingress: rules('ingress'),
    egress: rules('egress'),
    staged: false,
    created,
    at,
  };
}

/** They decide nothing. Source: api v3 networkpolicy.go, PolicyPerformanceHint. */
function checkHints(spec: Fields): void {
  checkDistinct(spec, 'performanceHints');
  for (const { value, node } of spec.strings('performanceHints')) {
    if (value === HINT) continue;
    const message = `performance hint ${quote(value)} must be ${HINT}`;
    spec.report.error('BAD_PERFORMANCE_HINT', node, message);
  }
}

const HINT = 'AssumeNeededOnEveryNode';

/** Source: felix/calc/policy_sorter.go, PolKVLess; the kinds are those of updateprocessors' keys. */
export const tieBreakOf = ({ name, namespace }: Pick<Metadata, 'name' | 'namespace'>, kind: string): string =>
  `${name}/${namespace ?? ''}/${kind}`;

const inNamespace = (namespace: string | null): Selector =>
  namespace === null ? ALL : equals(LABEL_NAMESPACE, namespace);

/**
 * Whom a policy is for. Where a global policy selects namespaces, `all()` anywhere in it means "has a namespace"; where
 * it selects service accounts, "has a service account". So such policies leave out host endpoints.
 * Source: updateprocessors/networkpolicyprocessor.go, globalnetworkpolicyprocessor.go.
 */
function subjectsOf(spec: Fields, namespace: string | null): Selector {
  const asks = (name: string): boolean => (spec.string(name)?.value ?? '') !== '';
  const withAccount = namespace === null && asks('serviceAccountSelector') ? has(LABEL_SERVICE_ACCOUNT) : ALL;
  const all = namespace === null && asks('namespaceSelector') ? has(LABEL_NAMESPACE) : withAccount;
  const meaning = (prefix: string, ofAll: Selector) => ({ prefix, all: ofAll, global: null });
  const parts = [
    readSelector(spec, 'selector', meaning('', all)),
    inNamespace(namespace),
    namespace === null ? readSelector(spec, 'namespaceSelector', meaning(NAMESPACE_LABEL_PREFIX, all)) : null,
    readSelector(spec, 'serviceAccountSelector', meaning(SERVICE_ACCOUNT_LABEL_PREFIX, withAccount)),
  ];
  return and(...parts.filter((part) => part !== null));
}

/**
 * Without types, the API server fills them in by the rules that there are. An object that was written past it has none
 * when Felix sees it, and then governs both directions.
 * Source: api/pkg/defaults/networkpolicy.go; felix/calc/policy_sorter.go, ExtractPolicyMetadata.
 */
function readDirections(spec: Fields, apiVersion: string): readonly Direction[] {
  const types = spec.strings('types');
  if (spec.list('types').length === 0) {
    if (isBypassed(apiVersion)) {
      const message = 'without `types`, an object of this API version governs ingress and egress, whatever its rules';
      spec.report.warning('TYPES_ABSENT', spec.node, message);
      return DIRECTIONS;
    }
    if (spec.list('egress').length === 0) return ['ingress'];
    return spec.list('ingress').length === 0 ? ['egress'] : DIRECTIONS;
  }
  const given = new Set<Direction>();
  for (const { value, node } of types) {
    const direction = DIRECTIONS.find((name) => TYPES[name] === value);
    if (direction === undefined) {
      const near = didYouMean(value, Object.values(TYPES));
      const hint = near === null ? '' : `: did you mean \`${near}\`?`;
      spec.report.error('BAD_POLICY_TYPE', node, `type ${quote(value)} must be Ingress or Egress${hint}`);
    } else if (given.has(direction)) {
      spec.report.error('BAD_POLICY_TYPE', node, `type ${quote(value)} is given twice`);
    } else given.add(direction);
  }
  return DIRECTIONS.filter((direction) => given.has(direction));
}

function readRules(
  spec: Fields,
  direction: Direction,
  namespace: string | null,
  governed: readonly Direction[],
): Rule[] {
  const rules = spec.objects(direction, RULE);
  const node = spec.get(direction);
  if (rules.length > 0 && !governed.includes(direction)) {
    spec.report.warning(
      'DEAD_RULES',
      node!,
      `\`${direction}\` has no effect: \`types\` does not list ${TYPES[direction]}`,
    );
  }
  checkLength(spec, direction);
  return rules.map((rule, index) => readRule(rule, index, direction, namespace));
}
