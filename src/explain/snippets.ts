import type { Address } from '../net/address.ts';
import { bitsOf, formatAddress } from '../net/address.ts';
import { hasPorts, ICMP, ICMPV6, protocolName, SCTP, TCP, UDP } from '../net/protocol.ts';
import type { Dialect } from './dialect.ts';

/** The other end as a rule would name it. */
export type PeerText = {
  /** Null for an address that no pod has. */
  readonly pod: { readonly namespace: string; readonly labels: readonly (readonly [string, string])[] } | null;
  readonly address: Address;
};

/** What the packet is for a rule: port null where the protocol has none. */
export type PortText = { readonly protocol: number; readonly port: number | null; readonly icmpType: number | null };

/** Whether a dialect can name a protocol; if not, its rule must be for all of them. */
export function canName(dialect: Dialect, { protocol }: PortText): boolean {
  if (dialect === 'calico') return typeof protocolName(protocol) === 'string' || protocol > 0;
  return protocol === TCP || protocol === UDP || protocol === SCTP;
}

/** One more item of `from` or `to`. */
export function peerYaml(dialect: Dialect, peer: PeerText, sameNamespace: boolean): string[] {
  const cidr = `${formatAddress(peer.address)}/${bitsOf(peer.address.family)}`;
  if (dialect === 'kubernetes')
    return peer.pod === null
      ? ['- ipBlock:', `    cidr: ${quoted(cidr)}`]
      : asItem([
          ...(sameNamespace ? [] : ['namespaceSelector:', ...matchLabels(nameOfNamespace(peer.pod.namespace))]),
          ...podSelector(peer.pod.labels),
        ]);
  if (peer.pod === null) return ['- networks:', `    - ${quoted(cidr)}`];
  return asItem([
    'pods:',
    ...indent(['namespaceSelector:', ...matchLabels(nameOfNamespace(peer.pod.namespace))]),
    ...indent(podSelector(peer.pod.labels)),
  ]);
}

/** One more item of `ports` (`protocols` of a ClusterNetworkPolicy). */
export function portYaml(dialect: Dialect, { protocol, port }: PortText): string[] {
  const name = String(protocolName(protocol));
  switch (dialect) {
    case 'cluster-network-policy':
      return [`- ${name.toLowerCase()}:`, '    destinationPort:', `      number: ${port}`];
    case 'admin-network-policy':
      return ['- portNumber:', `    protocol: ${name}`, `    port: ${port}`];
    default:
      return [`- protocol: ${name}`, `  port: ${port}`];
  }
}

/** One more rule. `port` null: for every protocol and port. */
export function ruleYaml(
  dialect: Dialect,
  direction: 'ingress' | 'egress',
  peer: PeerText,
  port: PortText | null,
  sameNamespace: boolean,
): string[] {
  if (dialect === 'calico') return calicoRule(direction, peer, port, sameNamespace);
  const peers = direction === 'ingress' ? 'from' : 'to';
  const ports = dialect === 'cluster-network-policy' ? 'protocols' : 'ports';
  const action = { kubernetes: null, 'cluster-network-policy': 'Accept', 'admin-network-policy': 'Allow' }[dialect];
  return asItem([
    ...(action === null ? [] : [`action: ${action}`]),
    `${peers}:`,
    ...indent(peerYaml(dialect, peer, sameNamespace)),
    ...(port === null ? [] : [`${ports}:`, ...indent(portYaml(dialect, port))]),
  ]);
}

function calicoRule(
  direction: 'ingress' | 'egress',
  peer: PeerText,
  port: PortText | null,
  sameNamespace: boolean,
): string[] {
  const who =
    peer.pod === null
      ? [`nets: ["${formatAddress(peer.address)}/${bitsOf(peer.address.family)}"]`]
      : [
          ...(sameNamespace ? [] : [`namespaceSelector: projectcalico.org/name == "${peer.pod.namespace}"`]),
          `selector: ${calicoSelector(peer.pod.labels)}`,
        ];
  const ports = port !== null && port.port !== null && hasPorts(port.protocol) ? [`ports: [${port.port}]`] : [];
  const [source, destination] = direction === 'ingress' ? [who, ports] : [[], [...who, ...ports]];
  return asItem([
    'action: Allow',
    ...(port === null ? [] : [`protocol: ${protocolName(port.protocol)}`]),
    ...icmpLines(port),
    ...(source.length === 0 ? [] : ['source:', ...indent(source)]),
    ...(destination.length === 0 ? [] : ['destination:', ...indent(destination)]),
  ]);
}

const icmpLines = (port: PortText | null): string[] =>
  port !== null && port.icmpType !== null && (port.protocol === ICMP || port.protocol === ICMPV6)
    ? ['icmp:', `  type: ${port.icmpType}`]
    : [];

const calicoSelector = (labels: PeerLabels): string =>
  labels.length === 0 ? 'all()' : labels.map(([key, value]) => `${key} == "${value}"`).join(' && ');

type PeerLabels = readonly (readonly [string, string])[];

const podSelector = (labels: PeerLabels): string[] =>
  labels.length === 0 ? ['podSelector: {}'] : ['podSelector:', ...matchLabels(labels)];

/** The label that the API server gives every namespace. */
const nameOfNamespace = (name: string): PeerLabels => [['kubernetes.io/metadata.name', name]];

const matchLabels = (labels: PeerLabels): string[] =>
  indent(['matchLabels:', ...indent(labels.map(([key, value]) => `${key}: ${quoted(value)}`))]);

const indent = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);
const asItem = (lines: readonly string[]): string[] => lines.map((line, i) => `${i === 0 ? '-' : ' '} ${line}`);

/** A YAML scalar that is read as text: what might be a number, a truth value, a null or syntax is put in quotes. */
export const quoted = (text: string): string =>
  /^[A-Za-z_][A-Za-z0-9_./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text);
