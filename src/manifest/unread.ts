import { didYouMean } from '../source/did-you-mean.ts';
import type { SourcePos } from '../source/position.ts';
import { quote } from '../source/quote.ts';
import { isRead, type Scope } from './kind.ts';
import { kindNames, kindsNamed } from './registry.ts';
import type { Report } from './report.ts';

/** Every system calls its policies so: NetworkPolicy, AdminNetworkPolicy, CiliumClusterwideNetworkPolicy, ... */
export const POLICY_SUFFIX = 'NetworkPolicy';
/** Kinds of other names that decide about traffic, by their API group. */
export const REFUSED_KINDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['cilium.io', ['CiliumCIDRGroup', 'CiliumLocalRedirectPolicy', 'CiliumEgressGatewayPolicy']],
  ['crd.antrea.io', ['Tier', 'Group', 'ClusterGroup', 'ExternalEntity']],
  ['k8s.ovn.org', ['EgressFirewall']],
  ['kubeovn.io', ['SecurityGroup']],
  ['vpcresources.k8s.aws', ['SecurityGroupPolicy']],
  ['networking.k8s.aws', ['PolicyEndpoint']],
]);

/** Kinds that make pods: their pods count, when they are given. */
const WORKLOADS: ReadonlySet<string> = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'CronJob',
]);

type Ignored = { readonly at: SourcePos; count: number };

/**
 * Says what becomes of kinds that no reader takes. What decides about traffic is an error; the rest has no effect and
 * is told once a kind, when everything has been read.
 */
export class Unread {
  readonly #ignored = new Map<string, Ignored>();
  readonly #report: Report;

  constructor(report: Report) {
    this.#report = report;
  }

  add(apiVersion: string, kind: string, at: SourcePos, scope: Scope): void {
    const slash = apiVersion.indexOf('/');
    const group = slash < 0 ? '' : apiVersion.slice(0, slash);
    const error = fault(group, apiVersion, kind, scope);
    if (error === null) this.#ignore(`${apiVersion} ${kind}`, at);
    else this.#report.error(error.code, at, error.message);
  }

  #ignore(name: string, at: SourcePos): void {
    const seen = this.#ignored.get(name);
    if (seen === undefined) this.#ignored.set(name, { at, count: 1 });
    else seen.count++;
  }

  /** One warning for each kind that was left alone, where the first such object stands. */
  finish(): void {
    for (const [name, { at, count }] of this.#ignored) {
      const kind = name.slice(name.indexOf(' ') + 1);
      const objects = count === 1 ? '1 object has' : `${count} objects have`;
      const hint = WORKLOADS.has(kind) ? ': give the pods that it makes (`kubectl get pods -o yaml`)' : nearKind(kind);
      this.#report.warning('KIND_NOT_READ', at, `${quote(name)} is not read, ${objects} no effect on a verdict${hint}`);
    }
  }
}

type Fault = { readonly code: string; readonly message: string };

function fault(group: string, apiVersion: string, kind: string, scope: Scope): Fault | null {
  const named = kindsNamed(kind).filter((named) => isRead(named, scope));
  const versions = named.flatMap((reader) => reader.apiVersions);
  const sameGroup = versions.filter((version) => version.split('/')[0] === group);
  // `extensions` is where NetworkPolicy lived before networking.k8s.io; a kind of the core group has no group at all.
  if (named.length > 0 && (group === '' || group === 'extensions' || sameGroup.length > 0)) {
    const use = (sameGroup.length > 0 ? sameGroup : versions).map(quote);
    return {
      code: 'UNSUPPORTED_VERSION',
      message: `${quote(kind)} of ${quote(apiVersion)} is not read: use ${use.join(' or ')}`,
    };
  }
  if (kind.endsWith(POLICY_SUFFIX) || REFUSED_KINDS.get(group)?.includes(kind)) {
    const message = `${quote(`${apiVersion} ${kind}`)} is not simulated, and could change verdicts: leave it out or keep going without it`;
    return { code: 'UNSUPPORTED_POLICY_KIND', message };
  }
  return null;
}

function nearKind(kind: string): string {
  const near = didYouMean(kind, kindNames);
  return near === null || near.toLowerCase() === kind.slice(0, -1).toLowerCase()
    ? ''
    : `: did you mean ${quote(near)}?`;
}
