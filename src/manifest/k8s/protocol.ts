import { SCTP, TCP, UDP } from '../../net/protocol.ts';
import { didYouMean } from '../../source/did-you-mean.ts';
import { quote } from '../../source/quote.ts';
import type { Fields } from '../fields.ts';
import { isPort, MAX_PORT } from '../names.ts';
import type { Located } from '../node.ts';

/** Source: core/v1 Protocol; names are written in capitals. */
const PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ['TCP', TCP],
  ['UDP', UDP],
  ['SCTP', SCTP],
]);

/** The number of a port's protocol: TCP when none is given, as the API server fills it in. */
export function readProtocol(fields: Fields): number {
  const written = fields.string('protocol');
  if (written === null) return TCP;
  const number = PROTOCOLS.get(written.value);
  if (number !== undefined) return number;
  const near = didYouMean(written.value, PROTOCOLS.keys());
  const hint = near === null ? '' : `: did you mean \`${near}\`?`;
  fields.report.error('BAD_PROTOCOL', written.node, `protocol ${quote(written.value)} must be TCP, UDP or SCTP${hint}`);
  return TCP;
}

/** A port number in range, or null with an error. */
export function checkedPort(name: string, port: Located<number>, fields: Fields): number | null {
  if (isPort(port.value)) return port.value;
  fields.report.error(
    'BAD_PORT',
    port.node,
    `${quote(name)} must be from 1 to ${MAX_PORT}, found ${quote(port.value)}`,
  );
  return null;
}
