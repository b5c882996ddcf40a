/**
 * The comment that a record is to carry, in UTF-8; null leaves the record out. Asked once a record, in their order:
 * `record` counts from 1 through the input.
 */
export type CommentOf = (record: number) => Uint8Array | null;

/** Copies the records of one input as pcapng, from the bytes that they were read from. */
export type Copier = {
  /** What stands before the first record. */
  readonly head: Uint8Array;
  /**
   * Appends the records of `bytes`, which are whole, up to the one with number `last`; says where it stopped, to go on
   * from there.
   */
  readonly copy: (bytes: Uint8Array, last: number, commentOf: CommentOf, into: Growing) => number;
};

const FIRST_BYTES = 1 << 20;

/** Bytes that are appended to; used again and again, so that it grows to what one batch needs and no further. */
export class Growing {
  bytes: Uint8Array = new Uint8Array(FIRST_BYTES);
  view: DataView = new DataView(this.bytes.buffer);
  length = 0;

  get written(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  append(bytes: Uint8Array): void {
    const at = this.take(bytes.length);
    this.bytes.set(bytes, at);
  }

  /** Forgets the first of them. */
  drop(bytes: number): void {
    this.bytes.copyWithin(0, bytes, this.length);
    this.length -= bytes;
  }

  /** Makes room for that many more, cleared, and says where they begin. */
  take(bytes: number): number {
    const at = this.length;
    this.length += bytes;
    if (this.length > this.bytes.length) this.#grow();
    this.bytes.fill(0, at, this.length);
    return at;
  }

  #grow(): void {
    const larger = new Uint8Array(Math.max(this.length, this.bytes.length * 2));
    larger.set(this.bytes);
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}
