import type { Fields } from '../fields.ts';
import type { Kind, Metadata, Parsed } from '../kind.ts';
import type { Located } from '../node.ts';
import { readAddresses, readPrefix } from './address.ts';

const ADDRESS_TYPES: ReadonlySet<string> = new Set(['InternalIP', 'ExternalIP']);

/**
 * Where Calico keeps a node's own and its tunnels' addresses.
 * Source: libcalico-go/lib/backend/k8s/resources/node.go
 */
const OWN_ANNOTATIONS = ['projectcalico.org/IPv4Address', 'projectcalico.org/IPv6Address'];
const TUNNEL_ANNOTATIONS = [
  'projectcalico.org/IPv4IPIPTunnelAddr',
  'projectcalico.org/IPv4VXLANTunnelAddr',
  'projectcalico.org/IPv6VXLANTunnelAddr',
  'projectcalico.org/IPv4WireguardInterfaceAddr',
  'projectcalico.org/IPv6WireguardInterfaceAddr',
];

/** Source: k8s.io/api, core/v1 LabelTopologyZone. */
const ZONE = 'topology.kubernetes.io/zone';

/** Written by the cluster itself, so its fields are taken as they come. */
export const node: Kind = {
  kind: 'Node',
  apiVersions: ['v1'],
  scope: 'cluster',
  fields: ['spec', 'status'],
  strictness: 'warning',
  simulated: 'addresses, those of tunnels too, and pod ranges',
  warned: '',
  read: readNode,
};

function readNode(object: Fields, metadata: Metadata): Parsed {
  const spec = object.object('spec', 'any');
  const several = spec?.strings('podCIDRs') ?? [];
  const one = spec?.string('podCIDR') ?? null;
  const blocks = several.length === 0 && one !== null ? [one] : several;
  const { name, at } = metadata;
  const tunnels = annotated(metadata, TUNNEL_ANNOTATIONS);
  return {
    type: 'node',
    node: {
      name,
      addresses: readAddresses(
        [...ownAddresses(object), ...annotated(metadata, OWN_ANNOTATIONS), ...tunnels],
        object.report,
      ),
      tunnelAddresses: readAddresses(tunnels, object.report),
      zone: metadata.labels.get(ZONE) ?? null,
      podNets: blocks.flatMap((block) => readPrefix(block, object.report) ?? []),
      at,
    },
  };
}

const ownAddresses = (object: Fields): Located<string>[] =>
  (object.object('status', 'any')?.objects('addresses', 'any') ?? []).flatMap((entry) => {
    const type = entry.string('type')?.value ?? '';
    return ADDRESS_TYPES.has(type) ? (entry.string('address') ?? []) : [];
  });

/** Empty while a node starts. */
const annotated = ({ annotations }: Metadata, keys: readonly string[]): Located<string>[] =>
  keys.flatMap((key) => annotations.get(key) ?? []).filter(({ value }) => value !== '');
