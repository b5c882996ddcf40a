/**
 * Rules become terms. Of each rule, seen from one direction, three questions are left: one about the own end, one
 * about the peer, one about the transport layer. Equal questions are kept once.
 */

import type { Direction, L4Match, PeerMatch, PortSet, Rule } from '../model/policy.ts';
import { ALL, type Selector, selectorKey } from '../model/selector.ts';
import type { Family } from '../net/address.ts';
import { covers, type Prefix } from '../net/prefix.ts';
import { Interner } from './intern.ts';

/** A block of addresses with holes. */
export type Block = { readonly net: Prefix; readonly holes: readonly Prefix[] };

/** One way for an end to match: all parts that are not null. Numbers are atoms of `Terms`. */
export type Alternative = {
  readonly nets: number | null;
  readonly selector: number | null;
  readonly notSelector: number | null;
};

/** A question to the transport layer: any of the matches, and behind `service` when there is one. */
export type L4Term = {
  readonly matches: readonly L4Match[] | null;
  /** A Service whose backends' protocol and port the destination must have. */
  readonly service: string | null;
  readonly asksOwnPorts: boolean;
  readonly asksPeerPorts: boolean;
  /** Which end is the peer. */
  readonly peerIs: 'source' | 'destination';
};

export type LoweredRule = {
  /** Index into `Terms.peers`; null asks nothing. */
  readonly own: number | null;
  readonly peer: number | null;
  /** Index into `Terms.l4`. */
  readonly l4: number;
};

const ALL_NETS: readonly Prefix[] = [
  { family: 4, first: 0n, length: 0 },
  { family: 6, first: 0n, length: 0 },
];

/** Collects what rules ask; the numbers that it gives out are the atoms of the table. */
export class Terms {
  readonly nets = new Interner<readonly Block[]>();
  readonly selectors = new Interner<Selector>();
  readonly peers = new Interner<readonly Alternative[]>();
  readonly l4 = new Interner<L4Term>();
  /** What rules ask of ports with names: by name, the selectors of the endpoints that count, by `boundName`. */
  readonly portNames = new Map<string, Map<string, Selector>>();
  /** Services that some rule names. */
  readonly services = new Set<string>();

  readonly #backendNets: (service: string) => readonly Prefix[];

  constructor(backendNets: (service: string) => readonly Prefix[]) {
    this.#backendNets = backendNets;
  }

  /** A rule as one or more lowered rules: any of them matches when the rule does. */
  lower(rule: Rule, direction: Direction): LoweredRule[] {
    const peerIs = direction === 'egress' ? 'destination' : 'source';
    const source = this.#withFamily(rule.source, rule.family);
    const destination = this.#withFamily(rule.destination, rule.family);
    // A destination behind a Service also asks for the port, so it cannot be told apart from its own transport term.
    const services = [...new Set((destination ?? []).map((peer) => peer.service))];
    const groups =
      destination === null || services.length <= 1
        ? [destination]
        : services.map((service) => destination.filter((peer) => peer.service === service));
    return groups.map((group) => {
      const ends = { source: this.#peer(source), destination: this.#peer(group) };
      return {
        own: ends[peerIs === 'source' ? 'destination' : 'source'],
        peer: ends[peerIs],
        l4: this.#l4Term(rule.l4, group?.[0]?.service ?? null, peerIs),
      };
    });
  }

  /** A rule for one family asks every end for an address of that family. */
  #withFamily(peers: readonly PeerMatch[] | null, family: Family | null): readonly PeerMatch[] | null {
    if (family === null) return peers;
    const any: PeerMatch = { nets: null, notNets: null, selector: null, notSelector: null, service: null };
    return (peers ?? [any]).map((peer) => ({
      ...peer,
      nets: (peer.nets ?? ALL_NETS).filter((net) => net.family === family),
    }));
  }

  #peer(peers: readonly PeerMatch[] | null): number | null {
    if (peers === null) return null;
    const plain: Block[] = [];
    const alternatives: Alternative[] = [];
    for (const peer of peers) {
      const blocks = this.#blocks(peer);
      // No address at all: nobody, not even an end whose address is unknown.
      if (blocks?.length === 0) continue;
      if (blocks === null && peer.selector === null && peer.notSelector === null) return null;
      if (blocks !== null && peer.selector === null && peer.notSelector === null)
        for (const block of blocks) plain.push(block);
      else
        alternatives.push({
          nets: blocks === null ? null : this.#netAtom(blocks),
          selector: this.#selectorAtom(peer.selector),
          notSelector: this.#selectorAtom(peer.notSelector),
        });
    }
    // Blocks alone, of however many peers, are one atom.
    if (plain.length > 0) alternatives.push({ nets: this.#netAtom(plain), selector: null, notSelector: null });
    return this.peers.id(JSON.stringify(alternatives), () => alternatives);
  }

  #blocks(peer: PeerMatch): Block[] | null {
    const holes = peer.notNets ?? [];
    const nets = peer.service === null ? peer.nets : this.#backendsIn(peer.service, peer.nets);
    if (nets === null && holes.length === 0) return null;
    return (nets ?? ALL_NETS).map((net) => ({ net, holes: holes.filter((hole) => hole.family === net.family) }));
  }

  /** Where a Service leads, as far as the other condition on the address lets it. */
  #backendsIn(service: string, nets: readonly Prefix[] | null): readonly Prefix[] {
    const backends = this.#backendNets(service);
    return nets === null ? backends : backends.filter((host) => nets.some((net) => covers(net, host)));
  }

  #netAtom(blocks: readonly Block[]): number {
    const key = blocks.map(({ net, holes }) => [net, ...holes].map(netKey).join('!')).join(' ');
    return this.nets.id(key, () => blocks);
  }

  #selectorAtom(selector: Selector | null): number | null {
    return selector === null ? null : this.selectors.id(selectorKey(selector), () => selector);
  }

  #collectNames({ names, namesOf }: PortSet): void {
    for (const name of names) {
      const selectors = this.portNames.get(name) ?? new Map<string, Selector>();
      this.portNames.set(name, selectors.set(boundName(name, namesOf), namesOf ?? ALL));
    }
  }

  #l4Term(matches: readonly L4Match[] | null, service: string | null, peerIs: 'source' | 'destination'): number {
    const named = (side: 'source' | 'destination'): PortSet[] =>
      (matches ?? []).flatMap((match) => portSets(match, side)).filter((ports) => ports.names.length > 0);
    for (const ports of [...named('source'), ...named('destination')]) this.#collectNames(ports);
    if (service !== null) this.services.add(service);
    const destinationAsks = named('destination').length > 0 || service !== null;
    const sourceAsks = named('source').length > 0;
    const key = JSON.stringify([matches, service, peerIs]);
    return this.l4.id(key, () => ({
      matches,
      service,
      peerIs,
      asksOwnPorts: peerIs === 'destination' ? sourceAsks : destinationAsks,
      asksPeerPorts: peerIs === 'destination' ? destinationAsks : sourceAsks,
    }));
  }
}

/** A port name together with the endpoints of which it is asked: what a binding of an address is called. */
export const boundName = (name: string, of: Selector | null | undefined): string =>
  of ? `${name} ${selectorKey(of)}` : name;

const netKey = (net: Prefix): string => `${net.family}:${net.first.toString(16)}/${net.length}`;

function portSets(match: L4Match, side: 'source' | 'destination'): PortSet[] {
  const sets =
    side === 'source' ? [match.sourcePorts, match.notSourcePorts] : [match.destinationPorts, match.notDestinationPorts];
  return sets.filter((ports) => ports !== null);
}
