import { type Address, parseAddress } from '../net/address.ts';
import { hasIcmpType, hasPorts, protocolNumber } from '../net/protocol.ts';
import { RECORDED_DROPPED, RECORDED_FORWARDED, RECORDED_NONE } from '../packet/batch.ts';

/** One line of a tuple file, checked. `null` is "the line does not say" or "the protocol has none". */
export type TupleLine = {
  readonly src: Address;
  readonly dst: Address;
  readonly protocol: number;
  readonly sourcePort: number | null;
  readonly destinationPort: number | null;
  readonly icmpType: number | null;
  readonly icmpCode: number | null;
  readonly time: string | null;
  readonly packets: number;
  readonly bytes: number;
  /** RECORDED_* */
  readonly recorded: number;
};

const VERDICTS: ReadonlyMap<string, number> = new Map([
  ['forwarded', RECORDED_FORWARDED],
  ['allow', RECORDED_FORWARDED],
  ['allowed', RECORDED_FORWARDED],
  ['dropped', RECORDED_DROPPED],
  ['deny', RECORDED_DROPPED],
  ['denied', RECORDED_DROPPED],
  ['undetermined', RECORDED_NONE],
  ['unknown', RECORDED_NONE],
]);

const MAX_TIME_TEXT = 64;
/** How much of a wrong value a message repeats. */
const MAX_QUOTED = 40;

type Fields = { readonly [key: string]: unknown };

/** Whether a parsed line is an object with src and dst, which is what tells a tuple file from other texts. */
export const isTupleObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, 'src') && Object.hasOwn(value, 'dst');

/** Reads one line; a text is why it is rejected. Unknown keys are ignored. */
export function readTupleLine(text: string): TupleLine | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'not a JSON object on one line';
  }
  if (!isTupleObject(value)) return 'expected an object with `src` and `dst`';
  try {
    return checked(value, text);
  } catch (error) {
    if (error instanceof Rejected) return error.message;
    throw error;
  }
}

class Rejected extends Error {}

function checked(fields: Fields, text: string): TupleLine {
  const src = address(fields, 'src');
  const dst = address(fields, 'dst');
  if (src.family !== dst.family) throw new Rejected(`\`src\` is IPv${src.family} and \`dst\` is IPv${dst.family}`);
  const protocol = protocolOf(fields);
  const ported = hasPorts(protocol);
  const typed = hasIcmpType(protocol);
  const sourcePort = integer(fields, 'sport', 0xffff);
  const destinationPort = integer(fields, 'dport', 0xffff);
  const icmpType = integer(fields, 'icmpType', 0xff);
  const icmpCode = integer(fields, 'icmpCode', 0xff);
  return {
    src,
    dst,
    protocol,
    sourcePort: ported ? sourcePort : null,
    destinationPort: ported ? destinationPort : null,
    icmpType: typed ? icmpType : null,
    icmpCode: typed ? icmpCode : null,
    time: timeOf(fields, text),
    packets: integer(fields, 'packets', Number.MAX_SAFE_INTEGER) ?? 1,
    bytes: integer(fields, 'bytes', Number.MAX_SAFE_INTEGER) ?? 0,
    recorded: recordedOf(fields),
  };
}

const field = (fields: Fields, key: string): unknown =>
  Object.hasOwn(fields, key) && fields[key] !== null ? fields[key] : undefined;

function wrong(key: string, value: unknown, expected: string): Rejected {
  const shown = value === undefined ? 'is missing' : `is \`${(JSON.stringify(value) ?? '').slice(0, MAX_QUOTED)}\``;
  return new Rejected(`\`${key}\` ${shown}, expected ${expected}`);
}

function address(fields: Fields, key: string): Address {
  const value = field(fields, key);
  const parsed = typeof value === 'string' ? parseAddress(value) : null;
  if (parsed === null) throw wrong(key, value, 'an IPv4 or IPv6 address');
  return parsed;
}

function protocolOf(fields: Fields): number {
  const value = field(fields, 'proto');
  const number = typeof value === 'string' || typeof value === 'number' ? protocolNumber(value) : null;
  if (number === null) throw wrong('proto', value, 'TCP, UDP, SCTP, ICMP, ICMPv6 or a number from 0 to 255');
  return number;
}

function integer(fields: Fields, key: string, last: number): number | null {
  const value = field(fields, key);
  if (value === undefined) return null;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= last) return value;
  throw wrong(key, value, `an integer from 0 to ${last}`);
}

function recordedOf(fields: Fields): number {
  const value = field(fields, 'verdict');
  if (value === undefined) return RECORDED_NONE;
  const recorded = typeof value === 'string' ? VERDICTS.get(value.toLowerCase()) : undefined;
  if (recorded === undefined) throw wrong('verdict', value, [...VERDICTS.keys()].join(', '));
  return recorded;
}

/** The line's own text of `ts`: JSON.parse would keep no more than a double of a number's digits. */
function timeOf(fields: Fields, text: string): string | null {
  const value = field(fields, 'ts');
  if (value === undefined) return null;
  if (typeof value === 'string' && value.length <= MAX_TIME_TEXT) return value;
  if (typeof value !== 'number') throw wrong('ts', value, `a number or a text of at most ${MAX_TIME_TEXT} characters`);
  const written = /"ts"\s{0,9}:\s{0,9}(-?\d{1,40}(?:\.\d{1,40})?)/.exec(text)?.[1];
  return written !== undefined && Number(written) === value ? written : String(value);
}
