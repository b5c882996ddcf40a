/**
 * A cell: what a profile decides about a peer class, for each L4 class. A pure function of the table's own integers.
 *
 * The entries of the profile are walked in order. `open` holds the L4 classes that nobody has decided yet; an entry
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
  type MatchTable,
  PEER_NETS,
  PEER_NOT_SELECTOR,
  PEER_SELECTOR,
  PEER_WORDS,
  UNKNOWN_NETS,
} from './match-table.ts';

const NO = 0;
const YES = 1;
const MAYBE = 2;

/** A step: the entry, YES or MAYBE, the L4 set of its term for this peer. */
const STEP_WORDS = 3;

/** Room for the steps of any profile of a table, in words. */
export function stepWords(source: CellSource): number {
  const { count, start } = source.profiles;
  let most = 0;
  for (let profile = 0; profile < count; profile++) most = Math.max(most, start[profile + 1]! - start[profile]!);
  return most * STEP_WORDS;
}

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
 * Fills `steps` with the entries of a profile that may hold for a peer class, and returns how many words they take.
 * Classes with the same steps have the same program: this is the part of a cell that depends on the peer.
 */
export function holdingSteps(source: CellSource, profile: number, peerClass: number, steps: Uint32Array): number {
  const { entries, start } = source.profiles;
  let words = 0;
  for (let entry = start[profile]!; entry < start[profile + 1]!; entry++) {
    const at = entry * ENTRY_WORDS;
    const holds = peerHolds(source, entries[at + ENTRY_PEER]!, peerClass);
    if (holds === NO) continue;
    steps[words] = entry;
    steps[words + 1] = entries[at + ENTRY_MAYBE] === 1 ? MAYBE : holds;
    steps[words + 2] = termSet(source, entries[at + ENTRY_TERM]!, peerClass);
    words += STEP_WORDS;
  }
  return words;
}

/** Fills `program` (one decision for each L4 class) with what the steps of a profile come to. */
export function runSteps(
  source: CellSource,
  scratch: CellScratch,
  profile: number,
  steps: Uint32Array,
  words: number,
  program: Uint32Array,
): void {
  const { profiles, cells } = source;
  const { action } = source.decisions;
  const { entries } = profiles;
  const { open, passed } = scratch;
  const first = profiles.start[profile]!;
  begin(scratch, source.l4.count);
  let tierEnds = entries[first * ENTRY_WORDS + ENTRY_NEXT_TIER]!;
  for (let step = 0; step < words; step += STEP_WORDS) {
    const entry = steps[step]!;
    const at = entry * ENTRY_WORDS;
    // A tier none of whose entries holds is left as it was entered.
    if (entry - first >= tierEnds) {
      reopen(open, passed);
      tierEnds = entries[at + ENTRY_NEXT_TIER]!;
    }
    const set = steps[step + 2]! * cells.setWords;
    const decision = entries[at + ENTRY_DECISION]!;
    if (steps[step + 1] === MAYBE) note(scratch, cells.l4Sets, set, action[decision]!);
    else if (action[decision] === ACTION_PASS) move(open, passed, cells.l4Sets, set);
    else take(scratch, cells.l4Sets, set, decision, action[decision]!, program);
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

function termSet(source: CellSource, term: number, peerClass: number): number {
  const { termStart, termWidth, termSets } = source.cells;
  const at = termStart[term]!;
  return termWidth[term] === 1 ? termSets[at]! : termSets[at + source.classes.bindingGroup[peerClass]!]!;
}

function peerHolds(source: CellSource, peer: number, peerClass: number): number {
  if (peer === ANY) return YES;
  const { cells, classes } = source;
  const nets = classes.netGroup[peerClass]!;
  const selectors = classes.selectorGroup[peerClass]!;
  let best = NO;
  for (let i = cells.peerStart[peer]!; i < cells.peerStart[peer + 1]!; i++) {
    const at = i * PEER_WORDS;
    const selector = cells.peers[at + PEER_SELECTOR]!;
    if (selector !== ANY && !hasAtom(cells.selectorAtoms, cells.selectorStart, selectors, selector)) continue;
    const unwanted = cells.peers[at + PEER_NOT_SELECTOR]!;
    if (unwanted !== ANY && hasAtom(cells.selectorAtoms, cells.selectorStart, selectors, unwanted)) continue;
    const net = cells.peers[at + PEER_NETS]!;
    if (net === ANY) return YES;
    if (nets === UNKNOWN_NETS) best = MAYBE;
    else if (hasAtom(cells.netAtoms, cells.netStart, nets, net)) return YES;
  }
  return best;
}

/** Whether a group has an atom: a halving search in its sorted slice. */
function hasAtom(atoms: Uint32Array, start: Uint32Array, group: number, atom: number): boolean {
  let low = start[group]!;
  let high = start[group + 1]!;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const held = atoms[middle]!;
    if (held === atom) return true;
    if (held < atom) low = middle + 1;
    else high = middle;
  }
  return false;
}
