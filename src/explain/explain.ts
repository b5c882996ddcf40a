import type { Cluster } from '../model/cluster.ts';
import { qualifiedName } from '../model/endpoint.ts';
import type { Direction } from '../model/policy.ts';
import type { FiveTuple } from '../net/five-tuple.ts';
import { formatPosition } from '../source/position.ts';
import type { Decision } from '../verdict/decision.ts';
import type {
  DirectionWords,
  Explanation,
  MissWords,
  PacketWords,
  PolicyWords,
  RuleWords,
  TierWords,
} from '../verdict/explanation.ts';
import type { FlagWord, ReasonWord, VerdictWord } from '../verdict/reasons.ts';
import { changesFor } from './changes.ts';
import { type FailedPart, partName } from './conditions.ts';
import { endWords } from './ends.ts';
import { excerpt, type Texts } from './excerpt.ts';
import { Judge, needsPorts } from './judge.ts';
import { addressed } from './packet-words.ts';
import { selectorWords } from './selector-words.ts';
import { hostTrace, nearestOf, type PolicyStep, policyTitle, type RuleStep, type Trace, trace } from './trace.ts';

/** What replay said: the explanation is of that, and never says otherwise. */
export type Said = {
  readonly verdict: VerdictWord;
  readonly reason: ReasonWord;
  readonly flags: readonly FlagWord[];
  readonly egress: Decision;
  readonly ingress: Decision;
  /** Of host endpoints; null where none judged. */
  readonly hosts: Readonly<Record<Direction, Decision | null>>;
};

export type Asked = {
  readonly cluster: Cluster;
  /** The packet that opened the connection. */
  readonly tuple: FiveTuple;
  readonly said: Said;
  /** What ingress policy sees, where address translation makes that another packet. */
  readonly arrives?: FiveTuple;
  /** What `said.reason` means. */
  readonly meaning: string;
  readonly packet?: PacketWords;
  readonly texts?: Texts;
  readonly notes?: readonly string[];
};

/** Reasons behind which policies were asked. */
const JUDGED: ReadonlySet<ReasonWord> = new Set<ReasonWord>(['policy', 'not-policed', 'tracked', 'connection-denied']);

/**
 * Explains what replay said of a packet.
 * @throws Error when the rules read one by one come to something else: that is a bug, and no explanation
 */
export function explain(asked: Asked): Explanation {
  const { cluster, tuple, said, arrives = tuple, meaning, packet, texts = () => null, notes = [] } = asked;
  const judge = new Judge(cluster);
  const traces = {
    egress: trace(cluster, judge, 'egress', tuple),
    ingress: trace(cluster, judge, 'ingress', arrives),
  };
  for (const direction of ['egress', 'ingress'] as const) checkAgreement(direction, traces[direction], said[direction]);
  const hostWords = (direction: Direction): DirectionWords | null => {
    const decision = said.hosts[direction];
    const found =
      decision === null ? null : hostTrace(cluster, judge, direction, direction === 'egress' ? tuple : arrives);
    if (decision === null || found === null) return null;
    checkAgreement(direction, found, decision);
    return directionWords(direction, found, decision, texts, meaning);
  };
  const dropped = said.verdict === 'dropped' && JUDGED.has(said.reason) && arrives === tuple;
  return {
    apiVersion: 'netpol-replay/v1',
    kind: 'Explanation',
    verdict: said.verdict,
    reason: said.reason,
    meaning,
    flags: said.flags,
    packet: packet ?? null,
    connection: addressed(tuple),
    from: endWords(cluster, judge, tuple.src),
    to: endWords(cluster, judge, arrives.dst),
    egress: besideHost(directionWords('egress', traces.egress, said.egress, texts, meaning), said.hosts.egress),
    ingress: besideHost(directionWords('ingress', traces.ingress, said.ingress, texts, meaning), said.hosts.ingress),
    hosts: { egress: hostWords('egress'), ingress: hostWords('ingress') },
    ways: [],
    changes: dropped ? changesFor(cluster, judge, tuple, traces) : [],
    staged: null,
    notes: [
      ...notes,
      ...(needsPorts(tuple) ? [NO_PORTS] : []),
      ...(said.hosts.ingress?.reason === 'undetermined' && said.flags.includes('snat') ? [NO_POOLS] : []),
    ],
  };
}

const NO_PORTS = 'the packet does not show its ports (or ICMP type): a rule that asks for them may match or not';

const NO_POOLS =
  "no IPPool is among the manifests: whether the pod's own address or its node's arrives (natOutgoing) is not known, and would decide";

/** Of a node the policies of pods say nothing; its host endpoint does. */
const besideHost = (words: DirectionWords, host: Decision | null): DirectionWords =>
  host !== null && words.decision.reason === 'not-an-endpoint'
    ? { ...words, sentence: 'it is no pod: its host endpoint is asked instead' }
    : words;

/** The end of the trace is the table's finding, wherever a policy was asked. */
function checkAgreement(direction: Direction, { end }: Trace, decision: Decision): void {
  const { reason, action, tier, policy, rule } = decision;
  if (end === null || reason === 'undetermined' || reason === 'not-judged' || reason === 'tracked') return;
  const ours = [end.reason, end.action, end.tier?.name, end.policy && qualifiedName(end.policy), end.rule?.index];
  const theirs = [reason, action, tier, policy, rule];
  if (ours.join() === theirs.join()) return;
  throw new Error(`explain and replay disagree on ${direction}: ${ours.join(' ')} against ${theirs.join(' ')}`);
}

function directionWords(
  direction: Direction,
  found: Trace,
  decision: Decision,
  texts: Texts,
  meaning: string,
): DirectionWords {
  const asked = decision.reason !== 'not-judged';
  const tiers = asked
    ? found.tiers.map((step): TierWords => {
        const { name, order, defaultAction } = step.tier;
        const policies = step.policies.map((policy) => policyWords(direction, policy, step.outcome === 'ended', texts));
        return { tier: name, order, defaultAction, outcome: step.outcome, policies };
      })
    : [];
  return {
    decision,
    sentence:
      decision.reason === 'not-judged' ? `no policy was asked: ${meaning}` : sentenceOf(direction, found, decision),
    tiers,
    notSelecting: found.notSelecting,
  };
}

function policyWords(direction: Direction, step: PolicyStep, ended: boolean, texts: Texts): PolicyWords {
  const { policy, outcome } = step;
  const nearest = outcome === 'no-match' ? nearestOf(step) : null;
  const rules = step.rules.map((rule) => {
    const decides = rule.outcome === 'matches' && rule.rule.action !== 'log';
    return ruleWords(direction, rule, decides || (ended && rule === nearest) ? texts : () => null);
  });
  return {
    kind: policy.kind,
    policy: qualifiedName(policy),
    order: policy.order,
    at: formatPosition(policy.at),
    selects: selectorWords(policy.selector),
    outcome,
    rules,
    nearest: nearest?.rule.index ?? null,
  };
}

const ruleWords = (direction: Direction, { rule, outcome, failed, distance }: RuleStep, texts: Texts): RuleWords => ({
  rule: rule.index,
  action: rule.action,
  at: formatPosition(rule.at),
  outcome,
  distance,
  misses: failed.flatMap((part) => missWords(direction, part)),
  annotations: [...(rule.annotations ?? [])].map(([key, value]) => ({ key, value })),
  lines: excerpt(texts, rule.at),
});

/** The first failing condition of each alternative. */
function missWords(direction: Direction, { part, alternatives }: FailedPart): MissWords[] {
  const where = partName(part, direction);
  if (alternatives.length === 0)
    return [{ where, wants: 'nobody', has: 'the list is empty, or its peers cannot be resolved' }];
  return alternatives.map(([first]) => ({ where, wants: first!.wants, has: first!.has }));
}

function sentenceOf(direction: Direction, { subject, tiers, end }: Trace, decision: Decision): string {
  const doing = direction === 'egress' ? 'sending' : 'receiving';
  const who = subject === undefined ? 'it' : qualifiedName(subject);
  switch (decision.reason) {
    case 'not-an-endpoint':
      return `it is no pod: no policy restricts what it ${direction === 'egress' ? 'sends' : 'receives'}`;
    case 'no-policy':
      return `no policy in force selects ${who} for ${direction}: ${doing} is not restricted`;
    case 'failsafe':
      return `a failsafe port of host endpoints: no policy of ${who} is asked`;
    case 'profile':
      return decision.action === 'allow'
        ? `every tier was left without a decision: the profile of ${who} allows`
        : `no tier decided, and ${who} has no profile that allows`;
    case 'rule':
      return `rule ${decision.rule} of ${decision.kind} ${decision.policy} ${decision.action === 'allow' ? 'allows' : 'denies'} it`;
    case 'end-of-tier': {
      const isolating = tiers.find(({ tier }) => tier === end?.tier)?.policies ?? [];
      const titles = isolating.filter(({ outcome }) => outcome === 'no-match').map(({ policy }) => policyTitle(policy));
      return titles.length === 1
        ? `${titles[0]} selects ${who}, and none of its rules allows it`
        : `${titles.length} policies of tier ${decision.tier} select ${who}, and no rule of them allows it`;
    }
    default:
      return 'it depends on what the packet does not show';
  }
}
