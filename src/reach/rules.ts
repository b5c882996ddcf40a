/**
 * What the table proves of each rule. Every cell that packets can come to is looked at: which of its rules take any of
 * its L4 classes, and what it decides when one rule is taken out of it.
 */
import { type CellAid, type CellSource, cellAid, deriveRow, longestRow, peerHolds, termSet } from '../table/cell.ts';
import { PROFILE_UNPOLICED } from '../table/decisions.ts';
import {
  ACTION_NONE,
  ENTRY_DECISION,
  ENTRY_PEER,
  ENTRY_TERM,
  ENTRY_WORDS,
  type MatchTable,
} from '../table/match-table.ts';
import { runRowWord, wordScratch } from '../table/row-word.ts';
import type { RuleProof } from '../verdict/coverage.ts';
import { kindsOf } from './kinds.ts';
import { RowTakers } from './takers.ts';

/** More cells than this are not looked at. */
export const MOST_CELLS = 1 << 23;

/** By rule of the table. */
export function proveRules(table: MatchTable, most: number = MOST_CELLS): RuleProof[] {
  const { rules, action, general } = table.decisions;
  const cells = cellsOf(table);
  const isLog = (rule: number): boolean => action[general + rule] === ACTION_NONE;
  if (cells.count > most) return rules.map((_, rule) => ({ status: isLog(rule) ? 'log' : 'unproved', by: [] }));
  const proofs = new Proofs(table, cells);
  return rules.map((_, rule) => (isLog(rule) ? { status: 'log', by: [] } : proofs.of(rule)));
}

/** The cells that packets can come to: an end of the profile, and a peer that has or may get an address of its family. */
type Cells = { readonly count: number; readonly peersOf: ReadonlyMap<number, readonly number[]> };

const FOUR = 1;
const SIX = 2;

function cellsOf(table: MatchTable): Cells {
  const ofClass = new Uint8Array(table.classes.count);
  const ofProfile = new Uint8Array(table.profiles.count);
  for (const { family, classes } of kindsOf([table])) {
    const id = classes[0]!;
    const families = family === null ? FOUR | SIX : family === 4 ? FOUR : SIX;
    ofClass[id]! |= families;
    for (const profile of [table.classes.egressProfile[id]!, table.classes.ingressProfile[id]!])
      ofProfile[profile]! |= families;
  }
  let count = 0;
  const peersOf = new Map<number, readonly number[]>();
  const byFamilies = [0, FOUR, SIX, FOUR | SIX].map((families) =>
    [...ofClass.keys()].filter((id) => (ofClass[id]! & families) !== 0),
  );
  for (let profile = PROFILE_UNPOLICED + 1; profile < ofProfile.length; profile++) {
    if (ofProfile[profile] === 0) continue;
    peersOf.set(profile, byFamilies[ofProfile[profile]!]!);
    count += byFamilies[ofProfile[profile]!]!.length;
  }
  return { count, peersOf };
}

class Proofs {
  readonly #table: MatchTable;
  readonly #cells: Cells;
  readonly #source: CellSource;
  readonly #aid: CellAid;
  readonly #row: Int32Array;
  readonly #takers: RowTakers;
  /** A copy, of which the entries of one rule can be switched off. */
  readonly #without: CellSource;
  readonly #entriesOf = new Map<number, number[]>();
  readonly #takes = new Set<number>();
  readonly #needed = new Set<number>();
  /** By decision that takes something: what would take it over. */
  readonly #heirs = new Map<number, Set<number>>();

  constructor(table: MatchTable, cells: Cells) {
    this.#table = table;
    this.#cells = cells;
    this.#source = table;
    this.#aid = cellAid(table);
    this.#row = new Int32Array(longestRow(table));
    this.#takers = new RowTakers(table);
    this.#without = switchable(table);
    this.#index();
    for (const [profile, peers] of cells.peersOf) for (const peer of peers) this.#look(profile, peer);
  }

  of(rule: number): RuleProof {
    const decision = this.#table.decisions.general + rule;
    if (this.#needed.has(decision)) return { status: 'needed', by: [] };
    if (this.#takes.has(decision)) return { status: 'redundant', by: ascending(this.#heirs.get(decision) ?? []) };
    if (!this.#selectsSomebody(rule)) return { status: 'selects-nobody', by: [] };
    const shadows = this.#shadowsOf(decision);
    return { status: shadows.length === 0 ? 'matches-nothing' : 'shadowed', by: shadows };
  }

  /** By decision of a rule: its entries in the profiles that packets can come to. */
  #index(): void {
    const { start, entries } = this.#table.profiles;
    for (const profile of this.#cells.peersOf.keys())
      for (let entry = start[profile]!; entry < start[profile + 1]!; entry++) {
        const decision = entries[entry * ENTRY_WORDS + ENTRY_DECISION]!;
        const known = this.#entriesOf.get(decision);
        if (known === undefined) this.#entriesOf.set(decision, [entry]);
        else known.push(entry);
      }
  }

  #look(profile: number, peer: number): void {
    const length = deriveRow(this.#source, this.#aid, profile, peer, this.#row);
    const { general } = this.#table.decisions;
    let decided: Uint32Array | null = null;
    for (const decision of this.#takers.of(this.#row, length)) {
      if (decision < general) continue;
      this.#takes.add(decision);
      if (this.#needed.has(decision)) continue;
      decided ??= this.#decisions(this.#source, profile, peer);
      this.#compare(decision, decided, this.#decisionsWithout(decision, profile, peer));
    }
  }

  #compare(decision: number, before: Uint32Array, after: Uint32Array): void {
    const { action } = this.#table.decisions;
    const heirs = this.#heirs.get(decision) ?? new Set();
    this.#heirs.set(decision, heirs);
    for (let id = 0; id < before.length; id++) {
      if (before[id] === after[id]) continue;
      if (action[before[id]!] !== action[after[id]!]) {
        this.#needed.add(decision);
        return;
      }
      heirs.add(after[id]!);
    }
  }

  #decisionsWithout(decision: number, profile: number, peer: number): Uint32Array {
    const { entries } = this.#without.profiles;
    const never = this.#table.cells.peerStart.length - 1;
    const own = this.#entriesOf.get(decision)!;
    const { start } = this.#table.profiles;
    const here = own.filter((entry) => entry >= start[profile]! && entry < start[profile + 1]!);
    const peers = here.map((entry) => entries[entry * ENTRY_WORDS + ENTRY_PEER]!);
    for (const entry of here) entries[entry * ENTRY_WORDS + ENTRY_PEER] = never;
    const decided = this.#decisions(this.#without, profile, peer);
    here.forEach((entry, i) => {
      entries[entry * ENTRY_WORDS + ENTRY_PEER] = peers[i]!;
    });
    return decided;
  }

  /** By L4 class. */
  #decisions(source: CellSource, profile: number, peer: number): Uint32Array {
    const row = new Int32Array(this.#row.length);
    const length = deriveRow(source, this.#aid, profile, peer, row);
    const { setWords } = source.cells;
    const decided = new Uint32Array(setWords * 32);
    for (let word = 0; word < setWords; word++)
      runRowWord(source, wordScratch(), row, 0, length, word, decided, word * 32);
    return decided.subarray(0, source.l4.count);
  }

  #selectsSomebody(rule: number): boolean {
    const { profiles, classes, decisions } = this.#table;
    const { policy, direction } = decisions.rules[rule]!;
    const own = new Set(direction === 'ingress' ? classes.ingressProfile : classes.egressProfile);
    return [...this.#cells.peersOf.keys()].some(
      (profile) =>
        own.has(profile) &&
        profiles.policyList.subarray(profiles.policyStart[profile], profiles.policyStart[profile + 1]).includes(policy),
    );
  }

  /** What takes the packets that the rule matches, wherever it does. */
  #shadowsOf(decision: number): number[] {
    const { start, entries } = this.#table.profiles;
    const shadows = new Set<number>();
    for (const [profile, peers] of this.#cells.peersOf) {
      const own = (this.#entriesOf.get(decision) ?? []).filter(
        (entry) => entry >= start[profile]! && entry < start[profile + 1]!,
      );
      for (const peer of own.length === 0 ? [] : peers)
        for (const entry of own) {
          const at = entry * ENTRY_WORDS;
          if (peerHolds(this.#source, this.#aid, entries[at + ENTRY_PEER]!, peer) === 0) continue;
          const set = termSet(this.#source, entries[at + ENTRY_TERM]!, peer);
          const length = deriveRow(this.#source, this.#aid, profile, peer, this.#row);
          for (const one of this.#takers.of(this.#row, length, { set, before: decision })) shadows.add(one);
        }
    }
    return ascending(shadows);
  }
}

const ascending = (numbers: Iterable<number>): number[] => [...numbers].sort((a, b) => a - b);

/** A source whose entries may be changed, with one more peer condition: the last, which holds for nobody. */
function switchable(table: MatchTable): CellSource {
  const { peerStart } = table.cells;
  return {
    ...pick(table),
    profiles: { ...table.profiles, entries: Uint32Array.from(table.profiles.entries) },
    cells: { ...table.cells, peerStart: Uint32Array.from([...peerStart, peerStart.at(-1)!]) },
  };
}

const pick = ({ l4, classes, decisions }: MatchTable): Pick<CellSource, 'l4' | 'classes' | 'decisions'> => ({
  l4,
  classes,
  decisions,
});
