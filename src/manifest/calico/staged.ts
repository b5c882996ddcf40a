import type { Policy } from '../../model/policy.ts';
import { didYouMean } from '../../source/did-you-mean.ts';
import { quote } from '../../source/quote.ts';
import type { Fields } from '../fields.ts';
import { CALICO_KIND, POLICY_FIELDS, readKubernetesPolicy } from '../k8s/network-policy.ts';
import type { Kind, Parsed, StagedAction } from '../kind.ts';
import { API_VERSIONS, v3Metadata } from './dialect.ts';
import { checkPolicyName, hostField, tierOf } from './policy.ts';
import { GLOBAL_POLICY_SPEC, POLICY_SPEC, readPolicy, tieBreakOf } from './policy-spec.ts';

const ACTIONS: ReadonlyMap<string, StagedAction> = new Map([
  ['Set', 'set'],
  ['Delete', 'delete'],
  ['Learn', 'learn'],
  ['Ignore', 'ignore'],
]);

/** Source: api v3 stagednetworkpolicy.go. */
export const stagedNetworkPolicy = stagedKind('StagedNetworkPolicy', 'NetworkPolicy', 'namespaced', POLICY_SPEC);

/** Source: api v3 stagedglobalnetworkpolicy.go. */
export const stagedGlobalNetworkPolicy = stagedKind(
  'StagedGlobalNetworkPolicy',
  'GlobalNetworkPolicy',
  'cluster',
  GLOBAL_POLICY_SPEC,
);

/** A Kubernetes NetworkPolicy that is not in force yet. Source: api v3 stagedkubernetesnetworkpolicy.go. */
export const stagedKubernetesNetworkPolicy: Kind = {
  kind: 'StagedKubernetesNetworkPolicy',
  apiVersions: API_VERSIONS,
  scope: 'namespaced',
  fields: ['spec', 'status'],
  strictness: 'error',
  simulated: 'as the two above; its fields are those of a Kubernetes NetworkPolicy',
  warned: '',
  read: (object, metadata, apiVersion) => {
    const spec = object.object('spec', [...POLICY_FIELDS, 'stagedAction']);
    const shown = v3Metadata(metadata, apiVersion, null, object.report);
    const policy = readKubernetesPolicy(object, spec, shown);
    const kind = 'StagedKubernetesNetworkPolicy';
    const staged = { ...policy, kind, tieBreak: tieBreakOf(shown, kind) };
    return stagedOf(staged, spec, tieBreakOf(shown, CALICO_KIND), ['policyTypes', 'ingress', 'egress']);
  },
};

function stagedKind(kind: string, enforcedKind: string, scope: Kind['scope'], known: readonly string[]): Kind {
  return {
    kind,
    apiVersions: API_VERSIONS,
    scope,
    fields: ['spec', 'status'],
    strictness: 'error',
    simulated: 'without effect; under `--staged enforce` as applied, or its policy as deleted',
    warned: 'what it is of the enforced kind',
    read: (object, metadata, apiVersion): Parsed => {
      checkPolicyName(object, metadata, apiVersion);
      const spec = object.object('spec', [...known, 'stagedAction']);
      const shown = v3Metadata(metadata, apiVersion, tierOf(spec), object.report);
      const policy = readPolicy(spec, shown, kind, apiVersion);
      const field = spec !== null && scope === 'cluster' ? hostField(spec, shown) : null;
      if (field !== null && field !== 'applyOnForward') return { type: 'nothing' };
      const rest = known.filter((name) => name !== 'tier' && name !== 'types');
      return stagedOf(policy, spec, tieBreakOf(shown, enforcedKind), rest);
    },
  };
}

/** @param mustBeAbsent what a policy that is to be deleted may not say */
function stagedOf(policy: Policy, spec: Fields | null, replaces: string, mustBeAbsent: readonly string[]): Parsed {
  const action = spec === null ? 'set' : readAction(spec);
  const extra = action === 'delete' ? mustBeAbsent.find((name) => spec!.get(name) !== null) : undefined;
  if (extra !== undefined) {
    const message = `${quote(extra)} cannot stand beside \`stagedAction: Delete\``;
    spec!.report.error('BAD_STAGED_ACTION', spec!.get(extra)!, message);
  }
  return { type: 'staged', policy: { ...policy, staged: true }, action, replaces };
}

function readAction(spec: Fields): StagedAction {
  const written = spec.string('stagedAction');
  if (written === null || written.value === '') return 'set';
  const action = ACTIONS.get(written.value);
  if (action !== undefined) return action;
  const near = didYouMean(written.value, ACTIONS.keys());
  const hint = near === null ? '' : `: did you mean \`${near}\`?`;
  const message = `stagedAction ${quote(written.value)} must be Set, Delete, Learn or Ignore${hint}`;
  spec.report.error('BAD_STAGED_ACTION', written.node, message);
  return 'set';
}
