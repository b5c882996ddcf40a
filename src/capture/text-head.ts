import type { Format } from './format.ts';

const LINE_FEED = 10;

/**
 * The first line of a text that parses as JSON decides its format. `undecided` while it may still come, `none` when
 * the head holds no such line. Lines before it are broken ones, to be rejected by whoever reads the format.
 *
 * @param seen how many bytes of the head were undecided before: whole lines among them are not looked at again, so
 * that a head in small pieces costs no more than one in large ones
 */
export function firstObject(
  head: Uint8Array,
  seen: number,
  ended: boolean,
): { readonly value: unknown } | 'undecided' | 'none' {
  if (looksBinary(head.subarray(seen))) return 'none';
  // What follows the last line feed may go on in bytes that have not come.
  const end = ended ? head.length : head.lastIndexOf(LINE_FEED) + 1;
  if (end <= seen && !ended) return 'undecided';
  const start = seen === 0 ? 0 : head.lastIndexOf(LINE_FEED, seen - 1) + 1;
  for (const line of new TextDecoder().decode(head.subarray(start, end)).split('\n')) {
    if (line.trimStart()[0] !== '{') continue;
    try {
      return { value: JSON.parse(line) };
    } catch {}
  }
  return ended ? 'none' : 'undecided';
}

/** Texts hold no NUL. (UTF-16 does, and is not read.) */
export const looksBinary = (head: Uint8Array): boolean => head.includes(0);

/** Recognises a text by its first line that is not blank. */
export const lineRecogniser =
  (isOurs: (line: string) => boolean): Format['recognise'] =>
  (head, seen, ended) => {
    if (looksBinary(head.subarray(seen))) return 'no';
    if (!ended && head.indexOf(LINE_FEED, seen) < 0) return 'undecided';
    const text = new TextDecoder().decode(head).trimStart();
    const end = text.indexOf('\n');
    if (end < 0 && !ended) return 'undecided';
    return isOurs((end < 0 ? text : text.slice(0, end)).trimEnd()) ? 'yes' : 'no';
  };
