import { ANY_L4, type L4Match, type PortRange } from '../../model/policy.ts';
import { SCTP, TCP, UDP } from '../../net/protocol.ts';
import { quote } from '../../source/quote.ts';
import type { Fields } from '../fields.ts';
import { checkedPort, readProtocol } from '../k8s/protocol.ts';
import { portNameFault } from '../names.ts';
import { onlyField } from './bounds.ts';

/** What Calico takes for the name of a port: numorstring, NamedPort. */
const CALICO_PORT_NAME = /^[A-Za-z0-9_.-]{1,128}$/;

const PROTOCOLS = { tcp: TCP, udp: UDP, sctp: SCTP } as const;

/** One of `protocols`, as v1alpha2 writes it. Null with an error. Source: ClusterNetworkPolicyProtocol. */
export function readProtocolMatch(fields: Fields): L4Match | null {
  const field = onlyField(fields, ['tcp', 'udp', 'sctp', 'destinationNamedPort'], 'BAD_PROTOCOL', 'a protocol');
  if (field === null) return null;
  if (field === 'destinationNamedPort') return readNamedPort(fields, field);
  const protocol = fields.object(field, ['destinationPort']);
  if (protocol?.get('destinationPort') === null) protocol.missing('destinationPort', '`number` or `range`');
  const port = protocol?.object('destinationPort', ['number', 'range']) ?? null;
  if (port === null) return null;
  const range =
    onlyField(port, ['number', 'range'], 'BAD_PORT', '`destinationPort`') === 'number'
      ? readNumber(port, 'number')
      : readRange(port.object('range', ['start', 'end']), 'ascending');
  return range && ofProtocol(PROTOCOLS[field], range);
}

/** One of `ports`, as v1alpha1 writes it. Null with an error. Source: AdminNetworkPolicyPort. */
export function readPortMatch(fields: Fields): L4Match | null {
  switch (onlyField(fields, ['portNumber', 'portRange', 'namedPort'], 'BAD_PORT', 'a port')) {
    case null:
      return null;
    case 'namedPort':
      return readNamedPort(fields, 'namedPort');
    case 'portNumber': {
      const number = fields.object('portNumber', ['protocol', 'port']);
      const range = number && readNumber(number, 'port');
      return range && ofProtocol(readProtocol(number), range);
    }
    case 'portRange': {
      const ports = fields.object('portRange', ['protocol', 'start', 'end']);
      const range = readRange(ports, 'may-be-one');
      return range && ofProtocol(readProtocol(ports!), range);
    }
  }
}

const ofProtocol = (protocol: number, range: PortRange): L4Match => ({
  ...ANY_L4,
  protocol,
  destinationPorts: { ranges: [range], names: [] },
});

function readNumber(fields: Fields, name: string): PortRange | null {
  const port = readPort(fields, name);
  return port === null ? null : [port, port];
}

/** v1alpha2 wants the end above the start; v1alpha1 says so and does not check that they differ. */
function readRange(fields: Fields | null, order: 'ascending' | 'may-be-one'): PortRange | null {
  if (fields === null) return null;
  const start = readPort(fields, 'start');
  const end = readPort(fields, 'end');
  if (start === null || end === null) return null;
  if (end > start || (end === start && order === 'may-be-one')) return [start, end];
  const expected = order === 'ascending' ? 'be greater than' : 'not be less than';
  fields.report.error('BAD_PORT', fields.get('end')!, `end ${quote(end)} must ${expected} start ${quote(start)}`);
  return null;
}

function readPort(fields: Fields, name: string): number | null {
  const written = fields.integer(name);
  if (written !== null) return checkedPort(name, written, fields);
  if (fields.get(name) === null) fields.missing(name, 'a port number');
  return null;
}

/**
 * The port of that name, whichever protocol the pod declares it for. The schema takes any text; a name that no pod can
 * give a port is told of, and matches nothing. Source: libcalico-go, unpackCNPProtocols.
 */
function readNamedPort(fields: Fields, field: string): L4Match | null {
  const written = fields.string(field);
  if (written === null) return null;
  const { value, node } = written;
  if (!CALICO_PORT_NAME.test(value)) {
    fields.report.error('BAD_PORT_NAME', node, `${quote(field)} ${quote(value)} is no name of a port`);
    return null;
  }
  const fault = portNameFault(value);
  if (fault !== null) {
    const message = `no port of a pod can be called ${quote(value)}, so it matches nothing: ${fault}`;
    fields.report.warning('BAD_PORT_NAME', node, message);
  }
  return { ...ANY_L4, destinationPorts: { ranges: [], names: [value] } };
}
