import type { Said } from '../explain/explain.ts';
import type { Cluster } from '../model/cluster.ts';
import { qualifiedName } from '../model/endpoint.ts';
import type { Address } from '../net/address.ts';
import { classifyClasses, classOf } from '../table/classify.ts';
import type { MatchTable } from '../table/match-table.ts';
import { Matcher } from '../table/matcher.ts';
import type { Question } from './explain-question.ts';

/** What the table says of a connection with an end that has no address: replay, which reads addresses, cannot be asked. */
export function saidOfUnplaced(
  cluster: Cluster,
  table: MatchTable,
  { tuple, unplaced }: Pick<Question, 'tuple' | 'unplaced'>,
): Said {
  const matcher = new Matcher(table);
  const classAt = (address: Address): number => {
    const name = unplaced.get(address);
    if (name === undefined) return classOf(matcher, address);
    return table.classes.ofEndpoint[cluster.endpoints.findIndex((one) => qualifiedName(one) === name)]!;
  };
  const { verdict, egress, ingress } = classifyClasses(matcher, classAt(tuple.src), classAt(tuple.dst), tuple);
  const isPoliced = [egress, ingress].some(({ action }) => action !== 'none');
  const reason = verdict === 'undetermined' ? 'address-unknown' : isPoliced ? 'policy' : 'not-policed';
  return { verdict, reason, flags: [], egress, ingress, hosts: { egress: null, ingress: null } };
}
