import { KUBE_ADMIN_TIER, KUBE_BASELINE_TIER, type Tier } from '../../model/policy.ts';
import { didYouMean } from '../../source/did-you-mean.ts';
import { quote } from '../../source/quote.ts';
import type { Fields } from '../fields.ts';
import type { Kind } from '../kind.ts';
import { type PolicyForm, readPolicy, readPriority } from './policy.ts';
import { readProtocolMatch } from './ports.ts';

const TIERS: ReadonlyMap<string, Tier> = new Map([
  ['Admin', KUBE_ADMIN_TIER],
  ['Baseline', KUBE_BASELINE_TIER],
]);

const FORM: PolicyForm = {
  kind: 'ClusterNetworkPolicy',
  // libcalico-go model, KindKubernetesClusterNetworkPolicy
  tieBreakKind: 'KubernetesClusterNetworkPolicy',
  spec: ['tier', 'priority', 'subject', 'ingress', 'egress'],
  tier: readTier,
  order: readPriority,
  rules: {
    actions: new Map([
      ['Accept', 'allow'],
      ['Deny', 'deny'],
      ['Pass', 'pass'],
    ]),
    maxItems: 25,
    peers: {
      ingress: ['namespaces', 'pods'],
      egress: ['namespaces', 'pods', 'networks', 'nodes', 'domainNames'],
      pods: 'namespaces-optional',
    },
    transport: 'protocols',
    transportFields: ['tcp', 'udp', 'sctp', 'destinationNamedPort'],
    readTransport: readProtocolMatch,
    namedPort: 'destinationNamedPort',
  },
};

/**
 * ClusterNetworkPolicy of the network-policy API, at v0.2.0 with its experimental fields.
 * Source: network-policy-api, apis/v1alpha2; libcalico-go, K8sClusterNetworkPolicyToCalico.
 */
export const clusterNetworkPolicy: Kind = {
  kind: FORM.kind,
  apiVersions: ['policy.networking.k8s.io/v1alpha2'],
  scope: 'cluster',
  fields: ['spec', 'status'],
  strictness: 'error',
  simulated: 'every field but these',
  warned:
    '`nodes` and `domainNames` close their rule; `destinationNamedPort` beside peers that are no pods; equal priorities',
  read: (object, metadata) => {
    const policy = readPolicy(object, metadata, FORM);
    return policy === null ? { type: 'nothing' } : { type: 'policy', policy };
  },
};

function readTier(spec: Fields): Tier {
  const written = spec.requiredString('tier');
  const tier = TIERS.get(written?.value ?? '');
  if (written !== null && tier === undefined) {
    const near = didYouMean(written.value, TIERS.keys());
    const hint = near === null ? '' : `: did you mean \`${near}\`?`;
    spec.report.error('BAD_TIER', written.node, `tier ${quote(written.value)} must be Admin or Baseline${hint}`);
  }
  return tier ?? KUBE_ADMIN_TIER;
}
