import type { Cluster } from '../model/cluster.ts';
import { qualifiedName, type Service } from '../model/endpoint.ts';
import { type Address, formatAddress } from '../net/address.ts';
import type { FiveTuple } from '../net/five-tuple.ts';
import { protocolName } from '../net/protocol.ts';
import type { ReasonWord } from '../verdict/reasons.ts';
import { UsageError } from './io.ts';

const MOST_BACKENDS = 3;

/** Reasons behind which policies were asked: of a translated packet, about what it was translated to. */
const ASKED: ReadonlySet<ReasonWord> = new Set<ReasonWord>([
  'policy',
  'not-policed',
  'tracked',
  'connection-denied',
  'service-address',
  'node-port',
]);

/**
 * Policies see the pod behind a Service, and there may be several: explain asks for one of them.
 * @throws UsageError for a packet to a Service's address or nodePort, with the pods behind it
 */
export function refuseTranslated(
  cluster: Cluster,
  { dst, protocol, destinationPort }: FiveTuple,
  reason: ReasonWord,
): void {
  if (!ASKED.has(reason)) return;
  const isNode = cluster.nodes.some(({ addresses }) => addresses.some((one) => same(one, dst)));
  const service = cluster.services.find(
    ({ addresses, ports }) =>
      addresses.some((one) => same(one, dst)) ||
      (isNode && ports.some((port) => port.protocol === protocol && port.nodePort === destinationPort)),
  );
  if (service === undefined) return;
  const to = `${formatAddress(dst)} port ${destinationPort}`;
  throw new UsageError(
    `${to} is Service ${qualifiedName(service)}, and policies see the pod behind it: ask for one of those (${backends(cluster, service)})`,
  );
}

function backends({ endpoints }: Cluster, service: Service): string {
  const behind = service.backends.map(({ address, protocol, port }) => {
    const pod = endpoints.find(({ addresses }) => addresses.some((one) => same(one, address)));
    return `${pod === undefined ? formatAddress(address) : qualifiedName(pod)} port ${port}/${protocolName(protocol)}`;
  });
  return behind.length === 0 ? 'none is in the manifests' : behind.slice(0, MOST_BACKENDS).join(', ');
}

const same = (a: Address, b: Address): boolean => a.family === b.family && a.value === b.value;
