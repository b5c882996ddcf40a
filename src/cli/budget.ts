import { spend } from '../compare/spend.ts';
import { loadBudget } from '../manifest/budget.ts';
import type { Budget } from '../model/budget.ts';
import type { DiffSummary } from '../report/diff/words.ts';
import { CHANGES } from '../verdict/differences.ts';
import type { Option } from './command.ts';
import type { Io } from './io.ts';
import type { Parsed } from './parse.ts';

export const BUDGET: Option = {
  name: 'budget',
  value: 'FILE',
  about: 'what may differ: exit 1 only when something else does, or more of it',
};

/** The budget that a command line names; null without. @throws ManifestError */
export async function budgetOf(parsed: Parsed, io: Io): Promise<Budget | null> {
  const path = parsed.one(BUDGET.name);
  return path === undefined ? null : await loadBudget(path, io.stdin);
}

/** @param crowdedOut packets whose verdicts differ, and whose conversations were not kept */
export function withBudget(summary: DiffSummary, budget: Budget, crowdedOut: number): DiffSummary {
  const { allowedBy, exceeded, unused } = spend(budget, summary.conversations, crowdedOut);
  const charged = summary.conversations.map((one, i) => ({ ...one, allowedBy: allowedBy[i]! }));
  return {
    ...summary,
    // What is not allowed comes first, as lists show their first lines.
    conversations: CHANGES.flatMap((change) => {
      const all = charged.filter((one) => one.change === change);
      return [...all.filter((one) => one.allowedBy === null), ...all.filter((one) => one.allowedBy !== null)];
    }),
    budget: { file: budget.file, kept: exceeded.length === 0, exceeded, unused },
  };
}
