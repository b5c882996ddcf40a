/**
 * Profiles: for one direction, what the rules leave to ask once everything about the end itself is answered. Ends
 * with the same policies and the same answers share one.
 */
import type { Endpoint } from '../model/endpoint.ts';
import type { HostEndpoint } from '../model/host-endpoint.ts';
import type { Direction } from '../model/policy.ts';
import {
  FAILSAFE,
  FIRST_TIER_END,
  NO_POLICY,
  NOT_AN_ENDPOINT,
  PROFILE_ALLOW,
  PROFILE_DENY,
  PROFILE_OUTSIDE,
  PROFILE_UNPOLICED,
} from '../table/decisions.ts';
import { ANY, UNKNOWN_NETS } from '../table/match-table.ts';
import { Interner } from './intern.ts';
import type { Alternative, LoweredRule, Terms } from './lower.ts';
import type { Selection } from './select.ts';

export type Entry = {
  readonly decision: number;
  /** Index into `Profiles.terms`. */
  readonly term: number;
  /** Index into the terms' peers, or ANY. */
  readonly peer: number;
  nextTier: number;
  readonly maybe: boolean;
};

export type Profile = { readonly policies: readonly number[]; readonly entries: readonly Entry[] };

/** A transport question with the own end's names put in; the peer's names are still open. */
export type ResolvedTerm = { readonly term: number; readonly ownBindings: number };

/** What is known of an end, in the groups of address-groups.ts. */
export type OwnEnd = { readonly nets: number; readonly selectors: number; readonly bindings: number };

type Answer = 'yes' | 'no' | 'maybe';

const REST = 'rest';

export class Profiles {
  readonly list = new Interner<Profile>();
  readonly terms = new Interner<ResolvedTerm | null>();
  /** By list of policies, and what else the rules of the list ask about the end. */
  readonly #byKind: Record<Direction, Record<Endpoint['profile'], Map<number | string, number>>> = {
    ingress: { allow: new Map(), deny: new Map() },
    egress: { allow: new Map(), deny: new Map() },
  };
  readonly #ofHosts = new Map<string, number>();
  readonly #selection: Selection;
  /** What host endpoints let through before any policy, by direction. */
  readonly #failsafes: Record<Direction, readonly LoweredRule[]>;
  readonly #lowered: readonly (readonly LoweredRule[])[];
  readonly #terms: Terms;
  readonly #netAtoms: readonly (readonly number[])[];
  readonly #selectorAtoms: readonly (readonly number[])[];
  readonly #general: number;
  /** By direction and identity: the number of its list of policies. Many identities have the same. */
  readonly #governed: Record<Direction, readonly number[]>;
  /** By direction and list of policies: whether some rule asks for the own end's address or labels, for its port names. */
  readonly #asksWho: Record<Direction, readonly boolean[]>;
  readonly #asksPorts: Record<Direction, readonly boolean[]>;

  constructor(given: {
    readonly selection: Selection;
    /** By rule number. */
    readonly lowered: readonly (readonly LoweredRule[])[];
    readonly terms: Terms;
    readonly netAtoms: readonly (readonly number[])[];
    readonly selectorAtoms: readonly (readonly number[])[];
    readonly failsafes: Record<Direction, readonly LoweredRule[]>;
  }) {
    this.#failsafes = given.failsafes;
    this.#selection = given.selection;
    this.#lowered = given.lowered;
    this.#terms = given.terms;
    this.#netAtoms = given.netAtoms;
    this.#selectorAtoms = given.selectorAtoms;
    this.#general = FIRST_TIER_END + given.selection.tiers.length;
    const lists = new Interner<readonly number[]>();
    const numbered = (of: readonly (readonly number[])[]): number[] =>
      of.map((list) => lists.id(list.join(' '), () => list));
    const { governing } = given.selection;
    this.#governed = { ingress: numbered(governing.ingress), egress: numbered(governing.egress) };
    const askers = (asks: (rule: LoweredRule) => boolean): Record<Direction, readonly boolean[]> => ({
      ingress: this.#askers('ingress', lists.values, asks),
      egress: this.#askers('egress', lists.values, asks),
    });
    this.#asksWho = askers(({ own }) => own !== null);
    this.#asksPorts = askers(({ l4 }) => this.#terms.l4.values[l4]!.asksOwnPorts);
    const every = this.terms.id(REST, () => null);
    const constant = (decision: number): Profile => ({
      policies: [],
      entries: [{ decision, term: every, peer: ANY, nextTier: 1, maybe: false }],
    });
    // INVARIANT: these two have the numbers that the table's readers know.
    this.list.id(`constant ${PROFILE_OUTSIDE}`, () => constant(NOT_AN_ENDPOINT));
    this.list.id(`constant ${PROFILE_UNPOLICED}`, () => constant(NO_POLICY));
  }

  /** The profile of an endpoint at an address. */
  profile(direction: Direction, subject: Endpoint, end: OwnEnd): number {
    const identity = this.#selection.identityOf.get(subject)!;
    const policies = this.#selection.governing[direction][identity]!;
    if (policies.length === 0 && subject.profile === 'allow') return PROFILE_UNPOLICED;
    const governed = this.#governed[direction][identity]!;
    const asksWho = this.#asksWho[direction][governed]!;
    const asksPorts = this.#asksPorts[direction][governed]!;
    const about =
      asksWho || asksPorts
        ? `${governed} ${asksWho ? `${end.nets} ${end.selectors}` : ''}/${asksPorts ? end.bindings : ''}`
        : governed;
    const byKind = this.#byKind[direction][subject.profile];
    const known = byKind.get(about);
    if (known !== undefined) return known;
    const id = this.#made(policies, this.#entries(direction, policies, end, subject.profile));
    byKind.set(about, id);
    return id;
  }

  /** The profile of a host endpoint at an address of its node: failsafes, then what a pod's has. */
  hostProfile(direction: Direction, subject: HostEndpoint, end: OwnEnd): number {
    const policies = this.#selection.governing[direction][this.#selection.identityOf.get(subject)!]!;
    if (policies.length === 0 && subject.profile === 'allow') return PROFILE_UNPOLICED;
    const about = [direction, subject.name, end.nets, end.selectors, end.bindings].join(' ');
    const known = this.#ofHosts.get(about);
    if (known !== undefined) return known;
    const open = this.#failsafeEntries(direction);
    const rest = this.#entries(direction, policies, end, subject.profile);
    for (const entry of rest) entry.nextTier += open.length;
    const id = this.#made(policies, [...open, ...rest]);
    this.#ofHosts.set(about, id);
    return id;
  }

  #made(policies: readonly number[], entries: readonly Entry[]): number {
    const key = `${policies.join(',')}|${entries.map((e) => `${e.decision},${e.term},${e.peer},${e.maybe}`).join(';')}`;
    return this.list.id(key, () => ({ policies, entries }));
  }

  #failsafeEntries(direction: Direction): Entry[] {
    const lowered = this.#failsafes[direction];
    return lowered.map(({ l4, peer }) => {
      const term = this.terms.id(`${l4} 0`, () => ({ term: l4, ownBindings: 0 }));
      return { decision: FAILSAFE, term, peer: peer ?? ANY, nextTier: lowered.length, maybe: false };
    });
  }

  /** By list of policies: whether some rule of the direction asks. */
  #askers(
    direction: Direction,
    lists: readonly (readonly number[])[],
    asks: (rule: LoweredRule) => boolean,
  ): readonly boolean[] {
    const byPolicy = this.#selection.policies.map((policy, number) =>
      policy[direction].some((_, i) => this.#lowered[this.#selection.firstRule[direction][number]! + i]!.some(asks)),
    );
    return lists.map((list) => list.some((policy) => byPolicy[policy]!));
  }

  #entries(direction: Direction, policies: readonly number[], end: OwnEnd, last: Endpoint['profile']): Entry[] {
    const entries: Entry[] = [];
    const rest = this.terms.id(REST, () => null);
    const { tiers } = this.#selection;
    tiers.forEach((tier, number) => {
      const asked = policies.filter((policy) => this.#selection.policies[policy]!.tier === tier.name);
      if (asked.length === 0) return;
      const start = entries.length;
      for (const policy of asked) {
        for (const entry of this.#policyEntries(direction, policy, end)) entries.push(entry);
      }
      if (tier.defaultAction === 'deny') {
        entries.push({ decision: FIRST_TIER_END + number, term: rest, peer: ANY, nextTier: 0, maybe: false });
      }
      for (let i = start; i < entries.length; i++) entries[i]!.nextTier = entries.length;
    });
    const decision = last === 'allow' ? PROFILE_ALLOW : PROFILE_DENY;
    entries.push({ decision, term: rest, peer: ANY, nextTier: entries.length + 1, maybe: false });
    return entries;
  }

  #policyEntries(direction: Direction, policy: number, end: OwnEnd): Entry[] {
    const first = this.#selection.firstRule[direction][policy]!;
    return this.#selection.policies[policy]![direction].flatMap((rule, i) => {
      if (rule.action === 'log') return [];
      return this.#lowered[first + i]!.flatMap((lowered) => {
        const own = this.#ownAnswer(lowered.own, end);
        if (own === 'no') return [];
        const ownBindings = this.#terms.l4.values[lowered.l4]!.asksOwnPorts ? end.bindings : 0;
        const term = this.terms.id(`${lowered.l4} ${ownBindings}`, () => ({ term: lowered.l4, ownBindings }));
        const decision = this.#general + first + i;
        return [{ decision, term, peer: lowered.peer ?? ANY, nextTier: 0, maybe: own === 'maybe' }];
      });
    });
  }

  #ownAnswer(peer: number | null, end: OwnEnd): Answer {
    if (peer === null) return 'yes';
    const answers = this.#terms.peers.values[peer]!.map((alternative) => this.#answer(alternative, end));
    return answers.includes('yes') ? 'yes' : answers.includes('maybe') ? 'maybe' : 'no';
  }

  #answer(alternative: Alternative, end: OwnEnd): Answer {
    const selectors = this.#selectorAtoms[end.selectors]!;
    if (alternative.selector !== null && !hasNumber(selectors, alternative.selector)) return 'no';
    if (alternative.notSelector !== null && hasNumber(selectors, alternative.notSelector)) return 'no';
    if (alternative.nets === null) return 'yes';
    if (end.nets === UNKNOWN_NETS) return 'maybe';
    return hasNumber(this.#netAtoms[end.nets]!, alternative.nets) ? 'yes' : 'no';
  }
}

/** Whether an ascending list has a number; an address of a large cluster is in thousands of blocks. */
function hasNumber(list: readonly number[], wanted: number): boolean {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (list[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return list[low] === wanted;
}
