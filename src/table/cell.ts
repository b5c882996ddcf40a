/**
 * A cell: what a profile decides about a peer class, for each L4 class. A pure function of the table's own integers.
 *
 * The entries of the profile are walked in order (deriveRow), those that hold are run (runRow). `open` holds the L4 classes that nobody has decided yet; an entry
 * whose peer condition holds takes those of its set. Classes that a pass took come back at the start of the next tier.
 *
 *     entries        open          program
 *     allow 80       80 443 *      80: rule 0
 *     pass  443         443 *
 *     end of tier           *      *: end of tier
 *     --- next tier    443
 *     profile allow    443         443: profile allow
 */
import { UNDETERMINED_DECISION } from './decisions.ts';
import { PLANE_PROTOCOLS } from './l4.ts';
import {
  ACTION_ALLOW,
  ACTION_DENY,
  ACTION_PASS,
  ANY,
  type CellTable,
  ENTRY_DECISION,
  ENTRY_MAYBE,
  ENTRY_NEXT_TIER,
  ENTRY_PEER,
  ENTRY_TERM,
  ENTRY_WORDS,
  type Ids,
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

/** Room for one derivation; kept by the caller, so that deriving allocates nothing. */
export type CellScratch = {
  readonly open: Uint32Array;
  readonly passed: Uint32Array;
  readonly mayAllow: Uint32Array;
  readonly mayDeny: Uint32Array;
  readonly mayPass: Uint32Array;
};

export function cellScratch(setWords: number): CellScratch {
  const words = (): Uint32Array => new Uint32Array(setWords);
  return { open: words(), passed: words(), mayAllow: words(), mayDeny: words(), mayPass: words() };
}

/**
 * A row is what a cell's program comes from: the entries that hold for its peer, in order, as far as any of them can
 * matter. Cells with equal rows have equal programs, and finding a row costs no more than asking the conditions.
 *
 *     row word   0                      1
 *              | decision * 2 + maybe | L4 set |   or   | REOPEN | 0 |   where a tier begins that takes what was passed
 */
const ROW_WORDS = 2;
const REOPEN = -1;

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

/** Fills `program` (one decision for each L4 class) with what a row comes to. */
export function runRow(
  source: CellSource,
  scratch: CellScratch,
  row: Int32Array,
  length: number,
  program: Uint32Array,
): void {
  const { action } = source.decisions;
  const { l4Sets, setWords } = source.cells;
  const { open, passed } = scratch;
  begin(scratch, source.l4.count);
  for (let at = 0; at < length; at += ROW_WORDS) {
    const word = row[at]!;
    if (word === REOPEN) {
      reopen(open, passed);
      continue;
    }
    const decision = word >>> 1;
    const set = row[at + 1]! * setWords;
    if ((word & 1) === 1) note(scratch, l4Sets, set, action[decision]!);
    else if (action[decision] === ACTION_PASS) move(open, passed, l4Sets, set);
    else take(scratch, l4Sets, set, decision, action[decision]!, program);
  }
  decideUnknown(source, program);
}

/** Opens every class; the bits beyond the last stay shut. */
function begin(scratch: CellScratch, classes: number): void {
  const { open } = scratch;
  open.fill(0xffff_ffff);
  if (classes % 32 !== 0) open[open.length - 1] = 2 ** (classes % 32) - 1;
  scratch.passed.fill(0);
  scratch.mayAllow.fill(0);
  scratch.mayDeny.fill(0);
  scratch.mayPass.fill(0);
}

function reopen(open: Uint32Array, passed: Uint32Array): void {
  for (let w = 0; w < open.length; w++) {
    open[w]! |= passed[w]!;
    passed[w] = 0;
  }
}

function move(open: Uint32Array, passed: Uint32Array, sets: Uint32Array, set: number): void {
  for (let w = 0; w < open.length; w++) {
    const both = open[w]! & sets[set + w]!;
    passed[w]! |= both;
    open[w]! &= ~both;
  }
}

/** An entry that may hold: whatever it would do, the class is only decided when the rest comes to the same. */
function note(scratch: CellScratch, sets: Uint32Array, set: number, action: number): void {
  const may = action === ACTION_ALLOW ? scratch.mayAllow : action === ACTION_DENY ? scratch.mayDeny : scratch.mayPass;
  for (let w = 0; w < may.length; w++) may[w]! |= scratch.open[w]! & sets[set + w]!;
}

function take(
  scratch: CellScratch,
  sets: Uint32Array,
  set: number,
  decision: number,
  action: number,
  program: Uint32Array,
): void {
  const { open, mayAllow, mayDeny, mayPass } = scratch;
  for (let w = 0; w < open.length; w++) {
    let both = open[w]! & sets[set + w]!;
    if (both === 0) continue;
    open[w]! &= ~both;
    const against =
      mayPass[w]! | (action === ACTION_ALLOW ? 0 : mayAllow[w]!) | (action === ACTION_DENY ? 0 : mayDeny[w]!);
    while (both !== 0) {
      const bit = 31 - Math.clz32(both);
      both ^= 1 << bit;
      program[w * 32 + bit] = (against >>> bit) & 1 ? UNDETERMINED_DECISION : decision;
    }
  }
}

/**
 * A packet whose ports are unknown gets what all ports of its protocol come to, by the first of the decisions; where
 * they differ in the action nobody can tell.
 */
function decideUnknown(source: CellSource, program: Uint32Array): void {
  const { base, unknown } = source.l4;
  const { action } = source.decisions;
  for (const protocol of PLANE_PROTOCOLS) {
    const first = base[protocol]!;
    const end = unknown[protocol]!;
    let common = program[first]!;
    for (let id = first + 1; id < end; id++) {
      const decision = program[id]!;
      if (action[decision] !== action[common]) common = UNDETERMINED_DECISION;
      else if (decision < common) common = decision;
      if (common === UNDETERMINED_DECISION) break;
    }
    program[end] = common;
  }
}

/** Room for one word of L4 classes. */
export type WordScratch = { common: number };
export const wordScratch = (): WordScratch => ({ common: -1 });

/**
 * `runRow` for the L4 classes of one word, `word * 32` and on, into `page[to .. to + 31]`: the same answers, worked out
 * without looking at the others, except for a class of unknown ports, which sums up its protocol.
 * The row is `store[at .. at + length - 1]`.
 */
export function runRowWord(
  source: CellSource,
  scratch: WordScratch,
  store: Int32Array,
  at: number,
  length: number,
  word: number,
  page: Ids,
  to: number,
): void {
  page.fill(UNDETERMINED_DECISION, to, to + 32);
  walkWord(source, scratch, store, at, length, word, -1, page, to);
  const { base, unknown } = source.l4;
  for (const protocol of PLANE_PROTOCOLS) {
    const end = unknown[protocol]!;
    if (end >>> 5 !== word) continue;
    const first = base[protocol]!;
    scratch.common = -1;
    for (let w = first >>> 5; w <= end >>> 5; w++) {
      const from = w === first >>> 5 ? -1 << (first & 31) : -1;
      const until = w === end >>> 5 ? (1 << (end & 31)) - 1 : -1;
      if ((from & until) !== 0) walkWord(source, scratch, store, at, length, w, from & until, null, 0);
    }
    if (scratch.common >= 0) page[to + (end & 31)] = scratch.common;
  }
}

/**
 * Runs a row on one word of L4 classes: writes their decisions into `page`, or, without one, sums up those of the
 * classes in `among` in `scratch.common`: the first of the decisions, undetermined where their actions differ.
 */
function walkWord(
  source: CellSource,
  scratch: WordScratch,
  store: Int32Array,
  from: number,
  length: number,
  word: number,
  among: number,
  page: Ids | null,
  to: number,
): void {
  const { action } = source.decisions;
  const { l4Sets, setWords } = source.cells;
  let open = -1;
  let passed = 0;
  let mayAllow = 0;
  let mayDeny = 0;
  let mayPass = 0;
  for (let at = from; at < from + length; at += ROW_WORDS) {
    const entry = store[at]!;
    if (entry === REOPEN) {
      open |= passed;
      passed = 0;
      continue;
    }
    const decision = entry >>> 1;
    const does = action[decision]!;
    const both = open & l4Sets[store[at + 1]! * setWords + word]!;
    if (both === 0) continue;
    if ((entry & 1) === 1) {
      if (does === ACTION_ALLOW) mayAllow |= both;
      else if (does === ACTION_DENY) mayDeny |= both;
      else mayPass |= both;
      continue;
    }
    open &= ~both;
    if (does === ACTION_PASS) {
      passed |= both;
      continue;
    }
    const against = mayPass | (does === ACTION_ALLOW ? 0 : mayAllow) | (does === ACTION_DENY ? 0 : mayDeny);
    if (page === null) {
      if ((both & against & among) !== 0) sumUp(scratch, UNDETERMINED_DECISION, action);
      if ((both & ~against & among) !== 0) sumUp(scratch, decision, action);
    } else {
      for (let left = both & ~against; left !== 0; ) {
        const bit = 31 - Math.clz32(left);
        left ^= 1 << bit;
        page[to + bit] = decision;
      }
    }
  }
}

function sumUp(scratch: WordScratch, decision: number, action: Uint8Array): void {
  const { common } = scratch;
  if (common < 0) scratch.common = decision;
  else if (action[common] !== action[decision]) scratch.common = UNDETERMINED_DECISION;
  else if (decision < common) scratch.common = decision;
}

function termSet(source: CellSource, term: number, peerClass: number): number {
  const { termStart, termWidth, termSets } = source.cells;
  const at = termStart[term]!;
  return termWidth[term] === 1 ? termSets[at]! : termSets[at + source.classes.bindingGroup[peerClass]!]!;
}

function peerHolds(source: CellSource, aid: CellAid, peer: number, peerClass: number): number {
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
