import { type CellAid, cellAid, peerSurelyHolds, termSet } from './cell.ts';
import { PLANE_PROTOCOLS } from './l4.ts';
import {
  ACTION_PASS,
  ENTRY_DECISION,
  ENTRY_MAYBE,
  ENTRY_NEXT_TIER,
  ENTRY_PEER,
  ENTRY_TERM,
  ENTRY_WORDS,
  type MatchTable,
} from './match-table.ts';

/** Answers that are remembered; beyond, all are forgotten. */
const MOST_KNOWN = 1 << 16;
const NO_POLICY = -1;

/**
 * Where a decision hangs on an order that the policies' API leaves open (`PolicyEntry.tie`): two policies of equal
 * priority match the packet, and the first rules of theirs that do say different things. Which of them is asked first
 * then decides, and nothing but their names says which that is.
 *
 * Asked of openers alone, and of those whose profile has such policies: a table without any never asks.
 */
export class Ties {
  /** By profile: 1 when two of its policies have one tie. */
  readonly #has: Uint8Array;
  /** By rule: its policy and that one's tie, 0 for none. */
  readonly #policy: Int32Array;
  readonly #tie: Int32Array;
  readonly #table: MatchTable;
  readonly #aid: CellAid;
  readonly #known = new Map<number, boolean>();

  /** Null for a table without such policies. */
  static of(table: MatchTable): Ties | null {
    const has = tiedProfiles(table);
    return has.includes(1) ? new Ties(table, has) : null;
  }

  private constructor(table: MatchTable, has: Uint8Array) {
    const { rules, policies } = table.decisions;
    this.#table = table;
    this.#has = has;
    this.#policy = Int32Array.from(rules, ({ policy }) => policy);
    this.#tie = Int32Array.from(rules, ({ policy }) => policies[policy]!.tie ?? 0);
    this.#aid = cellAid(table);
  }

  has(profile: number): boolean {
    return this.#has[profile] === 1;
  }

  /** Whether another order of tied policies would decide otherwise. */
  isOpen(profile: number, peerClass: number, l4: number): boolean {
    if (!this.has(profile)) return false;
    const { classes, l4: l4Table } = this.#table;
    const key = (profile * classes.count + peerClass) * l4Table.count + l4;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const open = this.#classesOf(l4).some((one) => this.#walk(profile, peerClass, one));
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.set(key, open);
    return open;
  }

  /** An L4 class; of a packet whose ports are unknown, all that it may have. */
  #classesOf(l4: number): number[] {
    const { base, unknown } = this.#table.l4;
    const protocol = PLANE_PROTOCOLS.find((one) => unknown[one] === l4);
    if (protocol === undefined || base[protocol] === l4) return [l4];
    return Array.from({ length: l4 - base[protocol]! }, (_, i) => base[protocol]! + i);
  }

  /** Goes down the tiers as a packet does; at the first tied policy that matches, the others of its tie are asked too. */
  #walk(profile: number, peerClass: number, l4: number): boolean {
    const { profiles, decisions } = this.#table;
    const { entries, start } = profiles;
    const { action, general } = decisions;
    const first = start[profile]!;
    const last = start[profile + 1]!;
    let entry = first;
    while (entry < last) {
      const next = first + entries[entry * ENTRY_WORDS + ENTRY_NEXT_TIER]!;
      let says = NO_POLICY;
      let tie = 0;
      let policy = NO_POLICY;
      for (; entry < next; entry++) {
        const decision = entries[entry * ENTRY_WORDS + ENTRY_DECISION]!;
        const rule = decision - general;
        if (says !== NO_POLICY && (rule < 0 || this.#tie[rule] !== tie || this.#policy[rule] === policy)) continue;
        if (!this.#holds(entry, peerClass, l4)) continue;
        if (says !== NO_POLICY && action[decision] !== says) return true;
        says = action[decision]!;
        if (rule < 0 || this.#tie[rule] === 0) break;
        tie = this.#tie[rule]!;
        policy = this.#policy[rule]!;
      }
      if (says !== NO_POLICY && says !== ACTION_PASS) return false;
      entry = next;
    }
    return false;
  }

  #holds(entry: number, peerClass: number, l4: number): boolean {
    const { entries } = this.#table.profiles;
    const { l4Sets, setWords } = this.#table.cells;
    const at = entry * ENTRY_WORDS;
    if (entries[at + ENTRY_MAYBE] === 1) return false;
    if (!peerSurelyHolds(this.#table, this.#aid, entries[at + ENTRY_PEER]!, peerClass)) return false;
    const set = termSet(this.#table, entries[at + ENTRY_TERM]!, peerClass);
    return ((l4Sets[set * setWords + (l4 >>> 5)]! >>> (l4 & 31)) & 1) === 1;
  }
}

function tiedProfiles({ profiles, decisions }: MatchTable): Uint8Array {
  const has = new Uint8Array(profiles.count);
  if (decisions.policies.every(({ tie }) => tie === undefined)) return has;
  for (let profile = 0; profile < profiles.count; profile++) {
    const seen = new Set<number>();
    for (let i = profiles.policyStart[profile]!; i < profiles.policyStart[profile + 1]!; i++) {
      const { tie } = decisions.policies[profiles.policyList[i]!]!;
      if (tie === undefined) continue;
      if (seen.has(tie)) has[profile] = 1;
      seen.add(tie);
    }
  }
  return has;
}
