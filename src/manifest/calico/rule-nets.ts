import type { Family } from '../../net/address.ts';
import { parseAddress } from '../../net/address.ts';
import { formatPrefix, type Prefix, parsePrefix } from '../../net/prefix.ts';
import { quote } from '../../source/quote.ts';
import type { Fields } from '../fields.ts';
import type { Located } from '../node.ts';
import { checkDistinct, checkLength } from './schema-limits.ts';

/**
 * The blocks of `nets` or `notNets` of a rule; null when there are none. A bare address, and bits beyond the prefix
 * length, are refused: in rules, not in network sets. Source: libcalico-go, validator.go, validateRule and "net".
 */
export function readNets(fields: Fields, name: 'nets' | 'notNets'): readonly Prefix[] | null {
  checkLength(fields, name);
  checkDistinct(fields, name);
  const nets = fields.strings(name).flatMap((text) => readNet(text, name, fields) ?? []);
  return nets.length === 0 ? null : nets;
}

function readNet(text: Located<string>, name: string, { report }: Fields): Prefix | null {
  const parsed = parsePrefix(text.value);
  if (parsed === null) {
    const hint = parseAddress(text.value) === null ? '' : ': add `/32`, or `/128` for IPv6';
    report.error('BAD_CIDR', text.node, `${quote(text.value)} is no block of addresses such as \`10.0.0.0/8\`${hint}`);
    return null;
  }
  if (parsed.hadHostBits) {
    const message = `${quote(text.value)} has bits beyond its prefix length: write ${quote(formatPrefix(parsed.prefix))}`;
    report.error('HOST_BITS', text.node, message);
  }
  if (name === 'notNets' && parsed.prefix.length === 0) {
    const message = `${quote(text.value)} in \`notNets\` leaves no address that the rule could match`;
    report.error('BAD_NETS', text.node, message);
  }
  return parsed.prefix;
}

const FAMILIES: readonly Family[] = [4, 6];

/**
 * The families whose packets a rule can match at all. Felix renders a rule once for each family, with the blocks of
 * that family alone, and leaves it out where a list that was not empty has become so: a rule with `notNets` of IPv4
 * alone matches no IPv6 packet. Source: felix/rules/policy.go, FilterRuleToIPVersion and filterNets.
 * @param lists `nets` and `notNets` of both ends, null for none
 */
export function familiesOf(
  ipVersion: Family | null,
  lists: readonly { readonly nets: readonly Prefix[] | null; readonly notNets: readonly Prefix[] | null }[],
): readonly Family[] {
  return FAMILIES.filter((family) => {
    if (ipVersion !== null && ipVersion !== family) return false;
    const ofFamily = (nets: readonly Prefix[]) => nets.filter((net) => net.family === family);
    return lists.every(
      ({ nets, notNets }) =>
        (nets === null || ofFamily(nets).length > 0) &&
        (notNets === null || (ofFamily(notNets).length > 0 && ofFamily(notNets).every((net) => net.length > 0))),
    );
  });
}
