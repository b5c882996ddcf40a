import type { Asked } from '../explain/explain.ts';
import type { AskedWay } from '../explain/explain-ways.ts';
import type { Cluster } from '../model/cluster.ts';
import { qualifiedName } from '../model/endpoint.ts';
import { type Address, formatAddress } from '../net/address.ts';
import { protocolName } from '../net/protocol.ts';
import type { ReplayOptions } from '../replay/options.ts';
import { type Way, waysOf } from '../replay/ways.ts';
import { REASON_WORDS } from '../report/reason-words.ts';
import type { MatchTable } from '../table/match-table.ts';

/**
 * Policies see the backend behind a Service, and there may be several: each way that the connection may go, to be
 * explained for itself. Where the capture told which one it was, those that came to its verdict. Empty for others.
 */
export function askedWays(table: MatchTable, whole: Asked, options: ReplayOptions): AskedWay[] {
  const ways = waysOf(table, whole.tuple, options);
  const alike = ways.filter(({ verdict }) => verdict === whole.said.verdict);
  return (alike.length > 0 ? alike : ways).map((way) => askedWay(whole, way));
}

function askedWay({ cluster, texts, tuple }: Asked, way: Way): AskedWay {
  const { leaves, arrives, hiddenBy, backends: _, ...said } = way;
  const client = formatAddress(tuple.src);
  const notes =
    hiddenBy === null
      ? []
      : [
          `it arrives from ${nodeWords(cluster, arrives.src)} in place of ${client}, owing to ${hiddenBy}: no rule about ${client} matches it`,
        ];
  const isOne = leaves.dst === arrives.dst && leaves.src === arrives.src;
  return {
    backends: way.backends.map(({ address, port }) => {
      const pod = cluster.endpoints.find(({ addresses }) => addresses.some((one) => same(one, address)));
      const name = pod === undefined ? formatAddress(address) : qualifiedName(pod);
      return `${name} port ${port}/${protocolName(tuple.protocol)}`;
    }),
    asked: {
      cluster,
      tuple: leaves,
      ...(!isOne && { arrives }),
      said,
      meaning: REASON_WORDS[said.reason],
      ...(texts !== undefined && { texts }),
      notes,
    },
  };
}

/** A node by the address of its that is seen. */
function nodeWords(cluster: Cluster, address: Address): string {
  const isOf = (addresses: readonly Address[]): boolean => addresses.some((one) => same(one, address));
  const node = cluster.nodes.find(({ addresses }) => isOf(addresses));
  const which = isOf(node?.tunnelAddresses ?? []) ? 'tunnel address' : 'address';
  return node === undefined ? formatAddress(address) : `node ${node.name}'s ${which} ${formatAddress(address)}`;
}

const same = (a: Address, b: Address): boolean => a.family === b.family && a.value === b.value;
