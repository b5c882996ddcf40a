import { type Allowance, BUDGETED, type Budget, type Budgeted, isEnd } from '../model/budget.ts';
import { protocolNumber } from '../net/protocol.ts';
import { isIcmpError } from '../packet/icmp.ts';
import { formatPosition } from '../source/position.ts';
import type { ChangeWord } from '../verdict/differences.ts';
import type { Amount } from '../verdict/tally.ts';

type End = { readonly address: string; readonly name: string | null };

/** A conversation that differs, as far as a budget looks at it. */
export type Charge = Amount & {
  readonly change: ChangeWord;
  readonly from: End;
  readonly to: End;
  readonly proto: string | number;
  readonly dport: number | null;
  readonly icmpType: number | null;
  readonly old: { readonly verdict: string };
  readonly new: { readonly verdict: string };
};

export type Spent = {
  /** By place of the charge: where the allowance, or the limit, is written that it was charged to; null for none. */
  readonly allowedBy: readonly (string | null)[];
  /** What is beyond the budget, a sentence each. */
  readonly exceeded: readonly string[];
  /** Allowances that nothing was charged to. */
  readonly unused: readonly string[];
};

/**
 * Charges conversations to a budget, each in its turn to the first allowance that fits and has room for all of it.
 * @param crowdedOut packets whose verdicts differ and whose conversations were not kept: nobody can tell whether a budget
 * allows them, so it does not
 */
export function spend(budget: Budget, charges: readonly Charge[], crowdedOut: number): Spent {
  const used = new Map<Allowance, Amount>();
  const exceeded: string[] = [];
  const allowedBy = charges.map((charge) => {
    const { change } = charge;
    if (!isBudgeted(change) || charge.old.verdict === charge.new.verdict) return null;
    const found = budget.allowed[change]?.find((allowance) => fits(allowance, charge, used.get(allowance)));
    if (found !== undefined) {
      used.set(found, add(used.get(found), charge));
      return formatPosition(found.at);
    }
    // Where a change has a limit and no list, the limit alone counts.
    const most = budget.allowed[change] === null ? budget.atMost[change] : null;
    if (most === null) exceeded.push(notAllowed(charge));
    return most === null ? null : formatPosition(most.at);
  });
  for (const change of BUDGETED) exceeded.push(...beyondMost(budget, change, charges));
  if (crowdedOut > 0) exceeded.push(`${crowdedOut} packets differ in conversations that found no room to be looked at`);
  const allowances = BUDGETED.flatMap((change) => budget.allowed[change] ?? []);
  const unused = allowances.filter((one) => !used.has(one)).map(({ at }) => formatPosition(at));
  return { allowedBy, exceeded, unused };
}

const isBudgeted = (change: ChangeWord): change is Budgeted => (BUDGETED as readonly string[]).includes(change);

const add = (sum: Amount | undefined, { packets, bytes, connections }: Amount): Amount => ({
  packets: (sum?.packets ?? 0) + packets,
  bytes: (sum?.bytes ?? 0) + bytes,
  connections: (sum?.connections ?? 0) + connections,
});

function fits(allowance: Allowance, charge: Charge, before: Amount | undefined): boolean {
  const { port, protocol, maxConnections, maxPackets } = allowance;
  const after = add(before, charge);
  if (maxConnections !== null && after.connections > maxConnections) return false;
  if (maxPackets !== null && after.packets > maxPackets) return false;
  const number = protocolNumber(charge.proto)!;
  // An ICMP error is about a packet of the other direction, and shares its fate: it needs no allowance of its own.
  if (charge.icmpType !== null && isIcmpError(number, charge.icmpType) && isBetween(allowance, charge.to, charge.from))
    return true;
  const isService = (port === null || port === charge.dport) && (protocol === null || protocol === number);
  return isService && isBetween(allowance, charge.from, charge.to);
}

const isBetween = ({ from, to }: Allowance, one: End, other: End): boolean =>
  (from === null || isEnd(from, one.address, one.name)) && (to === null || isEnd(to, other.address, other.name));

const notAllowed = ({ change, from, to, proto, dport, packets, connections }: Charge): string => {
  const port = dport === null ? `${proto}` : `${dport}/${proto}`;
  return `${change}, not allowed: ${from.name ?? from.address} -> ${to.name ?? to.address} ${port} (connections: ${connections}, packets: ${packets})`;
};

function beyondMost({ atMost }: Budget, change: Budgeted, charges: readonly Charge[]): string[] {
  const most = atMost[change];
  if (most === null) return [];
  const all = charges.filter((one) => one.change === change && one.old.verdict !== one.new.verdict);
  const sums = all.reduce((sum, charge) => add(sum, charge), add(undefined, { packets: 0, bytes: 0, connections: 0 }));
  const found = { conversations: all.length, connections: sums.connections, packets: sums.packets };
  return (['conversations', 'connections', 'packets'] as const)
    .filter((what) => most[what] !== null && found[what] > most[what])
    .map((what) => `${change}: ${found[what]} ${what}, at most ${most[what]} are allowed (${formatPosition(most.at)})`);
}
