import { ANY_L4, type L4Match, type PortSet } from '../../model/policy.ts';
import { quote } from '../../source/quote.ts';
import type { Fields, Known } from '../fields.ts';
import { portNameFault } from '../names.ts';
import { describe, type Node } from '../node.ts';
import { checkedPort, readProtocol } from './protocol.ts';

export const POLICY_PORT: Known = ['protocol', 'port', 'endPort'];

/**
 * One entry of `ports`: a protocol (TCP when none is given), and of it one port, a range, a named port or all.
 * Source: kubernetes, pkg/apis/networking/validation, ValidateNetworkPolicyPort.
 */
export function readPolicyPort(fields: Fields): L4Match {
  const protocol = readProtocol(fields);
  const port = fields.get('port');
  if (port === null) {
    refuseEndPort(fields, 'needs a `port` to begin the range');
    return { ...ANY_L4, protocol };
  }
  return { ...ANY_L4, protocol, destinationPorts: readPorts(port, fields) };
}

function readPorts(port: Node, fields: Fields): PortSet {
  const value = port.type === 'scalar' ? port.value : null;
  if (typeof value === 'string') return readNamedPort(value, port, fields);
  if (typeof value !== 'number') {
    fields.report.error('WRONG_TYPE', port, `\`port\` must be a number or a name, found ${describe(port)}`);
    return { ranges: [], names: [] };
  }
  const first = checkedPort('port', { value, node: port }, fields);
  const end = fields.integer('endPort');
  const last = end === null ? first : checkedPort('endPort', end, fields);
  if (first === null || last === null) return { ranges: [], names: [] };
  if (end !== null && last < first) {
    const message = `endPort ${quote(last)} must not be less than port ${quote(first)}`;
    fields.report.error('BAD_PORT', end.node, message);
  }
  return { ranges: [[first, last]], names: [] };
}

function readNamedPort(name: string, node: Node, fields: Fields): PortSet {
  const fault = portNameFault(name);
  if (fault !== null) fields.report.error('BAD_PORT_NAME', node, `port ${quote(name)}: ${fault}`);
  refuseEndPort(fields, 'needs a `port` that is a number');
  return { ranges: [], names: [name] };
}

function refuseEndPort(fields: Fields, why: string): void {
  const end = fields.get('endPort');
  if (end !== null) fields.report.error('BAD_PORT', end, `\`endPort\` ${why}`);
}
