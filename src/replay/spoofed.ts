import { createHash } from 'node:crypto';
import { parseAddress, wordsOf } from '../net/address.ts';
import { DIRECTION_OUT, IS_SPOOFED, IS_TUNNELLED, type OuterColumns, type PacketBatch } from '../packet/batch.ts';
import type { MatchTable } from '../table/match-table.ts';

/**
 * The name that Calico gives to a pod's device on its node: `cali` and eleven digits of a hash. Source: Calico
 * libcalico-go/lib/backend/k8s/conversion, VethNameForWorkload.
 */
export const deviceOfPod = (namespace: string, name: string): string =>
  PREFIX + createHash('sha1').update(`${namespace}.${name}`).digest('hex').slice(0, DIGITS);

const PREFIX = 'cali';
const DIGITS = 11;

/** The addresses of a pod: family and four words each. */
type Owner = Int32Array;
const OWN_WORDS = 5;

/**
 * Packets that a pod sends from an address that it does not have: its node drops them before any policy (the reverse
 * path filter of Felix' raw table). Only a capture at the pod's own device tells them: what crosses that device is
 * either to the pod or from it. Marks their rows, before anything else looks at them.
 */
export class Spoofed {
  readonly #table: MatchTable;
  #byDevice: Map<string, Owner> | null = null;
  /** By device number of the names at hand; undefined for devices that are no pod's. */
  #owners: (Owner | undefined)[] = [];
  #names: readonly (string | null)[] = [];

  constructor(table: MatchTable) {
    this.#table = table;
  }

  mark(batch: PacketBatch): void {
    const { deviceNames: names } = batch;
    if (names.length === 0) return;
    if (names !== this.#names || names.length + 1 !== this.#owners.length) this.#meet(names);
    const owners = this.#owners;
    const drops = this.#table.switches.allowSpoofed !== true;
    if (!owners.some((owner) => owner !== undefined)) return;
    const { device, flags, direction, outer } = batch;
    for (let row = 0; row < batch.count; row++) {
      const owner = owners[device[row]!];
      if (owner === undefined || direction[row] === DIRECTION_OUT) continue;
      const ends = (flags[row]! & IS_TUNNELLED) === 0 ? batch : outer;
      // Another replay of the same batch may have marked it, and think otherwise.
      if (drops && isElsewhere(ends, row, owner)) flags[row]! |= IS_SPOOFED;
      else flags[row]! &= ~IS_SPOOFED;
    }
  }

  #meet(names: readonly (string | null)[]): void {
    this.#names = names;
    const isPods = names.some((name) => name?.startsWith(PREFIX));
    if (isPods) this.#byDevice ??= ownersOf(this.#table);
    this.#owners = [undefined, ...names.map((name) => (name === null ? undefined : this.#byDevice?.get(name)))];
  }
}

/** Pods by their device. Of those that share an address only the newest is known by it: an older one is left out. */
function ownersOf({ endpoints }: MatchTable): Map<string, Owner> {
  const words = endpoints.list.map((): number[] => []);
  for (const [text, endpoint] of endpoints.byAddress) {
    const address = parseAddress(text);
    if (address !== null) words[endpoint]!.push(address.family, ...wordsOf(address));
  }
  const owners = new Map<string, Owner>();
  for (const [endpoint, { namespace, name }] of endpoints.list.entries())
    if (namespace !== null && words[endpoint]!.length > 0)
      owners.set(deviceOfPod(namespace, name), Int32Array.from(words[endpoint]!));
  return owners;
}

/** Is neither end the pod, and are both addresses of somebody? */
function isElsewhere(ends: OuterColumns, row: number, owner: Owner): boolean {
  const family = ends.family[row]!;
  const source = ends.src0[row]!;
  const destination = ends.dst0[row]!;
  if (family === 4 ? isNobody4(source, destination) : isNobody6(ends, row)) return false;
  for (let at = 0; at < owner.length; at += OWN_WORDS) {
    if (owner[at] !== family) continue;
    if (isAt(owner, at, source, ends.src1[row]!, ends.src2[row]!, ends.src3[row]!)) return false;
    if (isAt(owner, at, destination, ends.dst1[row]!, ends.dst2[row]!, ends.dst3[row]!)) return false;
  }
  return true;
}

const isAt = (owner: Owner, at: number, w0: number, w1: number, w2: number, w3: number): boolean =>
  owner[at + 1] === w0 && owner[at + 2] === w1 && owner[at + 3] === w2 && owner[at + 4] === w3;

/** Without an address yet (DHCP), or to many: the node itself sends such to its pods, too. */
const isNobody4 = (source: number, destination: number): boolean =>
  source === 0 || destination >>> 28 === 0xe || destination === -1;

/** Likewise; and link-local addresses, which the manifests do not tell. */
const isNobody6 = ({ src0, src1, src2, src3, dst0 }: OuterColumns, row: number): boolean =>
  src0[row]! >>> 22 === 0x3fa ||
  dst0[row]! >>> 24 === 0xff ||
  (src0[row] === 0 && src1[row] === 0 && src2[row] === 0 && src3[row] === 0);
