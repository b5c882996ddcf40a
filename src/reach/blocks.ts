/**
 * Addresses as few blocks: `0.0.0.0/0 except 10.0.0.0/8`. The fewest signed prefixes by longest match are found as
 * routers find the smallest table (Draves, King, Venkatachary and Zill, "Constructing Optimal IP Routing Tables", 1999):
 * from the leaves up, what a prefix may stand for; from the root down, where it must be said.
 */
import { bitsOf, type Family } from '../net/address.ts';
import { formatPrefix, lastOf, type Prefix } from '../net/prefix.ts';
import type { Blocks } from '../verdict/reach.ts';

const OUT = 1;
const IN = 2;
/** Addresses of which nothing is said: either will do. */
const EITHER = 3;

/** Ascending and without gaps from 0: where each label begins to hold. */
type Run = { readonly first: bigint; readonly label: number };

type Node = { readonly prefix: Prefix; readonly may: number; readonly halves: readonly [Node, Node] | null };

type Range = { readonly first: bigint; readonly last: bigint };

/**
 * The blocks whose addresses are `wanted`; those that are `free` may be in them or not. Both ascend and do not overlap.
 */
export function blocksOf(family: Family, wanted: readonly Range[], free: readonly Range[]): Blocks[] {
  if (wanted.length === 0) return [];
  const runs = runsOf(wanted, free);
  const root = nodeOf(runs, { family, first: 0n, length: 0 }, 0, runs.length);
  const blocks: { cidr: string; except: string[] }[] = [];
  write(root, OUT, null, blocks);
  return blocks;
}

function runsOf(wanted: readonly Range[], free: readonly Range[]): Run[] {
  const all: Run[] = [];
  let next = 0n;
  let w = 0;
  let f = 0;
  while (w < wanted.length || f < free.length) {
    const isWanted = f === free.length || (w < wanted.length && wanted[w]!.first < free[f]!.first);
    const { first, last } = isWanted ? wanted[w++]! : free[f++]!;
    if (first > next) all.push({ first: next, label: OUT });
    all.push({ first, label: isWanted ? IN : EITHER });
    next = last + 1n;
  }
  // What follows the last range is out; where nothing follows, no block asks for it.
  all.push({ first: next, label: OUT });
  return absorbed(all);
}

/** Free runs between two of one label take that label; equal neighbours are one. */
function absorbed(runs: readonly Run[]): Run[] {
  const kept: Run[] = [];
  for (const run of runs) {
    const [before, free] = [kept.at(-2), kept.at(-1)];
    if (free?.label === EITHER && before?.label === run.label) kept.pop();
    if (kept.at(-1)?.label !== run.label) kept.push(run);
  }
  return kept;
}

/** The node of a prefix; the runs that it meets are among `runs[low .. high - 1]`. */
function nodeOf(runs: readonly Run[], prefix: Prefix, low: number, high: number): Node {
  const last = lastOf(prefix);
  let from = low;
  while (from + 1 < high && runs[from + 1]!.first <= prefix.first) from++;
  let to = high;
  while (to - 1 > from && runs[to - 1]!.first > last) to--;
  if (to - from === 1) return { prefix, may: runs[from]!.label, halves: null };
  const { family, first, length } = prefix;
  const middle = first + (1n << BigInt(bitsOf(family) - length - 1));
  const zero = nodeOf(runs, { family, first, length: length + 1 }, from, to);
  const one = nodeOf(runs, { family, first: middle, length: length + 1 }, from, to);
  const shared = zero.may & one.may;
  return { prefix, may: shared === 0 ? zero.may | one.may : shared, halves: [zero, one] };
}

/** @param holds the label of the nearest prefix that was written @param inside the block that it is in, or cut out of */
function write(
  { prefix, may, halves }: Node,
  holds: number,
  inside: { cidr: string; except: string[] } | null,
  blocks: { cidr: string; except: string[] }[],
): void {
  let label = holds;
  let within = inside;
  if ((may & holds) === 0) {
    label = may & IN ? IN : OUT;
    if (label === IN) {
      within = { cidr: formatPrefix(prefix), except: [] };
      blocks.push(within);
    } else within!.except.push(formatPrefix(prefix));
  }
  for (const half of halves ?? []) write(half, label, within, blocks);
}
