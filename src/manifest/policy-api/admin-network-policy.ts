import { type Action, KUBE_ADMIN_TIER, KUBE_BASELINE_TIER } from '../../model/policy.ts';
import { quote } from '../../source/quote.ts';
import type { Kind } from '../kind.ts';
import { type PolicyForm, readPolicy, readPriority } from './policy.ts';
import { readPortMatch } from './ports.ts';
import type { RuleForm } from './rule.ts';

/** The one name that a BaselineAdminNetworkPolicy may have. */
const BASELINE_NAME = 'default';
/** Its place in its tier, as it has no priority. Source: libcalico-go before 3.32, K8sBaselineAdminNetworkPolicyToCalico. */
const BASELINE_ORDER = 1000;

const RULES: Omit<RuleForm, 'actions' | 'peers'> = {
  maxItems: 100,
  transport: 'ports',
  transportFields: ['portNumber', 'portRange', 'namedPort'],
  readTransport: readPortMatch,
  namedPort: 'namedPort',
};

const BASELINE_ACTIONS: readonly (readonly [string, Action])[] = [
  ['Allow', 'allow'],
  ['Deny', 'deny'],
];

const ADMIN: PolicyForm = {
  kind: 'AdminNetworkPolicy',
  tieBreakKind: 'AdminNetworkPolicy',
  spec: ['priority', 'subject', 'ingress', 'egress'],
  tier: () => KUBE_ADMIN_TIER,
  order: readPriority,
  rules: {
    ...RULES,
    actions: new Map([...BASELINE_ACTIONS, ['Pass', 'pass']]),
    peers: {
      ingress: ['namespaces', 'pods'],
      egress: ['namespaces', 'pods', 'networks', 'nodes', 'domainNames'],
      pods: 'both-required',
    },
  },
};

const BASELINE: PolicyForm = {
  kind: 'BaselineAdminNetworkPolicy',
  tieBreakKind: 'BaselineAdminNetworkPolicy',
  spec: ['subject', 'ingress', 'egress'],
  tier: () => KUBE_BASELINE_TIER,
  order: () => BASELINE_ORDER,
  rules: {
    ...RULES,
    actions: new Map(BASELINE_ACTIONS),
    peers: {
      ingress: ['namespaces', 'pods'],
      egress: ['namespaces', 'pods', 'networks', 'nodes'],
      pods: 'both-required',
    },
  },
};

/**
 * The two kinds that ClusterNetworkPolicy replaced, in their last form (v0.1.7 with its experimental fields): read as
 * ClusterNetworkPolicies of tiers Admin and Baseline.
 * Source: network-policy-api, apis/v1alpha1.
 */
export const adminNetworkPolicy: Kind = {
  kind: ADMIN.kind,
  apiVersions: ['policy.networking.k8s.io/v1alpha1'],
  scope: 'cluster',
  fields: ['spec', 'status'],
  strictness: 'error',
  simulated: 'every field but these',
  warned: '`nodes` and `domainNames` close their rule; `namedPort` beside peers that are no pods; equal priorities',
  read: (object, metadata) => {
    const policy = readPolicy(object, metadata, ADMIN);
    return policy === null ? { type: 'nothing' } : { type: 'policy', policy };
  },
};

export const baselineAdminNetworkPolicy: Kind = {
  ...adminNetworkPolicy,
  kind: BASELINE.kind,
  read: (object, metadata) => {
    if (metadata.name !== BASELINE_NAME) {
      const name = object.object('metadata', 'any')?.get('name') ?? object.node;
      const message = `a BaselineAdminNetworkPolicy must be called \`${BASELINE_NAME}\`, not ${quote(metadata.name)}: a cluster has one`;
      object.report.error('BAD_NAME', name, message);
    }
    const policy = readPolicy(object, metadata, BASELINE);
    return policy === null ? { type: 'nothing' } : { type: 'policy', policy };
  },
};
