import { addressAt, isWordAt, wordIn } from './values.ts';

/**
 * Finds the values of a fixed set of fields in a JSON object's bytes, without making objects of it: a log's record
 * has a hundred fields, and a verdict asks for ten. RFC 8259; what is not asked for is only stepped over: its
 * brackets must match and its strings must end, its numbers and words are not looked at.
 *
 *     paths   flow.IP.source   flow.l4.TCP.source_port        (a dot goes one object deeper)
 *     slots        0                     1
 *
 * Of a key that comes twice the last counts, as with JSON.parse. A key that is written with escapes is none of ours.
 */
export class JsonFields {
  /** By slot: where the value lies, strings without their quotes. `from` is -1 where the record lacks it. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** By slot: what it is. */
  readonly kind: Uint8Array;
  readonly #root: Node;
  readonly #wrapper: Node | undefined;
  /** The wrapper was met: what else the record holds is none of ours. */
  #unwrapped = false;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;

  /** `wrapper` is a key whose value, when there is one, holds the fields in place of the object itself. */
  constructor(paths: readonly string[], wrapper?: string) {
    this.from = new Int32Array(paths.length);
    this.to = new Int32Array(paths.length);
    this.kind = new Uint8Array(paths.length);
    const bare = paths.map((path, slot) => ({ keys: splitPath(path), slot }));
    const wrapped = wrapper === undefined ? [] : bare.map(({ keys, slot }) => ({ keys: [wrapper, ...keys], slot }));
    this.#root = treeOf([...wrapped, ...bare]);
    this.#wrapper = wrapper === undefined ? undefined : this.#root.children[0];
  }

  /** Does the record have the field, and is it not null? */
  has(slot: number): boolean {
    return this.from[slot]! >= 0 && !(this.kind[slot] === SCALAR && this.#bytes[this.from[slot]!] === LETTER_N);
  }

  /** The field as an address, see `addressAt`. */
  address(slot: number, out: Int32Array): number {
    return addressAt(this.#bytes, this.from[slot]!, this.to[slot]!, out);
  }

  isWord(slot: number, word: Uint8Array): boolean {
    return isWordAt(this.#bytes, this.from[slot]!, this.to[slot]!, word);
  }

  /** The place of the field's word in a list, or -1. */
  wordOf(slot: number, words: readonly Uint8Array[]): number {
    return wordIn(this.#bytes, this.from[slot]!, this.to[slot]!, words);
  }

  /** The field as text, or null without one. Escapes are read. Allocates. */
  text(slot: number): string | null {
    if (!this.has(slot)) return null;
    const from = this.from[slot]!;
    const to = this.to[slot]!;
    const raw = UTF8.decode(this.#bytes.subarray(from, to));
    if (this.kind[slot] !== STRING || !raw.includes('\\')) return raw;
    try {
      return String(JSON.parse(`"${raw}"`));
    } catch {
      return raw;
    }
  }

  /** Reads the object in [from, to). False when that is not one JSON object. */
  scan(bytes: Uint8Array, from: number, to: number): boolean {
    this.#bytes = bytes;
    this.#at = from;
    this.#end = to;
    this.#unwrapped = false;
    this.from.fill(-1);
    this.#skipBlank();
    if (this.#byte() !== OPEN_BRACE || !this.#object(this.#root)) return false;
    this.#skipBlank();
    return this.#at === to;
  }

  /** Of the byte at hand; 0 behind the end. */
  #byte(): number {
    return this.#at < this.#end ? this.#bytes[this.#at]! : 0;
  }

  #skipBlank(): void {
    const bytes = this.#bytes;
    while (this.#at < this.#end) {
      const byte = bytes[this.#at]!;
      if (byte !== SPACE && byte !== TAB && byte !== LINE_FEED && byte !== CARRIAGE_RETURN) return;
      this.#at++;
    }
  }

  /** At the opening brace; afterwards behind the closing one. */
  #object(node: Node): boolean {
    this.#at++;
    this.#skipBlank();
    if (this.#byte() === CLOSE_BRACE) {
      this.#at++;
      return true;
    }
    for (;;) {
      if (this.#byte() !== QUOTE) return false;
      const entry = this.#key(node);
      if (entry === BROKEN) return false;
      this.#skipBlank();
      if (this.#byte() !== COLON) return false;
      this.#at++;
      this.#skipBlank();
      if (!this.#value(node, entry)) return false;
      this.#skipBlank();
      const next = this.#byte();
      if (next !== COMMA && next !== CLOSE_BRACE) return false;
      this.#at++;
      if (next === CLOSE_BRACE) return true;
      this.#skipBlank();
    }
  }

  /** The entry of the node that the key at hand is, NOT_ASKED or BROKEN; afterwards behind its closing quote. */
  #key(node: Node): number {
    const bytes = this.#bytes;
    const end = this.#end;
    const start = ++this.#at;
    let hash = 0;
    let at = start;
    for (; at < end && bytes[at] !== QUOTE; at++) {
      if (bytes[at] === BACKSLASH) {
        this.#at = start - 1;
        return this.#skipString() ? NOT_ASKED : BROKEN;
      }
      hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
    }
    if (at >= end) return BROKEN;
    this.#at = at + 1;
    const { hashes, keys } = node;
    for (let i = 0; i < hashes.length; i++) if (hashes[i] === hash && isKey(keys[i]!, bytes, start, at)) return i;
    return NOT_ASKED;
  }

  #value(node: Node, entry: number): boolean {
    const isAsked = entry !== NOT_ASKED && !(this.#unwrapped && node === this.#root);
    const slot = isAsked ? node.slots[entry]! : NO_SLOT;
    const child = isAsked ? node.children[entry] : undefined;
    const first = this.#byte();
    const start = this.#at;
    if (first === QUOTE) {
      if (!this.#skipString()) return false;
      this.#found(slot, start + 1, this.#at - 1, STRING);
      return true;
    }
    if (first === OPEN_BRACE || first === OPEN_BRACKET) {
      const isRead = child !== undefined && first === OPEN_BRACE;
      if (isRead && child === this.#wrapper) this.#unwrap();
      if (!(isRead ? this.#object(child) : this.#skipNested())) return false;
      this.#found(slot, start, this.#at, NESTED);
      return true;
    }
    return this.#scalar(slot);
  }

  #unwrap(): void {
    this.#unwrapped = true;
    this.from.fill(-1);
  }

  #scalar(slot: number): boolean {
    const bytes = this.#bytes;
    const start = this.#at;
    while (this.#at < this.#end && isScalar(bytes[this.#at]!)) this.#at++;
    this.#found(slot, start, this.#at, SCALAR);
    return this.#at > start;
  }

  #found(slot: number, from: number, to: number, kind: number): void {
    if (slot === NO_SLOT) return;
    this.from[slot] = from;
    this.to[slot] = to;
    this.kind[slot] = kind;
  }

  /** At the opening quote; afterwards behind the closing one. */
  #skipString(): boolean {
    const bytes = this.#bytes;
    const end = this.#end;
    let at = this.#at + 1;
    while (at < end) {
      const byte = bytes[at++]!;
      if (byte === QUOTE) {
        this.#at = at;
        return true;
      }
      if (byte === BACKSLASH) at++;
    }
    return false;
  }

  /** At an opening bracket or brace; afterwards behind its closing one. Arrays are the 1 bits of a stack of bits. */
  #skipNested(): boolean {
    const bytes = this.#bytes;
    let depth = 0;
    let arrays = 0;
    while (this.#at < this.#end) {
      const byte = bytes[this.#at]!;
      if (byte === QUOTE) {
        if (!this.#skipString()) return false;
        continue;
      }
      this.#at++;
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (++depth > MAX_DEPTH) return false;
        arrays = (arrays << 1) | (byte === OPEN_BRACKET ? 1 : 0);
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        if ((arrays & 1) !== (byte === CLOSE_BRACKET ? 1 : 0)) return false;
        arrays >>>= 1;
        if (--depth === 0) return true;
      }
    }
    return false;
  }
}

export const STRING = 1;
/** A number, true, false or null. */
export const SCALAR = 2;
export const NESTED = 3;

const MAX_DEPTH = 31;
const NOT_ASKED = -1;
const BROKEN = -2;
const NO_SLOT = -1;

const TAB = 9;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** Digits, letters, sign and point: of what numbers, true, false and null are written with. */
const isScalar = (byte: number): boolean =>
  (byte >= 48 && byte <= 57) || (byte >= 97 && byte <= 122) || byte === 45 || byte === 46 || byte === 43 || byte === 69;

/** The keys of one object that are asked for. */
type Node = {
  readonly hashes: Int32Array;
  readonly keys: readonly Uint8Array[];
  /** By key: the slot of its value, or NO_SLOT. */
  readonly slots: readonly number[];
  /** By key: what is asked of the object that is its value. */
  readonly children: readonly (Node | undefined)[];
};

const LETTER_N = 110;
const UTF8 = new TextDecoder();

/** A backslash before a point keeps it in the key: `id\\.orig_h`. */
const splitPath = (path: string): string[] => path.split(/(?<!\\)\./).map((key) => key.replaceAll('\\.', '.'));

type Path = { readonly keys: readonly string[]; readonly slot: number };

function treeOf(paths: readonly Path[]): Node {
  const names = [...new Set(paths.map(({ keys }) => keys[0]!))];
  const keys = names.map((name) => new TextEncoder().encode(name));
  const of = (name: string): Path[] => paths.filter((path) => path.keys[0] === name);
  return {
    hashes: Int32Array.from(keys, (key) => key.reduce((hash, byte) => (Math.imul(hash, 31) + byte) | 0, 0)),
    keys,
    slots: names.map((name) => of(name).find((path) => path.keys.length === 1)?.slot ?? NO_SLOT),
    children: names.map((name) => {
      const deeper = of(name).filter((path) => path.keys.length > 1);
      if (deeper.length === 0) return undefined;
      return treeOf(deeper.map(({ keys: [, ...rest], slot }) => ({ keys: rest, slot })));
    }),
  };
}

function isKey(key: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (key.length !== to - from) return false;
  for (let i = 0; i < key.length; i++) if (bytes[from + i] !== key[i]) return false;
  return true;
}
