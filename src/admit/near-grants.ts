import type { Workload } from '../model/pod-template.ts';
import type { Binding, Subject } from '../model/rbac.ts';
import { formatPosition } from '../source/position.ts';
import { quote } from '../source/quote.ts';
import { nearestName } from './nearest.ts';
import { bindingName, concernsPolicies, countsIn, isSubject, rulesOf } from './rbac.ts';
import { accountOf } from './users.ts';
import type { World } from './world.ts';

/**
 * The bindings that would have let a pod's service account use a policy but for one thing, and that thing, the most
 * likely first.
 */
export function nearGrants(workload: Workload, world: World): string[] {
  const found = world.bindings.flatMap((binding) => {
    const reason = nearReason(binding, workload, world);
    return reason === null
      ? []
      : [{ rank: reason.rank, text: `${bindingName(binding)} (${reason.where}) ${reason.why}` }];
  });
  return found.sort((a, b) => a.rank - b.rank).map(({ text }) => text);
}

type Reason = { readonly rank: number; readonly where: string; readonly why: string };

function nearReason(binding: Binding, workload: Workload, world: World): Reason | null {
  const role = roleFault(binding, world);
  if (role === 'irrelevant') return null;
  const user = accountOf(workload);
  const subject = binding.subjects.find((named) => isSubject(named, user));
  if (subject !== undefined && role !== null)
    return { rank: 1, where: formatPosition(role.at), why: `names it, but ${role.why}` };
  if (role !== null) return null;
  if (subject !== undefined && !countsIn(binding, workload.namespace)) {
    const why = `names it, but counts for pods of namespace ${quote(binding.namespace)} alone`;
    return { rank: 2, where: formatPosition(binding.at), why };
  }
  if (subject !== undefined) return null;
  const near = binding.subjects.flatMap((named) => subjectFault(named, workload) ?? [])[0];
  if (near !== undefined) return { rank: 0, where: formatPosition(near.at), why: near.why };
  return { rank: 3, where: formatPosition(binding.at), why: `lets ${subjectsText(binding)} use one, and not it` };
}

type Fault = { readonly at: Binding['at']; readonly why: string };

/** What keeps a binding's role from letting anybody use a policy that there is; null when it does let them. */
function roleFault(binding: Binding, { roles, policies, roleOf }: World): Fault | 'irrelevant' | null {
  const role = roleOf(binding);
  const { kind, name, at } = binding.role;
  if (role === null) return { at, why: `its ${kind} ${quote(name)} does not exist` };
  const rules = rulesOf(role, roles).filter(concernsPolicies);
  if (rules.length === 0) return 'irrelevant';
  const using = rules.filter(({ verbs }) => verbs.includes('use') || verbs.includes('*'));
  if (using.length === 0) return { at: role.at, why: `its ${kind} ${quote(name)} has no verb \`use\`` };
  if (using.some(({ resourceNames }) => resourceNames.length === 0)) return null;
  const named = using.flatMap(({ resourceNames }) => resourceNames);
  const absent = named.filter((policy) => policies.every((known) => known.name !== policy.name));
  if (absent.length < named.length) return null;
  return {
    at: named[0]!.at,
    why: `its ${kind} ${quote(name)} is for ${quote(named[0]!.name)}, a policy that does not exist`,
  };
}

/** What keeps a subject from being the pod's account, where it was probably meant. */
function subjectFault(subject: Subject, { namespace, template }: Workload): Fault | null {
  const { at } = subject;
  const own = template.serviceAccount;
  const written = subject.namespace === null ? subject.name : `${subject.namespace}/${subject.name}`;
  const sameName = subject.name === own;
  const why = (text: string): Fault => ({ at, why: `names ${subject.kind} ${quote(written)}, ${text}` });
  if (subject.kind !== 'ServiceAccount') return sameName ? why('which is no ServiceAccount') : null;
  if (sameName) return why(`and the pod's is of namespace ${quote(namespace)}`);
  if (subject.namespace !== namespace || nearestName(subject.name, [own]) === null) return null;
  return why(`and the pod's is ${quote(`${namespace}/${own}`)}`);
}

const subjectsText = ({ subjects }: Binding): string =>
  subjects.length === 0
    ? 'nobody'
    : subjects
        .slice(0, 3)
        .map(({ kind, namespace, name }) => `${kind} ${quote(namespace === null ? name : `${namespace}/${name}`)}`)
        .join(', ') + (subjects.length > 3 ? ', ...' : '');
