import type { FiveTuple } from '../net/five-tuple.ts';
import { type Classification, classify } from './classify.ts';
import { type ClassifyColumns, type ClassifyResult, classifyBatch } from './classify-batch.ts';
import type { MatchTable } from './match-table.ts';
import { Matcher } from './matcher.ts';

/**
 * A match table that answers for itself. Its fields are the table's own, so it goes wherever a `MatchTable` goes;
 * what a worker receives of it is those fields alone, and `new PolicyTable(fields)` answers there.
 *
 * Policy alone, each packet by itself: connections, Services and nodes are replay's.
 */
export class PolicyTable implements MatchTable {
  readonly prefixes: MatchTable['prefixes'];
  readonly l4: MatchTable['l4'];
  readonly classes: MatchTable['classes'];
  readonly profiles: MatchTable['profiles'];
  readonly cells: MatchTable['cells'];
  readonly decisions: MatchTable['decisions'];
  readonly endpoints: MatchTable['endpoints'];
  readonly nodes: MatchTable['nodes'];
  readonly services: MatchTable['services'];
  readonly hosts: Exclude<MatchTable['hosts'], undefined>;
  readonly switches: MatchTable['switches'];
  readonly stats: MatchTable['stats'];
  #matcher: Matcher | null = null;

  constructor(fields: MatchTable) {
    this.prefixes = fields.prefixes;
    this.l4 = fields.l4;
    this.classes = fields.classes;
    this.profiles = fields.profiles;
    this.cells = fields.cells;
    this.decisions = fields.decisions;
    this.endpoints = fields.endpoints;
    this.nodes = fields.nodes;
    this.services = fields.services;
    this.hosts = fields.hosts ?? null;
    this.switches = fields.switches;
    this.stats = fields.stats;
  }

  /** The verdict on one packet, in words. */
  classify(tuple: FiveTuple): Classification {
    return classify(this.#asked(), tuple);
  }

  /** The verdicts on packets in columns, in numbers: many times faster, allocates nothing. */
  classifyBatch(columns: ClassifyColumns, out: ClassifyResult): void {
    classifyBatch(this.#asked(), columns, out);
  }

  /** Made when the first question comes: most tables are only replayed through. */
  #asked(): Matcher {
    this.#matcher ??= new Matcher(this);
    return this.#matcher;
  }
}
