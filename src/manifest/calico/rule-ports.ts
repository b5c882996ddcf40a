import type { PortRange, PortSet } from '../../model/policy.ts';
import type { Selector } from '../../model/selector.ts';
import { quote } from '../../source/quote.ts';
import type { Fields } from '../fields.ts';
import { isPort, MAX_PORT } from '../names.ts';
import { describe, type Node } from '../node.ts';
import { checkLength } from './schema-limits.ts';

/** Source: api/pkg/lib/numorstring/port.go. */
const RANGE = /^(\d{1,10}):(\d{1,10})$/;
const DIGITS = /^\d+$/;
const NAME = /^[a-zA-Z0-9_.-]{1,128}$/;

/**
 * `ports` or `notPorts` of one end: numbers, ranges `first:last` and names; null when there are none.
 * @param namesOf the endpoints that the end selects: names stand for ports of these alone
 */
export function readPorts(fields: Fields, name: 'ports' | 'notPorts', namesOf: Selector | null): PortSet | null {
  const nodes = fields.list(name);
  checkLength(fields, name);
  if (nodes.length === 0) return null;
  const ranges: PortRange[] = [];
  const names: string[] = [];
  for (const node of nodes) {
    const port = readPort(node, fields);
    if (typeof port === 'string') names.push(port);
    else if (port !== null) ranges.push(port);
  }
  return names.length === 0 || namesOf === null ? { ranges, names } : { ranges, names, namesOf };
}

function readPort(node: Node, { report }: Fields): PortRange | string | null {
  const value = node.type === 'scalar' ? node.value : null;
  if (typeof value !== 'number' && typeof value !== 'string') {
    report.error(
      'WRONG_TYPE',
      node,
      `a port must be a number, a range \`first:last\` or a name, found ${describe(node)}`,
    );
    return null;
  }
  const text = String(value);
  if (typeof value === 'number' || DIGITS.test(text)) return checked(Number(text), Number(text), node, report);
  const range = RANGE.exec(text);
  if (range !== null) return checked(Number(range[1]), Number(range[2]), node, report);
  if (NAME.test(text)) return text;
  const message = `port ${quote(text)} is no number, no range \`first:last\` and no name of letters, digits, \`_\`, \`.\` or \`-\``;
  report.error('BAD_PORT', node, message);
  return null;
}

function checked(first: number, last: number, node: Node, report: Fields['report']): PortRange | null {
  if (isPort(first) && isPort(last) && first <= last) return [first, last];
  const text = node.type === 'scalar' ? node.text : '';
  const message =
    first > last && isPort(first) && isPort(last)
      ? `the range ${quote(text)} ends before it begins`
      : `port ${quote(text)} must be from 1 to ${MAX_PORT}`;
  report.error('BAD_PORT', node, message);
  return null;
}
