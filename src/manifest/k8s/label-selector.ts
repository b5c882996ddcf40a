import { and, equals, has, isIn, not, type Selector } from '../../model/selector.ts';
import { didYouMean } from '../../source/did-you-mean.ts';
import { quote } from '../../source/quote.ts';
import type { Fields, Known } from '../fields.ts';
import { readLabels } from '../metadata.ts';
import { labelKeyFault, labelValueFault } from '../names.ts';
import type { Located } from '../node.ts';

export const LABEL_SELECTOR: Known = ['matchLabels', 'matchExpressions'];
const REQUIREMENT: Known = ['key', 'operator', 'values'];
const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;

/**
 * What a LabelSelector asks; an empty one selects all. `prefix` stands before each key, for labels that an endpoint
 * has of its namespace. NotIn and DoesNotExist hold where the key is missing.
 * Source: k8s.io/apimachinery, meta/v1 LabelSelector and its validation.
 */
export function readLabelSelector(fields: Fields, prefix = ''): Selector {
  const labels = [...readLabels(fields, 'matchLabels')].map(([key, value]) => equals(prefix + key, value));
  const requirements = fields
    .objects('matchExpressions', REQUIREMENT)
    .flatMap((entry) => readRequirement(entry, prefix) ?? []);
  return and(...labels, ...requirements);
}

function readRequirement(fields: Fields, prefix: string): Selector | null {
  const key = fields.requiredString('key');
  const operator = readOperator(fields);
  const values = fields.strings('values');
  if (key !== null) {
    const fault = labelKeyFault(key.value);
    if (fault !== null) fields.report.error('BAD_LABEL', key.node, `label key ${quote(key.value)}: ${fault}`);
  }
  if (key === null || operator === null || !valuesFit(operator, values, fields)) return null;
  const name = prefix + key.value;
  const texts = values.map(({ value }) => value);
  switch (operator) {
    case 'In':
      return isIn(name, texts);
    case 'NotIn':
      return not(isIn(name, texts));
    case 'Exists':
      return has(name);
    case 'DoesNotExist':
      return not(has(name));
  }
}

function readOperator(fields: Fields): (typeof OPERATORS)[number] | null {
  const written = fields.requiredString('operator');
  if (written === null) return null;
  const operator = OPERATORS.find((name) => name === written.value);
  if (operator !== undefined) return operator;
  const near = didYouMean(written.value, OPERATORS);
  const hint = near === null ? '' : `: did you mean \`${near}\`?`;
  const message = `operator ${quote(written.value)} must be In, NotIn, Exists or DoesNotExist${hint}`;
  fields.report.error('BAD_OPERATOR', written.node, message);
  return null;
}

function valuesFit(operator: string, values: readonly Located<string>[], fields: Fields): boolean {
  const wanted = operator === 'In' || operator === 'NotIn';
  // The list itself is asked: a value of the wrong type has been reported, and is no missing value.
  const given = fields.get('values');
  const count = given?.type === 'list' ? given.items.length : values.length;
  if (wanted !== count > 0) {
    const expected = wanted ? 'needs at least one value' : 'takes no values';
    fields.report.error('BAD_SELECTOR', given ?? fields.node, `operator \`${operator}\` ${expected}`);
    return false;
  }
  for (const { value, node } of values) {
    const fault = labelValueFault(value);
    if (fault !== null) fields.report.error('BAD_LABEL', node, `label value ${quote(value)}: ${fault}`);
  }
  return true;
}
