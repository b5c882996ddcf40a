/** Numbers into typed arrays: lists of lists become a start array and one flat one. */
import { ANY, PEER_WORDS } from '../table/match-table.ts';
import { sharedWords, shareWords } from '../table/shared.ts';
import type { Alternative } from './lower.ts';

/** `start[i] .. start[i + 1]` is the slice of list i. */
export type Slices = { readonly start: Uint32Array; readonly flat: Uint32Array };

export function packLists(lists: readonly (readonly number[])[]): Slices {
  const start = sharedWords(lists.length + 1);
  let at = 0;
  lists.forEach((list, i) => {
    start[i] = at;
    at += list.length;
  });
  start[lists.length] = at;
  const flat = sharedWords(at);
  lists.forEach((list, i) => {
    flat.set(list, start[i]!);
  });
  return { start, flat };
}

/** Peer conditions: starts count alternatives, each of PEER_WORDS words. */
export function packPeers(peers: readonly (readonly Alternative[])[]): { start: Uint32Array; words: Uint32Array } {
  const start = sharedWords(peers.length + 1);
  const words: number[] = [];
  peers.forEach((alternatives, peer) => {
    start[peer] = words.length / PEER_WORDS;
    for (const { nets, selector, notSelector } of alternatives) {
      words.push(nets ?? ANY, selector ?? ANY, notSelector ?? ANY);
    }
  });
  start[peers.length] = words.length / PEER_WORDS;
  return { start, words: shareWords(words) };
}
