/** L4 classes and terms as the table holds them: planes of ports, and for each term the set of classes it takes. */
import { PROTOCOLS } from '../net/protocol.ts';
import { PLANE_PORTS } from '../table/l4.ts';
import { type L4Table, NO_PLANE } from '../table/match-table.ts';
import { sharedInts, sharedShorts, sharedWords, shareWords } from '../table/shared.ts';
import type { Binding } from './bindings.ts';
import type { Axis, L4Classes, ProtocolClasses } from './l4-classes.ts';
import { fillSet } from './l4-sets.ts';
import type { L4Term } from './lower.ts';
import type { ResolvedTerm } from './profiles.ts';

export function packL4(classes: L4Classes): L4Table {
  const base = sharedWords(PROTOCOLS);
  const unknown = sharedWords(PROTOCOLS);
  const width = sharedWords(PROTOCOLS);
  const destinationPlane = sharedInts(PROTOCOLS).fill(NO_PLANE);
  const sourcePlane = sharedInts(PROTOCOLS).fill(NO_PLANE);
  const destination = planes(classes.protocols.map((p) => p.destination));
  const source = planes(classes.protocols.map((p) => p.source));
  classes.protocols.forEach((p, protocol) => {
    base[protocol] = p.base;
    unknown[protocol] = p.unknown;
    width[protocol] = p.source.count;
    destinationPlane[protocol] = destination.at[protocol]!;
    sourcePlane[protocol] = source.at[protocol]!;
  });
  return {
    count: classes.count,
    base,
    destinationPlane,
    sourcePlane,
    width,
    destination: destination.all,
    source: source.all,
    unknown,
  };
}

/** The planes of axes that have one, back to back, and where each begins. */
function planes(axes: readonly Axis[]): { all: Uint16Array; at: number[] } {
  const all = sharedShorts(axes.filter((axis) => axis.plane !== null).length * PLANE_PORTS);
  let next = 0;
  const at = axes.map((axis) => {
    if (axis.plane === null) return NO_PLANE;
    all.set(axis.plane, next);
    next += PLANE_PORTS;
    return next - PLANE_PORTS;
  });
  return { all, at };
}

export type PackedTerms = {
  readonly termStart: Uint32Array;
  readonly termWidth: Uint32Array;
  readonly termSets: Uint32Array;
  readonly l4Sets: Uint32Array;
  readonly setWords: number;
};

/**
 * For each resolved term, and each group of bindings that a peer can have where it asks for the peer's names, the set
 * of L4 classes that pass. Equal sets are stored once. A class of unknown ports is in no set: cell.ts decides it last.
 */
export function packTerms(
  resolved: readonly (ResolvedTerm | null)[],
  terms: readonly L4Term[],
  classes: L4Classes,
  groups: readonly (readonly Binding[])[],
): PackedTerms {
  const setWords = Math.max(1, Math.ceil(classes.count / 32));
  const store = new SetStore();
  const distinct = distinctProtocols(classes);
  const termStart = sharedWords(resolved.length);
  const termWidth = sharedWords(resolved.length);
  const termSets: number[] = [];
  resolved.forEach((one, i) => {
    const term = one === null ? null : terms[one.term]!;
    const width = term?.asksPeerPorts ? groups.length : 1;
    termStart[i] = termSets.length;
    termWidth[i] = width;
    for (let peer = 0; peer < width; peer++) {
      const set = new Uint32Array(setWords);
      fillSet(set, term, distinct, one === null ? [] : groups[one.ownBindings]!, groups[peer] ?? []);
      termSets.push(store.id(set));
    }
  });
  const l4Sets = sharedWords(store.sets.length * setWords);
  store.sets.forEach((set, i) => {
    l4Sets.set(set, i * setWords);
  });
  return { termStart, termWidth, termSets: shareWords(termSets), l4Sets, setWords };
}

/** One protocol of each class: those that no rule tells apart share theirs, and would only be asked again. */
const distinctProtocols = (classes: L4Classes): ProtocolClasses[] => [
  ...new Map(classes.protocols.map((protocol) => [protocol.base, protocol])).values(),
];

/** Numbers sets so that equal ones share a number. */
class SetStore {
  readonly sets: Uint32Array[] = [];
  readonly #byHash = new Map<number, number[]>();

  id(set: Uint32Array): number {
    let hash = 0;
    for (let w = 0; w < set.length; w++) hash = Math.imul(hash ^ set[w]!, 0x9e37_79b1) ^ (hash >>> 15);
    const alike = this.#byHash.get(hash) ?? [];
    this.#byHash.set(hash, alike);
    const known = alike.find((id) => this.sets[id]!.every((word, w) => word === set[w]));
    if (known !== undefined) return known;
    alike.push(this.sets.length);
    return this.sets.push(set) - 1;
  }
}
