/**
 * Sequences of packets between two ends, in words.
 *
 *     tcp4: >S <SA ~1500 >A               from the left, from the right, a pause of 1500 ms
 *     tcp6 dnat: >S <SA                   settings stand behind the protocol
 *
 *     TCP     letters of FSRPAUEC, `-` for none; `@-5` with another sequence number
 *     ICMP    type, `/code`, `#identifier`
 *     SCTP    chunk types, joined by `+`
 *     UDP     nothing, or `long`: it says that it is longer than it is
 *     others  nothing; UDP-Lite may be `unsummed`, without a checksum
 *     any     `!type/code` an ICMP error about the last packet that came from the other side; `:port`, `:addr`,
 *             `:dst`, ... say what is wrong with it (packets.ts)
 *             `|1/3` the first of three fragments
 *
 *     dnat    the left speaks to a Service, the right is its backend
 *     snat    the right sees a node's address for the left's
 *     deny    the left speaks to a port that a policy denies
 */
export const PROTOCOLS = ['tcp', 'udp', 'udplite', 'icmp', 'sctp', 'gre', 'esp'] as const;
export type Protocol = (typeof PROTOCOLS)[number];
export const SETTINGS = ['plain', 'dnat', 'snat', 'deny'] as const;
export type Setting = (typeof SETTINGS)[number];

export type Step = {
  /** Milliseconds since the sequence began. */
  readonly at: number;
  readonly side: 'left' | 'right';
  readonly word: string;
  /** From 1, of a datagram in so many pieces. */
  readonly piece: { readonly number: number; readonly of: number } | null;
};

export type Sequence = {
  readonly text: string;
  readonly protocol: Protocol;
  readonly family: 4 | 6;
  readonly setting: Setting;
  readonly steps: readonly Step[];
};

const HEAD = /^([a-z]+)([46])(?: ([a-z]+))?: (.+)$/;
const STEP = /^([<>])([^|]*)(?:\|(\d)\/(\d))?$/;

/** @throws Error that names the word which is not understood */
export function parseSequence(text: string): Sequence {
  const head = HEAD.exec(text);
  const protocol = PROTOCOLS.find((one) => one === head?.[1]);
  const setting = SETTINGS.find((one) => one === (head?.[3] ?? 'plain'));
  if (head === null || protocol === undefined || setting === undefined)
    throw new Error(`sequence \`${text}\`: expected \`protocol4: >packet <packet\``);
  let at = 0;
  const steps: Step[] = [];
  for (const word of head[4]!.split(' ')) {
    if (word.startsWith('~')) {
      at += Number(word.slice(1));
      continue;
    }
    const step = STEP.exec(word);
    if (step === null || Number.isNaN(at)) throw new Error(`sequence \`${text}\`: word \`${word}\` is not understood`);
    const piece = step[3] === undefined ? null : { number: Number(step[3]), of: Number(step[4]) };
    steps.push({ at, side: step[1] === '>' ? 'left' : 'right', word: step[2]!, piece });
  }
  return { text, protocol, family: head[2] === '4' ? 4 : 6, setting, steps };
}

export const isTimed = (sequence: Sequence): boolean => sequence.steps.some((step) => step.at > 0);

/**
 * What conntrack says of a packet, a letter each: New, Established, Related, Invalid, Untracked; Dropped by policy;
 * `?` a packet that never came out.
 */
export type Letter = 'N' | 'E' | 'R' | 'I' | 'U' | 'D' | '?';

/** A sequence and what the kernel said of each of its packets; `ours` is there when it is known to differ. */
export type Recorded = { readonly sequence: Sequence; readonly kernel: string; readonly ours: string };

const ARROW = ' => ';

/** Lines `sequence => letters`, or `sequence => letters, ours letters`; blank ones and those after `#` are left out. */
export function parseRecorded(text: string): Recorded[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const [says, letters = ''] = line.split(ARROW);
      const [kernel = '', ours = kernel] = letters.split(', ours ');
      return { sequence: parseSequence(says!), kernel, ours };
    });
}

/** The same text with these letters in their places. */
export function withLetters(text: string, letters: (sequence: Sequence) => string): string {
  return text
    .split('\n')
    .map((line) => {
      if (line.trim() === '' || line.startsWith('#')) return line;
      const [says, before = ''] = line.split(ARROW);
      const ours = before.split(', ours ')[1];
      return says + ARROW + letters(parseSequence(says!)) + (ours === undefined ? '' : `, ours ${ours}`);
    })
    .join('\n');
}
