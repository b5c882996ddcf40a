import type { IcmpMatch } from '../../model/policy.ts';
import { hasIcmpType } from '../../net/protocol.ts';
import { quote } from '../../source/quote.ts';
import type { Fields, Known } from '../fields.ts';

const ICMP_FIELDS: Known = ['type', 'code'];
/** Source: api v3 policy_common.go, ICMPFields: 255 is no type that the kernel could be asked for. */
const MAX_TYPE = 254;
const MAX_CODE = 255;

/** `icmp` or `notICMP`: null when it asks nothing. Both need a protocol that has types beside them. */
export function readIcmp(rule: Fields, name: 'icmp' | 'notICMP', protocol: number | null): IcmpMatch | null {
  const fields = rule.object(name, ICMP_FIELDS);
  if (fields === null) return null;
  const type = inRange(fields, 'type', MAX_TYPE);
  const code = inRange(fields, 'code', MAX_CODE);
  // The API refuses `icmp` without; of `notICMP` it does not say so, but no dataplane could load the rule.
  if (protocol === null || !hasIcmpType(protocol)) {
    fields.report.error(
      'BAD_ICMP',
      fields.node,
      `${quote(name)} needs \`protocol: ICMP\` or \`protocol: ICMPv6\` in its rule`,
    );
  }
  if (fields.get('code') !== null && fields.get('type') === null) {
    fields.report.error('BAD_ICMP', fields.get('code')!, `\`code\` of ${quote(name)} needs a \`type\``);
  }
  return type === null ? null : { type, code };
}

function inRange(fields: Fields, name: string, most: number): number | null {
  const number = fields.integer(name);
  if (number === null || (number.value >= 0 && number.value <= most)) return number?.value ?? null;
  fields.report.error(
    'BAD_ICMP',
    number.node,
    `${quote(name)} must be from 0 to ${most}, found ${quote(number.value)}`,
  );
  return null;
}
