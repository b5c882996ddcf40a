import type { PacketBatch } from '../packet/batch.ts';
import * as entry from './entry.ts';
import { LINUX_TIMEOUTS, Lifetimes, type Timeouts } from './timeouts.ts';
import { finishHash, hashOfKey, hashOfRow, mix3 } from './tuple.ts';

const { ENTRY_WORDS, HIGH, HIGH_TAIL, KEY_MASK, LOW, LOW_TAIL, META, NEXT, PORTS, SEEN, USED, V6 } = entry;

/** How many entries are looked at for one to forget. */
const SAMPLE = 16;
/** Times are compared modulo 2^32 ms: before 2^30 more have gone, what expired is swept out. */
const SWEEP_AFTER = 2 ** 30;

/**
 * The connections that are remembered: a hash table with chains over a pool of entries (entry.ts). Everything is
 * allocated at once and zero-filled: pages that no connection touched cost nothing.
 *
 *     heads    | 3 | 0 | 1 | ...          index + 1 of the first entry of each chain, 0 for none
 *     words    | entry 0 | entry 1 | entry 2 | ... | entry capacity-1 |
 *
 * When all entries are in use, one is forgotten: of the next SAMPLE after a moving hand, one that has expired, else
 * the one seen least recently. So a table of up to SAMPLE entries forgets the least recently seen of all.
 */
export class Connections {
  readonly capacity: number;
  /** Entries, ENTRY_WORDS apiece. An entry is named by where it begins in here. */
  readonly words: Int32Array;
  /** By entry, two words: what host endpoints found at either end; null where the table has none. */
  readonly hosts: Int32Array | null;
  readonly seed: number;
  /** Timeouts of Calico's eBPF, not Linux's. */
  count = 0;
  /** Live entries that were forgotten to make room. */
  evictions = 0;
  /** Milliseconds modulo 2^32, see Clock. */
  now = 0;
  #lifetimes: Lifetimes;
  #heads: Int32Array;
  #mask: number;
  /** Entries that were ever in use: those behind are untouched. */
  #touched = 0;
  #free = 0;
  #hand = 0;
  #sweptAt = 0;

  constructor(
    capacity: number,
    timeouts: Timeouts = LINUX_TIMEOUTS,
    seed: number = (Math.random() * 2 ** 32) | 0,
    hasHosts = false,
  ) {
    this.capacity = capacity;
    this.#lifetimes = new Lifetimes(timeouts);
    this.words = new Int32Array(capacity * ENTRY_WORDS);
    this.hosts = hasHosts ? new Int32Array(capacity * 2) : null;
    // The largest power of two within the capacity: heads then take at most 4 bytes an entry.
    const heads = 2 ** Math.floor(Math.log2(capacity));
    this.#heads = new Int32Array(heads);
    this.#mask = heads - 1;
    this.seed = seed;
  }

  /** Bytes allocated. */
  get bytes(): number {
    return this.words.byteLength + this.#heads.byteLength + (this.hosts?.byteLength ?? 0);
  }

  hash(batch: PacketBatch, row: number, swap: number, ports: number): number {
    return hashOfRow(this.seed, batch, row, swap, ports);
  }

  /** Reads the first entry of a hash's chain, so that it is in the cache when it is asked for. */
  touch(hash: number): number {
    const head = this.#heads[hash & this.#mask]!;
    return head === 0 ? 0 : this.words[(head - 1) * ENTRY_WORDS]!;
  }

  /** The entry with a row's key, expired or not; -1 for none. */
  find(batch: PacketBatch, row: number, swap: number, ports: number, hash: number): number {
    const { words } = this;
    const v6 = batch.family[row] === 6;
    const key = batch.protocol[row]! | (v6 ? V6 : 0) | USED;
    const low = swap === 0 ? batch.src0[row]! : batch.dst0[row]!;
    const high = swap === 0 ? batch.dst0[row]! : batch.src0[row]!;
    for (let next = this.#heads[hash & this.#mask]!; next !== 0; ) {
      const at = (next - 1) * ENTRY_WORDS;
      if (
        words[at + LOW] === low &&
        words[at + HIGH] === high &&
        words[at + PORTS] === ports &&
        (words[at + META]! & KEY_MASK) === key &&
        (!v6 || this.#hasTails(at, batch, row, swap))
      )
        return at;
      next = words[at + NEXT]!;
    }
    return -1;
  }

  /** Is the entry that a row was found to have before still its own? Entries move when others are forgotten. */
  isOf(at: number, batch: PacketBatch, row: number, swap: number, ports: number): boolean {
    const { words } = this;
    const v6 = batch.family[row] === 6;
    return (
      words[at + PORTS] === ports &&
      words[at + LOW] === (swap === 0 ? batch.src0[row]! : batch.dst0[row]!) &&
      words[at + HIGH] === (swap === 0 ? batch.dst0[row]! : batch.src0[row]!) &&
      (words[at + META]! & KEY_MASK) === (batch.protocol[row]! | (v6 ? V6 : 0) | USED) &&
      (!v6 || this.#hasTails(at, batch, row, swap))
    );
  }

  expired(at: number): boolean {
    return (this.now - this.words[at + SEEN]!) >>> 0 >= this.#lifetimes.of(this.words[at + META]!);
  }

  /**
   * A new entry with a row's key, seen now; the caller fills meta beside the key, findings and opener. INVARIANT: no
   * entry has the key.
   */
  insert(batch: PacketBatch, row: number, swap: number, ports: number, hash: number): number {
    const { words } = this;
    const at = this.#take();
    const v6 = batch.family[row] === 6;
    words[at + META] = batch.protocol[row]! | (v6 ? V6 : 0) | USED;
    words[at + PORTS] = ports;
    words[at + LOW] = swap === 0 ? batch.src0[row]! : batch.dst0[row]!;
    words[at + HIGH] = swap === 0 ? batch.dst0[row]! : batch.src0[row]!;
    words[at + SEEN] = this.now;
    if (v6) this.#writeTails(at, batch, row, swap);
    const slot = hash & this.#mask;
    words[at + NEXT] = this.#heads[slot]!;
    this.#heads[slot] = at / ENTRY_WORDS + 1;
    this.count++;
    return at;
  }

  remove(at: number): void {
    const { words } = this;
    const slot = this.#hashOf(at) & this.#mask;
    const me = at / ENTRY_WORDS + 1;
    const after = words[at + NEXT]!;
    if (this.#heads[slot] === me) this.#heads[slot] = after;
    else {
      let before = (this.#heads[slot]! - 1) * ENTRY_WORDS;
      while (words[before + NEXT] !== me) before = (words[before + NEXT]! - 1) * ENTRY_WORDS;
      words[before + NEXT] = after;
    }
    words[at + META] = 0;
    words[at + NEXT] = this.#free;
    this.#free = me;
    this.count--;
  }

  /**
   * Moves the clock on. `milliseconds` since 1970 never goes back; `jump` is how far it moves (Infinity: no time was
   * known before).
   */
  advance(milliseconds: number, jump: number): void {
    this.now = milliseconds | 0;
    if (jump === Number.POSITIVE_INFINITY) this.#restamp();
    else if (jump >= this.#lifetimes.longest) this.#sweep(() => true);
    else if (milliseconds - this.#sweptAt > SWEEP_AFTER) this.#sweep((at) => this.expired(at));
    else return;
    this.#sweptAt = milliseconds;
  }

  /** A new input begins: openers lie in an earlier one from here on. */
  beginFile(): void {
    for (let at = META; at < this.#touched * ENTRY_WORDS; at += ENTRY_WORDS) this.words[at]! &= ~entry.THIS_FILE;
  }

  /** Entries from before the first timestamp count as seen now. */
  #restamp(): void {
    for (let at = SEEN; at < this.#touched * ENTRY_WORDS; at += ENTRY_WORDS) this.words[at] = this.now;
  }

  #sweep(goes: (at: number) => boolean): void {
    for (let at = 0; at < this.#touched * ENTRY_WORDS; at += ENTRY_WORDS)
      if ((this.words[at + META]! & USED) !== 0 && goes(at)) this.remove(at);
  }

  #take(): number {
    if (this.#free !== 0) {
      const at = (this.#free - 1) * ENTRY_WORDS;
      this.#free = this.words[at + NEXT]!;
      return at;
    }
    if (this.#touched < this.capacity) return this.#touched++ * ENTRY_WORDS;
    this.#forgetOne();
    return this.#take();
  }

  #forgetOne(): void {
    const looks = Math.min(SAMPLE, this.capacity);
    let oldest = -1;
    let age = -1;
    for (let i = 0; i < looks; i++) {
      const at = ((this.#hand + i) % this.capacity) * ENTRY_WORDS;
      if (this.expired(at)) {
        this.remove(at);
        return;
      }
      const idle = (this.now - this.words[at + SEEN]!) >>> 0;
      if (idle <= age) continue;
      age = idle;
      oldest = at;
    }
    this.#hand = (this.#hand + looks) % this.capacity;
    this.remove(oldest);
    this.evictions++;
  }

  #hashOf(at: number): number {
    const { words } = this;
    const meta = words[at + META]!;
    let h = hashOfKey(this.seed, meta & entry.PROTOCOL_MASK, words[at + LOW]!, words[at + HIGH]!, words[at + PORTS]!);
    if ((meta & V6) !== 0) {
      h = mix3(h, words[at + LOW_TAIL]!, words[at + LOW_TAIL + 1]!, words[at + LOW_TAIL + 2]!);
      h = mix3(h, words[at + HIGH_TAIL]!, words[at + HIGH_TAIL + 1]!, words[at + HIGH_TAIL + 2]!);
    }
    return finishHash(h);
  }

  #hasTails(at: number, batch: PacketBatch, row: number, swap: number): boolean {
    const { words } = this;
    const source = at + (swap === 0 ? LOW_TAIL : HIGH_TAIL);
    const destination = at + (swap === 0 ? HIGH_TAIL : LOW_TAIL);
    return (
      words[source] === batch.src1[row] &&
      words[source + 1] === batch.src2[row] &&
      words[source + 2] === batch.src3[row] &&
      words[destination] === batch.dst1[row] &&
      words[destination + 1] === batch.dst2[row] &&
      words[destination + 2] === batch.dst3[row]
    );
  }

  #writeTails(at: number, batch: PacketBatch, row: number, swap: number): void {
    const { words } = this;
    const source = at + (swap === 0 ? LOW_TAIL : HIGH_TAIL);
    const destination = at + (swap === 0 ? HIGH_TAIL : LOW_TAIL);
    words[source] = batch.src1[row]!;
    words[source + 1] = batch.src2[row]!;
    words[source + 2] = batch.src3[row]!;
    words[destination] = batch.dst1[row]!;
    words[destination + 1] = batch.dst2[row]!;
    words[destination + 2] = batch.dst3[row]!;
  }
}
