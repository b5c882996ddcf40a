import type { Action, Direction, L4Match, PeerMatch, Rule } from '../../model/policy.ts';
import { didYouMean } from '../../source/did-you-mean.ts';
import { quote } from '../../source/quote.ts';
import type { Fields, Known } from '../fields.ts';
import { positionOf } from '../node.ts';
import { boundedObjects } from './bounds.ts';
import { type PeerForm, readPeer, type Unresolved } from './peer.ts';

/** How a version of the API writes a rule. */
export type RuleForm = {
  /** What its actions are called. */
  readonly actions: ReadonlyMap<string, Action>;
  /** The most rules of a direction, peers of a rule, ports of a rule. */
  readonly maxItems: number;
  readonly peers: PeerForm;
  /** The list of conditions on the transport layer, the fields of an item, and what reads it. */
  readonly transport: string;
  readonly transportFields: Known;
  readonly readTransport: (fields: Fields) => L4Match | null;
  /** The field of such an item that names a port. */
  readonly namedPort: string;
};

/** Characters of the name of a rule. */
const MAX_RULE_NAME = 100;

const PEERS: Readonly<Record<Direction, string>> = { ingress: `from`, egress: 'to' };
const NOBODY: readonly PeerMatch[] = [];

/** The rules of a direction. Source: network-policy-api, ClusterNetworkPolicyIngressRule and ...EgressRule. */
export function readRules(spec: Fields, direction: Direction, form: RuleForm): Rule[] {
  const known = ['name', 'action', PEERS[direction], form.transport];
  return boundedObjects(spec, direction, known, { min: 0, max: form.maxItems }).map((fields, index) =>
    readRule(fields, index, direction, form),
  );
}

/** Whether a rule can match at all: one that failed closed to nothing does not make its policy govern a direction. */
export const canMatch = (rule: Rule): boolean => rule.source !== NOBODY && rule.destination !== NOBODY;

function readRule(fields: Fields, index: number, direction: Direction, form: RuleForm): Rule {
  checkName(fields);
  const action = readAction(fields, form.actions);
  const peersField = PEERS[direction];
  const bounds = { min: 1, max: form.maxItems } as const;
  if (fields.get(peersField) === null) fields.missing(peersField, 'a list with at least one item');
  const peers = boundedObjects(fields, peersField, form.peers[direction], bounds).flatMap(
    (peer) => readPeer(peer, direction, form.peers) ?? [],
  );
  const transport = boundedObjects(fields, form.transport, form.transportFields, bounds);
  const l4 = transport.flatMap((item) => form.readTransport(item) ?? []);
  warnOfNamedPorts(fields, peers, transport, form);
  const rule = { action, index, family: null, l4: fields.get(form.transport) === null ? null : l4 };
  const at = positionOf(fields.node);
  const unresolved = peers.filter((peer): peer is Unresolved => 'unresolved' in peer);
  if (unresolved.length > 0) return { ...failClosed(rule, unresolved, direction, fields), at };
  return { ...rule, ...towards(direction, peers as PeerMatch[]), at };
}

const towards = (direction: Direction, peers: readonly PeerMatch[] | null): Pick<Rule, 'source' | 'destination'> =>
  direction === 'ingress' ? { source: peers, destination: null } : { source: null, destination: peers };

/**
 * One peer that cannot be resolved closes its whole rule, the peers beside it included: a rule that accepts matches
 * nothing, a rule that denies or passes denies everything, whatever its ports.
 * Source: libcalico-go, k8sClusterNetPolHandleFailedRules; the types' own text on failing closed.
 */
function failClosed(
  rule: Omit<Rule, 'at' | 'source' | 'destination'>,
  unresolved: readonly Unresolved[],
  direction: Direction,
  { report }: Fields,
): Omit<Rule, 'at'> {
  const opens = rule.action === 'allow';
  for (const { unresolved: field, at } of unresolved) {
    const outcome = opens ? 'matches NOTHING' : `denies ALL ${direction} traffic of its subject`;
    const message = `${quote(field)} cannot be resolved to addresses, so the whole rule fails closed: it ${outcome}`;
    report.warning('FAILS_CLOSED', at, `${message}, as in Calico`);
  }
  if (opens) return { ...rule, ...towards(direction, NOBODY) };
  return { ...rule, action: 'deny', l4: null, ...towards(direction, null) };
}

/** The schema counts characters, not UTF-16 units. */
function checkName(fields: Fields): void {
  const name = fields.string('name');
  if (name === null || [...name.value].length <= MAX_RULE_NAME) return;
  fields.report.error('BAD_NAME', name.node, `the name of a rule has at most ${MAX_RULE_NAME} characters`);
}

/** The words of one version for those of the other. */
const OTHER_WORD: ReadonlyMap<string, string> = new Map([
  ['Allow', 'Accept'],
  ['Accept', 'Allow'],
]);

function readAction(fields: Fields, actions: ReadonlyMap<string, Action>): Action {
  const written = fields.requiredString('action');
  if (written === null) return 'deny';
  const action = actions.get(written.value);
  if (action !== undefined) return action;
  const other = OTHER_WORD.get(written.value);
  const near = other !== undefined && actions.has(other) ? other : didYouMean(written.value, actions.keys());
  const hint = near === null ? '' : `: did you mean \`${near}\`?`;
  const message = `action ${quote(written.value)} must be one of ${[...actions.keys()].join(', ')}${hint}`;
  fields.report.error('BAD_ACTION', written.node, message);
  return 'deny';
}

/**
 * Only pods name ports. The schema's experimental channel refuses a named port beside such peers; its standard channel
 * takes it, and Calico then asks for both: a pod within the networks that has a port of that name.
 */
function warnOfNamedPorts(
  { report }: Fields,
  peers: readonly (PeerMatch | Unresolved)[],
  transport: readonly Fields[],
  form: RuleForm,
): void {
  const named = transport.find((item) => item.get(form.namedPort) !== null)?.get(form.namedPort) ?? null;
  if (named === null || !peers.some((peer) => 'unresolved' in peer || peer.nets !== null)) return;
  const message = `${quote(form.namedPort)} beside a peer that is no pod: only pods have ports by name, and an API server of the experimental channel refuses the rule`;
  report.warning('NAMED_PORT_WITHOUT_POD', named, message);
}
