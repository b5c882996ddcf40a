import type { Cluster } from '../model/cluster.ts';
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

/** What the command line asks about. @throws UsageError */
export function questionOf(
  cluster: Cluster,
  from: string,
  to: string,
  port: string,
  sport: number | undefined,
): FiveTuple {
  const [src, dst] = sharedFamily(addressesOf(cluster, '--from', from), addressesOf(cluster, '--to', to), from, to);
  if (sport !== undefined && sport > MAX_PORT) throw new UsageError(`option \`--sport\`: \`${sport}\` is no port`);
  return { src, dst, ...transportOf(port, src.family, sport ?? CLIENT_PORT) };
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

/** Every address of what is named. */
function addressesOf(cluster: Cluster, option: string, text: string): readonly Address[] {
  const address = parseAddress(text);
  if (address !== null) return [address];
  const named = [
    ...cluster.endpoints.map((one) => ({ ...one, name: qualifiedName(one) })),
    ...cluster.nodes.map(({ name, addresses }) => ({ name: `node/${name}`, addresses })),
    ...cluster.services.map((one) => ({ ...one, name: `service/${qualifiedName(one)}` })),
  ];
  const found = named.find(({ name }) => name === text);
  if (found === undefined) throw new UsageError(`option \`${option}\`: ${unknown(text, named)}`);
  if (found.addresses.length === 0)
    throw new UsageError(
      `option \`${option}\`: \`${text}\` has no address yet: rules that look at addresses cannot be judged`,
    );
  return found.addresses;
}

function unknown(text: string, named: readonly { readonly name: string }[]): string {
  const names = named.map(({ name }) => name);
  const alike = names.filter((name) => name.endsWith(`/${text}`));
  if (alike.length > 0)
    return `\`${text}\` needs its namespace: ${alike
      .slice(0, 3)
      .map((one) => `\`${one}\``)
      .join(' or ')}`;
  const near = didYouMean(text, names);
  return `no pod \`${text}\` among the manifests${near || ', expected NAMESPACE/POD, node/NODE, service/NAMESPACE/SERVICE or an address'}`;
}

/** One address of each end, of one family: IPv4 first. */
function sharedFamily(
  from: readonly Address[],
  to: readonly Address[],
  ...names: [string, string]
): [Address, Address] {
  for (const family of [4, 6]) {
    const src = from.find((one) => one.family === family);
    const dst = to.find((one) => one.family === family);
    if (src !== undefined && dst !== undefined) return [src, dst];
  }
  throw new UsageError(`\`${names[0]}\` and \`${names[1]}\` have no addresses of one family`);
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
