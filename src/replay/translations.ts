import { createBatch, type PacketBatch } from '../packet/batch.ts';
import { DROPPED, FORWARDED } from '../verdict/reasons.ts';
import type { Conversation, Translation } from '../verdict/tally.ts';
import type { Leg } from './legs.ts';
import type { Nat } from './nat.ts';
import { openerRow } from './opener-row.ts';

/** Some client's port: rules that ask for it are asked for this one. */
const CLIENT_PORT = 49_152;

/** Says of conversations what address translation makes of them, after the fact: each is judged again. */
export class Translations {
  #nat: Nat;
  #row: PacketBatch = createBatch(1);

  constructor(nat: Nat) {
    this.#nat = nat;
  }

  add(conversation: Conversation): Conversation {
    if (conversation.destinationPort === null || !this.#nat.translates) return conversation;
    const { destinationPort } = conversation;
    const row = openerRow({ ...conversation, sourcePort: CLIENT_PORT, destinationPort }, this.#row);
    const ways = this.#nat.ways(row, 0);
    if (ways.length > 0) return { ...conversation, translation: ofWays(ways) };
    const why = this.#nat.standsIn(row, 0);
    if (why === null) return conversation;
    return { ...conversation, translation: { backends: null, hidden: { words: conversation.src, why } } };
  }
}

function ofWays(ways: readonly Leg[]): Translation {
  const verdicts = new Map<string, Set<number>>();
  for (const { backends, verdict } of ways)
    for (const { words, port } of backends) {
      const key = `${words.join(' ')} ${port}`;
      verdicts.set(key, (verdicts.get(key) ?? new Set()).add(verdict));
    }
  const count = (verdict: number): number =>
    [...verdicts.values()].filter((found) => found.size === 1 && found.has(verdict)).length;
  const forwarded = count(FORWARDED);
  const dropped = count(DROPPED);
  const [first] = ways.map(({ hide }) => hide);
  const isHidden = first != null && ways.every(({ hide }) => hide !== null);
  return {
    backends: { forwarded, dropped, undetermined: verdicts.size - forwarded - dropped },
    hidden: isHidden ? { words: first.words, why: first.why } : null,
  };
}
