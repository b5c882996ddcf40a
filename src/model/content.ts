import { createHash } from 'node:crypto';
import type { Policy, Rule } from './policy.ts';

/** What a policy or a rule says, apart from where it is written and what it is called: equal for equal sayings. */

/** @returns a fingerprint of 128 bits */
export const ruleContent = ({ at: _, index: __, ...says }: Rule): string => fingerprint(says);

/** Its rules, their order, whom it selects, its place among policies. @returns a fingerprint of 128 bits */
export const policyContent = ({ tier, order, selector, directions, ingress, egress }: Policy): string =>
  fingerprint({
    tier,
    order,
    selector,
    directions,
    ingress: ingress.map(ruleContent),
    egress: egress.map(ruleContent),
  });

const fingerprint = (value: object): string =>
  createHash('sha256')
    .update(JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}n` : part)))
    .digest('hex')
    .slice(0, 32);
