/**
 * What a row (cell.ts) comes to: for 32 L4 classes at a time, so that a large table works out what is asked for alone,
 * and a small one all of a program, word by word.
 */
import { type CellSource, REOPEN, ROW_WORDS } from './cell.ts';
import { UNDETERMINED_DECISION } from './decisions.ts';
import { PLANE_PROTOCOLS } from './l4.ts';
import { ACTION_ALLOW, ACTION_DENY, ACTION_PASS, type Ids } from './match-table.ts';

/** Room for one word of L4 classes. */
export type WordScratch = { common: number };
export const wordScratch = (): WordScratch => ({ common: -1 });

/**
 * Writes the decisions of the L4 classes of one word, `word * 32` and on, into `page[to .. to + 31]`. A class of unknown
 * ports sums up its protocol: what all of its ports come to, by the first of the decisions; where they differ in the
 * action nobody can tell.
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
