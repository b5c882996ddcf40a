/**
 * XXH64 with seed 0, which zstd puts behind a frame. Source: the xxHash specification, section "XXH64".
 *
 * Four lanes take 8 bytes each of every stripe of 32. They are kept as halves of 32 bits, as BigInt would take longer
 * than decompressing; the end of a frame, at most 31 bytes, is BigInt.
 */
const STRIPE_BYTES = 32;
const LANES = 4;
const P1 = 0x9e3779b185ebca87n;
const P2 = 0xc2b2ae3d27d4eb4fn;
const P3 = 0x165667b19e3779f9n;
const P4 = 0x85ebca77c2b2ae63n;
const P5 = 0x27d4eb2f165667c5n;
const P1_LOW = Number(P1 & 0xffff_ffffn) | 0;
const P1_HIGH = Number(P1 >> 32n) | 0;
const P2_LOW = Number(P2 & 0xffff_ffffn) | 0;
const P2_HIGH = Number(P2 >> 32n) | 0;

const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);
const rotate = (value: bigint, by: bigint): bigint => u64((value << by) | (value >> (64n - by)));
const round = (lane: bigint, input: bigint): bigint => u64(rotate(u64(lane + input * P2), 31n) * P1);

export class Xxh64 {
  /** Low and high half of each lane. */
  readonly #lanes = new Int32Array(2 * LANES);
  readonly #rest = new Uint8Array(STRIPE_BYTES);
  readonly #restView = new DataView(this.#rest.buffer);
  #restBytes = 0;
  #total = 0;

  constructor() {
    [u64(P1 + P2), P2, 0n, u64(-P1)].forEach((lane, i) => {
      this.#lanes[2 * i] = Number(lane & 0xffff_ffffn);
      this.#lanes[2 * i + 1] = Number(lane >> 32n);
    });
  }

  update(bytes: Uint8Array): void {
    this.#total += bytes.length;
    let at = 0;
    if (this.#restBytes > 0) {
      at = Math.min(STRIPE_BYTES - this.#restBytes, bytes.length);
      this.#rest.set(bytes.subarray(0, at), this.#restBytes);
      this.#restBytes += at;
      if (this.#restBytes < STRIPE_BYTES) return;
      this.#stripes(this.#restView, 0, STRIPE_BYTES);
    }
    const end = bytes.length - ((bytes.length - at) % STRIPE_BYTES);
    this.#stripes(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), at, end);
    this.#rest.set(bytes.subarray(end));
    this.#restBytes = bytes.length - end;
  }

  /** The low 32 bits of the hash, unsigned: what zstd keeps of it. */
  low(): number {
    const view = this.#restView;
    let hash = u64((this.#total >= STRIPE_BYTES ? this.#merged() : P5) + BigInt(this.#total));
    let at = 0;
    for (; at + 8 <= this.#restBytes; at += 8)
      hash = u64(rotate(hash ^ round(0n, view.getBigUint64(at, true)), 27n) * P1 + P4);
    for (; at + 4 <= this.#restBytes; at += 4)
      hash = u64(rotate(hash ^ u64(BigInt(view.getUint32(at, true)) * P1), 23n) * P2 + P3);
    for (; at < this.#restBytes; at++) hash = u64(rotate(hash ^ u64(BigInt(view.getUint8(at)) * P5), 11n) * P1);
    hash = u64((hash ^ (hash >> 33n)) * P2);
    hash = u64((hash ^ (hash >> 29n)) * P3);
    return Number((hash ^ (hash >> 32n)) & 0xffff_ffffn);
  }

  #merged(): bigint {
    const lanes = Array.from(
      { length: LANES },
      (_, i) => (BigInt(this.#lanes[2 * i + 1]! >>> 0) << 32n) | BigInt(this.#lanes[2 * i]! >>> 0),
    );
    const turns = [1n, 7n, 12n, 18n];
    const sum = lanes.reduce((all, lane, i) => u64(all + rotate(lane, turns[i]!)), 0n);
    return lanes.reduce((hash, lane) => u64((hash ^ round(0n, lane)) * P1 + P4), sum);
  }

  #stripes(view: DataView, from: number, to: number): void {
    const lanes = this.#lanes;
    for (let lane = 0; lane < LANES; lane++) {
      let low = lanes[2 * lane]!;
      let high = lanes[2 * lane + 1]!;
      for (let at = from + 8 * lane; at < to; at += STRIPE_BYTES) {
        const inLow = view.getInt32(at, true);
        const inHigh = view.getInt32(at + 4, true);
        // lane + input * P2
        const addLow = Math.imul(inLow, P2_LOW);
        const addHigh = (highProduct(inLow, P2_LOW) + Math.imul(inLow, P2_HIGH) + Math.imul(inHigh, P2_LOW)) | 0;
        const sumLow = (low + addLow) | 0;
        const carry = sumLow >>> 0 < low >>> 0 ? 1 : 0;
        const sumHigh = (high + addHigh + carry) | 0;
        // rotated left by 31, times P1
        const turnedLow = (sumLow << 31) | (sumHigh >>> 1);
        const turnedHigh = (sumHigh << 31) | (sumLow >>> 1);
        low = Math.imul(turnedLow, P1_LOW);
        high = (highProduct(turnedLow, P1_LOW) + Math.imul(turnedLow, P1_HIGH) + Math.imul(turnedHigh, P1_LOW)) | 0;
      }
      lanes[2 * lane] = low;
      lanes[2 * lane + 1] = high;
    }
  }
}

/** The high 32 bits of the product of two unsigned numbers of 32 bits. */
function highProduct(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const other = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + (middle >>> 16) + (other >>> 16)) | 0;
}
