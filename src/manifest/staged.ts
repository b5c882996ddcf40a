import type { Policy } from '../model/policy.ts';
import type { Parsed } from './kind.ts';

/** How staged policies are taken: carried without effect, or as if each had been applied. */
export type Staged = 'ignore' | 'enforce';

type StagedPolicy = Parsed & { readonly type: 'staged' };

/**
 * The policies of a cluster with its staged ones. Enforcing them is what applying them would be: `Set` takes the place
 * of the enforced policy of that name, or is added; `Delete` takes it away; `Learn` and `Ignore` change nothing.
 * (Calico's own preview keeps the old policy beside the new one, and never shows a deletion.)
 * @param policies the enforced ones
 */
export function withStaged(policies: readonly Policy[], staged: readonly StagedPolicy[], how: Staged): Policy[] {
  if (how === 'ignore') return [...policies, ...staged.map(({ policy }) => policy)];
  const applied = staged.filter(({ action }) => action === 'set' || action === 'delete');
  const byName = new Map(applied.map((entry) => [entry.replaces, entry]));
  const result = policies.flatMap((policy) => {
    const change = byName.get(policy.tieBreak);
    byName.delete(policy.tieBreak);
    if (change === undefined) return [policy];
    return change.action === 'delete' ? [] : [enforced(change)];
  });
  const added = [...byName.values()].filter(({ action }) => action === 'set').map(enforced);
  const inert = staged.filter((entry) => !applied.includes(entry)).map(({ policy }) => policy);
  return [...result, ...added, ...inert];
}

/** The policy as it sorts and acts once applied. It keeps its kind: that is the object which reports point at. */
const enforced = ({ policy, replaces }: StagedPolicy): Policy => ({ ...policy, staged: false, tieBreak: replaces });
