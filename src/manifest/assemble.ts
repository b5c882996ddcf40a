import type { Cluster } from '../model/cluster.ts';
import { dataplaneOf } from '../model/dataplane.ts';
import { type Endpoint, qualifiedName, type Service } from '../model/endpoint.ts';
import type { ServiceEndpoint } from '../model/exposure.ts';
import type { Labels } from '../model/labels.ts';
import { BUILT_IN_TIERS, type Policy, type Tier } from '../model/policy.ts';
import { matches } from '../model/selector.ts';
import { formatAddress } from '../net/address.ts';
import { formatPosition } from '../source/position.ts';
import { quote } from '../source/quote.ts';
import { withoutConverted } from './converted.ts';
import { effectiveLabels, labelsOfNamespace, labelsOfServiceAccount } from './effective-labels.ts';
import { withHostAddresses } from './host-endpoints.ts';
import { withNameLabel } from './k8s/namespace.ts';
import type { Parsed, Pod, ReadObject } from './kind.ts';
import { withNamespaceLabels } from './network-sets.ts';
import { nameOf } from './objects.ts';
import { warnOfEqualPriorities } from './policy-api/equal-priorities.ts';
import type { Report } from './report.ts';
import { type Staged, withStaged } from './staged.ts';

type OfType<T extends Parsed['type']> = Omit<ReadObject, 'parsed'> & { readonly parsed: Parsed & { type: T } };

/**
 * Joins what was read, each object once, into one cluster: pods with what they have of their namespaces and service
 * accounts, Services with what stands behind them.
 */
export function assemble(distinct: readonly ReadObject[], staged: Staged, report: Report): Cluster {
  const objects = withoutConverted(distinct, report);
  const of = <T extends Parsed['type']>(type: T) => objects.filter((o): o is OfType<T> => o.parsed.type === type);
  const namespaces = new Map(of('namespace').map((o) => [o.metadata.name, o.parsed.labels]));
  warnOfMissingNamespaces(objects, namespaces, report);
  const ofNamespace = memo((name) => labelsOfNamespace(name, namespaces.get(name) ?? withNameLabel(name, NO_LABELS)));
  const endpoints = joinPods(
    of('pod').map((o) => o.parsed.pod),
    ofNamespace,
    new Map(of('service-account').map((o) => [qualifiedName(o.metadata), o.parsed.labels])),
  );
  warnOfSharedAddresses(endpoints, report);
  const hostEndpoints = of('host-endpoint').map((o) => o.parsed.host);
  const atHosts = of('host-policy').map((o) => o.parsed);
  const policies = withStaged(
    [...of('policy').map((o) => o.parsed), ...atHosts.filter(isInForceElsewhere)].map(({ policy }) => policy),
    of('staged').map((o) => o.parsed),
    staged,
  );
  const tiers = withBuiltIn(of('tier').map((o) => o.parsed.tier));
  warnOfEqualPriorities(policies, report);
  warnOfMissingTiers(policies, tiers, report);
  const felix = of('felix')[0]?.parsed.felix ?? {};
  return {
    dataplane: dataplaneOf(felix.dataplane ?? 'calico-iptables', felix),
    felix,
    tiers,
    policies,
    endpoints,
    networkSets: withNamespaceLabels(
      of('network-set').map((o) => o.parsed.set),
      ofNamespace,
    ),
    nodes: withHostAddresses(
      of('node').map((o) => o.parsed.node),
      hostEndpoints,
      report,
    ),
    services: joinServices(of('service'), of('backends'), of('endpoints')),
    pools: of('pool').map((o) => o.parsed.pool),
    hostPods: of('host-pod').map((o) => o.parsed.pod),
    hostEndpoints,
    unsimulated: atHosts
      .filter(({ policy }) => hostEndpoints.some(({ labels }) => matches(policy.selector, labels)))
      .map(({ policy, field }) => ({ policy: policy.name, field })),
  };
}

/** Before connection tracking and address translation a policy sees host endpoints alone. */
const isInForceElsewhere = ({ field }: Parsed & { type: 'host-policy' }): boolean => field === 'applyOnForward';

/** The last object of a kind and name stands where the first was: as when one is applied after the other. */
export function withoutDuplicates(read: readonly ReadObject[], report: Report): ReadObject[] {
  const last = new Map<string, ReadObject>();
  for (const object of read) {
    const key = `${groupOf(object)} ${nameOf(object)}`;
    const earlier = last.get(key);
    if (earlier !== undefined) {
      const where = formatPosition(earlier.metadata.at);
      report.warning('DUPLICATE_OBJECT', object.metadata.at, `${nameOf(object)} replaces the one at ${where}`);
    }
    last.set(key, object);
  }
  return [...last.values()];
}

/** Kinds of two API groups may have one name; two versions of a group are one kind. */
const groupOf = ({ kind }: ReadObject): string => kind.apiVersions[0]!.split('/')[0]!;

const withBuiltIn = (tiers: readonly Tier[]): Tier[] => [
  ...BUILT_IN_TIERS,
  ...tiers.filter(({ name }) => BUILT_IN_TIERS.every((builtIn) => builtIn.name !== name)),
];

/** The API server would not take such a policy; Felix takes it, after all other tiers. */
function warnOfMissingTiers(policies: readonly Policy[], tiers: readonly Tier[], report: Report): void {
  const known = new Set(tiers.map(({ name }) => name));
  for (const { tier, at } of policies) {
    if (known.has(tier)) continue;
    known.add(tier);
    const message = `tier ${quote(tier)} is not among the manifests: it is taken to come last, and to deny at its end`;
    report.warning('TIER_ABSENT', at, message);
  }
}

/** Pods as endpoints. A namespace or service account that is not among the input has its name for a label, no more. */
function joinPods(
  pods: readonly Pod[],
  ofNamespace: (name: string) => Labels,
  accounts: ReadonlyMap<string, Labels>,
): Endpoint[] {
  const ofAccount = memo((key) =>
    labelsOfServiceAccount(key.slice(key.indexOf('/') + 1), accounts.get(key) ?? NO_LABELS),
  );
  return pods.map((pod) => {
    const { serviceAccount, ...endpoint } = pod;
    const inherited = [ofNamespace(pod.namespace), ofAccount(`${pod.namespace}/${serviceAccount}`)];
    return { ...endpoint, labels: effectiveLabels(pod, inherited) };
  });
}

const NO_LABELS: Labels = new Map();

function memo(make: (key: string) => Labels): (key: string) => Labels {
  const made = new Map<string, Labels>();
  return (key) => {
    const labels = made.get(key) ?? make(key);
    made.set(key, labels);
    return labels;
  };
}

function warnOfMissingNamespaces(
  objects: readonly ReadObject[],
  namespaces: ReadonlyMap<string, Labels>,
  report: Report,
): void {
  const told = new Set<string>();
  for (const { metadata, parsed } of objects) {
    const name = metadata.namespace;
    if (name === null || namespaces.has(name) || told.has(name) || !NEEDS_NAMESPACE.has(parsed.type)) continue;
    told.add(name);
    const message = `namespace ${quote(name)} is not among the manifests: it is taken to have its name for its only label`;
    report.warning('NAMESPACE_ABSENT', metadata.at, message);
  }
}

/** Where the labels of the namespace count, or a policy hopes to find pods. */
const NEEDS_NAMESPACE: ReadonlySet<string> = new Set<Parsed['type']>(['pod', 'policy', 'staged', 'network-set']);

function warnOfSharedAddresses(endpoints: readonly Endpoint[], report: Report): void {
  const owners = new Map<string, Endpoint>();
  for (const endpoint of endpoints) {
    for (const address of endpoint.addresses) {
      const text = formatAddress(address);
      const other = owners.get(text);
      if (other === undefined) {
        owners.set(text, endpoint);
        continue;
      }
      const both = `${quote(qualifiedName(other))} (${formatPosition(other.at)}) and ${quote(qualifiedName(endpoint))}`;
      report.warning('SHARED_ADDRESS', endpoint.at, `address ${quote(text)} is held by two pods, ${both}`);
    }
  }
}

function joinServices(
  services: readonly OfType<'service'>[],
  slices: readonly OfType<'backends'>[],
  older: readonly OfType<'endpoints'>[],
): Service[] {
  const told = endpointsByService(slices);
  const toldByOlder = endpointsByService(older);
  const behind = new Map<string, Map<string, Service['backends'][number]>>();
  for (const { metadata, parsed } of slices) {
    const key = `${metadata.namespace}/${parsed.service}`;
    const found = behind.get(key) ?? new Map();
    for (const backend of parsed.backends) {
      found.set(`${formatAddress(backend.address)} ${backend.protocol} ${backend.port}`, backend);
    }
    behind.set(key, found);
  }
  const joined = services.map(({ parsed: { service } }): Service => {
    const name = qualifiedName(service);
    const backends = [...(behind.get(name)?.values() ?? [])];
    if (service.exposure === undefined) return { ...service, backends };
    const endpoints = told.get(name) ?? toldByOlder.get(name) ?? null;
    return { ...service, backends, exposure: { ...service.exposure, endpoints } };
  });
  return [...joined, ...withoutService(new Set(joined.map(qualifiedName)), slices, behind)];
}

function endpointsByService(
  objects: readonly (OfType<'backends'> | OfType<'endpoints'>)[],
): Map<string, ServiceEndpoint[]> {
  const found = new Map<string, ServiceEndpoint[]>();
  for (const { metadata, parsed } of objects) {
    const key = `${metadata.namespace}/${parsed.service}`;
    const list = found.get(key) ?? [];
    found.set(key, list);
    list.push(...parsed.endpoints);
  }
  return found;
}

/** Slices whose Service is not among the input: rules that name it look at slices alone. It owns no address. */
function withoutService(
  given: ReadonlySet<string>,
  slices: readonly OfType<'backends'>[],
  behind: ReadonlyMap<string, ReadonlyMap<string, Service['backends'][number]>>,
): Service[] {
  const absent = new Map<string, Service>();
  for (const { metadata, parsed } of slices) {
    const key = `${metadata.namespace}/${parsed.service}`;
    if (parsed.service === null || given.has(key) || absent.has(key)) continue;
    const backends = [...behind.get(key)!.values()];
    const namespace = metadata.namespace as string;
    absent.set(key, { namespace, name: parsed.service, addresses: [], ports: [], backends, at: metadata.at });
  }
  return [...absent.values()];
}
