/**
 * Names, paths and error texts come from inputs that nobody vouches for. What a terminal would obey (C0, DEL, C1), and
 * what would show a line in another order than it is written in (the bidirectional controls of Unicode TR 9) or break
 * it (U+2028, U+2029), is written as an escape instead.
 */
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
/** JSON's own escapes have dealt with C0 and lone surrogates; these are left, and occur inside strings alone. */
const UNSAFE_IN_JSON = /[\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

const escapeUnit = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** One line of text, safe for a terminal: a newline within it is escaped too. */
export const plain = (text: string): string => text.replace(UNSAFE, escapeUnit);

/** A value as JSON, safe for a terminal. `indent` as JSON.stringify takes it. */
export const toJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent).replace(UNSAFE_IN_JSON, escapeUnit);

/** Characters that would be marks in Markdown, those of HTML included. */
const MARKDOWN = /[\\`*_{}[\]<>+!|~&]/g;
/** What GitHub makes links of after the marks were read, unless something invisible stands behind it. */
const MENTION = /@|#(?!\d+;)/g;

/** A text in Markdown as itself: no mark-up, no mention of anybody, on one line. */
export const markdown = (text: string): string =>
  plain(text)
    .replace(MARKDOWN, (sign) => `&#${sign.charCodeAt(0)};`)
    .replace(MENTION, (sign) => `${sign}\u200b`);

/** A text as code in Markdown, where nothing is a mark but a backtick, and in a table the bar. */
export const markdownCode = (text: string, inTable: boolean): string => {
  const safe = plain(text).replaceAll('`', '\\u0060');
  return `\`${inTable ? safe.replaceAll('|', '\\|') : safe}\``;
};

/** What XML 1.0 cannot hold even escaped (section 2.2) goes with what a terminal would obey. */
const XML_NEVER = /[\ufffe\uffff]/g;
const XML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** A text as content or as an attribute of XML. */
export const xml = (text: string): string =>
  plain(text)
    .replace(XML_NEVER, escapeUnit)
    .replace(/[&<>"']/g, (sign) => XML[sign]!);

/** What a spreadsheet would take for a formula: it runs what a cell begins with. */
const FORMULA = /^[=+\-@\t\r]/;

/** A field of CSV (RFC 4180), which no spreadsheet takes for a formula: an apostrophe stands before what looks like one. */
export function csvField(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
