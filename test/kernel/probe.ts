import type { Midstream } from '../../src/replay/options.ts';
import type { Timeouts } from '../../src/replay/timeouts.ts';
import type { PolicyTable } from '../../src/table/policy-table.ts';
import type { Coverage } from './coverage.ts';
import type { Kernel } from './kernel.ts';
import { lettersOfOurs, type Seen } from './ours.ts';
import { type Frame, framesOf } from './packets.ts';
import type { Letter, Sequence } from './sequences.ts';

/** Where a capture is taken: what goes in on either side, or what is seen on one side. */
export type View = 'in' | 'left' | 'right';

/** The views of which we can tell what the kernel can. A node's address in the client's place tells us nothing. */
export const viewsOf = ({ setting }: Sequence): readonly View[] =>
  setting === 'dnat' ? ['in', 'left', 'right'] : setting === 'snat' ? ['left'] : ['in'];

type Event = Frame & { readonly place: number };
type Sighting = Seen & { readonly place: number; readonly step: number; readonly side: 'left' | 'right' };

/** What the kernel said of every packet, by sequence, and where the packets were seen. */
export type Answers = {
  readonly sequences: readonly Sequence[];
  readonly letters: Letter[][];
  readonly sightings: readonly { readonly into: Sighting; readonly out: readonly Sighting[] }[];
  /** By how many milliseconds the latest packet missed its time. */
  readonly late: number;
};

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Plays sequences side by side, each packet at its time. Sequences have ends of their own, so that none meets
 * another; `first` is the number of the first.
 */
export async function askKernel(
  kernel: Kernel,
  sequences: readonly Sequence[],
  first: number,
  coverage: Coverage | null,
): Promise<Answers> {
  const events: Event[] = sequences
    .flatMap((s, place) => framesOf(s, first + place).map((frame) => ({ ...frame, place })))
    .sort((a, b) => a.from.at - b.from.at || a.step - b.step || a.place - b.place);
  const letters: Letter[][] = sequences.map((s) => s.steps.map(() => '?'));
  const sightings: { into: Sighting; out: Sighting[] }[] = [];
  const waiting = new Map<number, number[]>();
  const began = Date.now();
  let late = 0;
  let before = '';
  for (const event of events) {
    const { place, step, from } = event;
    const moment = `${from.at} ${step}`;
    if (moment !== before) {
      await sleep(Math.max(0, began + from.at - Date.now()));
      coverage?.remember(kernel.tcpStates());
    }
    before = moment;
    coverage?.add(event.sequence, event.bytes);
    const at = Date.now();
    late = Math.max(late, at - began - from.at);
    const { letter, out } = kernel.feed(from.side, event.bytes);
    const seen = { at, place, step };
    const far = from.side === 'left' ? 'right' : 'left';
    sightings.push({
      into: { ...seen, side: from.side, bytes: event.bytes },
      // INVALID is not translated: no other side would see it under these addresses.
      out: letter === 'I' ? [] : out.map((bytes) => ({ ...seen, side: far, bytes })),
    });
    const pieces = from.piece === null ? [] : (waiting.get(place) ?? []);
    if (from.piece !== null && from.piece.number < from.piece.of) {
      waiting.set(place, [...pieces, step]);
      continue;
    }
    waiting.delete(place);
    const isDropped = letter === '?' && event.sequence.setting === 'deny';
    for (const one of [...pieces, step]) letters[place]![one] = isDropped ? 'D' : letter;
  }
  return { sequences, letters, sightings, late };
}

export type Settings = { readonly midstream: Midstream; readonly timeouts: Timeouts };

export type Disagreement = {
  readonly sequence: Sequence;
  readonly view: View;
  readonly kernel: string;
  readonly ours: string;
};

/** Ours of the same packets, in every view; the sequences of which we say anything else. */
export async function disagreements(table: PolicyTable, answers: Answers, settings: Settings): Promise<Disagreement[]> {
  const found: Disagreement[] = [];
  for (const view of ['in', 'left', 'right'] as const) {
    const seen = answers.sightings
      .flatMap(({ into, out }) => (view === 'in' ? [into] : [into, ...out]))
      .filter(
        ({ side, place }) => viewsOf(answers.sequences[place]!).includes(view) && (side === view || view === 'in'),
      );
    if (seen.length === 0) continue;
    const letters = await lettersOfOurs(table, seen, settings.midstream, settings.timeouts);
    const ours = new Map<number, string[][]>();
    seen.forEach(({ place, step }, i) => {
      const of = ours.get(place) ?? answers.letters[place]!.map(() => []);
      of[step]!.push(letters[i]!);
      ours.set(place, of);
    });
    for (const [place, steps] of ours) {
      const kernel = answers.letters[place]!;
      // A packet that did not come out, or of which a view has nothing, is as the kernel says.
      const told = steps.map((of, i) => of.find((letter) => letter !== kernel[i]) ?? kernel[i]!).join('');
      if (told !== kernel.join(''))
        found.push({ sequence: answers.sequences[place]!, view, kernel: kernel.join(''), ours: told });
    }
  }
  return found;
}
