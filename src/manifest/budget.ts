import { type Allowance, BUDGETED, type Budget, type Budgeted, type EndPattern, type Most } from '../model/budget.ts';
import { parseAddress } from '../net/address.ts';
import { hostPrefix, parsePrefix } from '../net/prefix.ts';
import { hasPorts, protocolNumber } from '../net/protocol.ts';
import { didYouMean } from '../source/did-you-mean.ts';
import { ManifestError } from '../source/errors.ts';
import { quote } from '../source/quote.ts';
import { positionAt } from '../source/text.ts';
import { Fields } from './fields.ts';
import { listFiles, readInput } from './files.ts';
import { describe, type Node, positionOf } from './node.ts';
import { readDocuments } from './objects.ts';
import { Report } from './report.ts';

const API_VERSION = 'netpol-replay/v1';
const KIND = 'DiffBudget';
/** Fields of the lists, by what they allow. */
const LISTS: Readonly<Record<Budgeted, string>> = {
  'newly-dropped': 'newlyDropped',
  'newly-forwarded': 'newlyForwarded',
  undetermined: 'undetermined',
};
const ALLOWANCE = ['from', 'to', 'port', 'protocol', 'maxConnections', 'maxPackets', 'reason'];
const MOST = ['conversations', 'connections', 'packets'];
const MAX_PORT = 65_535;
/** Names of objects, the slashes between them, and what stands for any. */
const NAME = /^[a-z0-9.*-]+(\/[a-z0-9.*-]+){0,2}$/i;

/** Reads a budget, YAML or JSON. @throws ManifestError with every error of it */
export async function loadBudget(path: string, stdin: AsyncIterable<Uint8Array>): Promise<Budget> {
  const report = new Report();
  const files = await listFiles([path], report);
  const input = files.length === 1 ? await readInput(files[0]!, stdin, report) : null;
  const nodes = input === null ? [] : readDocuments(input, report);
  const at = input === null ? { file: path, line: 1, column: 1 } : positionAt(input.source, 0);
  if (report.errors === 0 && nodes.length !== 1)
    report.error('NO_BUDGET', at, `expected one file with one ${KIND}, found ${nodes.length}`);
  const budget = nodes.length === 1 ? readBudget(nodes[0]!, report) : null;
  if (report.errors > 0 || budget === null) throw new ManifestError(report.inOrder());
  return budget;
}

function readBudget(node: Node, report: Report): Budget | null {
  if (node.type !== 'map') {
    report.error('NO_BUDGET', node, `expected a ${KIND}, found ${describe(node)}`);
    return null;
  }
  const lists = Object.values(LISTS);
  const fields = new Fields(node, ['apiVersion', 'kind', 'metadata', ...lists, 'atMost'], 'error', report);
  mustBe(fields, 'apiVersion', API_VERSION);
  mustBe(fields, 'kind', KIND);
  const atMost = fields.object('atMost', lists);
  return {
    file: node.source.file,
    allowed: byChange((list) =>
      fields.get(list) === null ? null : fields.objects(list, ALLOWANCE).map(readAllowance),
    ),
    atMost: byChange((list) => readMost(atMost?.object(list, MOST) ?? null)),
  };
}

const byChange = <T>(read: (list: string) => T): Record<Budgeted, T> =>
  Object.fromEntries(BUDGETED.map((change) => [change, read(LISTS[change])])) as Record<Budgeted, T>;

function mustBe(fields: Fields, name: string, expected: string): void {
  const found = fields.requiredString(name);
  if (found === null || found.value === expected) return;
  const near = didYouMean(found.value, [expected]);
  const hint = near === null ? `: expected ${quote(expected)}` : `: did you mean ${quote(near)}?`;
  fields.report.error('BAD_BUDGET', found.node, `${quote(name)} is ${quote(found.value)}${hint}`);
}

function readAllowance(fields: Fields): Allowance {
  const protocol = readProtocol(fields);
  const port = readPort(fields, protocol);
  return {
    from: readEnd(fields, 'from'),
    to: readEnd(fields, 'to'),
    port,
    protocol,
    maxConnections: readCount(fields, 'maxConnections'),
    maxPackets: readCount(fields, 'maxPackets'),
    reason: fields.string('reason')?.value ?? null,
    at: positionOf(fields.node),
  };
}

function readMost(fields: Fields | null): Most | null {
  if (fields === null) return null;
  const [conversations, connections, packets] = MOST.map((name) => readCount(fields, name)) as (number | null)[];
  return {
    conversations: conversations!,
    connections: connections!,
    packets: packets!,
    at: positionOf(fields.node),
  };
}

function readEnd(fields: Fields, name: string): EndPattern | null {
  const found = fields.string(name);
  if (found === null) return null;
  const { value, node } = found;
  const address = parseAddress(value);
  const net = address === null ? (parsePrefix(value)?.prefix ?? null) : hostPrefix(address);
  if (net !== null) return { type: 'net', net };
  const isBadNet = parseAddress(value.split('/', 1)[0]!) !== null;
  if (NAME.test(value) && !isBadNet) return { type: 'name', pattern: value };
  const expected = '`namespace/pod` (`*` stands for any part of it), an address or a CIDR';
  fields.report.error('BAD_BUDGET', node, `${quote(name)} is ${quote(value)}: expected ${expected}`);
  return null;
}

function readProtocol(fields: Fields): number | null {
  const node = fields.get('protocol');
  if (node === null) return null;
  const number = node.type === 'scalar' ? protocolNumber(node.text) : null;
  if (number === null)
    fields.report.error(
      'BAD_BUDGET',
      node,
      '`protocol` must be TCP, UDP, SCTP, ICMP, ICMPv6 or a number from 0 to 255',
    );
  return number;
}

function readPort(fields: Fields, protocol: number | null): number | null {
  const found = fields.integer('port');
  if (found === null) return null;
  if (found.value < 0 || found.value > MAX_PORT)
    fields.report.error('BAD_BUDGET', found.node, `\`port\` must be 0 to ${MAX_PORT}, found ${quote(found.value)}`);
  if (protocol !== null && !hasPorts(protocol))
    fields.report.error('BAD_BUDGET', found.node, '`port` stands beside a protocol that has none');
  return found.value;
}

function readCount(fields: Fields, name: string): number | null {
  const found = fields.integer(name);
  if (found !== null && found.value < 0)
    fields.report.error('BAD_BUDGET', found.node, `${quote(name)} must not be below 0, found ${quote(found.value)}`);
  return found?.value ?? null;
}
