import { hasIcmpType, hasPorts, IPIP, UDP } from '../net/protocol.ts';
import {
  HAS_ICMP,
  HAS_PORTS,
  IS_TUPLE,
  LATER_FRAGMENT,
  type PacketBatch,
  SOURCE_PORT_UNTOLD,
} from '../packet/batch.ts';
import { decisionOf, findingOf, NOT_JUDGED, PROFILE_OUTSIDE, UNDETERMINED_DECISION } from '../table/decisions.ts';
import {
  ACTION_DENY,
  type MatchTable,
  ROLE_NODE,
  ROLE_SERVICE,
  ROLE_UNKNOWN_WORKLOAD,
  ROLE_WORKLOAD,
} from '../table/match-table.ts';
import { Ties } from '../table/ties.ts';
import { DROPPED, FORWARDED, flagBit, reasonNumber, UNDETERMINED } from '../verdict/reasons.ts';
import {
  decisionOn,
  destinationClassOf,
  HIDDEN_PROTOCOLS,
  isOpen,
  isPoliced,
  l4Of,
  questionOf,
  sourceClassOf,
} from './answers.ts';
import { Hosts } from './hosts.ts';
import { hidesProtocol } from './kinds.ts';
import { Masquerade } from './masquerade.ts';
import type { Settings } from './options.ts';
import { Places } from './places.ts';
import type { Questions } from './questions.ts';

export const POLICY = reasonNumber('policy');
export const NOT_POLICED = reasonNumber('not-policed');
export const OWN_NODE = reasonNumber('own-node');
export const SERVICE_ADDRESS = reasonNumber('service-address');
export const NODE_PORT = reasonNumber('node-port');
export const ENCAP_FROM_WORKLOAD = reasonNumber('encap-from-workload');
export const ENDPOINT_TO_HOST = reasonNumber('endpoint-to-host');
export const FRAGMENT = reasonNumber('fragment');
export const PORTS_UNKNOWN = reasonNumber('ports-unknown');
export const FLAG_UNKNOWN_WORKLOAD = flagBit('unknown-workload');
export const FLAG_ORDER_AMBIGUOUS = flagBit('order-ambiguous');

/**
 * Judges one opener: source end's egress and destination end's ingress, both always asked. The answer lies in the
 * fields afterwards, so that nothing is allocated. `reversed` judges the opener that the row answers: the row's
 * destination as the source.
 */
export class Judge {
  verdict = 0;
  reason = 0;
  egress = 0;
  ingress = 0;
  flags = 0;
  /** Classes of the row's own source and destination, once `classify` was asked. */
  sourceClass = 0;
  destinationClass = 0;
  readonly places: Places;
  readonly masquerade: Masquerade;
  /** What the last judgement came to at host endpoints; null where the table has none. */
  readonly hosts: Hosts | null;
  /** Null for a table whose policies all have a certain place. */
  readonly ties: Ties | null;
  /** Findings without a profile. */
  readonly notJudged: number;
  readonly undetermined: number;
  #table: MatchTable;
  #questions: Questions;
  #turnUnknown: boolean;

  constructor(table: MatchTable, questions: Questions, settings: Settings) {
    const { general, count } = table.decisions;
    this.#table = table;
    this.#questions = questions;
    this.#turnUnknown = settings.unknownWorkload === 'undetermined';
    this.places = new Places(table);
    this.masquerade = new Masquerade(table);
    this.hosts = table.hosts == null ? null : new Hosts(table, table.hosts, questions, this.places, this.masquerade);
    this.ties = Ties.of(table);
    this.notJudged = findingOf(general, count, PROFILE_OUTSIDE, NOT_JUDGED);
    this.undetermined = findingOf(general, count, PROFILE_OUTSIDE, UNDETERMINED_DECISION);
  }

  classify(batch: PacketBatch, row: number): void {
    this.sourceClass = sourceClassOf(this.#questions, batch, row);
    this.destinationClass = destinationClassOf(this.#questions, batch, row);
  }

  /** Role of the row's source and destination; `classify` was asked. */
  get sourceRole(): number {
    return this.#table.classes.role[this.sourceClass]!;
  }

  get destinationRole(): number {
    return this.#table.classes.role[this.destinationClass]!;
  }

  /** Judges by the row's classes, in one direction or the other. */
  ask(batch: PacketBatch, row: number, reversed: boolean): void {
    const source = reversed ? this.destinationClass : this.sourceClass;
    const destination = reversed ? this.sourceClass : this.destinationClass;
    const { egressProfile, ingressProfile } = this.#table.classes;
    const question = questionOf(this.#questions, batch, row, reversed);
    const egress = decisionOn(this.#questions, this.#table, question, egressProfile[source]!, destination);
    const ingress = decisionOn(this.#questions, this.#table, question, ingressProfile[destination]!, source);
    this.conclude(batch, row, reversed, egress, ingress);
  }

  /** From two decisions to a verdict. `classify` was asked, or the classes were put in place. */
  conclude(batch: PacketBatch, row: number, reversed: boolean, egress: number, ingress: number): void {
    const source = reversed ? this.destinationClass : this.sourceClass;
    const destination = reversed ? this.sourceClass : this.destinationClass;
    const { classes, decisions, switches } = this.#table;
    const { general, count, action } = decisions;
    const roleOfSource = classes.role[source]!;
    const roleOfDestination = classes.role[destination]!;
    if (roleOfSource === ROLE_WORKLOAD && this.#isEncapsulated(batch, row, reversed)) {
      this.#drop(ENCAP_FROM_WORKLOAD);
      return;
    }
    if (this.hosts !== null) {
      if (roleOfSource === ROLE_NODE || roleOfDestination === ROLE_NODE)
        this.hosts.judge(batch, row, reversed, source, destination);
      else this.hosts.none();
    }
    this.flags = 0;
    this.egress = findingOf(general, count, classes.egressProfile[source]!, egress);
    this.ingress = findingOf(general, count, classes.ingressProfile[destination]!, ingress);
    if (roleOfSource === ROLE_UNKNOWN_WORKLOAD || roleOfDestination === ROLE_UNKNOWN_WORKLOAD) {
      this.flags = FLAG_UNKNOWN_WORKLOAD;
      if (this.#turnUnknown) {
        this.#unknowable();
        return;
      }
    }
    if (roleOfSource === ROLE_NODE && roleOfDestination === ROLE_WORKLOAD && switches.nodeToOwnPod)
      if (this.places.onOneNode(batch, row)) {
        this.verdict = FORWARDED;
        this.reason = OWN_NODE;
        this.ingress = this.notJudged;
        return;
      }
    if (this.ties !== null && this.#hangsOnTies(this.ties, batch, row, reversed)) this.flags |= FLAG_ORDER_AMBIGUOUS;
    const says = action[egress]!;
    const answers = action[ingress]!;
    if (says === ACTION_DENY || answers === ACTION_DENY) this.verdict = DROPPED;
    else if (isOpen(says, egress) || isOpen(answers, ingress)) this.verdict = UNDETERMINED;
    else this.verdict = FORWARDED;
    this.reason = isPoliced(egress) || isPoliced(ingress) ? POLICY : NOT_POLICED;
    this.#addHosts();
    if (this.verdict === DROPPED || switches.podToOwnNode !== false) return;
    if (roleOfSource === ROLE_WORKLOAD && roleOfDestination === ROLE_NODE && this.places.onOneNode(batch, row)) {
      this.verdict = DROPPED;
      this.reason = ENDPOINT_TO_HOST;
    }
  }

  /** What host endpoints say beside the ends' own policies. */
  #addHosts(): void {
    const { hosts } = this;
    if (hosts === null || !hosts.asked) return;
    if (hosts.denies) this.verdict = DROPPED;
    else if (hosts.isOpen && this.verdict === FORWARDED) this.verdict = UNDETERMINED;
    if (hosts.polices) this.reason = POLICY;
    this.flags |= hosts.flags;
  }

  /** Would another order of policies of equal priority decide otherwise at an end? */
  #hangsOnTies(ties: Ties, batch: PacketBatch, row: number, reversed: boolean): boolean {
    const source = reversed ? this.destinationClass : this.sourceClass;
    const destination = reversed ? this.sourceClass : this.destinationClass;
    const { egressProfile, ingressProfile } = this.#table.classes;
    const egress = egressProfile[source]!;
    const ingress = ingressProfile[destination]!;
    if (!ties.has(egress) && !ties.has(ingress)) return false;
    const questions = this.#questions;
    const hangs = (l4: number): boolean => ties.isOpen(egress, destination, l4) || ties.isOpen(ingress, source, l4);
    return hidesProtocol(batch, row)
      ? HIDDEN_PROTOCOLS.some((protocol) => hangs(questions.l4Unknown(protocol)))
      : hangs(l4Of(questions, batch, row, reversed));
  }

  /** From two findings, and those of host endpoints, to a verdict: of one packet that was asked about as two. */
  combine(egress: number, ingress: number): void {
    const { general, count, action } = this.#table.decisions;
    const leaving = decisionOf(general, count, egress);
    const entering = decisionOf(general, count, ingress);
    const says = action[leaving]!;
    const answers = action[entering]!;
    if (says === ACTION_DENY || answers === ACTION_DENY) this.verdict = DROPPED;
    else if (isOpen(says, leaving) || isOpen(answers, entering)) this.verdict = UNDETERMINED;
    else this.verdict = FORWARDED;
    this.reason = isPoliced(leaving) || isPoliced(entering) ? POLICY : NOT_POLICED;
    this.#addHosts();
    this.egress = egress;
    this.ingress = ingress;
  }

  /** The dataplane dropped it beside policy: whoever else would be asked does not matter. */
  get isFinal(): boolean {
    return this.reason === ENCAP_FROM_WORKLOAD || this.reason === ENDPOINT_TO_HOST;
  }

  /** Does a pod send packets of a tunnel of its own? Asked of packets whose source is a pod. */
  #isEncapsulated(batch: PacketBatch, row: number, reversed: boolean): boolean {
    const { switches } = this.#table;
    const protocol = batch.protocol[row]!;
    if (protocol === IPIP) return switches.ipipFromPods === false;
    if (protocol !== UDP || (batch.flags[row]! & HAS_PORTS) === 0) return false;
    return (reversed ? batch.sourcePort[row]! : batch.destinationPort[row]!) === switches.vxlanFromPods;
  }

  /**
   * A packet of a tunnel between nodes, of which what is inside could not be read: Felix keeps VXLAN out of conntrack,
   * as its source ports differ by direction. `classify` was asked.
   */
  isUntracked(batch: PacketBatch, row: number): boolean {
    if (
      batch.protocol[row] !== UDP ||
      batch.destinationPort[row] !== (this.#table.switches.vxlanFromPods ?? VXLAN_PORT)
    )
      return false;
    return this.sourceRole === ROLE_NODE && this.destinationRole === ROLE_NODE;
  }

  #drop(reason: number): void {
    this.refuse(reason);
    this.verdict = DROPPED;
  }

  /**
   * The reason why a row is not judged at all, or -1: a Service's address, or a node's port that is a Service's, of a
   * table that does not know what stands behind them. `answers` also looks for answers from a node port.
   */
  beyond(batch: PacketBatch, row: number, answers: boolean): number {
    if (this.#table.services.routes != null) return -1;
    const source = this.sourceRole;
    const destination = this.destinationRole;
    if (source === ROLE_SERVICE || destination === ROLE_SERVICE) return SERVICE_ADDRESS;
    const { nodePorts } = this.#table.services;
    if (nodePorts.size === 0 || (batch.flags[row]! & HAS_PORTS) === 0) return -1;
    const protocol = batch.protocol[row]! * 65_536;
    if (destination === ROLE_NODE && nodePorts.has(protocol + batch.destinationPort[row]!)) return NODE_PORT;
    if (answers && source === ROLE_NODE && nodePorts.has(protocol + batch.sourcePort[row]!)) return NODE_PORT;
    return -1;
  }

  /** Is an end a Service's address? Without its ports such a packet's backend cannot be told. */
  touchesService(): boolean {
    return this.sourceRole === ROLE_SERVICE || this.destinationRole === ROLE_SERVICE;
  }

  /** Of a row that `beyond` names: is its source the one that was connected to? */
  comesFromBeyond(batch: PacketBatch, row: number): boolean {
    if (this.sourceRole === ROLE_SERVICE) return this.destinationRole !== ROLE_SERVICE;
    if (this.destinationRole === ROLE_SERVICE) return false;
    const { nodePorts } = this.#table.services;
    const protocol = batch.protocol[row]! * 65_536;
    return !(this.destinationRole === ROLE_NODE && nodePorts.has(protocol + batch.destinationPort[row]!));
  }

  /** Undetermined for a reason, nobody asked. */
  refuse(reason: number): void {
    this.verdict = UNDETERMINED;
    this.reason = reason;
    this.egress = this.notJudged;
    this.ingress = this.notJudged;
    this.flags = 0;
    this.hosts?.none();
  }

  /**
   * Turns what was concluded without knowing the ports into what may be said: a packet that both ends allow is
   * forwarded whatever it belongs to; one that an end denies may yet be an answer.
   */
  withoutPorts(batch: PacketBatch, row: number): void {
    if (this.verdict === FORWARDED) return;
    if (this.#denies(this.egress)) this.egress = this.undetermined;
    if (this.#denies(this.ingress)) this.ingress = this.undetermined;
    this.hosts?.withoutPorts();
    this.verdict = UNDETERMINED;
    this.reason = unknownPortsReason(batch, row);
  }

  #denies(finding: number): boolean {
    const { general, count, action } = this.#table.decisions;
    return action[decisionOf(general, count, finding)] === ACTION_DENY;
  }

  #unknowable(): void {
    this.verdict = UNDETERMINED;
    this.reason = POLICY;
    this.egress = this.undetermined;
    this.ingress = this.undetermined;
    this.hosts?.none();
  }
}

/** Where FelixConfiguration names no other. */
const VXLAN_PORT = 4789;

/** Why a row without readable ports is undetermined. */
export const unknownPortsReason = (batch: PacketBatch, row: number): number =>
  (batch.flags[row]! & LATER_FRAGMENT) !== 0 ? FRAGMENT : PORTS_UNKNOWN;

/** Does the packet not tell what its protocol's rules may ask for? */
export function lacksPorts(batch: PacketBatch, row: number): boolean {
  const protocol = batch.protocol[row]!;
  const flags = batch.flags[row]!;
  if (hidesProtocol(batch, row) || (flags & SOURCE_PORT_UNTOLD) !== 0) return true;
  return (hasPorts(protocol) && (flags & HAS_PORTS) === 0) || (hasIcmpType(protocol) && (flags & HAS_ICMP) === 0);
}

export const isTuple = (batch: PacketBatch, row: number): boolean => (batch.flags[row]! & IS_TUPLE) !== 0;
