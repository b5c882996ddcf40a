/** Pieces of L4 as protocols and ports, as few as there may be. */
import { hasIcmpType, hasPorts, PROTOCOLS, protocolName } from '../net/protocol.ts';
import { PLANE_PORTS } from '../table/l4.ts';
import type { Transport } from '../verdict/reach.ts';
import { joinRanges, type L4Piece, type NumberRange } from './l4-pieces.ts';

const all = (protocol: string | number): Transport => ({
  protocol,
  ports: null,
  sourcePorts: null,
  types: null,
  numbers: null,
});
const EVERY_NUMBER: readonly NumberRange[] = [[0, PLANE_PORTS - 1]];
const CODES = 256;

export function trafficOf(pieces: readonly L4Piece[]): Transport[] {
  const byProtocol = new Map<number, L4Piece[]>();
  for (const piece of pieces)
    for (const protocol of piece.protocols) byProtocol.set(protocol, [...(byProtocol.get(protocol) ?? []), piece]);
  const items = [...byProtocol].sort(byUse).map(([protocol, own]) => ({ protocol, parts: partsOf(own) }));
  if (items.length === PROTOCOLS && items.every(({ parts }) => isAll(parts))) return [all('any')];
  const withPlane = items.filter(({ protocol }) => hasPorts(protocol) || hasIcmpType(protocol));
  const others = items.flatMap(({ protocol }) =>
    hasPorts(protocol) || hasIcmpType(protocol) ? [] : [[protocol, protocol] as const],
  );
  return [
    ...withPlane.flatMap(({ protocol, parts }) => parts.map((part) => transport(protocol, part))),
    ...(others.length === 0 ? [] : [{ ...all('other'), numbers: joinRanges(others).map(rangeText) }]),
  ];
}

/** Protocols with ports before ICMP, the named before the others. */
const USE: readonly (string | number)[] = ['TCP', 'UDP', 'SCTP', 'ICMP', 'ICMPv6'];
const placeOf = (protocol: number): number => (USE.indexOf(protocolName(protocol)) + USE.length + 1) % (USE.length + 1);
const byUse = ([a]: readonly [number, unknown], [b]: readonly [number, unknown]): number =>
  placeOf(a) - placeOf(b) || a - b;

type Part = { readonly destination: readonly NumberRange[]; readonly source: readonly NumberRange[] };

/** Destination ports that go with the same source ports, joined. */
function partsOf(pieces: readonly L4Piece[]): Part[] {
  const sources = new Map<string, { destination: readonly NumberRange[]; source: NumberRange[] }>();
  for (const { destination, source } of pieces) {
    const known = sources.get(String(destination)) ?? { destination: destination ?? EVERY_NUMBER, source: [] };
    known.source.push(...(source ?? EVERY_NUMBER));
    sources.set(String(destination), known);
  }
  const parts = new Map<string, { destination: NumberRange[]; source: readonly NumberRange[] }>();
  for (const { destination, source } of sources.values()) {
    const joined = joinRanges(source);
    const known = parts.get(String(joined)) ?? { destination: [], source: joined };
    known.destination.push(...destination);
    parts.set(String(joined), known);
  }
  return [...parts.values()].map(({ destination, source }) => ({ destination: joinRanges(destination), source }));
}

const isEvery = (ranges: readonly NumberRange[]): boolean => String(ranges) === String(EVERY_NUMBER);
const isAll = ([part, ...more]: readonly Part[]): boolean =>
  more.length === 0 && isEvery(part!.destination) && isEvery(part!.source);

function transport(protocol: number, { destination, source }: Part): Transport {
  const numbers = isEvery(destination) ? null : destination;
  return {
    ...all(protocolName(protocol)),
    ...(hasPorts(protocol)
      ? { ports: numbers?.map(rangeText) ?? null, sourcePorts: isEvery(source) ? null : source.map(rangeText) }
      : { types: numbers?.flatMap(typeTexts) ?? null }),
  };
}

const rangeText = ([first, last]: NumberRange): string => (first === last ? `${first}` : `${first}-${last}`);

/** A range of type * 256 + code: whole types, and the codes of those at its ends. */
function typeTexts([first, last]: NumberRange): string[] {
  const texts: string[] = [];
  for (let at = first; at <= last; ) {
    const type = Math.floor(at / CODES);
    const whole = at % CODES === 0 ? Math.floor((last + 1) / CODES) - type : 0;
    if (whole > 0) {
      texts.push(rangeText([type, type + whole - 1]));
      at += whole * CODES;
    } else {
      const end = Math.min(last, type * CODES + CODES - 1);
      texts.push(`${type}/${rangeText([at % CODES, end % CODES])}`);
      at = end + 1;
    }
  }
  return texts;
}
