/**
 * The compiled table against the literal evaluator, on random clusters, at every edge: the decision numbers of both
 * ends must be the same, packet by packet.
 *
 *     node dist/test/table-random.test.js --runs 10000000      packets, half for each dialect (or NETPOL_RUNS)
 *                                         --seed 42            the first seed (or NETPOL_SEED); a failure names its own
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../src/compile/compile.ts';
import { Judge, type Judgement, needsPorts, type Opinion } from '../src/explain/judge.ts';
import type { Cluster } from '../src/model/cluster.ts';
import type { Policy, Rule } from '../src/model/policy.ts';
import { type Address, type Family, formatAddress, wordsOf } from '../src/net/address.ts';
import type { FiveTuple } from '../src/net/five-tuple.ts';
import { hasIcmpType, hasPorts } from '../src/net/protocol.ts';
import { classify } from '../src/table/classify.ts';
import {
  decisionOf,
  FAILSAFE,
  FIRST_TIER_END,
  findingOf,
  isolating,
  NO_POLICY,
  NOT_AN_ENDPOINT,
  PROFILE_ALLOW,
  PROFILE_DENY,
  UNDETERMINED_DECISION,
} from '../src/table/decisions.ts';
import type { MatchTable } from '../src/table/match-table.ts';
import { Matcher } from '../src/table/matcher.ts';
import { type Random, seeded } from './random.ts';
import { ACTIONS, ActionsMet } from './random-actions.ts';
import { type Dialect, randomCluster } from './random-cluster.ts';
import { FieldCounts } from './random-fields.ts';
import { withHosts } from './random-hosts.ts';
import { Packets } from './random-packets.ts';
import { keepDeciding, placedRules } from './random-witness.ts';

const RUNS = option('runs', 100_000);
const FIRST_SEED = option('seed', 1);
const PER_CLUSTER = 500;
/** Words are asked for now and then: they are made of the same numbers. */
const WORDS_EVERY = 16;
const LEAST_SHARE = 0.2;
/** Of packets that meet a rule with an action, at either end, of all that the general dialect can say. */
const LEAST_ACTION_SHARE = 0.03;

const SHARES = ['allowed by a rule', 'dropped at the end of a tier', 'not policed'] as const;
type Share = (typeof SHARES)[number];
type Counts = Record<Share, number> & { packets: number };

for (const dialect of ['kubernetes', 'general'] as const) {
  test(`agrees with the judge on random ${dialect} clusters`, () => {
    const clusters = Math.ceil(RUNS / 2 / PER_CLUSTER);
    const counts: Record<Family, Counts> = { 4: noCounts(), 6: noCounts() };
    const fields = new FieldCounts();
    const met: Record<Family, Map<string, number>> = { 4: new Map(), 6: new Map() };
    let rules = 0;
    for (let seed = FIRST_SEED; seed < FIRST_SEED + clusters; seed++) {
      rules += compareCluster(seed, dialect, counts, fields, met);
    }
    report(`${dialect}: ${clusters * PER_CLUSTER} packets, seeds ${FIRST_SEED} to ${FIRST_SEED + clusters - 1}`);
    report(`  ${rules} rules, each decides a packet`);
    for (const family of [4, 6] as const) assertShares(family, counts[family]);
    if (dialect === 'general') {
      for (const family of [4, 6] as const) assertActions(family, met[family]);
      report(`  packets to which a field matters: ${fields.summary()}`);
      // A short run meets not everything.
      if (RUNS >= 100_000) assert.equal(fields.missing(), [], 'fields that matter to no packet');
    }
  });
}

function assertShares(family: Family, counts: Counts): void {
  const shares = SHARES.map((share) => ({ share, part: counts[share] / counts.packets }));
  const text = shares.map(({ share, part }) => `${(part * 100).toFixed(1)} % ${share}`).join(', ');
  report(`  IPv${family}: ${counts.packets} packets, ${text}`);
  for (const { share, part } of shares) assert.ok(part >= LEAST_SHARE, `IPv${family}: ${part} ${share}`);
}

/** Every action is met, in either family. */
function assertActions(family: Family, met: ReadonlyMap<string, number>): void {
  const asked = met.get(ASKED)!;
  const shares = ACTIONS.map((action) => ({ action, part: (met.get(action) ?? 0) / asked }));
  report(
    `  IPv${family}: ${shares.map(({ action, part }) => `${(part * 100).toFixed(1)} % meet ${action}`).join(', ')}`,
  );
  for (const { action, part } of shares) assert.ok(part >= LEAST_ACTION_SHARE, `IPv${family}: ${part} meet ${action}`);
}

/** Compares one cluster; the number of its rules that are in force. */
function compareCluster(
  seed: number,
  dialect: Dialect,
  counts: Record<Family, Counts>,
  fields: FieldCounts,
  met: Record<Family, Map<string, number>>,
): number {
  const random = seeded(seed);
  const without = randomCluster(random, dialect);
  const drawn = seed % 4 === 0 ? withHosts(seeded(seed), without) : without;
  const { cluster, witnesses } = keepDeciding(drawn, new Packets(random, drawn));
  const judge = new Judge(cluster);
  const tuples = [...witnesses, ...drawPackets(random, cluster, PER_CLUSTER - witnesses.length)];
  assert.ok(tuples.length === PER_CLUSTER, `seed ${seed}: more rules than packets`);
  const table = compile(cluster);
  const matcher = new Matcher(table);
  const numbers = new ExpectedFindings(cluster, table);
  const decided = new Set<Rule>();
  const actions = new ActionsMet(cluster, judge);
  const judgements = tuples.map((tuple, i) => {
    const slow = judge.judge(tuple);
    compare(matcher, numbers, tuple, slow, () => `seed ${seed} (${dialect}), packet ${i}: ${show(tuple)}`);
    compareHosts(matcher, numbers, judge, tuple, () => `seed ${seed} (${dialect}), packet ${i}: ${show(tuple)}`);
    if (i % WORDS_EVERY === 0) {
      compareWords(matcher, tuple, slow, () => `seed ${seed}, packet ${i}: ${show(tuple)}`);
      if (dialect === 'general') countActions(actions, tuple, met[tuple.src.family]);
    }
    count(counts[tuple.src.family], slow);
    for (const { rule } of [slow.egress, slow.ingress]) if (rule !== null) decided.add(rule);
    return slow;
  });
  if (dialect === 'general') fields.look(cluster, tuples, judgements);
  const inForce = placedRules(cluster).filter(({ policy }) => !policy.staged);
  for (const { policy, direction, rule } of inForce) {
    if (rule.action !== 'allow' && rule.action !== 'deny') continue;
    assert.ok(decided.has(rule), `seed ${seed}: ${direction} rule ${rule.index} of ${policy.name} decides no packet`);
  }
  return inForce.length;
}

/** Between ends that nobody polices, at allowing rules, at any rule, and anywhere. */
function drawPackets(random: Random, cluster: Cluster, wanted: number): FiveTuple[] {
  const packets = new Packets(random, cluster);
  const rules = placedRules(cluster).filter(({ policy }) => !policy.staged);
  const allows = rules.filter(({ rule }) => rule.action === 'allow');
  const aimed = (at: typeof rules): FiveTuple | null => {
    if (at.length === 0) return null;
    const { policy, direction, rule } = random.pick(at);
    return packets.aimedAt(policy, direction, rule);
  };
  return Array.from({ length: wanted }, () => {
    const kind = random.below(100);
    if (kind < 20) return packets.unpoliced();
    return (kind < 55 ? aimed(allows) : kind < 60 ? aimed(rules) : null) ?? packets.any();
  });
}

function compare(
  matcher: Matcher,
  numbers: ExpectedFindings,
  tuple: FiveTuple,
  slow: Judgement,
  where: () => string,
): void {
  const { table } = matcher;
  const src = classOf(matcher, tuple.src);
  const dst = classOf(matcher, tuple.dst);
  const l4 = l4Of(matcher, tuple);
  const sender = table.classes.egressProfile[src]!;
  const receiver = table.classes.ingressProfile[dst]!;
  const egress = matcher.finding(sender, dst, l4);
  const ingress = matcher.finding(receiver, src, l4);
  if (egress !== numbers.of(slow.egress, sender)) numbers.fail('egress', slow.egress, sender, egress, where());
  if (ingress !== numbers.of(slow.ingress, receiver)) numbers.fail('ingress', slow.ingress, receiver, ingress, where());
}

/** The same of host endpoints, where the judge asks one about the packet as it is. */
function compareHosts(
  matcher: Matcher,
  numbers: ExpectedFindings,
  judge: Judge,
  tuple: FiveTuple,
  where: () => string,
): void {
  const { hosts } = matcher.table;
  if (hosts === null || hosts === undefined) return;
  const inward = judge.hosts.nodeOf(tuple.src) === judge.hosts.nodeOf(tuple.dst);
  const [sends, receives] = inward
    ? [hosts.inwardEgressProfile, hosts.inwardIngressProfile]
    : [hosts.egressProfile, hosts.ingressProfile];
  const ends = { egress: [sends, tuple.src, tuple.dst], ingress: [receives, tuple.dst, tuple.src] } as const;
  for (const direction of ['egress', 'ingress'] as const) {
    const opinion = judge.host(direction, tuple);
    if (opinion === null || judge.hosts.seen(direction, tuple).some((seen) => seen !== tuple)) continue;
    const [profiles, own, peer] = ends[direction];
    const profile = profiles[classOf(matcher, own)]!;
    const finding = matcher.finding(profile, classOf(matcher, peer), l4Of(matcher, tuple));
    if (finding !== numbers.of(opinion, profile)) numbers.fail(`host ${direction}`, opinion, profile, finding, where());
  }
}

/** The number that the table should have for an opinion, by the names in its dictionary. */
class ExpectedFindings {
  readonly #table: MatchTable;
  readonly #rules = new Map<Rule, number>();
  /** Ends of tiers by profile and decision, once their isolating policies were compared: see `of`. */
  readonly #isolated = new Map<number, string>();

  constructor(cluster: Cluster, table: MatchTable) {
    this.#table = table;
    const { general, rules, policies } = table.decisions;
    const byName = new Map(
      rules.map((rule, r) => {
        const { namespace, name } = policies[rule.policy]!;
        return [`${namespace} ${name} ${rule.direction} ${rule.index}`, general + r];
      }),
    );
    for (const { policy, direction, rule } of placedRules(cluster)) {
      const number = byName.get(`${policy.namespace} ${policy.name} ${direction} ${rule.index}`);
      if (number !== undefined) this.#rules.set(rule, number);
    }
  }

  /** -1 when no finding of this profile can mean it. */
  of(opinion: Opinion, profile: number): number {
    const { general, count } = this.#table.decisions;
    const decision = this.#decision(opinion);
    if (decision === undefined) return -1;
    const finding = findingOf(general, count, profile, decision);
    if (opinion.reason !== 'end-of-tier') return finding;
    let isolated = this.#isolated.get(finding);
    if (isolated === undefined) {
      isolated = isolating(this.#table, profile, decision - FIRST_TIER_END).join(' ');
      this.#isolated.set(finding, isolated);
    }
    return isolated === opinion.isolatedBy.map(policyName).join(' ') ? finding : -1;
  }

  #decision({ reason, action, rule, tier }: Opinion): number | undefined {
    switch (reason) {
      case 'rule':
        return this.#rules.get(rule!);
      case 'end-of-tier':
        return FIRST_TIER_END + this.#table.decisions.tiers.indexOf(tier!.name);
      case 'profile':
        return action === 'allow' ? PROFILE_ALLOW : PROFILE_DENY;
      case 'no-policy':
        return NO_POLICY;
      case 'not-an-endpoint':
        return NOT_AN_ENDPOINT;
      case 'failsafe':
        return FAILSAFE;
      case 'undetermined':
        return UNDETERMINED_DECISION;
    }
  }

  fail(end: string, opinion: Opinion, profile: number, finding: number, where: string): never {
    const { general, count } = this.#table.decisions;
    const decision = decisionOf(general, count, finding);
    const wanted = `decision ${this.#decision(opinion)} (${said(opinion)})`;
    throw new Error(`${where}: ${end}: the table says decision ${decision} in profile ${profile}, the judge ${wanted}`);
  }
}

function compareWords(matcher: Matcher, tuple: FiveTuple, slow: Judgement, where: () => string): void {
  const fast = classify(matcher, tuple);
  // Of the ends alone: nodes, and host endpoints, are replay's.
  const actions = [slow.egress.action, slow.ingress.action];
  const verdict = actions.includes('deny') ? 'dropped' : actions.includes(null) ? 'undetermined' : 'forwarded';
  assert.is(fast.verdict, verdict, where());
  for (const [words, opinion] of [
    [fast.egress, slow.egress],
    [fast.ingress, slow.ingress],
  ] as const) {
    const text = [words.action, words.reason, words.tier, words.policy, words.rule, words.isolatedBy?.join(',')];
    assert.is(text.join(' '), said(opinion), where());
  }
}

/** The words of an opinion, in the order of a decision object; its isolating policies are cut at eight. */
function said({ action, reason, policy, rule, tier, isolatedBy }: Opinion): string {
  const names = isolatedBy.slice(0, 8).map(policyName).join(',');
  return [action, reason, tier?.name, policy === null ? null : policyName(policy), rule?.index, names].join(' ');
}

const policyName = ({ namespace, name }: Policy): string => (namespace === null ? name : `${namespace}/${name}`);

function classOf(matcher: Matcher, address: Address): number {
  const words = wordsOf(address);
  return address.family === 4 ? matcher.class4(words[0]) : matcher.class6(...words);
}

function l4Of(matcher: Matcher, { protocol, sourcePort, destinationPort, icmpType, icmpCode }: FiveTuple): number {
  const number = hasIcmpType(protocol) && icmpType !== null ? icmpType * 256 + icmpCode! : destinationPort;
  if (number === null && (hasPorts(protocol) || hasIcmpType(protocol))) return matcher.l4Unknown(protocol);
  return matcher.l4(protocol, number ?? 0, sourcePort ?? 0);
}

const noCounts = (): Counts => ({
  packets: 0,
  'allowed by a rule': 0,
  'dropped at the end of a tier': 0,
  'not policed': 0,
});

function count(counts: Counts, { verdict, egress, ingress }: Judgement): void {
  const ends = [egress, ingress];
  counts.packets++;
  if (verdict === 'forwarded' && ends.some((end) => end.reason === 'rule')) counts['allowed by a rule']++;
  if (verdict === 'dropped' && ends.some((end) => end.reason === 'end-of-tier'))
    counts['dropped at the end of a tier']++;
  if (ends.every((end) => end.reason === 'no-policy' || end.reason === 'not-an-endpoint')) counts['not policed']++;
}

const ASKED = 'asked';

function countActions(actions: ActionsMet, tuple: FiveTuple, met: Map<string, number>): void {
  if (needsPorts(tuple)) return;
  const all = new Set([ASKED, ...actions.of('egress', tuple), ...actions.of('ingress', tuple)]);
  for (const action of all) met.set(action, (met.get(action) ?? 0) + 1);
}

const show = (t: FiveTuple): string =>
  `${formatAddress(t.src)} ${t.sourcePort} > ${formatAddress(t.dst)} ${t.destinationPort} protocol ${t.protocol} icmp ${t.icmpType}/${t.icmpCode}`;

/** A line that test/run.ts shows; uvu leaves the cursor behind its dots. */
function report(line: string): void {
  console.log(`\n# ${line}`);
}

function option(name: string, otherwise: number): number {
  const at = process.argv.indexOf(`--${name}`);
  const text = at < 0 ? process.env[`NETPOL_${name.toUpperCase()}`] : process.argv[at + 1];
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new RangeError(`--${name} is \`${text}\`, expected a whole number from 1`);
  return value;
}

test.run();
