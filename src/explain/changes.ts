import type { Cluster } from '../model/cluster.ts';
import { type Endpoint, qualifiedName } from '../model/endpoint.ts';
import { LABEL_NAMESPACE, LABEL_ORCHESTRATOR, NAMESPACE_LABEL_PREFIX } from '../model/labels.ts';
import { newest } from '../model/order.ts';
import {
  ANY_L4,
  ANY_PEER,
  type Direction,
  type L4Match,
  type PeerMatch,
  type Policy,
  type Rule,
} from '../model/policy.ts';
import { and, equals, type Selector } from '../model/selector.ts';
import { formatAddress } from '../net/address.ts';
import type { FiveTuple } from '../net/five-tuple.ts';
import { hostPrefix } from '../net/prefix.ts';
import { hasPorts } from '../net/protocol.ts';
import { formatPosition } from '../source/position.ts';
import type { ChangeWords } from '../verdict/explanation.ts';
import { type Dialect, dialectOf } from './dialect.ts';
import { isTemplate, ownLabels } from './ends.ts';
import { Judge, needsPorts, type Unplaced } from './judge.ts';
import { protocolWords } from './packet-words.ts';
import { conjuncts } from './selector-words.ts';
import { canName, type PeerText, type PortText, peerYaml, portYaml, quoted, ruleYaml } from './snippets.ts';
import { nearestOf, type Outcome, outcome, policyTitle, type RuleStep, type Trace } from './trace.ts';

/** A change, and the cluster with it. */
type Candidate = Omit<ChangeWords, 'suffices'> & { readonly apply: (cluster: Cluster) => Cluster };

type Tried = { readonly candidate: Candidate; readonly after: Outcome };

/** Changes that are proposed for one end, and that are tried for it. */
const MOST_CHANGES = 3;
const MOST_TRIALS = 10;
/** Labels that a controller gives each revision, or each pod, anew: a rule on them would not last. */
const PASSING_LABELS =
  /^(pod-template-hash|controller-revision-hash|pod-template-generation|controller-uid|job-name|batch\.kubernetes\.io\/.*|statefulset\.kubernetes\.io\/pod-name|apps\.kubernetes\.io\/pod-index)$/;

/**
 * The smallest changes that would let a dropped packet through. Each was applied to the model and judged again; what
 * does not work is not proposed. Where both ends deny, each end has its own, and those are tried together.
 */
export function changesFor(
  cluster: Cluster,
  judge: Judge,
  tuple: FiveTuple,
  traces: Readonly<Record<Direction, Trace>>,
  unplaced: Unplaced = new Map(),
): ChangeWords[] {
  if (needsPorts(tuple)) return [];
  const judged = (changed: Cluster): Outcome => outcome(changed, new Judge(changed, unplaced), tuple);
  const before = outcome(cluster, judge, tuple);
  const forwards = (all: readonly Candidate[]): boolean =>
    judged(all.reduce((changed, { apply }) => apply(changed), cluster)).verdict === 'forwarded';
  const denied = (['egress', 'ingress'] as const).filter((direction) => before[direction].action === 'deny');
  const working = denied.map((direction) => {
    const found: Tried[] = [];
    // Each trial reads all rules anew, so not many are made.
    for (const candidate of candidates(direction, tuple, traces[direction], judge).slice(0, MOST_TRIALS)) {
      const after = judged(candidate.apply(cluster));
      if (helps(before, after, direction)) found.push({ candidate, after });
      if (found.length === MOST_CHANGES) break;
    }
    return found;
  });
  if (working.some((changes) => changes.length === 0)) return [];
  // What is proposed for one end works with the first proposal of the other.
  const together = working.map((changes, i) => {
    const others = working.filter((_, j) => j !== i).map(([first]) => first!.candidate);
    return changes
      .filter(({ candidate }) => forwards([candidate, ...others]))
      .map(({ candidate: { apply: _, ...words }, after }) => ({ ...words, suffices: after.verdict === 'forwarded' }));
  });
  return together.some((changes) => changes.length === 0) ? [] : together.flat();
}

/** The end no longer denies, and the other denies no more than it did. */
function helps(before: Outcome, after: Outcome, direction: Direction): boolean {
  const other = direction === 'egress' ? 'ingress' : 'egress';
  return after[direction].action !== 'deny' && (after[other].action !== 'deny' || before[other].action === 'deny');
}

function candidates(direction: Direction, tuple: FiveTuple, { tiers, end, subject }: Trace, judge: Judge): Candidate[] {
  const tier = tiers.find((step) => step.tier === end?.tier || step.tier.name === end?.tier?.name);
  if (tier === undefined || subject === undefined) return [];
  const peer = newest(judge.endpointsAt(direction === 'ingress' ? tuple.src : tuple.dst));
  const question: Question = { direction, tuple, peer };
  if (end!.rule !== null) {
    const rule = end!.rule;
    return newRule(question, end!.policy!, rule.index, `before rule ${rule.index}, which denies it`);
  }
  const isolating = tier.policies.filter(({ outcome }) => outcome === 'no-match');
  const byDistance = isolating
    .map((step) => ({ policy: step.policy, nearest: nearestOf(step) }))
    .sort((a, b) => (a.nearest?.distance ?? FAR) - (b.nearest?.distance ?? FAR));
  const [first, ...others] = byDistance.map(({ policy, nearest }) =>
    nearest === null ? [] : extended(question, policy, nearest),
  );
  const best = byDistance[0];
  if (best === undefined) return [];
  return [
    ...first!,
    ...(best.nearest === null ? [] : labelled(question, best.nearest, best.policy)),
    ...newRule(question, best.policy, best.policy[direction].length, 'at the end'),
    ...others.flat(),
  ];
}

const FAR = 1000;

type Question = {
  readonly direction: Direction;
  readonly tuple: FiveTuple;
  /** The pod at the other end. */
  readonly peer: Endpoint | undefined;
};

/** One more peer, or one more port, of a rule that fails in nothing else. */
function extended(question: Question, policy: Policy, { rule, failed }: RuleStep): Candidate[] {
  const { direction } = question;
  const dialect = dialectOf(policy);
  const only = failed.length === 1 ? failed[0]!.part : null;
  const side = direction === 'ingress' ? 'source' : 'destination';
  const place = { direction, at: formatPosition(rule.at) };
  const title = `${direction} rule ${rule.index} of ${policyTitle(policy)}`;
  if (dialect === 'calico') return []; // a rule has one peer and one list of ports: it takes a rule of its own
  if (only === side && canBePeer(dialect, question)) {
    const list = direction === 'ingress' ? 'from' : 'to';
    const peers = [...(rule[side] ?? []), peerMatch(question)];
    const yaml = peerYaml(dialect, peerText(question), question.peer?.namespace === policy.namespace);
    return [
      {
        ...place,
        sentence: `add ${peerWords(question)} to \`${list}\` of ${title}`,
        yaml: yaml.join('\n'),
        besides: rule.l4 === null ? 'the rule names no ports: it would allow every port to that peer' : null,
        apply: changingRule(policy, direction, { ...rule, [side]: peers }),
      },
    ];
  }
  const port = portText(question.tuple);
  if (only !== 'l4' || !canName(dialect, port)) return [];
  const list = dialect === 'cluster-network-policy' ? 'protocols' : 'ports';
  return [
    {
      ...place,
      sentence: `add port ${port.port}/${protocolWords(port.protocol)} to \`${list}\` of ${title}`,
      yaml: portYaml(dialect, port).join('\n'),
      besides: 'every peer of the rule could use that port',
      apply: changingRule(policy, direction, { ...rule, l4: [...(rule.l4 ?? []), l4Match(port)] }),
    },
  ];
}

/** One more rule for this peer and port. */
function newRule(question: Question, policy: Policy, index: number, where: string): Candidate[] {
  const { direction } = question;
  const dialect = dialectOf(policy);
  if (!canBePeer(dialect, question)) return [];
  const port = portText(question.tuple);
  const named = canName(dialect, port) ? port : null;
  const side = direction === 'ingress' ? 'source' : 'destination';
  const rule: Rule = {
    action: 'allow',
    index,
    family: null,
    l4: named === null ? null : [l4Match(named)],
    source: null,
    destination: null,
    [side]: [peerMatch(question)],
    at: policy.at,
  };
  const yaml = ruleYaml(dialect, direction, peerText(question), named, question.peer?.namespace === policy.namespace);
  const what = named === null ? 'everything' : `${portWords(named)}`;
  const change: Candidate = {
    direction,
    sentence: `add a rule to \`${direction}\` of ${policyTitle(policy)}, ${where}, that allows ${what} ${direction === 'ingress' ? 'from' : 'to'} ${peerWords(question)}`,
    at: formatPosition(policy.at),
    yaml: yaml.join('\n'),
    besides:
      named === null
        ? `such a policy cannot name ${protocolWords(port.protocol)}: the rule allows all protocols`
        : null,
    apply: changing(policy, (now) => ({ ...now, [direction]: now[direction].toSpliced(index, 0, rule) })),
  };
  return [change];
}

/** The cluster-wide policies know no blocks of addresses in `from`. */
const canBePeer = (dialect: Dialect, question: Question): boolean =>
  dialect === 'kubernetes' ||
  dialect === 'calico' ||
  question.direction === 'egress' ||
  peerText(question).pod !== null;

/** A label for the pod at the other end, when the nearest rule asks for nothing but labels that it could have. */
function labelled({ direction, peer }: Question, { rule, failed }: RuleStep, policy: Policy): Candidate[] {
  const side = direction === 'ingress' ? 'source' : 'destination';
  if (peer === undefined || failed.length !== 1 || failed[0]!.part !== side) return [];
  const wanted = (rule[side] ?? [])
    .map(({ selector }) => labelsFor(selector, peer))
    .filter((labels) => labels !== null);
  const fewest = wanted.sort((a, b) => a.length - b.length)[0];
  if (fewest === undefined) return [];
  const labels = new Map([...peer.labels, ...fewest]);
  const replaced = fewest.flatMap(([key]) => (peer.labels.has(key) ? [`${key}=${peer.labels.get(key)}`] : []));
  const pairs = fewest.map(([key, value]) => `${key}=${value}`).join(', ');
  return [
    {
      direction,
      sentence: `label ${isTemplate(peer) ? 'the template of' : 'pod'} ${qualifiedName(peer)} ${pairs}, as rule ${rule.index} of ${policyTitle(policy)} asks`,
      at: formatPosition(peer.at),
      yaml: ['labels:', ...fewest.map(([key, value]) => `  ${key}: ${quoted(value)}`)].join('\n'),
      besides: `${replaced.length === 0 ? '' : `it would lose ${replaced.join(', ')}; `}labels count for every policy and Service, and a controller's pods take them from its template`,
      apply: (before) => ({
        ...before,
        endpoints: before.endpoints.map((one) => (one === peer ? { ...one, labels } : one)),
      }),
    },
  ];
}

/** The labels that a pod lacks for a selector; null when it is not a matter of its own labels alone. */
function labelsFor(selector: Selector | null, { labels }: Endpoint): [string, string][] | null {
  if (selector === null) return null;
  const lacking: [string, string][] = [];
  for (const part of conjuncts(selector)) {
    if (part.op === 'all') continue;
    if (part.op !== 'in' || part.values.length === 0) return null;
    if (part.values.includes(labels.get(part.key) ?? '')) continue;
    if (part.key.startsWith('pcns.') || part.key.startsWith('pcsa.') || part.key.startsWith('projectcalico.org/'))
      return null;
    lacking.push([part.key, part.values[0]!]);
  }
  return lacking.length === 0 ? null : lacking;
}

/** Changes a policy as it then is: another change may have come before. */
const changing =
  (policy: Policy, change: (now: Policy) => Policy) =>
  (cluster: Cluster): Cluster => ({
    ...cluster,
    policies: cluster.policies.map((one) =>
      one.tier === policy.tier && one.tieBreak === policy.tieBreak ? change(one) : one,
    ),
  });

const changingRule = (policy: Policy, direction: Direction, by: Rule): ((cluster: Cluster) => Cluster) =>
  changing(policy, (now) => ({
    ...now,
    [direction]: now[direction].map((one) => (one.index === by.index ? by : one)),
  }));

function peerMatch({ direction, tuple, peer }: Question): PeerMatch {
  if (peer === undefined || peer.namespace === null)
    return { ...ANY_PEER, nets: [hostPrefix(direction === 'ingress' ? tuple.src : tuple.dst)] };
  const inNamespace = [
    equals(LABEL_ORCHESTRATOR, 'k8s'),
    equals(`${NAMESPACE_LABEL_PREFIX}kubernetes.io/metadata.name`, peer.namespace),
    equals(LABEL_NAMESPACE, peer.namespace),
  ];
  return {
    ...ANY_PEER,
    selector: and(...inNamespace, ...lastingLabels(peer).map(([key, value]) => equals(key, value))),
  };
}

const lastingLabels = (pod: Endpoint): [string, string][] =>
  ownLabels(pod.labels).filter(([key]) => !PASSING_LABELS.test(key));

const peerText = ({ direction, tuple, peer }: Question): PeerText => ({
  pod:
    peer === undefined || peer.namespace === null ? null : { namespace: peer.namespace, labels: lastingLabels(peer) },
  address: direction === 'ingress' ? tuple.src : tuple.dst,
});

function peerWords(question: Question): string {
  const { pod } = peerText(question);
  if (pod === null)
    return `address ${formatAddress(question.direction === 'ingress' ? question.tuple.src : question.tuple.dst)}`;
  const labels = pod.labels.map(([key, value]) => `${key}=${value}`).join(', ');
  return labels === ''
    ? `the pods of namespace ${pod.namespace}`
    : `the pods with ${labels} of namespace ${pod.namespace}`;
}

const portText = ({ protocol, destinationPort, icmpType }: FiveTuple): PortText => ({
  protocol,
  port: hasPorts(protocol) ? destinationPort : null,
  icmpType,
});

const portWords = ({ protocol, port }: PortText): string =>
  port === null ? protocolWords(protocol) : `port ${port}/${protocolWords(protocol)}`;

const l4Match = ({ protocol, port, icmpType }: PortText): L4Match => ({
  ...ANY_L4,
  protocol,
  destinationPorts: port === null ? null : { ranges: [[port, port]], names: [] },
  icmp: icmpType === null ? null : { type: icmpType, code: null },
});
