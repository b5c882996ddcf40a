import { LABEL_NAMESPACE, LABEL_ORCHESTRATOR, NAMESPACE_LABEL_PREFIX } from '../../model/labels.ts';
import {
  ANY_PEER,
  DEFAULT_TIER,
  type Direction,
  KUBERNETES_POLICY_ORDER,
  type PeerMatch,
  type Policy,
  type Rule,
} from '../../model/policy.ts';
import { ALL, and, equals, type Selector } from '../../model/selector.ts';
import { didYouMean } from '../../source/did-you-mean.ts';
import { quote } from '../../source/quote.ts';
import type { Fields, Known } from '../fields.ts';
import type { Kind, Metadata } from '../kind.ts';
import { positionOf } from '../node.ts';
import { IP_BLOCK, readIpBlock } from './ip-block.ts';
import { LABEL_SELECTOR, readLabelSelector } from './label-selector.ts';
import { POLICY_PORT, readPolicyPort } from './policy-port.ts';

export const POLICY_FIELDS: Known = ['podSelector', 'policyTypes', 'ingress', 'egress'];
const PEER: Known = ['podSelector', 'namespaceSelector', 'ipBlock'];

/** How each direction is written: the list of rules, their peers, the word in policyTypes. */
const DIRECTIONS = {
  ingress: { peers: `from`, type: 'Ingress' },
  egress: { peers: `to`, type: 'Egress' },
} as const;

/** What Calico calls this kind where it sorts policies: libcalico-go model, KindKubernetesNetworkPolicy. */
export const CALICO_KIND = 'KubernetesNetworkPolicy';

/**
 * Kubernetes NetworkPolicy. Its rules only allow; what they do not allow, the end of tier `default` denies. The API
 * server's defaults are filled in here, so that nothing behind this file knows them.
 * Source: k8s.io/api, networking/v1 types.go; libcalico-go, K8sNetworkPolicyToCalico.
 */
export const networkPolicy: Kind = {
  kind: 'NetworkPolicy',
  apiVersions: ['networking.k8s.io/v1'],
  scope: 'namespaced',
  fields: ['spec', 'status'],
  strictness: 'error',
  simulated: 'every field',
  warned: 'rules of directions that `policyTypes` leaves out',
  read: (object, metadata) => {
    const spec = object.object('spec', POLICY_FIELDS);
    return { type: 'policy', policy: readKubernetesPolicy(object, spec, metadata) };
  },
};

/** A policy of `object` from its spec, null when it has none. */
export function readKubernetesPolicy(object: Fields, spec: Fields | null, metadata: Metadata): Policy {
  const { namespace, name, created, at } = metadata;
  const ns = namespace as string;
  if (object.get('spec') === null) {
    object.report.warning(
      'EMPTY_SPEC',
      at,
      `a policy without \`spec\` denies all ingress of every pod in ${quote(ns)}`,
    );
  }
  const pods = spec?.object('podSelector', LABEL_SELECTOR) ?? null;
  const ingress = spec === null ? [] : readRules(spec, 'ingress', ns);
  const egress = spec === null ? [] : readRules(spec, 'egress', ns);
  const directions = spec === null ? (['ingress'] as const) : readDirections(spec);
  return {
    kind: 'NetworkPolicy',
    namespace: ns,
    name,
    tier: DEFAULT_TIER.name,
    order: KUBERNETES_POLICY_ORDER,
    tieBreak: `${name}/${ns}/${CALICO_KIND}`,
    selector: podsOf(equals(LABEL_NAMESPACE, ns), pods === null ? ALL : readLabelSelector(pods)),
    directions,
    ingress: directions.includes('ingress') ? ingress : [],
    egress: directions.includes('egress') ? egress : [],
    staged: false,
    created,
    at,
  };
}

/** Pods alone: selectors of Kubernetes know no other holder of addresses. */
const podsOf = (namespaces: Selector, pods: Selector): Selector =>
  and(equals(LABEL_ORCHESTRATOR, 'k8s'), namespaces, pods);

/**
 * Without policyTypes (or with an empty list) a policy governs ingress, and egress when it has egress rules.
 * Source: kubernetes, pkg/apis/networking/v1/defaults.go.
 */
function readDirections(spec: Fields): readonly Direction[] {
  const types = spec.strings('policyTypes');
  if (spec.list('policyTypes').length === 0)
    return spec.list('egress').length > 0 ? ['ingress', 'egress'] : ['ingress'];
  const given = new Set<Direction>();
  for (const { value, node } of types) {
    const direction = (['ingress', 'egress'] as const).find((name) => DIRECTIONS[name].type === value);
    if (direction !== undefined) {
      given.add(direction);
      continue;
    }
    const near = didYouMean(value, ['Ingress', 'Egress']);
    const hint = near === null ? '' : `: did you mean \`${near}\`?`;
    spec.report.error('BAD_POLICY_TYPE', node, `policy type ${quote(value)} must be Ingress or Egress${hint}`);
  }
  if (types.length > 2) {
    spec.report.error('BAD_POLICY_TYPE', types[2]!.node, 'at most two policy types may be given');
  }
  return [...given].sort().reverse();
}

function readRules(spec: Fields, direction: Direction, namespace: string): Rule[] {
  const { peers, type } = DIRECTIONS[direction];
  const types = spec.list('policyTypes');
  const rules = spec.objects(direction, ['ports', peers]);
  if (rules.length > 0 && types.length > 0 && !types.some((node) => node.type === 'scalar' && node.value === type)) {
    const message = `\`${direction}\` has no effect: \`policyTypes\` does not list ${type}`;
    spec.report.warning('DEAD_RULES', spec.get(direction)!, message);
  }
  return rules.map((rule, index) => readRule(rule, index, direction, namespace));
}

/** A rule without peers is for every peer, one without ports for every protocol: a list that is empty counts as absent. */
function readRule(fields: Fields, index: number, direction: Direction, namespace: string): Rule {
  const ports = fields.objects('ports', POLICY_PORT).map(readPolicyPort);
  const written = fields.objects(DIRECTIONS[direction].peers, PEER);
  const peers = written.length === 0 ? null : written.flatMap((peer) => readPeer(peer, namespace) ?? []);
  return {
    action: 'allow',
    index,
    family: null,
    l4: ports.length === 0 ? null : ports,
    source: direction === 'ingress' ? peers : null,
    destination: direction === 'egress' ? peers : null,
    at: positionOf(fields.node),
  };
}

/** Source: kubernetes, pkg/apis/networking/validation, ValidateNetworkPolicyPeer. */
function readPeer(fields: Fields, namespace: string): PeerMatch | null {
  const block = fields.object('ipBlock', IP_BLOCK);
  const pods = fields.object('podSelector', LABEL_SELECTOR);
  const namespaces = fields.object('namespaceSelector', LABEL_SELECTOR);
  const selecting = fields.get('podSelector') !== null || fields.get('namespaceSelector') !== null;
  if (fields.get('ipBlock') !== null) {
    if (selecting) {
      const message = 'a peer with `ipBlock` takes no selector beside it: make it two peers';
      fields.report.error('BAD_PEER', fields.node, message);
    }
    return block === null ? null : readIpBlock(block);
  }
  if (!selecting) {
    const message = 'an empty peer selects nothing: expected `podSelector`, `namespaceSelector` or `ipBlock`';
    fields.report.error('BAD_PEER', fields.node, message);
    return null;
  }
  const inNamespaces =
    namespaces === null ? equals(LABEL_NAMESPACE, namespace) : readLabelSelector(namespaces, NAMESPACE_LABEL_PREFIX);
  return { ...ANY_PEER, selector: podsOf(inNamespaces, pods === null ? ALL : readLabelSelector(pods)) };
}
