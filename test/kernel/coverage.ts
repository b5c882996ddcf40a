import type { Sequence } from './sequences.ts';

/** As /proc/net/nf_conntrack writes them; NONE: it knows no connection. */
const STATES = [
  ...['NONE', 'SYN_SENT', 'SYN_RECV', 'ESTABLISHED', 'FIN_WAIT'],
  ...['CLOSE_WAIT', 'LAST_ACK', 'TIME_WAIT', 'CLOSE', 'SYN_SENT2'],
] as const;
/** The segments that conntrack tells apart, and flags that no TCP sends. */
const SETS = ['SYN', 'SYN-ACK', 'FIN', 'ACK', 'RST', 'none', 'bad'] as const;
const DIRECTIONS = ['original', 'reply'] as const;

const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;
const CHECKED = 0x37;
const VALID: readonly number[] = [SYN, SYN | ACK, FIN | ACK, ACK, RST, RST | ACK, 0].flatMap((flags) => [
  flags,
  flags | 32,
]);

function setOf(flags: number): (typeof SETS)[number] {
  if (!VALID.includes(flags & CHECKED)) return 'bad';
  if ((flags & RST) !== 0) return 'RST';
  if ((flags & SYN) !== 0) return (flags & ACK) !== 0 ? 'SYN-ACK' : 'SYN';
  if ((flags & FIN) !== 0) return 'FIN';
  return (flags & ACK) !== 0 ? 'ACK' : 'none';
}

const IPV4_HEADER = 20;
const TCP_FLAGS = 13;

/** Which segments the kernel was shown in which of its TCP states. */
export class Coverage {
  #counts = new Map<string, number>();
  #states: ReadonlyMap<string, string> = new Map();

  /** What the kernel remembers now. */
  remember(states: ReadonlyMap<string, string>): void {
    this.#states = states;
  }

  /** A packet that it is to be shown next. */
  add(sequence: Sequence, bytes: Buffer): void {
    if (sequence.protocol !== 'tcp' || sequence.family !== 4 || sequence.setting !== 'plain') return;
    if (bytes[9] !== 6) return;
    const address = (at: number): string => bytes.subarray(at, at + 4).join('.');
    const port = (at: number): number => bytes.readUInt16BE(IPV4_HEADER + at);
    const from = `${address(12)} ${port(0)}`;
    const to = `${address(16)} ${port(2)}`;
    const original = this.#states.get(`${from} ${to}`);
    const state = original ?? this.#states.get(`${to} ${from}`) ?? 'NONE';
    const direction = original !== undefined || state === 'NONE' ? 'original' : 'reply';
    const key = `${state} ${direction} ${setOf(bytes[IPV4_HEADER + TCP_FLAGS]!)}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  /** State and direction by segment; and the pairs that were never reached. A packet of no connection has no reply. */
  get matrix(): { readonly lines: readonly string[]; readonly missing: readonly string[] } {
    const missing: string[] = [];
    const lines = [`${''.padEnd(24)}${SETS.map((set) => set.padStart(9)).join('')}`];
    for (const state of STATES)
      for (const direction of DIRECTIONS) {
        if (state === 'NONE' && direction === 'reply') continue;
        const counts = SETS.map((set) => {
          const count = this.#counts.get(`${state} ${direction} ${set}`) ?? 0;
          if (count === 0) missing.push(`${state} ${direction} ${set}`);
          return `${count}`.padStart(9);
        });
        lines.push(`${`${state} ${direction}`.padEnd(24)}${counts.join('')}`);
      }
    return { lines, missing };
  }
}
