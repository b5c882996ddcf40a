import type { ChangeWord } from '../../verdict/differences.ts';
import { tell } from './sentences.ts';
import type { DifferenceWords } from './words.ts';

/** Conversations that changed in the same way, from the same to the same: one story. */
export type Cause = {
  readonly change: ChangeWord;
  readonly was: readonly string[];
  readonly now: readonly string[];
  readonly conversations: readonly DifferenceWords[];
};

/** @param written how a place is shown behind what is written there */
export function causesOf(conversations: readonly DifferenceWords[], written: (at: string) => string): readonly Cause[] {
  const causes = new Map<string, Cause & { conversations: DifferenceWords[] }>();
  for (const one of conversations) {
    const { was, now } = tell(one, written);
    const key = JSON.stringify([one.change, one.old.verdict, one.new.verdict, was, now]);
    const known = causes.get(key);
    if (known === undefined) causes.set(key, { change: one.change, was, now, conversations: [one] });
    else known.conversations.push(one);
  }
  return [...causes.values()];
}
