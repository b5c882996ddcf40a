/** What connectivity and the static difference say alike. */
import type { EndSet, Flows } from '../verdict/reach.ts';

export const POLICY_ALONE: readonly string[] = [
  'openers of connections, by policy alone: answers are not in it, nor what the dataplane adds, as a pod that reaches itself, or a node its own pods',
  'blocks speak of addresses that no workload has; a Service is judged by its backends, so ask for those',
];

/** By destination, then by source: workloads before addresses. */
export const byEnds = (a: Flows, b: Flows): number => compareEnds(a.to, b.to) || compareEnds(a.from, b.from);

function compareEnds(a: EndSet, b: EndSet): number {
  const [one, other] = [keyOf(a), keyOf(b)];
  return one < other ? -1 : one > other ? 1 : 0;
}

const keyOf = ({ workloads: [workload], blocks: [block] }: EndSet): string =>
  workload === undefined ? `1 ${block?.cidr ?? ''}` : `0 ${workload}`;
