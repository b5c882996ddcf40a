/**
 * The literal evaluator: the rule model, read rule by rule for one packet. Slow and obvious; it is what the compiled
 * table is held against, and the trace that people read.
 *
 * It reads as Calico's documentation does: a chain is tiers in order, policies in order, rules in order; the first
 * rule that matches with a final action decides; a tier that governs the endpoint and was not left ends in its
 * default action; profiles come last. Source: semantics.md, "The one-paragraph model"; felix/rules/endpoints.go.
 *
 * It never imports the fast side's parts, and changes only to match a quoted sentence of the documentation.
 */

import type { Cluster } from '../model/cluster.ts';
import { type Endpoint, type NetworkSet, qualifiedName } from '../model/endpoint.ts';
import { DEFAULT_FAILSAFES, failsafeRules } from '../model/failsafe.ts';
import type { HostEndpoint } from '../model/host-endpoint.ts';
import { governs, newest, orderedPolicies, orderedTiers } from '../model/order.ts';
import type { Direction, IcmpMatch, L4Match, PeerMatch, Policy, PortSet, Rule, Tier } from '../model/policy.ts';
import { ALL, matches, type Selector } from '../model/selector.ts';
import { type Address, formatAddress } from '../net/address.ts';
import type { FiveTuple } from '../net/five-tuple.ts';
import { contains } from '../net/prefix.ts';
import { hasIcmpType, hasPorts } from '../net/protocol.ts';
import { HostEnds, ownEnd } from './host-ends.ts';

/** What one end said, with its witnesses. */
export type Opinion = {
  readonly action: 'allow' | 'deny' | 'none' | null;
  readonly reason: 'rule' | 'end-of-tier' | 'profile' | 'no-policy' | 'not-an-endpoint' | 'failsafe' | 'undetermined';
  /** The policy and rule that decided; null unless `reason` is `rule`. */
  readonly policy: Policy | null;
  readonly rule: Rule | null;
  /** The tier that decided, by a rule or by its end. */
  readonly tier: Tier | null;
  /** At the end of a tier: the policies of that tier that govern the end, in order. */
  readonly isolatedBy: readonly Policy[];
};

export type Judgement = {
  readonly egress: Opinion;
  readonly ingress: Opinion;
  /** What the host endpoints of the sending and of the receiving node say; null where none is asked. */
  readonly hosts: Readonly<Record<Direction, Opinion | null>>;
  readonly verdict: 'forwarded' | 'dropped' | 'undetermined';
};

export type Holder = Endpoint | NetworkSet;

const nothing = { policy: null, rule: null, tier: null, isolatedBy: [] } as const;
const NOT_AN_ENDPOINT: Opinion = { action: 'none', reason: 'not-an-endpoint', ...nothing };
const NO_POLICY: Opinion = { action: 'none', reason: 'no-policy', ...nothing };
const FAILSAFE: Opinion = { action: 'allow', reason: 'failsafe', ...nothing };
const UNDETERMINED: Opinion = { action: null, reason: 'undetermined', ...nothing };

export class Judge {
  readonly #cluster: Cluster;
  readonly #tiers: readonly Tier[];
  readonly #policiesOf: ReadonlyMap<string, readonly Policy[]>;
  readonly #byAddress = new Map<string, Endpoint[]>();
  /** Host endpoints that expect an address. */
  readonly #expecting = new Map<string, HostEndpoint[]>();
  readonly hosts: HostEnds;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#tiers = orderedTiers(cluster);
    this.#policiesOf = new Map(
      this.#tiers.map((tier) => [tier.name, orderedPolicies(cluster.policies.filter((p) => p.tier === tier.name))]),
    );
    this.hosts = new HostEnds(cluster, (address) => newest(this.endpointsAt(address)));
    addByAddress(this.#byAddress, cluster.endpoints);
    addByAddress(this.#expecting, cluster.hostEndpoints ?? []);
  }

  /** The verdict on a packet that opens a connection, judged alone. Both ends are always asked. */
  judge(tuple: FiveTuple): Judgement {
    const egress = this.end('egress', tuple);
    const ingress = this.end('ingress', tuple);
    const hosts = { egress: this.host('egress', tuple), ingress: this.host('ingress', tuple) };
    const asked = [egress, ingress, hosts.egress, hosts.ingress].filter((opinion) => opinion !== null);
    const actions = asked.map(({ action }) => action);
    const verdict = actions.includes('deny') ? 'dropped' : actions.includes(null) ? 'undetermined' : 'forwarded';
    return { egress, ingress, hosts, verdict };
  }

  /** What the source says of a packet (egress), or the destination (ingress). */
  end(direction: Direction, tuple: FiveTuple): Opinion {
    return this.#opinion(direction, tuple, newest(this.endpointsAt(ownEnd(direction, tuple))), []);
  }

  /** What a host endpoint says of what its node itself sends or receives; null where none is asked. */
  host(direction: Direction, tuple: FiveTuple): Opinion | null {
    const subject = this.hosts.asked(direction, tuple);
    if (subject === null) return null;
    const [first, ...others] = this.hosts
      .seen(direction, tuple)
      .map((seen) => this.#opinion(direction, seen, subject, this.failsafes(direction)));
    return others.every(({ action }) => action === first!.action) ? first! : UNDETERMINED;
  }

  /** What host endpoints let through before any policy. */
  failsafes(direction: Direction): readonly Rule[] {
    return failsafeRules(this.#cluster.dataplane.failsafes ?? DEFAULT_FAILSAFES, direction);
  }

  #opinion(direction: Direction, tuple: FiveTuple, subject: Endpoint | undefined, failsafes: readonly Rule[]): Opinion {
    if (subject === undefined) return NOT_AN_ENDPOINT;
    const chain = (of: FiveTuple): Opinion => this.#chain(direction, of, subject, failsafes);
    return needsPorts(tuple) ? this.#withoutPorts(tuple, chain) : chain(tuple);
  }

  #chain(direction: Direction, tuple: FiveTuple, subject: Endpoint, failsafes: readonly Rule[]): Opinion {
    if (failsafes.some((rule) => this.ruleMatches(rule, tuple))) {
      const governed = this.#cluster.policies.some((policy) => governs(policy, subject, direction));
      return governed || subject.profile === 'deny' ? FAILSAFE : NO_POLICY;
    }
    let policed = false;
    for (const tier of this.#tiers) {
      const policies = this.#policiesOf.get(tier.name)!.filter((policy) => governs(policy, subject, direction));
      if (policies.length === 0) continue;
      policed = true;
      const opinion = this.#tier(tier, policies, direction, tuple);
      if (opinion !== 'next tier') return opinion;
    }
    if (subject.profile === 'deny') return { action: 'deny', reason: 'profile', ...nothing };
    return policed ? { action: 'allow', reason: 'profile', ...nothing } : NO_POLICY;
  }

  #tier(tier: Tier, policies: readonly Policy[], direction: Direction, tuple: FiveTuple): Opinion | 'next tier' {
    for (const policy of policies) {
      for (const rule of policy[direction]) {
        if (!this.ruleMatches(rule, tuple) || rule.action === 'log') continue;
        if (rule.action === 'pass') return 'next tier';
        return { action: rule.action, reason: 'rule', policy, rule, tier, isolatedBy: [] };
      }
    }
    if (tier.defaultAction === 'pass') return 'next tier';
    return { action: 'deny', reason: 'end-of-tier', policy: null, rule: null, tier, isolatedBy: policies };
  }

  /** Whether every part of a rule holds for a packet whose ports are known. The trace asks it part by part. */
  ruleMatches(rule: Rule, tuple: FiveTuple): boolean {
    if (rule.family !== null && rule.family !== tuple.src.family) return false;
    const source = rule.source === null || rule.source.some((peer) => this.#peerMatches(peer, tuple, 'source'));
    if (!source) return false;
    const destination =
      rule.destination === null || rule.destination.some((peer) => this.#peerMatches(peer, tuple, 'destination'));
    if (!destination) return false;
    return rule.l4 === null || rule.l4.some((match) => this.#l4Matches(match, tuple));
  }

  #peerMatches(peer: PeerMatch, tuple: FiveTuple, side: 'source' | 'destination'): boolean {
    const address = side === 'source' ? tuple.src : tuple.dst;
    if (peer.nets !== null && !peer.nets.some((net) => contains(net, address))) return false;
    if (peer.notNets?.some((net) => contains(net, address))) return false;
    const held = (selector: Selector): boolean =>
      this.holdersOf(address).some((holder) => matches(selector, holder.labels));
    if (peer.selector !== null && !held(peer.selector)) return false;
    if (peer.notSelector !== null && held(peer.notSelector)) return false;
    return peer.service === null || this.#isBehind(peer.service, tuple, side);
  }

  #isBehind(service: string, tuple: FiveTuple, side: 'source' | 'destination'): boolean {
    const address = side === 'source' ? tuple.src : tuple.dst;
    const backends = this.#cluster.services.filter((s) => qualifiedName(s) === service).flatMap((s) => s.backends);
    return backends.some(
      (backend) =>
        same(backend.address, address) &&
        (side === 'source' || (backend.protocol === tuple.protocol && backend.port === tuple.destinationPort)),
    );
  }

  #l4Matches(match: L4Match, tuple: FiveTuple): boolean {
    if (match.protocol !== null && match.protocol !== tuple.protocol) return false;
    if (match.notProtocol !== null && match.notProtocol === tuple.protocol) return false;
    if (match.sourcePorts !== null && !this.#inPorts(match.sourcePorts, tuple, 'source')) return false;
    if (match.notSourcePorts !== null && this.#inPorts(match.notSourcePorts, tuple, 'source')) return false;
    if (match.destinationPorts !== null && !this.#inPorts(match.destinationPorts, tuple, 'destination')) return false;
    if (match.notDestinationPorts !== null && this.#inPorts(match.notDestinationPorts, tuple, 'destination')) {
      return false;
    }
    if (match.icmp !== null && !icmpMatches(match.icmp, tuple)) return false;
    return match.notIcmp === null || !icmpMatches(match.notIcmp, tuple);
  }

  #inPorts(ports: PortSet, tuple: FiveTuple, side: 'source' | 'destination'): boolean {
    const port = side === 'source' ? tuple.sourcePort : tuple.destinationPort;
    if (port === null || !hasPorts(tuple.protocol)) return false;
    if (ports.ranges.some(([first, last]) => port >= first && port <= last)) return true;
    const owners = this.ownersOf(side === 'source' ? tuple.src : tuple.dst);
    const asked = owners.filter((endpoint) => matches(ports.namesOf ?? ALL, endpoint.labels));
    return asked.some((endpoint) =>
      endpoint.namedPorts.some(
        (named) => ports.names.includes(named.name) && named.protocol === tuple.protocol && named.port === port,
      ),
    );
  }

  /**
   * A packet whose ports nobody can read: the opinion that it would get with every port there is, when all of them
   * come to one action; the first of them in the order of tiers, policies and rules where they differ in the rule.
   */
  #withoutPorts(tuple: FiveTuple, chain: (tuple: FiveTuple) => Opinion): Opinion {
    const opinions = this.#portsThatMatter(tuple.protocol).flatMap((destination) =>
      (hasPorts(tuple.protocol) ? this.#sourcePortsThatMatter(tuple.protocol) : [0]).map((source) =>
        chain(withPorts(tuple, source, destination)),
      ),
    );
    const first = opinions[0]!;
    if (opinions.some((opinion) => opinion.action !== first.action)) return UNDETERMINED;
    return opinions.reduce((best, opinion) => (this.#place(opinion) < this.#place(best) ? opinion : best), first);
  }

  /** Where an opinion stands: general ones first, then rules in the order of the table's rule numbers. */
  #place(opinion: Opinion): number {
    if (opinion.reason === 'profile') return PLACE_OF_PROFILE;
    if (opinion.reason === 'failsafe') return PLACE_OF_FAILSAFE;
    if (opinion.rule === null || opinion.policy === null) return opinion.tier ? this.#tiers.indexOf(opinion.tier) : -1;
    let place = this.#tiers.length;
    for (const tier of this.#tiers) {
      for (const policy of this.#policiesOf.get(tier.name)!) {
        for (const rule of [...policy.ingress, ...policy.egress]) {
          if (rule === opinion.rule) return place;
          place++;
        }
      }
    }
    return place;
  }

  /** Every destination port (or ICMP type and code) at which some rule may change its mind, and 0. */
  #portsThatMatter(protocol: number): number[] {
    const edges = new Set([0]);
    for (const match of this.#l4()) {
      for (const ports of [match.destinationPorts, match.notDestinationPorts]) addEdges(edges, ports);
      for (const icmp of [match.icmp, match.notIcmp]) {
        if (icmp === null) continue;
        const from = icmp.type * 256 + (icmp.code ?? 0);
        edges.add(from).add(from + (icmp.code === null ? 256 : 1));
      }
    }
    this.#addNamed(edges, protocol);
    for (const service of this.#cluster.services)
      for (const { port } of service.backends) edges.add(port).add(port + 1);
    return [...edges].filter((port) => port <= 65535);
  }

  #sourcePortsThatMatter(protocol: number): number[] {
    const edges = new Set([0]);
    for (const match of this.#l4()) {
      for (const ports of [match.sourcePorts, match.notSourcePorts]) addEdges(edges, ports);
    }
    this.#addNamed(edges, protocol);
    return [...edges].filter((port) => port <= 65535);
  }

  #addNamed(edges: Set<number>, protocol: number): void {
    for (const { namedPorts } of [...this.#cluster.endpoints, ...(this.#cluster.hostEndpoints ?? [])]) {
      for (const named of namedPorts) {
        if (named.protocol === protocol) edges.add(named.port).add(named.port + 1);
      }
    }
  }

  #l4(): L4Match[] {
    const failsafes = [...this.failsafes('ingress'), ...this.failsafes('egress')];
    const rules = this.#cluster.policies.flatMap((p) => [...p.ingress, ...p.egress]);
    return [...rules, ...failsafes].flatMap((rule) => rule.l4 ?? []);
  }

  endpointsAt(address: Address): readonly Endpoint[] {
    return this.#byAddress.get(formatAddress(address)) ?? [];
  }

  /** Endpoints that have an address, of pods and of nodes: whose port names count there. */
  ownersOf(address: Address): readonly Endpoint[] {
    return [...this.endpointsAt(address), ...(this.#expecting.get(formatAddress(address)) ?? [])];
  }

  /** Everything whose labels an address has: endpoints that own it, network sets that hold it. */
  holdersOf(address: Address): Holder[] {
    const sets = this.#cluster.networkSets.filter((set) => set.nets.some((net) => contains(net, address)));
    return [...this.ownersOf(address), ...sets];
  }
}

/** Where an opinion without a rule stands: in the order of the table's general decisions. */
const PLACE_OF_PROFILE = -3;
const PLACE_OF_FAILSAFE = -2;

function addByAddress<T extends Endpoint>(into: Map<string, T[]>, endpoints: readonly T[]): void {
  for (const endpoint of endpoints) {
    for (const address of endpoint.addresses) {
      const key = formatAddress(address);
      into.set(key, [...(into.get(key) ?? []), endpoint]);
    }
  }
}

const same = (a: Address, b: Address): boolean => a.family === b.family && a.value === b.value;

/** Whether the packet does not tell what its protocol's rules may ask for. */
export const needsPorts = (tuple: FiveTuple): boolean =>
  hasPorts(tuple.protocol)
    ? tuple.sourcePort === null || tuple.destinationPort === null
    : hasIcmpType(tuple.protocol) && (tuple.icmpType === null || tuple.icmpCode === null);

const withPorts = (tuple: FiveTuple, source: number, destination: number): FiveTuple =>
  hasPorts(tuple.protocol)
    ? { ...tuple, sourcePort: source, destinationPort: destination }
    : { ...tuple, icmpType: destination >> 8, icmpCode: destination & 255 };

function addEdges(edges: Set<number>, ports: PortSet | null): void {
  for (const [first, last] of ports?.ranges ?? []) edges.add(first).add(last + 1);
}

function icmpMatches(match: IcmpMatch, tuple: FiveTuple): boolean {
  if (!hasIcmpType(tuple.protocol) || tuple.icmpType !== match.type) return false;
  return match.code === null || match.code === tuple.icmpCode;
}
