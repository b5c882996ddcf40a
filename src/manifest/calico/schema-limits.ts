import { quote } from '../../source/quote.ts';
import type { Fields } from '../fields.ts';

/**
 * What the schemas of current versions take at most; earlier ones took any number, and so does Felix: a warning.
 * Source: api v3, MaxItems and listType of policy_common.go, networkpolicy.go, profile.go.
 */
const MOST: Readonly<Record<string, number>> = {
  ingress: 1024,
  egress: 1024,
  nets: 256,
  notNets: 256,
  ports: 50,
  notPorts: 50,
  methods: 20,
  paths: 20,
};

/** Tells of a list that is longer than the API server takes it. */
export function checkLength(fields: Fields, name: string): void {
  const { length } = fields.list(name);
  const most = MOST[name]!;
  if (length <= most) return;
  const message = `${quote(name)} has ${length} items: the API server takes ${most}`;
  fields.report.warning('MANY_ITEMS', fields.get(name)!, message);
}

/** Tells of texts that stand twice in a list that the API server keeps as a set: it would refuse the second. */
export function checkDistinct(fields: Fields, name: string): void {
  const seen = new Set<string>();
  for (const { value, node } of fields.strings(name)) {
    if (!seen.has(value)) seen.add(value);
    else fields.report.warning('DUPLICATE_ITEM', node, `${quote(value)} is twice in ${quote(name)}`);
  }
}
