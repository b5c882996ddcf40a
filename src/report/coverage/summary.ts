import { protocolName } from '../../net/protocol.ts';
import type { Traffic } from '../../packet/traffic.ts';
import { formatPosition } from '../../source/position.ts';
import { FIRST_TIER_END, findingOf, PROFILE_UNPOLICED, policiesOfTier, policyName } from '../../table/decisions.ts';
import { ENTRY_DECISION, ENTRY_WORDS, type MatchTable } from '../../table/match-table.ts';
import type { RuleProof, Usage } from '../../verdict/coverage.ts';
import { type Amount, noAmount, type Tally } from '../../verdict/tally.ts';
import { directionsOf } from '../hits.ts';
import { notesOf } from '../notes.ts';
import { type Settings, sum, summarise } from '../summary.ts';
import type { CoverageSummary, Decider, Hits, IsolationCoverage, RuleCoverage, Seen } from './words.ts';

/** A run as it ended. */
export type Covered = {
  readonly table: MatchTable;
  readonly proofs: readonly RuleProof[];
  readonly tally: Tally;
  readonly usage: Usage;
  readonly inputs: readonly Traffic[];
  readonly settings: Settings;
  readonly interrupted: boolean;
};

export function summariseCoverage(covered: Covered): CoverageSummary {
  const { table, proofs, tally, usage, inputs, settings, interrupted } = covered;
  const summary = summarise(table, tally, inputs, settings, interrupted);
  return {
    apiVersion: 'netpol-replay/v1',
    kind: 'CoverageSummary',
    complete: summary.complete,
    interrupted,
    enforcement: summary.enforcement,
    inputs: summary.inputs,
    time: summary.time,
    packets: summary.total.packets,
    rules: proofs.map((proof, rule) => ruleCoverage(covered, rule, proof)),
    isolation: isolationOf(covered),
    workloads: workloadsOf(table, usage),
    containerPorts: containerPortsOf(table, usage),
    servicePorts: servicePortsOf(table, usage),
    hours: [...usage.hours],
    weekdays: [...usage.weekdays],
    notes: [...notesOf(summary), ...ownNotes(proofs)],
  };
}

const NO_HITS: Hits = { packets: null, bytes: null, connections: null, first: null, last: null };

function ruleCoverage({ table, tally, usage }: Covered, rule: number, { status, by }: RuleProof): RuleCoverage {
  const { decisions } = table;
  const { policy, direction, index, action, at } = decisions.rules[rule]!;
  const decides = action === 'allow' || action === 'deny';
  return {
    ...placeOf(table, policy, direction),
    rule: index,
    action,
    at: formatPosition(at),
    ...(decides ? hitsOf([decisions.general + rule], tally, usage) : NO_HITS),
    status,
    by: by.map((decision) => decider(table, decision)),
  };
}

function placeOf(table: MatchTable, place: number, direction: 'ingress' | 'egress') {
  const { kind, tier, at } = table.decisions.policies[place]!;
  const policy = policyName(table, place);
  return { kind, policy, tier: table.decisions.tiers[tier]!, direction, at: formatPosition(at) };
}

/** Amounts and times of findings together. */
function hitsOf(findings: readonly number[], tally: Tally, { first, last }: Usage): Hits {
  const amount = findings.map((finding): Amount => tally.findings.get(finding) ?? noAmount()).reduce(sum, noAmount());
  const known = findings.filter((finding) => !Number.isNaN(first[finding]!));
  return {
    ...amount,
    first: known.length === 0 ? null : Math.min(...known.map((finding) => first[finding]!)),
    last: known.length === 0 ? null : Math.max(...known.map((finding) => last[finding]!)),
  };
}

function decider(table: MatchTable, decision: number): Decider {
  const { general, rules, policies, tiers } = table.decisions;
  if (decision >= general) {
    const { policy, index, at, direction } = rules[decision - general]!;
    return {
      what: `${policies[policy]!.kind} ${policyName(table, policy)}, ${direction} rule ${index}`,
      at: formatPosition(at),
    };
  }
  const isEnd = decision >= FIRST_TIER_END;
  return { what: isEnd ? `the end of tier ${tiers[decision - FIRST_TIER_END]!}` : "the workload's profile", at: null };
}

/** By policy and direction: the ends of its tier at workloads that it selects. */
function isolationOf({ table, tally, usage }: Covered): IsolationCoverage[] {
  const { general, count, tiers } = table.decisions;
  const directions = directionsOf(table);
  const findings = new Map<string, { policy: number; direction: 'ingress' | 'egress'; findings: number[] }>();
  for (const direction of ['ingress', 'egress'] as const)
    for (const profile of directions[direction]) {
      if (profile <= PROFILE_UNPOLICED) continue;
      tiers.forEach((_, tier) => {
        if (!endsIn(table, profile, tier)) return;
        const finding = findingOf(general, count, profile, FIRST_TIER_END + tier);
        for (const policy of policiesOfTier(table, profile, tier)) {
          const key = `${policy} ${direction}`;
          const known = findings.get(key) ?? { policy, direction, findings: [] };
          known.findings.push(finding);
          findings.set(key, known);
        }
      });
    }
  return [...findings.values()]
    .sort((a, b) => a.policy - b.policy)
    .map((one) => ({ ...placeOf(table, one.policy, one.direction), ...hitsOf(one.findings, tally, usage) }));
}

/** Whether the profile can end in a tier: one whose default is pass never does. */
function endsIn({ profiles }: MatchTable, profile: number, tier: number): boolean {
  const entries = profiles.entries.subarray(
    profiles.start[profile]! * ENTRY_WORDS,
    profiles.start[profile + 1]! * ENTRY_WORDS,
  );
  return entries.some((decision, at) => at % ENTRY_WORDS === ENTRY_DECISION && decision === FIRST_TIER_END + tier);
}

function workloadsOf({ endpoints, classes }: MatchTable, usage: Usage): Seen {
  const policed = endpoints.list.flatMap((endpoint, i) => {
    const id = classes.ofEndpoint[i]!;
    const isPoliced = [classes.egressProfile[id]!, classes.ingressProfile[id]!].some((p) => p > PROFILE_UNPOLICED);
    return isPoliced ? [{ name: nameOf(endpoint), seen: usage.endpoints[i] === 1 }] : [];
  });
  return seenOf(policed);
}

const containerPortsOf = ({ endpoints }: MatchTable, usage: Usage): Seen =>
  seenOf(
    endpoints.list.flatMap((endpoint, i) =>
      endpoint.containerPorts.map(({ protocol, port }) => ({
        name: `${nameOf(endpoint)} ${port}/${protocolName(protocol)}`,
        seen: usage.sawPort(i, protocol, port),
      })),
    ),
  );

const servicePortsOf = ({ services }: MatchTable, usage: Usage): Seen =>
  seenOf(
    services.list.flatMap((service, i) =>
      service.ports.map(({ protocol, port }) => ({
        name: `${nameOf(service)} ${port}/${protocolName(protocol)}`,
        seen: usage.sawServicePort(i, protocol, port),
      })),
    ),
  );

const nameOf = ({ namespace, name }: { readonly namespace: string | null; readonly name: string }): string =>
  namespace === null ? name : `${namespace}/${name}`;

function seenOf(all: readonly { readonly name: string; readonly seen: boolean }[]): Seen {
  const unseen = all.filter(({ seen }) => !seen).map(({ name }) => name);
  return { total: all.length, seen: all.length - unseen.length, unseen };
}

function ownNotes(proofs: readonly RuleProof[]): string[] {
  const notes = [
    'each rule is proved by itself: of two that make one another redundant, only one can go',
    "a connection to a Service's address counts for the Service; for the port of a pod where it was captured behind the translation",
  ];
  if (proofs.some(({ status }) => status === 'unproved'))
    notes.push('the table has too many cells to prove which rules are shadowed or redundant: hits alone are told');
  return notes;
}
