import { HAS_PORTS, type PacketBatch } from '../packet/batch.ts';
import { type MatchTable, ROLE_NODE, ROLE_SERVICE, ROLE_WORKLOAD, type Switches } from '../table/match-table.ts';
import { FRONT_BALANCER, FRONT_CLUSTER, FRONT_NODE } from '../table/routes.ts';
import { DROPPED, reasonNumber } from '../verdict/reasons.ts';
import { AddressMap } from './address-map.ts';
import { type Choice, choiceOf, type Group, type Near } from './choices.ts';
import type { Connections } from './connections.ts';
import {
  type Behind,
  type Front,
  Fronts,
  type Hidden,
  isAdmitted,
  NO_NODE,
  type Place,
  type Route,
  type Target,
} from './fronts.ts';
import { type Judge, OWN_NODE } from './judge.ts';
import { FLAG_SNAT, type Leg, Legs } from './legs.ts';
import { AS_ITSELF, type Masquerade } from './masquerade.ts';
import type { Questions } from './questions.ts';
import { portsOf, swapOf } from './tuple.ts';

export const NO_BACKEND = reasonNumber('no-backend');
export const LB_SOURCE_RANGE = reasonNumber('lb-source-range');
const REFUSED = reasonNumber('service-address');

/** The row goes to no front, and comes from none. */
export const NOT_TRANSLATED = -1;
export const TO_FRONT = 0;
export const FROM_FRONT = 1;

/** Clients that keep to a backend: 400 KB, of very many some are forgotten. */
const CLIENTS = 1 << 14;
/** With so many backends at most, connections are searched for the one that was seen behind the translation. */
const SEARCHED = 32;

/**
 * Services and hostPorts: judges an opener by what it becomes once its destination is translated, and finds the
 * connection of a packet that was captured on the other side of the translation. docs/semantics.md, section D.
 */
export class Nat {
  /** Of the entry that `entryOf` found: does the row run with its opener? */
  original = false;
  /** The last judged opener came to different verdicts, so that its backend would decide. */
  mixed = false;
  #judge: Judge;
  #questions: Questions;
  #connections: Connections;
  #roles: Uint8Array;
  #switches: Switches;
  #fronts: Fronts | null;
  #legs: Legs;
  #masquerade: Masquerade;
  #choices = new Map<number, Choice>();
  #clients: AddressMap | null = null;
  #bound: Behind | null = null;

  constructor(table: MatchTable, judge: Judge, questions: Questions, connections: Connections) {
    const routes = table.services.routes ?? null;
    const fronts = routes === null || routes.fronts.length === 0 ? null : new Fronts(table, routes);
    this.#judge = judge;
    this.#questions = questions;
    this.#connections = connections;
    this.#roles = table.classes.role;
    this.#switches = table.switches;
    this.#fronts = fronts;
    this.#legs = new Legs(judge, table.switches.allowHairpin === true);
    this.#masquerade = judge.masquerade;
  }

  /** Does any address or port lead elsewhere? */
  get translates(): boolean {
    return this.#fronts !== null;
  }

  /** Which end of a row is a front; the judge knows the row's classes. */
  way(batch: PacketBatch, row: number): number {
    if (this.#fronts === null || (batch.flags[row]! & HAS_PORTS) === 0) return NOT_TRANSLATED;
    const { sourceRole, destinationRole } = this.#judge;
    if (isFrontRole(destinationRole) && this.#destination(batch, row) !== null) return TO_FRONT;
    return isFrontRole(sourceRole) && this.#source(batch, row) !== null ? FROM_FRONT : NOT_TRANSLATED;
  }

  /** Judges the opener that a row is or, FROM_FRONT, answers. The judge's fields hold what was found. */
  judge(batch: PacketBatch, row: number, way: number): void {
    const front = way === FROM_FRONT ? this.#source(batch, row)! : this.#destination(batch, row)!;
    this.#legs.begin(batch, row, way === FROM_FRONT);
    const stays = this.#keptBackend(front.route);
    this.#decide(front, stays);
    if (!this.mixed || stays !== null) return;
    const seen = this.#seenBackend(front.route);
    if (seen !== null) this.#bind(front, seen);
  }

  /** Each way that the opener which a row is may go; none where it goes to no front, or nowhere. */
  ways(batch: PacketBatch, row: number): readonly Leg[] {
    this.#judge.classify(batch, row);
    if (this.way(batch, row) !== TO_FRONT) return [];
    const told: Leg[] = [];
    this.#legs.begin(batch, row, false);
    this.#legs.told = told;
    this.#decide(this.#destination(batch, row)!, null);
    this.#legs.told = null;
    return told;
  }

  /** Why the source of an opener, a node's address, may stand for a client; null: it is the node's own, or no node's. */
  standsIn(batch: PacketBatch, row: number): string | null {
    this.#judge.classify(batch, row);
    this.#judge.ask(batch, row, false);
    if (this.hidden(batch, row, false) === 0) return null;
    return this.#switches.masqueradeAll === true ? `${CLUSTER_POLICY} or ${MASQUERADE_ALL}` : CLUSTER_POLICY;
  }

  /**
   * The entry of the connection that a row belongs to, seen behind the translation: to a backend, or from one; -1 for
   * none.
   */
  entryOf(batch: PacketBatch, row: number): number {
    const fronts = this.#fronts;
    if (fronts === null || (batch.flags[row]! & HAS_PORTS) === 0) return -1;
    const family = batch.family[row]!;
    const protocol = batch.protocol[row]!;
    const { src0, src1, src2, src3, dst0, dst1, dst2, dst3, sourcePort, destinationPort } = batch;
    const to = fronts.behind(family, dst0[row]!, dst1[row]!, dst2[row]!, dst3[row]!, protocol, destinationPort[row]!);
    for (const behind of to) {
      const at = this.#entryThrough(batch, row, behind, true);
      if (at >= 0) return at;
    }
    const from = fronts.behind(family, src0[row]!, src1[row]!, src2[row]!, src3[row]!, protocol, sourcePort[row]!);
    for (const behind of from) {
      const at = this.#entryThrough(batch, row, behind, false);
      if (at >= 0) return at;
    }
    return -1;
  }

  /** Judges the connection that `entryOf` found anew: its backend is known now. */
  judgeBound(): void {
    const { packet } = this.#legs;
    const front = this.#destination(packet, 0);
    if (front === null || this.#bound === null) return;
    this.#legs.begin(packet, 0, false);
    this.#bind(front, this.#bound.target);
  }

  /**
   * Does the source of a row, a node's address, stand for a client whose packet a node port or load balancer took in?
   * It may: FLAG_SNAT, else 0. `reversed`: the row answers its opener.
   */
  hidden(batch: PacketBatch, row: number, reversed: boolean): number {
    const fronts = this.#fronts;
    const { sourceRole, destinationRole } = this.#judge;
    // A node that reaches its own pod is more likely its kubelet.
    if (fronts === null || this.#switches.keepClient === true || this.#judge.reason === OWN_NODE) return 0;
    if ((reversed ? destinationRole : sourceRole) !== ROLE_NODE) return 0;
    if ((batch.flags[row]! & HAS_PORTS) === 0) return 0;
    const { src0, src1, src2, src3, dst0, dst1, dst2, dst3 } = batch;
    const family = batch.family[row]!;
    const protocol = batch.protocol[row]!;
    const behind = reversed
      ? fronts.behind(family, src0[row]!, src1[row]!, src2[row]!, src3[row]!, protocol, batch.sourcePort[row]!)
      : fronts.behind(family, dst0[row]!, dst1[row]!, dst2[row]!, dst3[row]!, protocol, batch.destinationPort[row]!);
    const masquerades = this.#switches.masqueradeAll === true;
    return behind.some(({ route }) => masquerades || hides(route)) ? FLAG_SNAT : 0;
  }

  #destination(b: PacketBatch, row: number): Front | null {
    const { dst0, dst1, dst2, dst3 } = b;
    const port = b.destinationPort[row]!;
    return this.#fronts!.at(b.family[row]!, dst0[row]!, dst1[row]!, dst2[row]!, dst3[row]!, b.protocol[row]!, port);
  }

  #source(b: PacketBatch, row: number): Front | null {
    const { src0, src1, src2, src3 } = b;
    const port = b.sourcePort[row]!;
    return this.#fronts!.at(b.family[row]!, src0[row]!, src1[row]!, src2[row]!, src3[row]!, b.protocol[row]!, port);
  }

  #bind(front: Front, target: Target): void {
    const { affinitySeconds, id, targets } = front.route;
    if (affinitySeconds !== null) {
      this.#clients ??= AddressMap.bounded(CLIENTS);
      const { client } = this.#legs;
      this.#clients.set(...client, id * 2, targets.indexOf(target));
      this.#clients.set(...client, id * 2 + 1, this.#connections.now >>> 1);
    }
    this.#decide(front, target);
  }

  /** The backend that session affinity keeps the client with, or null. */
  #keptBackend({ affinitySeconds, id, targets }: Route): Target | null {
    if (affinitySeconds === null || this.#clients === null) return null;
    const { client } = this.#legs;
    const kept = this.#clients.get(...client, id * 2);
    const since = this.#clients.get(...client, id * 2 + 1);
    if (kept < 0 || since < 0) return null;
    const idle = ((this.#connections.now >>> 1) - since) & 0x7fff_ffff;
    return idle * 2 < affinitySeconds * 1000 ? (targets[kept] ?? null) : null;
  }

  /** The backend that the opener's connection was already seen to go to, or null. */
  #seenBackend(route: Route): Target | null {
    const { targets } = this.#choice(route);
    if (targets.length > SEARCHED) return null;
    this.#legs.comesFrom(this.#legs.client);
    return targets.find(({ words, port }) => this.#find(words, port) >= 0) ?? null;
  }

  #entryThrough(batch: PacketBatch, row: number, behind: Behind, original: boolean): number {
    const fronts = this.#fronts!;
    const { route, target } = behind;
    this.#legs.begin(batch, row, !original);
    const { client, packet } = this.#legs;
    const family = packet.family[0]!;
    this.original = original;
    this.#bound = behind;
    for (const { family: of, words, port } of route.entrances) {
      const at = of === family ? this.#find(words, port) : -1;
      if (at >= 0) return at;
    }
    const clientNode = route.nodePorts.length === 0 ? NO_NODE : fronts.nodeAt(family, ...client);
    for (const { port, node } of route.nodePorts)
      for (const entered of node >= 0 ? [node] : [target.node, clientNode])
        for (const { family: of, words } of fronts.nodes[entered]?.addresses ?? []) {
          const at = of === family ? this.#find(words, port) : -1;
          if (at >= 0) return at;
        }
    return -1;
  }

  /** The live entry from the client to an address and port. */
  #find(words: Place['words'], port: number): number {
    const connections = this.#connections;
    const { packet } = this.#legs;
    this.#legs.goesTo(words, port);
    const swap = swapOf(packet, 0);
    const ports = portsOf(packet, 0, swap);
    const at = connections.find(packet, 0, swap, ports, connections.hash(packet, 0, swap, ports));
    return at >= 0 && connections.expired(at) ? -1 : at;
  }

  #choice(route: Route): Choice {
    const family = this.#legs.packet.family[0]!;
    const key = route.id * 2 + (family === 6 ? 1 : 0);
    const known = this.#choices.get(key);
    if (known !== undefined) return known;
    const made = this.#choiceAmong(route, family);
    this.#choices.set(key, made);
    return made;
  }

  #choiceAmong(route: Route, family: number): Choice {
    const classOf = (target: Target): number => this.#classOf(target);
    return choiceOf(route, family, { classOf, roles: this.#roles, nodes: this.#fronts!.nodes });
  }

  #classOf({ family, words }: Place): number {
    return family === 6 ? this.#questions.class6(...words) : this.#questions.class4(words[0]);
  }

  /** Judges for each backend that may be chosen, or for the one that is known to have been. */
  #decide(front: Front, known: Target | null): void {
    const { route, kind } = front;
    const legs = this.#legs;
    const family = legs.packet.family[0]!;
    const role = this.#roles[this.#classOf({ family, words: legs.client })]!;
    const isPod = role === ROLE_WORKLOAD;
    const node = isPod || role === ROLE_NODE ? this.#fronts!.nodeAt(family, ...legs.client) : NO_NODE;
    this.mixed = false;
    legs.count = 0;
    legs.mixed = false;
    if (kind === FRONT_BALANCER && !isAdmitted(route, family, legs.client)) {
      this.#drop(LB_SOURCE_RANGE);
      return;
    }
    const choice = known === null ? this.#choice(route) : this.#choiceAmong({ ...route, targets: [known] }, family);
    if (kind === FRONT_NODE) this.#atNode(front, choice, isPod, node);
    else if (kind === FRONT_CLUSTER && (isPod || node !== NO_NODE)) {
      if (!route.internalLocal)
        this.#within(choice, node, this.#switches.masqueradeAll === true ? MASQUERADE_ALL : null);
      else if (node === NO_NODE) {
        this.#judge.refuse(REFUSED);
        return;
      } else this.#each(choice.only.get(node) ?? NONE, null, false);
    } else if (node !== NO_NODE) this.#within(choice, node, route.externalLocal ? null : CLUSTER_POLICY);
    else if (route.externalLocal && kind !== FRONT_CLUSTER) this.#each(choice.all, null, false);
    else this.#fromAnywhere(choice);
    if (legs.count === 0) this.#drop(NO_BACKEND);
    else {
      legs.conclude();
      this.mixed = legs.mixed;
    }
  }

  /** A port of a node: that node translates. */
  #atNode({ route }: Front, choice: Choice, isPod: boolean, node: number): void {
    const legs = this.#legs;
    const { front } = legs;
    const family = legs.packet.family[0]!;
    const entered = this.#fronts!.nodeOwning(family, ...front);
    if (node === entered && node !== NO_NODE) {
      this.#within(choice, node, route.externalLocal ? null : CLUSTER_POLICY);
      return;
    }
    if (this.#switches.translateAtPod === true && node !== NO_NODE && !route.isHostPort) {
      if (route.internalLocal) this.#each(choice.only.get(node) ?? NONE, null, false);
      else this.#within(choice, node, null);
      return;
    }
    const near = this.#near(choice, entered);
    const local = (route.externalLocal ? choice.only : near.here).get(entered) ?? NONE;
    const name = this.#fronts!.nodes[node]?.name;
    const leaves = isPod ? this.#masquerade.leaving(name, family, legs.client, front) : AS_ITSELF;
    if (leaves.asItself) this.#each(local, null, true);
    if (leaves.hidden !== null) this.#each(local, leaves.hidden, true, leaves.asItself ? 0 : FLAG_SNAT);
    if (!route.externalLocal) this.#elsewhere(near, entered, this.#hiding(entered, family, CLUSTER_POLICY), true);
    if (legs.count === 0 && isPod && legs.isKept()) {
      legs.count = 0;
      legs.judge({ family, words: front, port: legs.frontPort }, null, false);
    }
  }

  /** The client's own node translates: all backends; `why` those on other nodes see the node's address, or null. */
  #within(choice: Choice, node: number, why: string | null): void {
    if (node === NO_NODE) {
      this.#each(choice.all, null, false);
      return;
    }
    const family = this.#legs.packet.family[0]!;
    const near = this.#near(choice, node);
    this.#each(near.here.get(node) ?? NONE, null, false);
    this.#elsewhere(near, node, why === null ? null : this.#hiding(node, family, why), false);
  }

  /** Which node takes the packet in is not known: a backend on it sees the client, any other that node. */
  #fromAnywhere(choice: Choice): void {
    const family = this.#legs.packet.family[0]!;
    this.#each(choice.all, null, false);
    const told = new Map<number, number>();
    this.#fronts!.nodes.forEach((_, node) => {
      const hide = this.#hiding(node, family, CLUSTER_POLICY);
      if (hide === null) return;
      const known = this.#classOf(hide);
      // Of nodes that no policy tells apart, two: one of them is not the backend's.
      const before = told.get(known) ?? 0;
      if (before === 2) return;
      told.set(known, before + 1);
      this.#elsewhere(this.#near(choice, node), node, hide, false);
    });
  }

  #elsewhere({ all }: Near, node: number, hide: Hidden | null, beforeTranslation: boolean): void {
    for (const { first, elsewhere, targets } of all) {
      const target = first.node !== node ? first : elsewhere;
      if (target === null) continue;
      const alike = (): Target[] => targets.filter((one) => one.node !== node);
      this.#legs.judge(target, hide, beforeTranslation, hide === null ? 0 : FLAG_SNAT, alike);
    }
  }

  /** Among whom a node chooses. */
  #near(choice: Choice, node: number): Near {
    return choice.near.get(node) ?? choice;
  }

  /** The address that a node puts in place of a client's whose packet it sends on; null when it keeps the client's. */
  #hiding(node: number, family: number, why: string): Hidden | null {
    if (this.#switches.keepClient === true) return null;
    const place = this.#fronts!.nodes[node]?.hides.find((one) => one.family === family);
    return place === undefined ? null : { ...place, why };
  }

  #each(groups: readonly Group[], hide: Hidden | null, beforeTranslation: boolean, flags = 0): void {
    for (const { first, targets } of groups) this.#legs.judge(first, hide, beforeTranslation, flags, () => targets);
  }

  #drop(reason: number): void {
    this.#judge.refuse(reason);
    this.#judge.verdict = DROPPED;
  }
}

const NONE: readonly Group[] = [];

/** Why a node's address stands for a client's, as it is told. */
const CLUSTER_POLICY = 'externalTrafficPolicy: Cluster';
const MASQUERADE_ALL = 'masquerade-all';

const isFrontRole = (role: number): boolean => role === ROLE_SERVICE || role === ROLE_NODE;

const hides = ({ externalLocal, isHostPort, isExposed }: Route): boolean => isExposed && !externalLocal && !isHostPort;
