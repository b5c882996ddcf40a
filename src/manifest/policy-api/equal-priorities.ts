import { compareText } from '../../model/order.ts';
import type { Policy } from '../../model/policy.ts';
import { formatPosition } from '../../source/position.ts';
import { quote } from '../../source/quote.ts';
import type { Report } from '../report.ts';

/**
 * Warns of policies of one API that share a tier, a priority and a direction: the API leaves open which of them comes
 * first, and Calico decides by name. Each is told of once, beside the one before it.
 */
export function warnOfEqualPriorities(policies: readonly Policy[], report: Report): void {
  for (const direction of ['ingress', 'egress'] as const) {
    const last = new Map<string, Policy>();
    const inOrder = policies
      .filter((policy) => policy.isOrderOpen === true && policy.directions.includes(direction))
      .sort((a, b) => compareText(a.tieBreak, b.tieBreak));
    for (const policy of inOrder) {
      const place = `${policy.order} ${policy.tier}`;
      const before = last.get(place);
      last.set(place, policy);
      if (before === undefined) continue;
      const first = `${before.kind} ${quote(before.name)} (${formatPosition(before.at)})`;
      const message = `${first} has the same priority ${policy.order} in tier ${policy.tier}: which of them comes first is left open by the API, here as in Calico it is the first by name`;
      report.warning('EQUAL_PRIORITY', policy.at, message);
    }
  }
}
