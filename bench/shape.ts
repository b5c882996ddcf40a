import type { Cluster } from '../src/model/cluster.ts';
import type { MatchTable } from '../src/table/match-table.ts';

/** What a workload is like: a number without it says nothing. */
export function showShape(cluster: Cluster, table: MatchTable): void {
  const { stats, cells } = table;
  const identities = new Set(cluster.endpoints.map((endpoint) => JSON.stringify([...endpoint.labels].sort())));
  const blocks = cluster.policies
    .flatMap((policy) => [...policy.ingress, ...policy.egress])
    .flatMap((rule) => [...(rule.source ?? []), ...(rule.destination ?? [])])
    .filter((peer) => peer.nets !== null);
  const holes = blocks.reduce((sum, peer) => sum + (peer.notNets?.length ?? 0), 0);
  console.log(
    [
      `world: ${stats.endpoints} pods, ${identities.size} identities, ${stats.addresses} addresses; ` +
        `${stats.policies} policies, ${stats.rules} rules, ${blocks.length} ipBlocks with ${holes} holes`,
      `table: ${stats.prefixes} prefixes, ${stats.addressClasses} address classes, ${stats.l4Classes} L4 classes, ` +
        `${stats.profiles} profiles; ${stats.cellsPossible} cells, ` +
        (cells.dense === null
          ? 'derived on first touch'
          : `all of them filled, leading to ${stats.programs} programs`) +
        `; ${stats.bytes} bytes, built in ${stats.buildMilliseconds.toFixed(0)} ms`,
    ].join('\n'),
  );
}
