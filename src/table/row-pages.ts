import {
  type CellAid,
  type CellSource,
  cellAid,
  deriveRow,
  longestRow,
  runRowWord,
  type WordScratch,
  wordScratch,
} from './cell.ts';
import type { Ids } from './match-table.ts';
import { RowIndex } from './rows.ts';

/** L4 classes of a page: as many as a word of an L4 set has bits. */
export const PAGE_SHIFT = 5;
export const PAGE_CLASSES = 1 << PAGE_SHIFT;
/** Rows that `decisions` takes at most. */
const SLICE_ROWS = 256;
/** Rows take at most so many words; an index with more is full. */
const MOST_ROW_WORDS = 1 << 22;

/**
 * Rows (cell.ts), each distinct one once, and what they come to, worked out a page of L4 classes at a time when one
 * of them is asked for: of thousands of L4 classes a row is asked about a few.
 *
 *     row r   | page of classes 0-31 | page of 32-63 | ...     `stride` numbers of pages; 0: not worked out yet
 *     page p  | decision | decision | ... 32 of them
 *
 * Both are bounded. Pages that find no room make all pages be worked out anew; `derive` says -1 when rows are full.
 */
export class RowPages {
  /** By row, `stride` a row. Another array once it grew. */
  pageOf: Uint32Array;
  /** By page, PAGE_CLASSES a page. Another array once it grew. */
  pages: Ids;
  readonly stride: number;
  readonly #source: CellSource;
  readonly #aid: CellAid;
  readonly #scratch: WordScratch = wordScratch();
  readonly #row: Int32Array;
  readonly #index = new RowIndex();
  readonly #mostRows: number;
  readonly #mostPages: number;
  /** By row: where its words begin in the index's store, and how many they are. */
  #places = new Int32Array(2 * 64);
  /** Pages of the rows that `decisions` is at. */
  readonly #slice = new Int32Array(SLICE_ROWS);
  #rows = 0;
  /** Page 0 is none. */
  #pages = 1;

  /** @param mostBytes the room for both; at least one row and one page fit */
  constructor(source: CellSource, mostBytes: number) {
    const { setWords } = source.cells;
    this.stride = setWords;
    this.#source = source;
    this.#aid = cellAid(source);
    this.#row = new Int32Array(longestRow(source));
    const half = mostBytes / 2;
    this.#mostRows = Math.max(1, Math.floor(half / (Uint32Array.BYTES_PER_ELEMENT * setWords)));
    this.pageOf = new Uint32Array(Math.min(this.#mostRows, 64) * setWords);
    this.pages = this.#room(2);
    this.#mostPages = Math.max(1, Math.floor(half / (this.pages.BYTES_PER_ELEMENT * PAGE_CLASSES)));
  }

  /** The number of the row of a cell, or -1 when there is no room for a new one. */
  derive(profile: number, peerClass: number): number {
    const length = deriveRow(this.#source, this.#aid, profile, peerClass, this.#row);
    const index = this.#index;
    const known = index.find(this.#row, length);
    if (known >= 0) return known;
    if (this.#rows === this.#mostRows || (index.words + length > MOST_ROW_WORDS && index.words > 0)) return -1;
    const row = this.#rows++;
    if (this.#rows * this.stride > this.pageOf.length) this.#growRows();
    if (this.#rows * 2 > this.#places.length) this.#places = doubled(this.#places);
    this.#places[row * 2] = index.add(this.#row, length, row);
    this.#places[row * 2 + 1] = length;
    return row;
  }

  /** The decision of a row about an L4 class. */
  decision(row: number, l4: number): number {
    let page = this.pageOf[row * this.stride + (l4 >>> PAGE_SHIFT)]!;
    if (page === 0) page = this.#work(row, l4 >>> PAGE_SHIFT);
    return this.pages[(page << PAGE_SHIFT) + (l4 & (PAGE_CLASSES - 1))]!;
  }

  /** `decision` of `rows[i]` about `l4[i]` into `out[at + i]`, for the first `count`; rows below 0 are passed over. */
  decisions(rows: Int32Array, l4: Int32Array, count: number, out: Uint32Array, at: number): void {
    const { pageOf, stride } = this;
    const places = this.#slice;
    for (let i = 0; i < count; i++) places[i] = pageOf[Math.max(0, rows[i]!) * stride + (l4[i]! >>> PAGE_SHIFT)]!;
    const { pages } = this;
    let missing = 0;
    for (let i = 0; i < count; i++) {
      out[at + i] = pages[(places[i]! << PAGE_SHIFT) + (l4[i]! & (PAGE_CLASSES - 1))]!;
      if (places[i] === 0) places[missing++] = i;
    }
    // Last: pages that are worked out may take the room of others.
    for (let k = 0; k < missing; k++) {
      const i = places[k]!;
      if (rows[i]! >= 0) out[at + i] = this.decision(rows[i]!, l4[i]!);
    }
  }

  clear(): void {
    this.#index.clear();
    this.#rows = 0;
    this.#forgetPages();
  }

  /** Works a page out; returns its number. */
  #work(row: number, word: number): number {
    if (this.#pages > this.#mostPages) this.#forgetPages();
    const page = this.#pages++;
    if (this.#pages << PAGE_SHIFT > this.pages.length) this.#growPages();
    const at = this.#places[row * 2]!;
    const length = this.#places[row * 2 + 1]!;
    runRowWord(this.#source, this.#scratch, this.#index.store, at, length, word, this.pages, page << PAGE_SHIFT);
    this.pageOf[row * this.stride + word] = page;
    return page;
  }

  #forgetPages(): void {
    this.#pages = 1;
    this.pageOf.fill(0);
  }

  #growRows(): void {
    const most = this.#mostRows * this.stride;
    const larger = new Uint32Array(Math.min(most, this.pageOf.length * 2));
    larger.set(this.pageOf);
    this.pageOf = larger;
  }

  #growPages(): void {
    const larger = this.#room(Math.min(this.#mostPages + 1, (this.pages.length >>> PAGE_SHIFT) * 2));
    larger.set(this.pages);
    this.pages = larger;
  }

  #room(pages: number): Ids {
    const decisions = this.#source.decisions.action.length;
    const length = pages << PAGE_SHIFT;
    return decisions <= 0x1_0000 ? new Uint16Array(length) : new Uint32Array(length);
  }
}

function doubled(words: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(words.length * 2);
  larger.set(words);
  return larger;
}
