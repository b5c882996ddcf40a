import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openTraffic } from '../capture/open.ts';
import { compile } from '../compile/compile.ts';
import { loadCluster } from '../manifest/load.ts';
import type { ReplayOptions } from '../replay/options.ts';
import { replay } from '../replay/replay.ts';
import { ManifestError } from '../source/errors.ts';
import { describeFinding, type FindingWords } from '../table/decisions.ts';
import type { MatchTable } from '../table/match-table.ts';
import { VERDICTS } from '../verdict/reasons.ts';

/** Manifests of a case. */
const MANIFESTS = ['cluster.yaml', 'policies.yaml'];
const PACKETS = 'packets.pcap';
/** One line a packet, each judged alone. */
const EXPECT = 'expect.ndjson';
/** One line a packet, judged as one sequence, as Linux does by default. */
const SEQUENCE = 'sequence.ndjson';
/** The code of manifest errors that say "this kind is not simulated": the case is not covered, and not wrong. */
const NOT_COVERED = 'UNSUPPORTED_POLICY_KIND';

/** What a case expects of packet n. Sequences tell the verdict alone. */
type Expected = { readonly verdict: string; readonly ingress?: string; readonly egress?: string };
type Answer = { readonly verdict: string; readonly egress: FindingWords; readonly ingress: FindingWords };

export type Difference = {
  /** Number of the packet, or of the line. */
  readonly n: number;
  /** The file that was replayed. */
  readonly input: string;
  readonly expected: Expected;
  /** Null when there was no answer. */
  readonly got: Answer | null;
};

export type CaseResult = {
  readonly name: string;
  readonly queries: number;
  readonly covered: boolean;
  readonly differences: readonly Difference[];
  /** Why all of its lines differ: it could not be replayed, or gave another number of answers. */
  readonly failure: string | null;
};

/** A case is a folder that has expectations. */
export const isCase = (folder: string): boolean =>
  existsSync(join(folder, EXPECT)) || existsSync(join(folder, SEQUENCE));

/** Replays one case through the library's door and compares every line. `tuples`: the expectations as a tuple file too. */
export async function runCase(folder: string, name: string, tuples: boolean): Promise<CaseResult> {
  const tracked = existsSync(join(folder, SEQUENCE));
  const options: ReplayOptions = tracked ? { midstream: 'loose' } : { track: false };
  const expected = readExpected(join(folder, tracked ? SEQUENCE : EXPECT));
  const result = { name, queries: expected.length, covered: true, differences: [], failure: null };
  try {
    const { cluster } = await loadCluster(MANIFESTS.map((file) => join(folder, file)));
    const table = compile(cluster);
    const inputs = tuples && !tracked ? [PACKETS, EXPECT] : [PACKETS];
    const differences = new Map<number, Difference>();
    for (const input of inputs) {
      const answers = await answersOf(table, join(folder, input), options);
      if (answers.size !== expected.length)
        return {
          ...result,
          differences: allDiffer(expected, input),
          failure: `${input}: ${answers.size} answers to ${expected.length} lines`,
        };
      for (const difference of compare(expected, answers, input)) differences.set(difference.n, difference);
    }
    return { ...result, differences: [...differences.values()] };
  } catch (error) {
    if (error instanceof ManifestError && error.diagnostics.some((d) => d.code === NOT_COVERED))
      return { ...result, covered: false };
    return {
      ...result,
      differences: allDiffer(expected, PACKETS),
      failure: error instanceof Error ? error.message : String(error),
    };
  }
}

const readExpected = (path: string): Expected[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Expected);

/** Answers by record number. An input that was not read to its end gives too few of them. */
async function answersOf(table: MatchTable, path: string, options: ReplayOptions): Promise<Map<number, Answer>> {
  const answers = new Map<number, Answer>();
  await replay(table, [await openTraffic(path)], options, (batch, verdicts) => {
    for (let row = 0; row < batch.count; row++)
      answers.set(batch.n[row]!, {
        verdict: VERDICTS[verdicts.verdict[row]!]!,
        egress: describeFinding(table, verdicts.egress[row]!),
        ingress: describeFinding(table, verdicts.ingress[row]!),
      });
  });
  return answers;
}

function compare(expected: readonly Expected[], answers: ReadonlyMap<number, Answer>, input: string): Difference[] {
  return expected.flatMap((line, i) => {
    const got = answers.get(i + 1) ?? null;
    return got !== null && agrees(line, got) ? [] : [{ n: i + 1, input, expected: line, got }];
  });
}

/** `allow` of an expectation is "does not deny": an end that no policy selects, or that is no endpoint, says so too. */
const agrees = (expected: Expected, got: Answer): boolean =>
  got.verdict === expected.verdict &&
  (expected.egress === undefined || expected.egress === sideOf(got.egress)) &&
  (expected.ingress === undefined || expected.ingress === sideOf(got.ingress));

export const sideOf = (decision: FindingWords): 'allow' | 'deny' => (decision.action === 'deny' ? 'deny' : 'allow');

const allDiffer = (expected: readonly Expected[], input: string): Difference[] =>
  expected.map((line, i) => ({ n: i + 1, input, expected: line, got: null }));
