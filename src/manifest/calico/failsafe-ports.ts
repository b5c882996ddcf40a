import { DEFAULT_FAILSAFES, type Failsafe, type Failsafes } from '../../model/failsafe.ts';
import { parseAddress } from '../../net/address.ts';
import { hostPrefix, type Prefix, parsePrefix } from '../../net/prefix.ts';
import { SCTP, TCP, UDP } from '../../net/protocol.ts';
import { quote } from '../../source/quote.ts';
import type { Fields, Known } from '../fields.ts';

/** Source: api v3 felixconfig.go, ProtoPort. */
const PROTO_PORT: Known = ['protocol', 'port', 'net'];
const PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ['tcp', TCP],
  ['udp', UDP],
  ['sctp', SCTP],
]);
const MAX_PORT = 65_535;

/** By family: the port that encrypted traffic between nodes uses, which no host endpoint drops (ledger 129). */
const WIREGUARD = [
  { enabled: 'wireguardEnabled', field: 'wireguardListeningPort', port: 51_820, net: '0.0.0.0/0' },
  { enabled: 'wireguardEnabledV6', field: 'wireguardListeningPortV6', port: 51_821, net: '::/0' },
] as const;

/** What host endpoints let through before any policy. An empty list is none; no list is the defaults. */
export function readFailsafes(spec: Fields): Failsafes {
  const wireguard = WIREGUARD.filter(({ enabled }) => spec.boolean(enabled)).map(
    ({ field, port, net }): Failsafe => ({
      protocol: UDP,
      port: spec.integer(field)?.value ?? port,
      net: parsePrefix(net)!.prefix,
    }),
  );
  const read = (field: string, otherwise: readonly Failsafe[]): Failsafe[] => [
    ...(spec.get(field) === null ? otherwise : spec.objects(field, PROTO_PORT).flatMap((one) => readOne(one) ?? [])),
    ...wireguard,
  ];
  return {
    ingress: read('failsafeInboundHostPorts', DEFAULT_FAILSAFES.ingress),
    egress: read('failsafeOutboundHostPorts', DEFAULT_FAILSAFES.egress),
  };
}

function readOne(fields: Fields): Failsafe | null {
  const written = fields.string('protocol');
  const protocol = PROTOCOLS.get((written?.value || 'tcp').toLowerCase());
  if (protocol === undefined) {
    const message = `protocol ${quote(written!.value)} of a failsafe port must be tcp, udp or sctp`;
    fields.report.error('BAD_PROTOCOL', written!.node, message);
  }
  const port = fields.integer('port');
  if (port === null && fields.get('port') === null) fields.missing('port', 'a number from 0 to 65535');
  if (port !== null && (port.value < 0 || port.value > MAX_PORT)) {
    fields.report.error('BAD_PORT', port.node, `\`port\` ${port.value} must be from 0 to 65535`);
    return null;
  }
  const net = fields.string('net');
  const block = net === null || net.value === '' ? null : blockOf(net.value);
  if (block === undefined) {
    const message = `${quote(net!.value)} is no address and no block of addresses such as \`10.0.0.0/8\``;
    fields.report.error('BAD_CIDR', net!.node, message);
  }
  return protocol === undefined || port === null || block === undefined
    ? null
    : { protocol, port: port.value, net: block };
}

function blockOf(text: string): Prefix | undefined {
  const address = parseAddress(text);
  return address === null ? parsePrefix(text)?.prefix : hostPrefix(address);
}
