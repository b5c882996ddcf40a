/**
 * A cell: what a profile decides about a peer class, for each L4 class. A pure function of the table's own integers.
 *
 * The entries of the profile are walked in order (`deriveRow`); those whose peer condition holds are run (row-word.ts).
 * `open` holds the L4 classes that nobody has decided yet; an entry takes those of its set. Classes that a pass took
 * come back at the start of the next tier.
 *
 *     entries        open          program
 *     allow 80       80 443 *      80: rule 0
 *     pass  443         443 *
 *     end of tier           *      *: end of tier
 *     --- next tier    443
 *     profile allow    443         443: profile allow
 */
import { PLANE_PROTOCOLS } from './l4.ts';
import {
  ACTION_PASS,
  ANY,
  type CellTable,
  ENTRY_DECISION,
  ENTRY_MAYBE,
  ENTRY_NEXT_TIER,
  ENTRY_PEER,
  ENTRY_TERM,
  ENTRY_WORDS,
  type MatchTable,
  PEER_NETS,
  PEER_NOT_SELECTOR,
  PEER_SELECTOR,
  PEER_WORDS,
  UNKNOWN_NETS,
} from './match-table.ts';
import { Members } from './members.ts';

const NO = 0;
const YES = 1;
const MAYBE = 2;

/** What deriving needs of a table; the whole of it but the cells that are there already. */
export type CellSource = Pick<MatchTable, 'l4' | 'classes' | 'profiles'> & {
  readonly cells: Omit<CellTable, 'dense' | 'programs'>;
  readonly decisions: Pick<MatchTable['decisions'], 'action'>;
};

/**
 * A row is what a cell's program comes from: the entries that hold for its peer, in order, as far as any of them can
 * matter. Cells with equal rows have equal programs, and finding a row costs no more than asking the conditions.
 *
 *     row word   0                      1
 *              | decision * 2 + maybe | L4 set |   or   | REOPEN | 0 |   where a tier begins that takes what was passed
 */
export const ROW_WORDS = 2;
export const REOPEN = -1;

/** Words that the row of any cell of these profiles has at most. */
export function longestRow({ profiles }: Pick<CellSource, 'profiles'>): number {
  let most = 0;
  for (let i = 0; i < profiles.count; i++) most = Math.max(most, profiles.start[i + 1]! - profiles.start[i]!);
  // Each entry may be the first of a tier.
  return most * 2 * ROW_WORDS;
}

/** What deriving reads over and over, prepared once for a source. */
export type CellAid = {
  /** `wholeSets` */
  readonly whole: Uint8Array;
  readonly nets: Members;
  readonly selectors: Members;
};

export function cellAid(source: Pick<CellSource, 'l4' | 'cells'>): CellAid {
  const { netStart, netAtoms, selectorStart, selectorAtoms } = source.cells;
  return {
    whole: wholeSets(source),
    nets: new Members(netStart, netAtoms),
    selectors: new Members(selectorStart, selectorAtoms),
  };
}

/** By L4 set: 1 when it holds every class but those of unknown ports, so that it leaves nothing open. */
function wholeSets({ l4, cells }: Pick<CellSource, 'l4' | 'cells'>): Uint8Array {
  const { l4Sets, setWords } = cells;
  const every = new Uint32Array(setWords).fill(0xffff_ffff);
  if (l4.count % 32 !== 0) every[setWords - 1] = 2 ** (l4.count % 32) - 1;
  for (const protocol of PLANE_PROTOCOLS) every[l4.unknown[protocol]! >>> 5]! &= ~(1 << (l4.unknown[protocol]! & 31));
  return Uint8Array.from({ length: l4Sets.length / setWords }, (_, set) =>
    every.every((word, w) => l4Sets[set * setWords + w] === word) ? 1 : 0,
  );
}

/** Writes the row of a cell into `row`; returns its length in words. */
export function deriveRow(
  source: CellSource,
  aid: CellAid,
  profile: number,
  peerClass: number,
  row: Int32Array,
): number {
  const { profiles } = source;
  const { action } = source.decisions;
  const { entries } = profiles;
  const { whole } = aid;
  const first = profiles.start[profile]!;
  const last = profiles.start[profile + 1]!;
  let tierEnds = first < last ? entries[first * ENTRY_WORDS + ENTRY_NEXT_TIER]! : 0;
  let length = 0;
  let passed = false;
  let closed = false;
  for (let entry = first; entry < last; entry++) {
    const at = entry * ENTRY_WORDS;
    if (entry - first >= tierEnds) {
      tierEnds = entries[at + ENTRY_NEXT_TIER]!;
      if (passed) {
        row[length++] = REOPEN;
        row[length++] = 0;
        passed = false;
        closed = false;
      }
    }
    if (closed) {
      if (!passed) break;
      continue;
    }
    const holds = peerHolds(source, aid, entries[at + ENTRY_PEER]!, peerClass);
    if (holds === NO) continue;
    const maybe = holds === MAYBE || entries[at + ENTRY_MAYBE] === 1;
    const decision = entries[at + ENTRY_DECISION]!;
    const set = termSet(source, entries[at + ENTRY_TERM]!, peerClass);
    row[length++] = decision * 2 + (maybe ? 1 : 0);
    row[length++] = set;
    if (maybe) continue;
    if (action[decision] === ACTION_PASS) passed = true;
    if (whole[set] === 1) closed = true;
  }
  return length;
}

/** The L4 set of an entry's term, for a peer. */
export function termSet(source: CellSource, term: number, peerClass: number): number {
  const { termStart, termWidth, termSets } = source.cells;
  const at = termStart[term]!;
  return termWidth[term] === 1 ? termSets[at]! : termSets[at + source.classes.bindingGroup[peerClass]!]!;
}

/** Whether a peer condition holds, as far as the table knows of the peer. */
export const peerSurelyHolds = (source: CellSource, aid: CellAid, peer: number, peerClass: number): boolean =>
  peerHolds(source, aid, peer, peerClass) === YES;

/** Whether a peer condition holds: 0 no, 1 yes, 2 nobody can tell. */
export function peerHolds(source: CellSource, aid: CellAid, peer: number, peerClass: number): number {
  if (peer === ANY) return YES;
  const { cells, classes } = source;
  const nets = classes.netGroup[peerClass]!;
  const selectors = classes.selectorGroup[peerClass]!;
  let best = NO;
  for (let i = cells.peerStart[peer]!; i < cells.peerStart[peer + 1]!; i++) {
    const at = i * PEER_WORDS;
    const selector = cells.peers[at + PEER_SELECTOR]!;
    if (selector !== ANY && !aid.selectors.has(selectors, selector)) continue;
    const unwanted = cells.peers[at + PEER_NOT_SELECTOR]!;
    if (unwanted !== ANY && aid.selectors.has(selectors, unwanted)) continue;
    const net = cells.peers[at + PEER_NETS]!;
    if (net === ANY) return YES;
    if (nets === UNKNOWN_NETS) best = MAYBE;
    else if (aid.nets.has(nets, net)) return YES;
  }
  return best;
}
