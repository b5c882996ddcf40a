import type { ContainerPort } from '../../model/pod-template.ts';
import { quote } from '../../source/quote.ts';
import type { Fields } from '../fields.ts';
import { portNameFault } from '../names.ts';
import { checkedPort, readProtocol } from './protocol.ts';

/** One of a container's `ports`; null when it has no number that could be used. hostPort 0 is none. */
export function readContainerPort(declared: Fields): Omit<ContainerPort, 'index'> | null {
  const number = declared.integer('containerPort');
  if (number === null && declared.get('containerPort') === null) declared.missing('containerPort', 'a port number');
  const protocol = readProtocol(declared);
  const onNode = declared.integer('hostPort');
  const port = number === null ? null : checkedPort('containerPort', number, declared);
  const name = declared.string('name');
  if (name !== null && name.value !== '') {
    const fault = portNameFault(name.value);
    if (fault !== null) declared.report.error('BAD_PORT_NAME', name.node, `port name ${quote(name.value)}: ${fault}`);
  }
  if (port === null) return null;
  const hostPort = onNode === null || onNode.value === 0 ? null : checkedPort('hostPort', onNode, declared);
  return { name: name?.value || null, protocol, port, hostPort };
}
