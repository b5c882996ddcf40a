import { plain } from './escape.ts';
import type { Mark } from './palette.ts';

/** A heading, and whether what stands under it are numbers: those are flush right. */
export type Column = { readonly title: string; readonly right?: boolean };
/** What stands in a column; a mark is put on once the widths are known. */
export type Cell = string | { readonly text: string; readonly mark: Mark };

/** Blanks between columns, as kubectl has them. */
const GAP = '   ';
/** East Asian wide and fullwidth letters, and emoji, take two places. Source: Unicode TR 11, the large blocks. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/gu;

/** Places that a text takes on a terminal. */
export const width = (text: string): number => [...text].length + (text.match(WIDE)?.length ?? 0);

/**
 * Whitespace-separated columns under a line of headings, one line a row, without trailing blanks. Texts are made safe
 * for a terminal here, so that no caller can forget it.
 */
export function columns(heads: readonly Column[], rows: readonly (readonly Cell[])[], heading?: Mark): string {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'string' ? { text: cell } : cell)));
  const texts = cells.map((row) => row.map((cell) => plain(cell.text)));
  const widths = heads.map((head, i) => texts.reduce((most, row) => Math.max(most, width(row[i]!)), width(head.title)));
  const line = (parts: readonly string[], marks: readonly (Mark | undefined)[]): string =>
    parts
      .map((text, i) => {
        const blanks = ' '.repeat(widths[i]! - width(text));
        const marked = marks[i]?.(text) ?? text;
        if (heads[i]!.right) return blanks + marked;
        return i === parts.length - 1 ? marked : marked + blanks;
      })
      .join(GAP)
      .trimEnd();
  const top = line(
    heads.map((head) => head.title),
    heads.map(() => heading),
  );
  const body = texts.map((row, i) =>
    line(
      row,
      cells[i]!.map((cell) => ('mark' in cell ? cell.mark : undefined)),
    ),
  );
  return [top, ...body].map((text) => `${text}\n`).join('');
}
