import { ANY_PEER, type Direction, type PeerMatch } from '../../model/policy.ts';
import { type Prefix, parsePrefix } from '../../net/prefix.ts';
import { quote } from '../../source/quote.ts';
import type { Fields } from '../fields.ts';
import { readPrefix } from '../k8s/address.ts';
import { LABEL_SELECTOR, readLabelSelector } from '../k8s/label-selector.ts';
import type { Located, Node } from '../node.ts';
import { type Bounds, checkBounds, onlyField } from './bounds.ts';
import { type PodsForm, readNamespaces, readPods } from './selectors.ts';

export type PeerField = 'namespaces' | 'pods' | 'networks' | 'nodes' | 'domainNames';

/** Who may be a peer in each direction, and how pods are written. */
export type PeerForm = Readonly<Record<Direction, readonly PeerField[]>> & { readonly pods: PodsForm };

/** A peer that no table of addresses stands for: the rule that has it fails closed. */
export type Unresolved = { readonly unresolved: 'nodes' | 'domainNames'; readonly at: Node };

/** CIDRs, or domain names, of one peer. */
const NAMES_OF_PEER: Bounds = { min: 1, max: 25 };

/**
 * One peer: exactly one field. Null with an error.
 * Source: network-policy-api, ClusterNetworkPolicyIngressPeer and ClusterNetworkPolicyEgressPeer.
 */
export function readPeer(fields: Fields, direction: Direction, form: PeerForm): PeerMatch | Unresolved | null {
  const field = onlyField(fields, form[direction], 'BAD_PEER', 'a peer');
  switch (field) {
    case null:
      return null;
    case 'namespaces':
      return { ...ANY_PEER, selector: readNamespaces(fields, 'namespaces') };
    case 'pods': {
      const selector = readPods(fields, form.pods);
      return selector === null ? null : { ...ANY_PEER, selector };
    }
    case 'networks':
      return { ...ANY_PEER, nets: readNetworks(fields) };
    case 'nodes': {
      const labels = fields.object('nodes', LABEL_SELECTOR);
      if (labels !== null) readLabelSelector(labels); // for its faults alone: the labels of nodes are not kept
      return { unresolved: field, at: fields.get(field)! };
    }
    case 'domainNames':
      checkDomainNames(fields);
      return { unresolved: field, at: fields.get(field)! };
  }
}

/** Blocks of addresses, whoever owns them: pods too. */
function readNetworks(fields: Fields): Prefix[] {
  checkBounds(fields, 'networks', NAMES_OF_PEER);
  return distinct(fields, 'networks').flatMap((text) => {
    if (isMappedIpv4(text.value)) {
      const message = `${quote(text.value)} is an IPv4 block written as IPv6: write it as \`10.0.0.0/8\` is written`;
      fields.report.error('BAD_CIDR', text.node, message);
      return [];
    }
    return readPrefix(text, fields.report) ?? [];
  });
}

/** `::ffff:10.0.0.0/104`: the API server refuses such a block (CEL isCIDR). */
function isMappedIpv4(text: string): boolean {
  const prefix = parsePrefix(text)?.prefix;
  return prefix?.family === 6 && prefix.length >= 96 && prefix.first >> 32n === 0xffffn;
}

function checkDomainNames(fields: Fields): void {
  checkBounds(fields, 'domainNames', NAMES_OF_PEER);
  for (const { value, node } of distinct(fields, 'domainNames')) {
    if (isDomainName(value)) continue;
    const message = `${quote(value)} is no domain name such as \`example.com\` or \`*.example.com\``;
    fields.report.error('BAD_DOMAIN_NAME', node, message);
  }
}

/** At least two labels, perhaps `*.` before them and a dot after them. Source: the pattern of DomainName. */
function isDomainName(text: string): boolean {
  const labels = text.replace(/^\*\./, '').replace(/\.$/, '').split('.');
  return labels.length > 1 && labels.every((label) => /^[A-Za-z0-9_]([-A-Za-z0-9_]*[A-Za-z0-9])?$/.test(label));
}

/** The texts of a list that the schema calls a set; one that is there twice is reported. */
function distinct(fields: Fields, name: string): Located<string>[] {
  const seen = new Set<string>();
  return fields.strings(name).filter(({ value, node }) => {
    if (!seen.has(value)) return seen.add(value);
    fields.report.error('DUPLICATE_ITEM', node, `${quote(value)} is twice in ${quote(name)}`);
    return false;
  });
}
