import type { Cluster } from '../src/model/cluster.ts';
import type { Endpoint } from '../src/model/endpoint.ts';

/** Every second endpoint loses its addresses, the others keep the one of their own. */
export function withoutAddresses(cluster: Cluster): Cluster {
  const endpoints = cluster.endpoints.map((endpoint, i) => ({
    ...endpoint,
    addresses: i % 2 === 0 ? [] : endpoint.addresses.slice(i % 4 === 1 ? 0 : 1, i % 4 === 1 ? 1 : 2),
  }));
  const owners = (endpoint: Endpoint): number =>
    endpoints.filter((one) => one.addresses[0] !== undefined && one.addresses[0].value === endpoint.addresses[0]?.value)
      .length;
  return { ...cluster, endpoints: endpoints.filter((endpoint) => owners(endpoint) < 2) };
}
