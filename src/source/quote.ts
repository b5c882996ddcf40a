/** The longest piece of an input that a message repeats. */
const MAX_EXCERPT = 200;

/** Control characters, line separators and those that turn the direction of text: none may reach a terminal. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** The user's words as a message shows them: cut to 200 characters, unprintable characters escaped, in backticks. */
export function quote(value: unknown): string {
  const text = String(value);
  const cut = text.length > MAX_EXCERPT ? `${text.slice(0, MAX_EXCERPT)}…` : text;
  return `\`${escapeUnprintable(cut)}\``;
}

export const escapeUnprintable = (text: string): string =>
  text.replace(UNPRINTABLE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
