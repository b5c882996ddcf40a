import { createBatch, type PacketBatch } from '../packet/batch.ts';
import { DROPPED, FORWARDED, flagBit, reasonNumber, UNDETERMINED } from '../verdict/reasons.ts';
import type { Hidden, Place, Words } from './fronts.ts';
import { NO_HOST } from './hosts.ts';
import { type Judge, OWN_NODE, POLICY, SERVICE_ADDRESS } from './judge.ts';

export const FLAG_SNAT = flagBit('snat');
export const FLAG_HAIRPIN = flagBit('hairpin');
const LOOPBACK = reasonNumber('loopback');

/** One way that an opener may go, and what became of it there. */
export type Leg = {
  /** Backends that no policy tells apart; the front itself, where it is not reached. */
  readonly backends: readonly (Place & { readonly port: number })[];
  readonly hide: Hidden | null;
  /** Egress policy saw the front, not the backend. */
  readonly beforeTranslation: boolean;
  readonly verdict: number;
  readonly reason: number;
  readonly egress: number;
  readonly ingress: number;
  /** Findings and 1 more, or NO_HOST. */
  readonly hostEgress: number;
  readonly hostIngress: number;
  readonly flags: number;
};

/**
 * Judges one opener as each backend would get it, and says what is true of all of them.
 *
 *     client ----(front)----> backend        egress policy asks who the backend is, and where the port is another
 *       or node's address --> backend        node's, that node; ingress policy asks for the source that arrives
 */
export class Legs {
  /** How many were judged, and whether their verdicts differ. */
  count = 0;
  mixed = false;
  /** Each way is told of here, where somebody asks for the ways. */
  told: Leg[] | null = null;
  /** One row: the opener, whose ends are put in place for each question. */
  readonly packet: PacketBatch = createBatch(1);
  #judge: Judge;
  #allowHairpin: boolean;
  #client: Words = NOWHERE;
  #front: Words = NOWHERE;
  #frontPort = 0;
  #last = { verdict: 0, reason: 0, egress: 0, ingress: 0, hostEgress: NO_HOST, hostIngress: NO_HOST, flags: 0 };
  #verdict = 0;
  #reason = 0;
  #egress = 0;
  #ingress = 0;
  #flags = 0;
  #hostEgress = NO_HOST;
  #hostIngress = NO_HOST;

  constructor(judge: Judge, allowHairpin: boolean) {
    this.#judge = judge;
    this.#allowHairpin = allowHairpin;
  }

  /** Takes a row; `reversed`: it answers the opener, so its source is the front. */
  begin(batch: PacketBatch, row: number, reversed: boolean): void {
    const p = this.packet;
    p.family[0] = batch.family[row]!;
    p.protocol[0] = batch.protocol[row]!;
    p.flags[0] = batch.flags[row]!;
    p.tcpFlags[0] = batch.tcpFlags[row]!;
    const source: Words = [batch.src0[row]!, batch.src1[row]!, batch.src2[row]!, batch.src3[row]!];
    const destination: Words = [batch.dst0[row]!, batch.dst1[row]!, batch.dst2[row]!, batch.dst3[row]!];
    this.#client = reversed ? destination : source;
    this.#front = reversed ? source : destination;
    p.sourcePort[0] = reversed ? batch.destinationPort[row]! : batch.sourcePort[row]!;
    this.#frontPort = reversed ? batch.sourcePort[row]! : batch.destinationPort[row]!;
    this.comesFrom(this.#client);
    this.goesTo(this.#front, this.#frontPort);
    this.count = 0;
    this.mixed = false;
  }

  get client(): Words {
    return this.#client;
  }

  get front(): Words {
    return this.#front;
  }

  get frontPort(): number {
    return this.#frontPort;
  }

  comesFrom(words: Words): void {
    const p = this.packet;
    p.src0[0] = words[0];
    p.src1[0] = words[1];
    p.src2[0] = words[2];
    p.src3[0] = words[3];
  }

  goesTo(words: Words, port: number): void {
    const p = this.packet;
    p.dst0[0] = words[0];
    p.dst1[0] = words[1];
    p.dst2[0] = words[2];
    p.dst3[0] = words[3];
    p.destinationPort[0] = port;
  }

  /**
   * The opener as one backend gets it. `hide`: the address that it arrives with in place of the client's.
   * `beforeTranslation`: the client's own node does not translate, so its egress policy sees the front. `flags`: what
   * is to be said of it. `alike`: the backends that this one stands for.
   */
  judge(
    backend: Place & { readonly port: number },
    hide: Hidden | null,
    beforeTranslation: boolean,
    flags = 0,
    alike: () => readonly (Place & { readonly port: number })[] = () => [backend],
  ): void {
    this.#go(backend, hide, beforeTranslation, flags);
    if (this.told === null) return;
    this.told.push({ ...this.#last, backends: alike(), hide, beforeTranslation });
  }

  #go(
    backend: Place & { readonly port: number },
    hide: Hidden | null,
    beforeTranslation: boolean,
    flags: number,
  ): void {
    const judge = this.#judge;
    if (hide === null && !beforeTranslation && isSame(backend.words, this.#client)) {
      this.#toItself(backend);
      return;
    }
    this.comesFrom(this.#client);
    if (beforeTranslation) this.goesTo(this.#front, this.#frontPort);
    else this.goesTo(backend.words, backend.port);
    this.#ask();
    if ((hide === null && !beforeTranslation) || judge.isFinal) {
      this.#record(judge.verdict, judge.reason, judge.egress, judge.ingress, judge.flags);
      return;
    }
    const { egress } = judge;
    const hostEgress = judge.hosts?.egress ?? NO_HOST;
    const before = judge.flags | flags;
    this.goesTo(backend.words, backend.port);
    if (hide !== null) this.comesFrom(hide.words);
    this.#ask();
    const own = judge.reason === OWN_NODE;
    const both = judge.flags | before;
    // What the entering node sends on is no traffic of its own.
    if (judge.hosts !== null) judge.hosts.egress = hostEgress;
    judge.combine(egress, judge.ingress);
    const reason = own && judge.reason !== POLICY ? OWN_NODE : judge.reason;
    this.#record(judge.verdict, reason, egress, judge.ingress, both);
  }

  /**
   * A pod that reaches itself through a Service: Calico's chains see its own address at both ends, as its packets are
   * masqueraded behind them. Kubernetes leaves open what policy says of that.
   */
  #toItself(backend: Place & { readonly port: number }): void {
    const judge = this.#judge;
    if (this.#allowHairpin) {
      judge.hosts?.none();
      this.#record(FORWARDED, LOOPBACK, judge.notJudged, judge.notJudged, FLAG_HAIRPIN);
      return;
    }
    this.comesFrom(this.#client);
    this.goesTo(backend.words, backend.port);
    this.#ask();
    this.#record(judge.verdict, judge.reason, judge.egress, judge.ingress, judge.flags | FLAG_HAIRPIN);
  }

  /** What egress policy alone says of the packet before it is translated: true when it drops it. */
  isKept(): boolean {
    const judge = this.#judge;
    this.comesFrom(this.#client);
    this.goesTo(this.#front, this.#frontPort);
    this.#ask();
    if (judge.hosts !== null) judge.hosts.ingress = NO_HOST;
    if (!judge.isFinal) judge.combine(judge.egress, judge.notJudged);
    return judge.verdict === DROPPED;
  }

  /** Puts what is true of all into the judge's fields. INVARIANT: at least one was judged. */
  conclude(): void {
    const judge = this.#judge;
    judge.verdict = this.mixed ? UNDETERMINED : this.#verdict;
    judge.reason = this.mixed ? SERVICE_ADDRESS : this.#reason;
    judge.egress = this.#egress;
    judge.ingress = this.#ingress;
    judge.flags = this.#flags;
    if (judge.hosts === null) return;
    judge.hosts.egress = this.#hostEgress;
    judge.hosts.ingress = this.#hostIngress;
  }

  #ask(): void {
    this.#judge.classify(this.packet, 0);
    this.#judge.ask(this.packet, 0, false);
  }

  #record(verdict: number, reason: number, egress: number, ingress: number, flags: number): void {
    const { undetermined, hosts } = this.#judge;
    const hostEgress = hosts?.egress ?? NO_HOST;
    const hostIngress = hosts?.ingress ?? NO_HOST;
    if (this.told !== null) this.#last = { verdict, reason, egress, ingress, hostEgress, hostIngress, flags };
    if (this.count++ === 0) {
      this.#hostEgress = hostEgress;
      this.#hostIngress = hostIngress;
      this.#verdict = verdict;
      this.#reason = reason;
      this.#egress = egress;
      this.#ingress = ingress;
      this.#flags = flags;
      return;
    }
    if (verdict !== this.#verdict) this.mixed = true;
    if (reason !== this.#reason)
      this.#reason = this.#verdict === FORWARDED && reason === OWN_NODE ? this.#reason : POLICY;
    if (egress !== this.#egress) this.#egress = undetermined;
    if (ingress !== this.#ingress) this.#ingress = undetermined;
    this.#flags |= flags;
    if (hosts === null) return;
    this.#hostEgress = hosts.merged(this.#hostEgress, hostEgress);
    this.#hostIngress = hosts.merged(this.#hostIngress, hostIngress);
  }
}

const NOWHERE: Words = [0, 0, 0, 0];

const isSame = (a: Words, b: Words): boolean => a.every((word, i) => (word | 0) === (b[i]! | 0));
