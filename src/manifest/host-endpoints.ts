import type { Node } from '../model/endpoint.ts';
import { type HostEndpoint, ownAddresses, withoutAddresses } from '../model/host-endpoint.ts';
import { compareText } from '../model/order.ts';
import { formatAddress } from '../net/address.ts';
import { quote } from '../source/quote.ts';
import type { Report } from './report.ts';

/**
 * The nodes with the addresses that their host endpoints expect. A node that is not among the manifests has those
 * alone. Says which host endpoints can judge nothing, as no address leads to them.
 */
export function withHostAddresses(nodes: readonly Node[], hosts: readonly HostEndpoint[], report: Report): Node[] {
  const known = nodes.map((node) => withExpected(node, ofNode(node.name, hosts)));
  const absent = [...new Set(hosts.map(({ node }) => node))].filter((name) =>
    nodes.every((node) => node.name !== name),
  );
  const made = absent.map((name) => madeUp(name, ofNode(name, hosts), report));
  for (const node of [...known, ...made]) warnOfHidden(node, ofNode(node.name, hosts), report);
  return [...known, ...made];
}

const ofNode = (name: string, hosts: readonly HostEndpoint[]): HostEndpoint[] =>
  hosts.filter(({ node }) => node === name).sort((a, b) => compareText(a.name, b.name));

function withExpected(node: Node, hosts: readonly HostEndpoint[]): Node {
  const byText = new Map(node.addresses.map((address) => [formatAddress(address), address]));
  for (const host of hosts) for (const address of host.addresses) byText.set(formatAddress(address), address);
  return byText.size === node.addresses.length ? node : { ...node, addresses: [...byText.values()] };
}

function madeUp(name: string, hosts: readonly HostEndpoint[], report: Report): Node {
  const { at } = hosts[0]!;
  const made = withExpected({ name, addresses: [], podNets: [], at }, hosts);
  const has = made.addresses.length > 0 ? 'the addresses that its host endpoints expect' : 'no address';
  report.warning('NODE_ABSENT', at, `node ${quote(name)} is not among the manifests: it is taken to have ${has}`);
  return made;
}

/** Of several interfaces that do not tell their addresses one can be told, no more. */
function warnOfHidden(node: Node, hosts: readonly HostEndpoint[], report: Report): void {
  for (const host of hosts) {
    const taken = ([4, 6] as const).some(
      (family) => withoutAddresses(hosts, family)[0] === host && ownAddresses(node, family).length > 0,
    );
    if (taken || host.addresses.length > 0 || (host.interfaceName === '*' && node.addresses.length > 0)) continue;
    const why =
      node.addresses.length === 0
        ? `no address of node ${quote(node.name)} is known`
        : `the addresses of node ${quote(node.name)} are taken to be those of ${quote(withoutAddresses(hosts, 4)[0]!.name)}`;
    const message = `host endpoint ${quote(host.name)} judges nothing: it has no \`expectedIPs\`, and ${why}`;
    report.warning('HOST_ENDPOINT_IGNORED', host.at, message);
  }
}
