import { type CellScratch, type CellSource, cellScratch, holdingSteps, runSteps, stepWords } from './cell.ts';
import type { Ids } from './match-table.ts';

/** Words that the remembered steps may take; beyond, they are forgotten and asked anew. */
const REMEMBERED_WORDS = 1 << 22;

/** The steps of a cell and the program that they came to. */
type Derived = { readonly profile: number; readonly steps: Uint32Array; readonly program: number };

/**
 * Programs, each distinct one stored once, back to back: program p is `store[p * width .. p * width + width - 1]`.
 * Grows by doubling up to `most`; `derive` says -1 when it is full.
 */
export class ProgramStore {
  readonly width: number;
  store: Ids;
  count = 0;
  readonly #source: CellSource;
  readonly #scratch: CellScratch;
  readonly #program: Uint32Array;
  readonly #most: number;
  readonly #byHash = new Map<number, number[]>();
  readonly #steps: Uint32Array;
  /** Most peers of a profile lead to the same few steps: what is known of them is not worked out again. */
  readonly #derived = new Map<number, Derived[]>();
  #remembered = 0;

  constructor(source: CellSource, most: number) {
    this.width = source.l4.count;
    this.#source = source;
    this.#scratch = cellScratch(source.cells.setWords);
    this.#program = new Uint32Array(this.width);
    this.#steps = new Uint32Array(stepWords(source));
    this.#most = most;
    this.store = this.#room(Math.min(most, 16));
  }

  /** The number of the program of a cell, or -1 when there is no room for a new one. */
  derive(profile: number, peerClass: number): number {
    const words = holdingSteps(this.#source, profile, peerClass, this.#steps);
    const hash = hashWords(this.#steps, words, profile);
    const alike = this.#derived.get(hash);
    const known = alike?.find((one) => one.profile === profile && startsWith(this.#steps, words, one.steps));
    if (known !== undefined) return known.program;
    runSteps(this.#source, this.#scratch, profile, this.#steps, words, this.#program);
    const program = this.#keep();
    if (program < 0) return program;
    this.#remember(hash, { profile, steps: this.#steps.slice(0, words), program });
    return program;
  }

  clear(): void {
    this.count = 0;
    this.#byHash.clear();
    this.#forget();
  }

  #remember(hash: number, derived: Derived): void {
    if (this.#remembered > REMEMBERED_WORDS) this.#forget();
    this.#remembered += derived.steps.length;
    const alike = this.#derived.get(hash) ?? [];
    this.#derived.set(hash, alike);
    alike.push(derived);
  }

  #forget(): void {
    this.#derived.clear();
    this.#remembered = 0;
  }

  /** The number of the program just worked out. */
  #keep(): number {
    const hash = hashWords(this.#program, this.width, 0);
    const alike = this.#byHash.get(hash) ?? [];
    const known = alike.find((id) => this.#equals(id));
    if (known !== undefined) return known;
    if (this.count === this.#most) return -1;
    if ((this.count + 1) * this.width > this.store.length) this.#grow();
    this.store.set(this.#program, this.count * this.width);
    this.#byHash.set(hash, alike);
    alike.push(this.count);
    return this.count++;
  }

  #equals(id: number): boolean {
    const at = id * this.width;
    for (let i = 0; i < this.width; i++) if (this.store[at + i] !== this.#program[i]) return false;
    return true;
  }

  #grow(): void {
    const larger = this.#room(Math.min(this.#most, this.count * 2));
    larger.set(this.store);
    this.store = larger;
  }

  #room(programs: number): Ids {
    const decisions = this.#source.decisions.action.length;
    return decisions <= 0x1_0000 ? new Uint16Array(programs * this.width) : new Uint32Array(programs * this.width);
  }
}

function hashWords(words: Uint32Array, count: number, seed: number): number {
  let hash = seed;
  for (let i = 0; i < count; i++) hash = Math.imul(hash ^ words[i]!, 0x9e37_79b1) ^ (hash >>> 15);
  return hash;
}

function startsWith(words: Uint32Array, count: number, start: Uint32Array): boolean {
  if (start.length !== count) return false;
  for (let i = 0; i < count; i++) if (words[i] !== start[i]) return false;
  return true;
}
