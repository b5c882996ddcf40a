import type { Cluster } from '../model/cluster.ts';
import { qualifiedName, type Service } from '../model/endpoint.ts';
import { type Address, formatAddress } from '../net/address.ts';
import { contains, covers, formatPrefix, hostPrefix, type Prefix } from '../net/prefix.ts';
import { type Lint, placedRules, ruleTitle } from './lint.ts';

/**
 * Policy sees a packet to a Service after its address was translated to a backend's, and no packet comes from a
 * Service's address: a block that holds cluster addresses of Services, and nobody else's, matches none of their traffic.
 */
export const serviceRange: Lint = {
  code: 'SERVICE_RANGE',
  severity: 'warning',
  about: 'a block of a rule holds cluster addresses of Services, which policies never see',
  find: (cluster) => {
    const isOthers = othersAt(cluster);
    return placedRules(cluster).flatMap((placed) => {
      const peers = [...(placed.rule.source ?? []), ...(placed.rule.destination ?? [])];
      return peers
        .flatMap(({ nets }) => nets ?? [])
        .flatMap((net) => {
          const found = serviceIn(cluster.services, net);
          if (found === null || isOthers(net)) return [];
          const { name, address } = found;
          const message = `${ruleTitle(placed)}: block ${formatPrefix(net)} holds the address ${formatAddress(address)} of Service \`${name}\`, and policies see its backends' addresses alone`;
          return [{ at: placed.rule.at, message }];
        });
    });
  },
};

function serviceIn(services: readonly Service[], net: Prefix): { name: string; address: Address } | null {
  for (const service of services) {
    const address = (service.exposure?.clusterAddresses ?? []).find((one) => contains(net, one));
    if (address !== undefined) return { name: qualifiedName(service), address };
  }
  return null;
}

/** Whether a block has, or may have, anybody beside Services: then it is not written for them alone. */
function othersAt({ endpoints, hostPods = [], nodes, services, pools = [] }: Cluster): (net: Prefix) => boolean {
  const addresses = [...endpoints, ...hostPods, ...nodes].flatMap((one) => one.addresses);
  const backends = services.flatMap((service) => [
    ...service.backends.map(({ address }) => address),
    ...(service.exposure?.endpoints ?? []).flatMap((one) => one.addresses),
  ]);
  const nets = [...pools.map(({ net }) => net), ...nodes.flatMap(({ podNets }) => podNets)];
  const known = [...nets, ...[...addresses, ...backends].map(hostPrefix)];
  return (net) => known.some((one) => covers(net, one) || covers(one, net));
}
