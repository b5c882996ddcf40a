import type { PacketBatch } from '../packet/batch.ts';
import type { MatchTable } from '../table/match-table.ts';
import type { VerdictBatch } from '../verdict/batch.ts';
import { csvField } from './escape.ts';
import { NdjsonWriter } from './ndjson.ts';

const END = ['action', 'reason', 'tier', 'kind', 'policy', 'rule', 'at', 'isolatedBy'];
const OUTER = ['src', 'dst', 'proto', 'sport', 'dport'];
const PACKET = [
  'n',
  'file',
  'ts',
  'src',
  'dst',
  'proto',
  'sport',
  'dport',
  'icmpType',
  'icmpCode',
  'verdict',
  'reason',
];

/** Where each column is found in the line of `-o ndjson`; a column is called by its path. */
const COLUMNS: readonly (readonly string[])[] = [
  ...PACKET.map((key) => [key]),
  ...['egress', 'ingress'].flatMap((end) => END.map((key) => [end, key])),
  ['opener'],
  ['flags'],
  ...OUTER.map((key) => ['outer', key]),
  ...END.map((key) => ['host', key]),
];

type Json = string | number | null | readonly string[] | { readonly [key: string]: Json };

/** The lines of `-o ndjson` as a table: one line of headings, then one line a packet. */
export class CsvWriter {
  readonly #lines: NdjsonWriter;
  #heading = `${COLUMNS.map((path) => path.join('.')).join(',')}\r\n`;

  constructor(table: MatchTable) {
    this.#lines = new NdjsonWriter(table, true);
  }

  lines(batch: PacketBatch, verdicts: VerdictBatch, input: string, shown: Uint8Array | null): string {
    const objects = this.#lines.lines(batch, verdicts, input, shown).split('\n').slice(0, -1);
    const heading = this.#heading;
    this.#heading = '';
    return heading + objects.map((line) => `${row(JSON.parse(line))}\r\n`).join('');
  }

  /** The heading of a run without a packet. */
  end(): string {
    return this.#heading;
  }
}

const row = (line: { readonly [key: string]: Json }): string =>
  COLUMNS.map((path) => {
    const value = path.reduce<Json>((at, key) => (at === null ? null : (at as { [key: string]: Json })[key]!), line);
    return csvField(Array.isArray(value) ? value.join(' ') : (value as string | number | null));
  }).join(',');
