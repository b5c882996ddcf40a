import type { PacketBatch } from '../packet/batch.ts';
import { decisionOf, findingOf, NOT_AN_ENDPOINT, PROFILE_OUTSIDE, UNDETERMINED_DECISION } from '../table/decisions.ts';
import type { HostTable } from '../table/hosts.ts';
import { ACTION_DENY, type MatchTable, ROLE_NODE, ROLE_WORKLOAD } from '../table/match-table.ts';
import { flagBit } from '../verdict/reasons.ts';
import { decisionOn, isOpen, isPoliced, questionOf } from './answers.ts';
import type { Masquerade } from './masquerade.ts';
import type { Places } from './places.ts';
import type { Questions } from './questions.ts';

const FLAG_SNAT = flagBit('snat');

/** No host endpoint was asked. */
export const NO_HOST = 0;

/**
 * What host endpoints say of a packet that a node itself sends or receives: its own processes, and pods on its network.
 * What a node forwards meets none of them. Asked where an end is a node's address, which few rows' are. Where two are
 * asked, each judges its own end:
 *
 *     node ---- egress of its host endpoint ----> ingress of the other's ---- node
 *     node > a pod that it runs, and back         nobody
 *     node > itself                               the host endpoint of all interfaces, both ways: by `lo`
 */
export class Hosts {
  /** Findings and 1 more, or NO_HOST. */
  egress = NO_HOST;
  ingress = NO_HOST;
  /** Flags of the row: FLAG_SNAT where a node's address stands for a pod's. */
  flags = 0;
  readonly #table: MatchTable;
  readonly #hosts: HostTable;
  readonly #questions: Questions;
  readonly #places: Places;
  readonly #masquerade: Masquerade;
  readonly #general: number;
  readonly #count: number;
  readonly #undetermined: number;
  /** Room for a row's ends. */
  readonly #source: MutableWords = [0, 0, 0, 0];
  readonly #destination: MutableWords = [0, 0, 0, 0];

  constructor(table: MatchTable, hosts: HostTable, questions: Questions, places: Places, masquerade: Masquerade) {
    const { general, count } = table.decisions;
    this.#table = table;
    this.#hosts = hosts;
    this.#questions = questions;
    this.#places = places;
    this.#masquerade = masquerade;
    this.#general = general;
    this.#count = count;
    this.#undetermined = findingOf(general, count, PROFILE_OUTSIDE, UNDETERMINED_DECISION);
  }

  /** Judges a row, or (reversed) the opener that it answers. Of the two classes at least one is a node's. */
  judge(batch: PacketBatch, row: number, reversed: boolean, source: number, destination: number): void {
    const { role } = this.#table.classes;
    this.none();
    const within = this.#places.onOneNode(batch, row);
    const fromNode = role[source] === ROLE_NODE;
    const toNode = role[destination] === ROLE_NODE;
    if (within && !(fromNode && toNode)) return;
    const { egressProfile, ingressProfile, inwardEgressProfile, inwardIngressProfile } = this.#hosts;
    const leaving = (within ? inwardEgressProfile : egressProfile)[source]!;
    const entering = (within ? inwardIngressProfile : ingressProfile)[destination]!;
    if (fromNode && leaving !== PROFILE_OUTSIDE)
      this.egress = this.#finding(batch, row, reversed, leaving, destination) + 1;
    if (!toNode || entering === PROFILE_OUTSIDE) return;
    this.ingress = this.#finding(batch, row, reversed, entering, source) + 1;
    if (role[source] === ROLE_WORKLOAD) this.#fromPod(batch, row, reversed, entering);
  }

  none(): void {
    this.egress = NO_HOST;
    this.ingress = NO_HOST;
    this.flags = 0;
  }

  /** The decision of either, NOT_AN_ENDPOINT where none was asked. */
  get leaving(): number {
    return this.egress === NO_HOST ? NOT_AN_ENDPOINT : decisionOf(this.#general, this.#count, this.egress - 1);
  }

  get entering(): number {
    return this.ingress === NO_HOST ? NOT_AN_ENDPOINT : decisionOf(this.#general, this.#count, this.ingress - 1);
  }

  get denies(): boolean {
    const { action } = this.#table.decisions;
    return action[this.leaving] === ACTION_DENY || action[this.entering] === ACTION_DENY;
  }

  get isOpen(): boolean {
    const { action } = this.#table.decisions;
    return isOpen(action[this.leaving]!, this.leaving) || isOpen(action[this.entering]!, this.entering);
  }

  get polices(): boolean {
    return isPoliced(this.leaving) || isPoliced(this.entering);
  }

  /** Was any asked? */
  get asked(): boolean {
    return this.egress !== NO_HOST || this.ingress !== NO_HOST;
  }

  /** A denial that ports might have turned, of a packet that does not tell them. */
  withoutPorts(): void {
    const { action } = this.#table.decisions;
    if (action[this.leaving] === ACTION_DENY) this.egress = this.#undetermined + 1;
    if (action[this.entering] === ACTION_DENY) this.ingress = this.#undetermined + 1;
  }

  /** What is true of both, of one packet that was asked about for several backends. */
  merged(one: number, other: number): number {
    return one === other ? one : this.#undetermined + 1;
  }

  /** Away from its own node a pod may have its node's address: where that is not known, both must agree. */
  #fromPod(batch: PacketBatch, row: number, reversed: boolean, profile: number): void {
    const { decisions, nodes } = this.#table;
    const { action } = decisions;
    fill(this.#source, batch.src0[row]!, batch.src1[row]!, batch.src2[row]!, batch.src3[row]!);
    fill(this.#destination, batch.dst0[row]!, batch.dst1[row]!, batch.dst2[row]!, batch.dst3[row]!);
    const pod = reversed ? this.#destination : this.#source;
    const peer = reversed ? this.#source : this.#destination;
    const node = reversed ? this.#places.nodeOfDestination(batch, row) : this.#places.nodeOfSource(batch, row);
    const { asItself, hidden } = this.#masquerade.leaving(nodes.names[node], batch.family[row]!, pod, peer);
    if (hidden === null) return;
    const { family, words } = hidden;
    const seen = family === 6 ? this.#questions.class6(...words) : this.#questions.class4(words[0]);
    const masqueraded = this.#finding(batch, row, reversed, profile, seen) + 1;
    const plain = this.entering;
    const before = this.ingress;
    this.ingress = masqueraded;
    if (!asItself) this.flags = FLAG_SNAT;
    else if (action[plain] === action[this.entering]) this.ingress = before;
    else {
      this.ingress = this.#undetermined + 1;
      this.flags = FLAG_SNAT;
    }
  }

  #finding(batch: PacketBatch, row: number, reversed: boolean, profile: number, peer: number): number {
    const question = questionOf(this.#questions, batch, row, reversed);
    const decision = decisionOn(this.#questions, this.#table, question, profile, peer);
    return findingOf(this.#general, this.#count, profile, decision);
  }
}

type MutableWords = [number, number, number, number];

function fill(words: MutableWords, w0: number, w1: number, w2: number, w3: number): void {
  words[0] = w0;
  words[1] = w1;
  words[2] = w2;
  words[3] = w3;
}
