/**
 * The first line of a text that parses as JSON decides its format. `undecided` while it may still come, `none` when
 * the head holds no such line. Lines before it are broken ones, to be rejected by whoever reads the format.
 */
export function firstObject(head: Uint8Array, ended: boolean): { readonly value: unknown } | 'undecided' | 'none' {
  if (looksBinary(head)) return 'none';
  const lines = new TextDecoder().decode(head).split('\n');
  // What follows the last line feed may go on in bytes that have not come.
  if (!ended) lines.pop();
  for (const line of lines) {
    if (line.trimStart()[0] !== '{') continue;
    try {
      return { value: JSON.parse(line) };
    } catch {}
  }
  return ended ? 'none' : 'undecided';
}

/** Texts hold no NUL. (UTF-16 does, and is not read.) */
export const looksBinary = (head: Uint8Array): boolean => head.includes(0);
