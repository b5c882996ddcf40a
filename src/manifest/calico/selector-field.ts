import type { Selector } from '../../model/selector.ts';
import { quote } from '../../source/quote.ts';
import type { Fields } from '../fields.ts';
import type { Located } from '../node.ts';
import { type Meaning, parseSelector } from './selector.ts';
import { SelectorFault } from './selector-tokens.ts';

/** The longest selector that current versions of the API server take; earlier ones took any. Source: api v3, MaxLength. */
const MAX_STORED = 1024;
/** How much of a selector a message shows before and after the place of a fault. */
const CONTEXT = 40;

/** What a field's selector asks; null where there is none, or an empty one: that is no condition. */
export function readSelector(fields: Fields, name: string, meaning: Meaning): Selector | null {
  const written = fields.string(name);
  return written === null || written.value === '' ? null : parsed(written, name, meaning, fields);
}

/** Null with an error when it is no selector. */
function parsed(written: Located<string>, name: string, meaning: Meaning, { report }: Fields): Selector | null {
  if (written.value.length > MAX_STORED) {
    const message = `${quote(name)} has ${written.value.length} characters: the API server takes ${MAX_STORED}`;
    report.warning('LONG_SELECTOR', written.node, message);
  }
  try {
    return parseSelector(written.value, meaning);
  } catch (fault) {
    if (!(fault instanceof SelectorFault)) throw fault;
    const message = `${quote(name)}, column ${fault.at + 1}: ${fault.message}: ${withCaret(written.value, fault.at)}`;
    report.error('BAD_SELECTOR', written.node, message);
    return null;
  }
}

/** The text around a place, with a caret before the character that is meant. */
function withCaret(text: string, at: number): string {
  const before = text.slice(Math.max(0, at - CONTEXT), at);
  const after = text.slice(at, at + CONTEXT);
  return quote(`${at > CONTEXT ? '…' : ''}${before}^${after}${at + CONTEXT < text.length ? '…' : ''}`);
}
