import type { Rule } from '../../model/policy.ts';
import { quote } from '../../source/quote.ts';
import type { Fields } from '../fields.ts';
import { labelKeyFault } from '../names.ts';

/**
 * What people wrote beside a rule: it decides nothing, and is carried to those who ask about the rule.
 * Source: api v3 policy_common.go, RuleMetadata; libcalico-go, validator.go, validateObjectMetaAnnotations.
 */
export function readComments(rule: Fields): Pick<Rule, 'annotations'> {
  const annotations = rule.object('metadata', ['annotations'])?.texts('annotations') ?? [];
  for (const [key, node] of annotations) {
    const fault = labelKeyFault(key.toLowerCase());
    if (fault !== null) rule.report.error('BAD_METADATA', node, `annotation ${quote(key)}: ${fault}`);
  }
  return annotations.length === 0
    ? {}
    : { annotations: new Map(annotations.map(([key, , { value }]) => [key, value])) };
}
