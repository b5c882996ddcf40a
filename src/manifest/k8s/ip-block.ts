import { ANY_PEER, type PeerMatch } from '../../model/policy.ts';
import { covers } from '../../net/prefix.ts';
import { quote } from '../../source/quote.ts';
import type { Fields, Known } from '../fields.ts';
import { readPrefix } from './address.ts';

export const IP_BLOCK: Known = ['cidr', 'except'];

/**
 * A block with holes. A hole must lie within the block and be smaller than it.
 * Source: kubernetes, pkg/apis/networking/validation, ValidateIPBlock.
 */
export function readIpBlock(fields: Fields): PeerMatch | null {
  const text = fields.requiredString('cidr');
  const excepts = fields.strings('except');
  const cidr = text === null ? null : readPrefix(text, fields.report);
  const holes = excepts.flatMap((except) => {
    const hole = readPrefix(except, fields.report);
    if (hole === null || cidr === null) return [];
    if (covers(cidr, hole) && hole.length > cidr.length) return [hole];
    const message = `except ${quote(except.value)} must be a smaller block inside ${quote(text?.value)}`;
    fields.report.error('EXCEPT_OUTSIDE_CIDR', except.node, message);
    return [];
  });
  return cidr === null ? null : { ...ANY_PEER, nets: [cidr], notNets: holes.length === 0 ? null : holes };
}
