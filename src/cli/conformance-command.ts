import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { columns } from '../report/columns.ts';
import { plain, toJson } from '../report/escape.ts';
import { count } from '../report/numbers.ts';
import type { Palette } from '../report/palette.ts';
import type { Command } from './command.ts';
import { type CaseResult, type Difference, isCase, runCase, sideOf } from './conformance-case.ts';
import { EXIT_FINDINGS, EXIT_FINE, EXIT_INTERRUPTED, type Io, UsageError } from './io.ts';
import { paletteFor } from './palette.ts';
import type { Parsed } from './parse.ts';

export const conformance: Command = {
  name: 'conformance',
  about: 'replay cases whose verdicts a real dataplane gave, and count where we agree',
  usage: 'conformance FOLDER [CASE...] [options]',
  options: [
    { name: 'output', short: 'o', value: 'FORMAT', choices: ['text', 'json'], default: 'text', about: 'format' },
    { name: 'tuples', about: 'replay expect.ndjson as a tuple file too: it must give the same' },
    { name: 'verbose', short: 'v', about: 'print every line that differs, and what was decided' },
  ],
  operands: { least: 1, most: Number.POSITIVE_INFINITY, called: 'FOLDER' },
  notes: [
    'Each folder in FOLDER is a case: cluster.yaml, policies.yaml, packets.pcap, and expect.ndjson (each packet judged',
    'alone) or sequence.ndjson (tracked, --midstream loose). Exit code 1 when a line differs.',
  ],
  examples: ['conformance corpus/', 'conformance corpus/ np-000 --verbose'],
  run: runConformance,
};

/** Families whose name has a dash of its own. Every other family is the first word of its cases' names. */
const DASHED = ['np-many', 'np-mid', 'calico-mid'];

/** The family of a case, from its name. */
export const familyOf = (name: string): string =>
  DASHED.find((family) => name.startsWith(`${family}-`)) ?? name.slice(0, name.search(/-|$/));

async function runConformance(parsed: Parsed, io: Io): Promise<number> {
  const [folder, ...wanted] = parsed.operands as [string, ...string[]];
  const results: CaseResult[] = [];
  for (const name of casesOf(folder, wanted)) {
    if (io.signal.aborted) break;
    const result = await runCase(join(folder, name), name, parsed.has('tuples'));
    results.push(result);
    if (result.failure !== null) io.err(`${plain(`${name}: ${result.failure}`)}\n`);
    // A turn of the event loop between cases lets an interrupt through.
    await new Promise((done) => setImmediate(done));
  }
  const families = tally(results);
  const total = families.at(-1)!;
  if (parsed.one('output') === 'json') await io.out(`${toJson(report(families, results), 2)}\n`);
  else {
    if (parsed.has('verbose')) await io.out(results.map(differingLines).join(''));
    await io.out(familyColumns(families, paletteFor(io)));
  }
  if (io.signal.aborted) return EXIT_INTERRUPTED;
  return total.differed > 0 ? EXIT_FINDINGS : EXIT_FINE;
}

/** Names of the cases to run, sorted: those asked for, or every case of the folder. @throws UsageError */
function casesOf(folder: string, wanted: readonly string[]): readonly string[] {
  if (!existsSync(folder)) throw new UsageError(`\`${folder}\`: no such folder`);
  for (const name of wanted)
    if (!isCase(join(folder, name))) throw new UsageError(`\`${name}\` is no case of \`${folder}\``);
  if (wanted.length > 0) return wanted;
  const names = readdirSync(folder).filter((name) => isCase(join(folder, name)));
  if (names.length === 0) throw new UsageError(`\`${resolve(folder)}\` holds no case`);
  return names.sort();
}

type FamilyTally = {
  readonly family: string;
  cases: number;
  /** Lines of the cases that are covered: agreed + differed. */
  queries: number;
  agreed: number;
  differed: number;
  /** Cases of kinds that are not simulated. */
  notCovered: number;
};

/** Tallies by family in the order of the cases, and the total last. */
function tally(results: readonly CaseResult[]): FamilyTally[] {
  const families = new Map<string, FamilyTally>();
  const of = (family: string): FamilyTally => {
    const known = families.get(family) ?? { family, cases: 0, queries: 0, agreed: 0, differed: 0, notCovered: 0 };
    families.set(family, known);
    return known;
  };
  const total = { family: 'total', cases: 0, queries: 0, agreed: 0, differed: 0, notCovered: 0 };
  for (const { name, queries, covered, differences } of results)
    for (const entry of [of(familyOf(name)), total]) {
      entry.cases++;
      if (!covered) {
        entry.notCovered++;
        continue;
      }
      entry.queries += queries;
      entry.differed += differences.length;
      entry.agreed += queries - differences.length;
    }
  return [...families.values(), total];
}

const familyColumns = (families: readonly FamilyTally[], palette: Palette): string =>
  columns(
    [
      { title: 'FAMILY' },
      ...['CASES', 'QUERIES', 'AGREED', 'DIFFERED', 'NOT COVERED'].map((title) => ({ title, right: true })),
    ],
    families.map(({ family, cases, queries, agreed, differed, notCovered }) => [
      family,
      count(cases),
      count(queries),
      count(agreed),
      differed > 0 ? { text: count(differed), mark: palette.dropped } : count(differed),
      count(notCovered),
    ]),
    palette.heading,
  );

const differingLines = ({ name, differences }: CaseResult): string =>
  differences.map((difference) => `${plain(differingLine(name, difference))}\n`).join('');

function differingLine(name: string, { n, input, expected, got }: Difference): string {
  const sides = (egress?: string, ingress?: string): string =>
    egress === undefined ? '' : ` (egress ${egress}, ingress ${ingress})`;
  const wanted = `${expected.verdict}${sides(expected.egress, expected.ingress)}`;
  if (got === null) return `${name} ${input} ${n}: expected ${wanted}, got no answer`;
  const ours = `${got.verdict}${sides(sideOf(got.egress), sideOf(got.ingress))}`;
  return `${name} ${input} ${n}: expected ${wanted}, got ${ours}; egress ${toJson(got.egress)}; ingress ${toJson(got.ingress)}`;
}

const report = (families: readonly FamilyTally[], results: readonly CaseResult[]): object => ({
  apiVersion: 'netpol-replay/v1',
  kind: 'ConformanceReport',
  families: families.slice(0, -1),
  total: families.at(-1),
  failures: results.flatMap(({ name, failure }) => (failure === null ? [] : [{ name, failure }])),
  differences: results.flatMap(({ name, differences }) => differences.map((difference) => ({ name, ...difference }))),
});
