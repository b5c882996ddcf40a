import type { Unplaced } from '../explain/judge.ts';
import type { Cluster, WorkloadPods } from '../model/cluster.ts';
import { qualifiedName } from '../model/endpoint.ts';
import { type Address, type Family, formatAddress, parseAddress } from '../net/address.ts';
import type { FiveTuple } from '../net/five-tuple.ts';
import { hasIcmpType, hasPorts, ICMP, ICMPV6, protocolName, protocolNumber, TCP } from '../net/protocol.ts';
import { UsageError } from './io.ts';
import { didYouMean } from './suggest.ts';

/** The source port of a connection that somebody only thinks of: the first that clients get (RFC 6335, section 6). */
export const CLIENT_PORT = 49_152;

/** Echo request, by family: RFC 792, RFC 4443. */
const ECHO: Readonly<Record<Family, readonly [protocol: number, type: number]>> = { 4: [ICMP, 8], 6: [ICMPV6, 128] };
const MAX_PORT = 65_535;
const FORMS = 'expected `5432/tcp`, `53/udp`, `icmp`, `icmp/TYPE/CODE` or `protocol/47`';

/** What the command line asks about. */
export type Question = {
  readonly tuple: FiveTuple;
  /** Ends that have no address yet. */
  readonly unplaced: Unplaced;
  readonly notes: readonly string[];
};

/** @throws UsageError */
export function questionOf(
  cluster: Cluster,
  from: string,
  to: string,
  port: string,
  sport: number | undefined,
): Question {
  const source = endOf(cluster, '--from', from);
  const destination = endOf(cluster, '--to', to);
  checkPlaces(cluster, source, destination);
  const [src, dst] = sharedFamily(source, destination);
  if (sport !== undefined && sport > MAX_PORT) throw new UsageError(`option \`--sport\`: \`${sport}\` is no port`);
  const standIns = [
    [src, source],
    [dst, destination],
  ] as const;
  return {
    tuple: { src, dst, ...transportOf(port, src.family, sport ?? CLIENT_PORT) },
    unplaced: new Map(standIns.flatMap(([standIn, end]) => (isPlaced(end) ? [] : [[standIn, end.name]]))),
    notes: [...source.notes, ...destination.notes],
  };
}

type Transport = Omit<FiveTuple, 'src' | 'dst'>;

const NOTHING = { sourcePort: null, destinationPort: null, icmpType: null, icmpCode: null } as const;

/** Reads `--port`. A number alone is a port of TCP, as in a policy. */
export function transportOf(text: string, family: Family, sourcePort: number): Transport {
  const [first, ...rest] = text.toLowerCase().split('/') as [string, ...string[]];
  if (first === 'icmp' || first === 'icmpv6') return icmpOf(text, first, rest, family);
  if (first === 'protocol' && rest.length === 1) {
    const protocol = protocolNumber(rest[0]!);
    if (protocol === null) throw refused(text, 'no protocol has that name or number');
    if (hasPorts(protocol) || hasIcmpType(protocol))
      throw refused(text, `${protocolName(protocol)} needs a port or a type`);
    return { protocol, ...NOTHING };
  }
  const protocol = rest.length === 0 ? TCP : protocolNumber(rest[0]!);
  if (rest.length === 0 && /^[a-z]/.test(first) && protocolNumber(first) !== null)
    throw refused(text, 'a port is missing, as in `5432/tcp`');
  if (protocol === null || !hasPorts(protocol) || rest.length > 1) throw refused(text, FORMS);
  const destinationPort = /^\d{1,5}$/.test(first) ? Number(first) : -1;
  if (destinationPort < 0 || destinationPort > MAX_PORT) throw refused(text, FORMS);
  return { ...NOTHING, protocol, sourcePort, destinationPort };
}

function icmpOf(text: string, name: string, numbers: readonly string[], family: Family): Transport {
  const [protocol, echo] = ECHO[family];
  const wrongFamily = name === 'icmpv6' ? family === 4 : family === 6 && numbers.length > 0;
  if (wrongFamily)
    throw refused(
      text,
      `the addresses are IPv${family}, whose ICMP is \`${protocolName(protocol)}\``.toLowerCase().replace('ipv', 'IPv'),
    );
  if (numbers.length === 0) return { ...NOTHING, protocol, icmpType: echo, icmpCode: 0 };
  const [icmpType, icmpCode = 0] = numbers.map((number) => (/^\d{1,3}$/.test(number) ? Number(number) : 256));
  if (numbers.length > 2 || icmpType! > 255 || icmpCode > 255) throw refused(text, FORMS);
  return { ...NOTHING, protocol, icmpType: icmpType!, icmpCode };
}

const refused = (text: string, why: string): UsageError => new UsageError(`option \`--port\`: \`${text}\`: ${why}`);

/** Who an end is: an endpoint without an address by its name, all others by their addresses. */
type End = {
  readonly option: string;
  /** As it was typed; of an endpoint its qualified name. */
  readonly name: string;
  readonly addresses: readonly Address[];
  readonly notes: readonly string[];
};

const isPlaced = ({ addresses }: End): boolean => addresses.length > 0;

/** A pod before a workload, as `NAMESPACE/NAME` may be either. */
function endOf(cluster: Cluster, option: string, text: string): End {
  const address = parseAddress(text);
  if (address !== null) return { option, name: text, addresses: [address], notes: [] };
  const endpoint = cluster.endpoints.find((one) => qualifiedName(one) === text);
  if (endpoint !== undefined) return { option, name: text, addresses: endpoint.addresses, notes: [] };
  const workload = workloadOf(cluster, option, text);
  if (workload !== null) return podOfWorkload(cluster, option, workload);
  const named = [
    ...cluster.nodes.map(({ name, addresses }) => ({ name: `node/${name}`, addresses })),
    ...cluster.services.map((one) => ({ ...one, name: `service/${qualifiedName(one)}` })),
  ];
  const found = named.find(({ name }) => name === text);
  if (found === undefined) throw new UsageError(`option \`${option}\`: ${unknown(text, cluster, named)}`);
  if (found.addresses.length === 0) throw new UsageError(`option \`${option}\`: \`${text}\` has no address`);
  return { option, name: text, addresses: found.addresses, notes: [] };
}

/** `NAMESPACE/KIND/NAME`, or `NAMESPACE/NAME` where only one workload has that name. */
function workloadOf({ workloads = [] }: Cluster, option: string, text: string): WorkloadPods | null {
  const [namespace, ...rest] = text.split('/');
  const name = rest.length === 2 ? `${namespace}/${rest[0]!.toLowerCase()}/${rest[1]}` : text;
  const found = workloads.filter((one) => one.name === name || shortName(one) === text);
  if (found.length < 2) return found[0] ?? null;
  throw new UsageError(`option \`${option}\`: \`${text}\` is ${quotedAlternatives(found.map((one) => one.name))}`);
}

const shortName = ({ name }: WorkloadPods): string =>
  `${name.slice(0, name.indexOf('/'))}${name.slice(name.lastIndexOf('/'))}`;

/** Its template, or one of its pods where they are given. */
function podOfWorkload(cluster: Cluster, option: string, { name, pods, hostNetwork }: WorkloadPods): End {
  if (hostNetwork)
    throw new UsageError(
      `option \`${option}\`: the pods of \`${name}\` are on their nodes' network, where no policy selects them: name a node, as in \`node/NODE\``,
    );
  const [first] = pods;
  if (first === undefined) return { option, name, addresses: [], notes: [] };
  const { addresses } = cluster.endpoints.find((one) => qualifiedName(one) === first)!;
  const others = pods.length === 1 ? '' : `, one of ${pods.length} pods,`;
  return { option, name: first, addresses, notes: [`${first}${others} stands for ${name}`] };
}

/** Whether a node runs the pod, and which backend a Service leads to, cannot be told of an end without an address. */
function checkPlaces({ nodes, services }: Cluster, ...ends: readonly [End, End]): void {
  const unplaced = ends.find((end) => !isPlaced(end));
  const other = ends.find((end) => end !== unplaced);
  if (unplaced === undefined || other === undefined) return;
  const { name, option, addresses } = other;
  const owns = (one: { readonly addresses: readonly Address[] }): boolean =>
    one.addresses.some((own) => addresses.some(({ family, value }) => family === own.family && value === own.value));
  const without = `while \`${unplaced.name}\` has no address`;
  if (nodes.some(owns))
    throw new UsageError(
      `option \`${option}\`: \`${name}\` is a node, and ${without} nobody can tell whether that pod runs on it`,
    );
  if (services.some(owns))
    throw new UsageError(
      `option \`${option}\`: \`${name}\` is a Service, which cannot be followed ${without}: name a pod or workload behind it`,
    );
}

function unknown(text: string, cluster: Cluster, others: readonly { readonly name: string }[]): string {
  const names = [
    ...cluster.endpoints.map(qualifiedName),
    ...(cluster.workloads ?? []).map(({ name }) => name),
    ...others.map(({ name }) => name),
  ];
  const alike = [...new Set(names)].filter((name) => name.endsWith(`/${text}`));
  if (alike.length > 0) return `\`${text}\` needs its namespace: ${quotedAlternatives(alike.slice(0, 3))}`;
  const near = didYouMean(text, names);
  return `no pod or workload \`${text}\` among the manifests${near || ', expected NAMESPACE/POD, NAMESPACE/KIND/WORKLOAD, node/NODE, service/NAMESPACE/SERVICE or an address'}`;
}

const quotedAlternatives = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(' or ');

/** What stands for an address that is not known: of the block that no host has (RFC 1122, section 3.2.1.3), or of none. */
const standIn = (family: Family): Address => ({ family, value: 0n });

/** One address of each end, of one family: IPv4 first. What has none takes the other's family. */
function sharedFamily(from: End, to: End): [Address, Address] {
  for (const family of [4, 6] as const) {
    const [src, dst] = [from, to].map((end) =>
      isPlaced(end) ? end.addresses.find((one) => one.family === family) : standIn(family),
    );
    if (src !== undefined && dst !== undefined) return [src, dst];
  }
  throw new UsageError(`\`${from.name}\` and \`${to.name}\` have no addresses of one family`);
}

/** The connection as a line of a tuple file: replay is asked as anybody would ask it. */
export const tupleLine = ({ src, dst, protocol, sourcePort, destinationPort, icmpType, icmpCode }: FiveTuple): string =>
  `${JSON.stringify({
    src: formatAddress(src),
    dst: formatAddress(dst),
    proto: protocol,
    ...(sourcePort === null ? {} : { sport: sourcePort }),
    ...(destinationPort === null ? {} : { dport: destinationPort }),
    ...(icmpType === null ? {} : { icmpType, icmpCode }),
  })}\n`;
