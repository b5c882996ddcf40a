/** A place in an input text. Lines and columns count from 1; a column counts UTF-16 units. */
export type SourcePos = { readonly file: string; readonly line: number; readonly column: number };

export const formatPosition = (at: SourcePos): string => `${at.file}:${at.line}:${at.column}`;
