import {
  LABEL_NAMESPACE,
  LABEL_SERVICE_ACCOUNT,
  NAMESPACE_LABEL_PREFIX,
  SERVICE_ACCOUNT_LABEL_PREFIX,
} from '../../model/labels.ts';
import { ANY_PEER, type PeerMatch, type PortSet } from '../../model/policy.ts';
import { and, equals, has, isIn, not, type Selector } from '../../model/selector.ts';
import { quote } from '../../source/quote.ts';
import type { Fields, Known } from '../fields.ts';
import { readNets } from './rule-nets.ts';
import { readPorts } from './rule-ports.ts';
import { checkDistinct } from './schema-limits.ts';
import { ALL, type Meaning, PLAIN } from './selector.ts';
import { readSelector } from './selector-field.ts';

/** Source: api v3 policy_common.go, EntityRule. */
const ENTITY: Known = [
  'nets',
  'notNets',
  'selector',
  'notSelector',
  'namespaceSelector',
  'ports',
  'notPorts',
  'serviceAccounts',
  'services',
];
const SERVICE_ACCOUNTS: Known = ['names', 'selector'];
const SERVICES: Known = ['name', 'namespace'];

/** What has a namespace: pods and NetworkSets, not host endpoints and GlobalNetworkSets. */
const IN_A_NAMESPACE = has(LABEL_NAMESPACE);
/** In a rule `all()` of namespaces is every namespace, and `global()` is none. Source: updateprocessors/rules.go. */
const OF_NAMESPACES: Meaning = {
  prefix: NAMESPACE_LABEL_PREFIX,
  all: IN_A_NAMESPACE,
  global: not(IN_A_NAMESPACE),
};
const OF_SERVICE_ACCOUNTS: Meaning = { prefix: SERVICE_ACCOUNT_LABEL_PREFIX, all: ALL, global: null };

/** One end of a rule: who it is, and its ports. */
export type Entity = {
  readonly peer: PeerMatch;
  readonly ports: PortSet | null;
  readonly notPorts: PortSet | null;
  /** Null when the end was not written at all. */
  readonly fields: Fields | null;
};

/** `source` or `destination` of a rule; `namespace` is that of its policy, null for global ones. */
export function readEntity(rule: Fields, name: 'source' | 'destination', namespace: string | null): Entity {
  const fields = rule.object(name, ENTITY);
  if (fields === null) return { peer: ANY_PEER, ports: null, notPorts: null, fields };
  refuseBesideServices(fields);
  const notSelector = readSelector(fields, 'notSelector', PLAIN);
  const selector = endpointsOf(fields, namespace, notSelector !== null);
  const peer: PeerMatch = {
    nets: readNets(fields, 'nets'),
    notNets: readNets(fields, 'notNets'),
    ...combined(selector, notSelector),
    service: readService(fields, namespace),
  };
  const ports = readPorts(fields, 'ports', peer.selector);
  return { peer, ports, notPorts: readPorts(fields, 'notPorts', peer.selector), fields };
}

/**
 * Beside a positive selector, `notSelector` narrows that one, so that both are asked of the same holder of an address:
 * a network set that passes both matches, whatever else holds the address. Alone, it is true of unknown addresses too.
 * Source: felix/calc/rule_scanner.go, combineMatchesIfPossible.
 */
const combined = (
  selector: Selector | null,
  notSelector: Selector | null,
): Pick<PeerMatch, 'selector' | 'notSelector'> =>
  selector === null || notSelector === null
    ? { selector, notSelector }
    : { selector: and(selector, not(notSelector)), notSelector: null };

/** Whether an end asks anything of its address. */
export const asksAnything = (peer: PeerMatch): boolean => Object.values(peer).some((part) => part !== null);

/**
 * Everything positive that is asked about labels, as one selector. In a namespaced policy, using any selector (also
 * `notSelector`) confines the end to the policy's own namespace, unless `namespaceSelector` says another.
 * Source: updateprocessors/rules.go, GetEntityRuleSelector.
 */
function endpointsOf(fields: Fields, namespace: string | null, hasNotSelector: boolean): Selector | null {
  const namespaces = readSelector(fields, 'namespaceSelector', OF_NAMESPACES);
  const accounts = readServiceAccounts(fields);
  const selector = readSelector(fields, 'selector', PLAIN);
  const asked = [accounts, selector].filter((part) => part !== null);
  if (namespaces !== null) return and(namespaces, ...asked);
  if (namespace === null) return asked.length === 0 ? null : and(...asked);
  return asked.length === 0 && !hasNotSelector ? null : and(equals(LABEL_NAMESPACE, namespace), ...asked);
}

/** Names and selector must both hold. */
function readServiceAccounts(entity: Fields): Selector | null {
  const fields = entity.object('serviceAccounts', SERVICE_ACCOUNTS);
  if (fields === null) return null;
  checkDistinct(fields, 'names');
  const names = fields.strings('names').map(({ value }) => value);
  const selector = readSelector(fields, 'selector', OF_SERVICE_ACCOUNTS);
  const named = names.length === 0 ? null : isIn(LABEL_SERVICE_ACCOUNT, names);
  if (named === null) return selector;
  return selector === null ? named : and(selector, named);
}

function readService(entity: Fields, namespace: string | null): string | null {
  const fields = entity.object('services', SERVICES);
  if (fields === null) return null;
  const name = fields.requiredString('name');
  const written = fields.string('namespace');
  if (name === null) return null;
  if (written !== null && written.value !== '') return `${written.value}/${name.value}`;
  if (namespace === null) fields.missing('namespace', 'the namespace of the Service, as this policy has none itself');
  else {
    // The documentation promises the policy's own namespace; Felix asks for a Service in no namespace.
    const message = `\`services\` without \`namespace\` matches nothing in Felix: write \`namespace: ${namespace}\``;
    fields.report.warning('SERVICE_NAMESPACE', fields.node, message);
  }
  return `/${name.value}`;
}

/** Source: api v3 policy_common.go, the validation rules of EntityRule. */
function refuseBesideServices(fields: Fields): void {
  if (fields.get('services') === null) return;
  for (const name of ['namespaceSelector', 'selector', 'notSelector', 'serviceAccounts', 'nets', 'notNets']) {
    const node = fields.get(name);
    const empty = node?.type === 'list' ? node.items.length === 0 : node?.type === 'scalar' && node.value === '';
    if (node !== null && !empty) {
      fields.report.error('BAD_SERVICES', node, `${quote(name)} cannot stand beside \`services\``);
    }
  }
}
