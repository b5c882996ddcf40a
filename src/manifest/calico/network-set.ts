import type { NetworkSet } from '../../model/endpoint.ts';
import { LABEL_NAMESPACE } from '../../model/labels.ts';
import { parseAddress } from '../../net/address.ts';
import { hostPrefix, type Prefix, parsePrefix } from '../../net/prefix.ts';
import { quote } from '../../source/quote.ts';
import type { Fields, Known } from '../fields.ts';
import type { Kind, Metadata, Parsed } from '../kind.ts';
import type { Located } from '../node.ts';
import { API_VERSIONS, v3Metadata } from './dialect.ts';

const SET_SPEC: Known = ['nets'];

/** Source: api v3 networkset.go; updateprocessors/networksetprocessor.go. */
export const networkSet: Kind = {
  kind: 'NetworkSet',
  apiVersions: API_VERSIONS,
  scope: 'namespaced',
  fields: ['spec'],
  strictness: 'error',
  simulated: "`nets`, found by the set's labels and its namespace's",
  warned: '',
  read: readSet,
};

/** Source: api v3 globalnetworkset.go; updateprocessors/globalnetworksetprocessor.go. */
export const globalNetworkSet: Kind = {
  ...networkSet,
  kind: 'GlobalNetworkSet',
  scope: 'cluster',
  simulated: "`nets`, found by the set's labels",
};

/** A set with its own labels: what it has of its namespace is joined to it by `assemble`. */
function readSet(object: Fields, metadata: Metadata, apiVersion: string): Parsed {
  const { name, namespace, labels, at } = v3Metadata(metadata, apiVersion, null, object.report);
  if (labels.has(LABEL_NAMESPACE)) {
    object.report.error(
      'BAD_LABEL',
      at,
      `label ${quote(LABEL_NAMESPACE)} is Calico's own: a network set cannot have it`,
    );
  }
  const spec = object.object('spec', SET_SPEC);
  const nets = spec?.strings('nets').flatMap((text) => readNet(text, object) ?? []) ?? [];
  const set: NetworkSet = { namespace, name, labels, nets, at };
  return { type: 'network-set', set };
}

/** A block or one address; bits beyond the prefix length are ignored. Source: libcalico-go, validator.go, "cidr". */
function readNet({ value, node }: Located<string>, { report }: Fields): Prefix | null {
  const address = parseAddress(value);
  if (address !== null) return hostPrefix(address);
  const parsed = parsePrefix(value);
  if (parsed === null) {
    report.error('BAD_CIDR', node, `${quote(value)} is no address and no block of addresses such as \`10.0.0.0/8\``);
    return null;
  }
  if (parsed.hadHostBits) {
    report.warning('HOST_BITS', node, `${quote(value)} has bits beyond its prefix length: they are ignored`);
  }
  return parsed.prefix;
}
