import type { PacketBatch } from '../packet/batch.ts';
import type { FindingWords } from '../table/decisions.ts';
import { namesFinding, namesPolicy } from './calico-names.ts';

/**
 * What a record says of who decided, in the log's own form, which is one of three:
 *
 *     API0|knp/db/web                                   NFLOG prefix of a Calico node
 *     ["0|default|db/default.web|allow|0"]              policies of a Calico flow log
 *     [{"name":"web","namespace":"db","kind":"..."}]    policies of a Hubble flow
 */

/** The log's words for what decided; null without. */
export function recordedWords(batch: PacketBatch, row: number): string | null {
  const from = batch.prefixAt[row]!;
  const bytes = batch.prefixBytes[row]!;
  if (bytes === 0) return null;
  const text = new TextDecoder().decode(batch.buffer.subarray(from, from + bytes));
  const list = listOf(text);
  if (list === null) return text;
  const names = list.flatMap((one) => nameOf(one) ?? []);
  return names.length === 0 ? null : names.join(', ');
}

/** Whether the words name another policy or rule than replay found. Words that name none contradict nothing. */
export function namesOther(words: string, found: FindingWords): boolean {
  if (/^[ADP][PR][IE]\d{0,5}(?:\||$)/.test(words)) return !namesFinding(words, found);
  const named = words.split(', ').filter((word) => word !== '');
  const calicos = named.filter((word) => word.includes('|'));
  if (calicos.length > 0) return !calicos.some((word) => namesPolicy(word, found));
  if (found.reason !== 'rule') return false;
  return !named.some((word) => word === found.policy || word.endsWith(` ${found.policy}`));
}

function listOf(text: string): readonly unknown[] | null {
  if (text[0] !== '[') return null;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** A line of Calico's as it is; of Hubble's objects `KIND namespace/name`. */
function nameOf(one: unknown): string | null {
  if (typeof one === 'string') return one;
  if (typeof one !== 'object' || one === null) return null;
  const { name, namespace, kind } = one as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string') return null;
  const full = typeof namespace === 'string' && namespace !== '' ? `${namespace}/${name}` : name;
  return typeof kind === 'string' && kind !== '' ? `${kind} ${full}` : full;
}
