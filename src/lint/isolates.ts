import type { Cluster } from '../model/cluster.ts';
import { type Endpoint, qualifiedName } from '../model/endpoint.ts';
import { governs } from '../model/order.ts';
import { BUILT_IN_TIERS, type Direction, type Policy } from '../model/policy.ts';
import { DIRECTIONS, type Lint, podCount, selectedBy, titleOf } from './lint.ts';

/**
 * A policy that governs a direction and has no rule for it denies all traffic there. That is what a policy for all pods
 * of a namespace without any rule is for (the default deny); a policy with rules for the other direction alone, or for
 * some pods alone, may have meant to leave this one as it was. Silent where other policies have rules for the same pods.
 */
export const isolates: Lint = {
  code: 'ISOLATES',
  severity: 'note',
  about: 'a policy governs a direction, has no rule for it, and so denies everything there',
  find: (cluster) =>
    cluster.policies.flatMap((policy) =>
      DIRECTIONS.filter((direction) => isClosed(policy, direction)).flatMap((direction) => {
        const closed = selectedBy(policy, cluster).filter((pod) => !isOpened(cluster, policy, direction, pod));
        if (closed.length === 0 || isDefaultDeny(policy, cluster) || !endsInDeny(cluster, policy)) return [];
        const name = qualifiedName(closed[0]!);
        const whom = closed.length === 1 ? `\`${name}\`` : `${podCount(closed)} (\`${name}\`, ...)`;
        const message = `${titleOf(policy)} governs ${direction} and has no ${direction} rule: no policy lets ${whom} ${direction === 'ingress' ? 'receive' : 'send'} anything`;
        return [{ at: policy.at, message }];
      }),
    ),
};

const isClosed = (policy: Policy, direction: Direction): boolean =>
  !policy.staged && policy.directions.includes(direction) && policy[direction].length === 0;

/** Some other policy says something about the pod's traffic in that direction. */
const isOpened = ({ policies }: Cluster, policy: Policy, direction: Direction, pod: Endpoint): boolean =>
  policies.some((other) => other !== policy && other[direction].length > 0 && governs(other, pod, direction));

/** No rules at all, for every pod of its namespace (or of all): it can only be meant. */
const isDefaultDeny = (policy: Policy, cluster: Cluster): boolean =>
  policy.ingress.length === 0 &&
  policy.egress.length === 0 &&
  cluster.endpoints.filter(({ namespace }) => policy.namespace === null || policy.namespace === namespace).length ===
    selectedBy(policy, cluster).length;

const endsInDeny = ({ tiers }: Cluster, { tier }: Policy): boolean =>
  ([...tiers, ...BUILT_IN_TIERS].find(({ name }) => name === tier)?.defaultAction ?? 'deny') === 'deny';
