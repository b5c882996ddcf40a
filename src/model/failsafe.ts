import type { Prefix } from '../net/prefix.ts';
import { TCP, UDP } from '../net/protocol.ts';
import { ANY_L4, ANY_PEER, type Direction, type L4Match, type Rule } from './policy.ts';

/** Traffic that host endpoints let through before any policy: to this port, of (or to) this block alone. */
export type Failsafe = { readonly protocol: number; readonly port: number; readonly net: Prefix | null };

export type Failsafes = Readonly<Record<Direction, readonly Failsafe[]>>;

const of = (protocol: number, ...ports: readonly number[]): Failsafe[] =>
  ports.map((port) => ({ protocol, port, net: null }));

/** etcd, BGP, Typha, the API server. */
const BOTH_WAYS = of(TCP, 179, 2379, 2380, 5473, 6443, 6666, 6667);

/** Where FelixConfiguration does not say otherwise. Source: felix/config/config_params.go. */
export const DEFAULT_FAILSAFES: Failsafes = {
  ingress: [...of(TCP, 22), ...of(UDP, 68), ...BOTH_WAYS],
  egress: [...of(UDP, 53, 67), ...BOTH_WAYS],
};

const NOWHERE = { file: '', line: 0, column: 0 };

/** Failsafes of a direction as rules that allow, in their order. Source: felix/rules/static.go, failsafeInChain. */
export const failsafeRules = (failsafes: Failsafes, direction: Direction): Rule[] =>
  runsOfOneNet(failsafes[direction]).map(({ net, l4 }, index): Rule => {
    const peer = net === null ? null : [{ ...ANY_PEER, nets: [net] }];
    const ends = direction === 'ingress' ? { source: peer, destination: null } : { source: null, destination: peer };
    return { action: 'allow', index, family: null, l4, ...ends, at: NOWHERE };
  });

/** Neighbours that ask for one block are one rule. */
function runsOfOneNet(failsafes: readonly Failsafe[]): { net: Prefix | null; l4: L4Match[] }[] {
  const runs: { net: Prefix | null; l4: L4Match[] }[] = [];
  for (const { protocol, port, net } of failsafes) {
    const match: L4Match = { ...ANY_L4, protocol, destinationPorts: { ranges: [[port, port]], names: [] } };
    const last = runs.at(-1);
    if (last !== undefined && net === null && last.net === null) last.l4.push(match);
    else runs.push({ net, l4: [match] });
  }
  return runs;
}
