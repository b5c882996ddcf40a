/** Typed arrays that workers can share without copying. Zero-filled. */
export const sharedWords = (length: number): Uint32Array =>
  new Uint32Array(new SharedArrayBuffer(length * Uint32Array.BYTES_PER_ELEMENT));

export const sharedShorts = (length: number): Uint16Array =>
  new Uint16Array(new SharedArrayBuffer(length * Uint16Array.BYTES_PER_ELEMENT));

export const sharedBytes = (length: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(length));

export const sharedInts = (length: number): Int32Array =>
  new Int32Array(new SharedArrayBuffer(length * Int32Array.BYTES_PER_ELEMENT));

/** Ids up to `largest`: 16 bits wide where they fit, 32 where not. */
export const sharedIds = (length: number, largest: number): Uint16Array | Uint32Array =>
  largest < 0x1_0000 ? sharedShorts(length) : sharedWords(length);

export function shareWords(from: ArrayLike<number>): Uint32Array {
  const to = sharedWords(from.length);
  to.set(from);
  return to;
}
