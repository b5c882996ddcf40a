import { CUT_LINK, NOT_IP, TOO_MANY_TAGS } from '../outcome.ts';

/** A label: 20 bits, 3 bits traffic class, 1 bit "the last", 8 bits time to live. Source: RFC 3032, section 2.1. */
const LABEL_BYTES = 4;
const LAST = 2;
const MAX_LABELS = 8;

/** Follows a stack of labels. Nothing tells what is behind the last one: a packet when it begins with a version of IP. */
export function ipOfLabels(view: DataView, at: number, end: number): number {
  let next = at;
  for (let labels = 0; ; labels++) {
    if (labels === MAX_LABELS) return TOO_MANY_TAGS;
    if (next + LABEL_BYTES > end) return CUT_LINK;
    const isLast = (view.getUint8(next + LAST) & 1) === 1;
    next += LABEL_BYTES;
    if (isLast) break;
  }
  if (next >= end) return CUT_LINK;
  const version = view.getUint8(next) >> 4;
  return version === 4 || version === 6 ? next : NOT_IP;
}
