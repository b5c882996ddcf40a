import { parseAddress, wordsOf } from '../net/address.ts';
import type { PacketBatch } from '../packet/batch.ts';
import type { HostTable } from '../table/hosts.ts';
import type { MatchTable } from '../table/match-table.ts';
import { isWithin, type Range, rangeOf } from './fronts.ts';
import type { Places } from './places.ts';
import type { Questions } from './questions.ts';

const NONE = -1;

/**
 * Does a pod's packet come to another node with its own node's address (an IPPool's `natOutgoing`)? The pools say so:
 * from one that masquerades to an address in none. Without any pool it may. Source: felix/rules/nat.go.
 */
export class Masquerade {
  /** The pools are known. */
  readonly isCertain: boolean;
  readonly #pools: readonly (Range & { readonly natOutgoing: boolean })[];
  readonly #places: Places;
  /** Room for a row's ends. */
  readonly #source: Words = [0, 0, 0, 0];
  readonly #destination: Words = [0, 0, 0, 0];
  /** By node and family: class of its first address; NONE without one. */
  readonly #own: Readonly<Record<number, Int32Array>>;

  constructor(table: MatchTable, { pools }: HostTable, questions: Questions, places: Places) {
    this.isCertain = pools.length > 0;
    this.#pools = pools.map(({ net, natOutgoing }) => ({ ...rangeOf(net), natOutgoing }));
    this.#places = places;
    this.#own = ownClasses(table, questions);
  }

  /** The class of the address that the pod's node gives the packet; -1: the packet keeps its own, or it is not known. */
  classOf(batch: PacketBatch, row: number, reversed: boolean): number {
    if (this.isCertain && !this.#leaves(batch, row, reversed)) return NONE;
    const node = reversed ? this.#places.nodeOfDestination(batch, row) : this.#places.nodeOfSource(batch, row);
    return node < 0 ? NONE : this.#own[batch.family[row]!]![node]!;
  }

  /** From a pool that masquerades to an address in none? */
  #leaves(batch: PacketBatch, row: number, reversed: boolean): boolean {
    const source = this.#source;
    const destination = this.#destination;
    const { src0, src1, src2, src3, dst0, dst1, dst2, dst3 } = batch;
    fill(source, src0[row]!, src1[row]!, src2[row]!, src3[row]!);
    fill(destination, dst0[row]!, dst1[row]!, dst2[row]!, dst3[row]!);
    const [pod, peer] = reversed ? [destination, source] : [source, destination];
    const family = batch.family[row]!;
    const leaves = this.#pools.some((pool) => pool.natOutgoing && isWithin(pool, family, pod));
    return leaves && !this.#pools.some((pool) => isWithin(pool, family, peer));
  }
}

type Words = [number, number, number, number];

function fill(words: Words, w0: number, w1: number, w2: number, w3: number): void {
  words[0] = w0;
  words[1] = w1;
  words[2] = w2;
  words[3] = w3;
}

function ownClasses({ nodes }: MatchTable, questions: Questions): Record<number, Int32Array> {
  const own = { 4: new Int32Array(nodes.names.length).fill(NONE), 6: new Int32Array(nodes.names.length).fill(NONE) };
  for (const [text, node] of nodes.byAddress) {
    const address = parseAddress(text)!;
    const words = wordsOf(address);
    const found = address.family === 6 ? questions.class6(...words) : questions.class4(words[0]);
    if (own[address.family][node] === NONE) own[address.family][node] = found;
  }
  return own;
}
