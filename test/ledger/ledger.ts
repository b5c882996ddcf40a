/**
 * Runs lines of the enforcement ledger through the whole engine: manifests as text, then every packet through the
 * literal evaluator, through the compiled table, and as a capture through replay. Each is named where it differs.
 */
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openTraffic } from '../../src/capture/open.ts';
import { compile } from '../../src/compile/compile.ts';
import { Judge } from '../../src/explain/judge.ts';
import { type Loaded, type LoadOptions, loadCluster } from '../../src/manifest/load.ts';
import type { Cluster } from '../../src/model/cluster.ts';
import type { Midstream, ReplayOptions } from '../../src/replay/options.ts';
import { replay } from '../../src/replay/replay.ts';
import { type Diagnostic, ManifestError } from '../../src/source/errors.ts';
import { classify } from '../../src/table/classify.ts';
import { describeFinding } from '../../src/table/decisions.ts';
import type { MatchTable } from '../../src/table/match-table.ts';
import { Matcher } from '../../src/table/matcher.ts';
import { FLAGS, flagBit, REASONS, VERDICTS, type VerdictWord } from '../../src/verdict/reasons.ts';
import { root } from '../paths.ts';
import { pcap } from '../pcap-writer.ts';
import { type Packet, parsePacket } from './packets.ts';

/** How connections are followed: `--midstream`, or `--no-track`. */
export type Mode = Midstream | 'no-track';

/** A capture, and what must become of each of its packets: `PACKET => VERDICT REASON [(in)|(out)|(both)|(host-in)|(host-out)] [+FLAG]`. */
export type Run = {
  readonly modes: readonly Mode[];
  readonly packets: readonly string[];
  readonly options: ReplayOptions;
};

/** The same packets, with the same outcome, in several modes: `run('infer loose', 'y/a > x/a tcp/80 => ...')`. */
export const run = (modes: string, ...packets: readonly string[]): Run => ({
  modes: modes.split(' ') as Mode[],
  packets,
  options: {},
});

export type Line = {
  /** Its number in the ledger. */
  readonly line: number;
  readonly says: string;
  /** YAML texts beside the fixture. */
  readonly given?: readonly string[];
  /** How they are loaded. */
  readonly load?: LoadOptions;
  /** What no manifest can say. */
  readonly change?: (cluster: Cluster) => Cluster;
  /** Codes of the errors for which the manifests must be refused, each once. */
  readonly refused?: readonly string[];
  /** Codes of all warnings that must be given, in order. */
  readonly warned?: readonly string[];
  /** Openers, each judged alone. `(in)`, `(out)` or `(both)` behind a dropped one says which end denies. */
  readonly forwarded?: readonly string[];
  readonly dropped?: readonly string[];
  readonly undetermined?: readonly string[];
  /** What goes beyond policy: connections, nodes, what is not simulated yet. Through replay alone. */
  readonly captures?: readonly Run[];
};

const FIXTURE = join(root, 'test', 'ledger', 'fixture.yaml');
const FIRST_SECOND = 1_785_542_400;
const LONGER_THAN_ANY_OPENER_LIVES = 3600;
const ENDS = /\s*\((in|out|both|host-in|host-out|hosts)\)$/;

/** Registers one test for each line, named by its number. */
export function lines(rows: readonly Line[]): void {
  for (const row of rows) test(`${row.line} ${row.says}`, () => check(row));
}

async function check(row: Line): Promise<void> {
  if (row.refused !== undefined) {
    assert.equal(codes(await refusal(row), 'error'), row.refused, 'errors');
    return;
  }
  const loaded = await load(row);
  assert.equal(codes(loaded.diagnostics, 'warning'), row.warned ?? [], 'warnings');
  const cluster = row.change?.(loaded.cluster) ?? loaded.cluster;
  const engines = { cluster, judge: new Judge(cluster), table: compile(cluster) };
  await checkOpeners(engines, row);
  for (const one of row.captures ?? []) for (const mode of one.modes) await checkRun(engines, one, mode);
}

type Engines = { readonly cluster: Cluster; readonly judge: Judge; readonly table: MatchTable };

const load = ({ given = [], load: options = {} }: Line): Promise<Loaded> =>
  given.length === 0
    ? loadCluster([FIXTURE], options)
    : loadCluster([FIXTURE, '-'], { ...options, stdin: once(Buffer.from(given.join('\n---\n'))) });

async function refusal(row: Line): Promise<readonly Diagnostic[]> {
  try {
    await load(row);
  } catch (error) {
    if (error instanceof ManifestError) return error.diagnostics;
    throw error;
  }
  return assert.unreachable('the manifests were taken, expected a refusal') as never;
}

const codes = (diagnostics: readonly Diagnostic[], severity: string): string[] =>
  diagnostics.filter((d) => d.severity === severity).map((d) => d.code);

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Openers through the three engines: the verdict, and what each end says. */
async function checkOpeners({ cluster, judge, table }: Engines, row: Line): Promise<void> {
  const openers = VERDICTS.flatMap((expected) =>
    (row[expected] ?? []).map((text) => ({
      expected,
      ends: ENDS.exec(text)?.[1] ?? null,
      packet: parsePacket(text.replace(ENDS, ''), cluster),
    })),
  );
  if (openers.length === 0) return;
  const matcher = new Matcher(table);
  // So far apart that no connection is remembered: each is an opener.
  const apart = openers.map(({ packet }, i) => ({ ...packet, seconds: i * LONGER_THAN_ANY_OPENER_LIVES }));
  const replayed = await outcomes(table, apart, {});
  for (const [i, { packet, expected, ends }] of openers.entries()) {
    const judged = judge.judge(packet.tuple);
    const said = Object.entries({
      judge: judged,
      table: classify(matcher, packet.tuple),
      replay: replayed[i]!,
    });
    for (const [engine, answer] of said) {
      const actions = [answer.egress.action, answer.ingress.action];
      const who = `${engine}: \`${packet.text}\``;
      assert.is(answer.verdict, expected, `${who}, out ${actions[0]}, in ${actions[1]}`);
      assert.equal(actions, [judged.egress.action, judged.ingress.action], `${who}: ends differ from the judge's`);
      if (ends !== null) assert.is(denying(answer), ends, `${who}: who denies`);
    }
  }
}

type Answer = {
  readonly verdict: VerdictWord;
  readonly egress: { readonly action: string | null };
  readonly ingress: { readonly action: string | null };
};

const denying = ({ egress, ingress }: Answer): string =>
  egress.action === 'deny' ? (ingress.action === 'deny' ? 'both' : 'out') : ingress.action === 'deny' ? 'in' : 'none';

/** The same of what a capture came to, where host endpoints may deny what the ends do not. */
const denyingHost = (hosts: Outcome['hosts']): string => {
  const [out, into] = [hosts.egress === 'deny', hosts.ingress === 'deny'];
  return out ? (into ? 'hosts' : 'host-out') : into ? 'host-in' : 'none';
};

async function checkRun({ cluster, table }: Engines, { packets, options }: Run, mode: Mode): Promise<void> {
  const rows = packets.map((text) => {
    const [packet, expected] = text.split(' => ');
    if (expected === undefined) throw new Error(`\`${text}\` does not say what becomes of it`);
    return { packet: parsePacket(packet!, cluster), expected };
  });
  const how = mode === 'no-track' ? { ...options, track: false } : { ...options, midstream: mode };
  const found = await outcomes(
    table,
    rows.map(({ packet }) => packet),
    how,
  );
  for (const [i, { packet, expected }] of rows.entries()) {
    const { verdict, reason, flags } = found[i]!;
    const named = ENDS.exec(expected.replace(/( \+\S+)*$/, ''))?.[1];
    const who = named?.startsWith('host') ? denyingHost(found[i]!.hosts) : denying(found[i]!);
    const ends = named === undefined ? '' : ` (${who})`;
    const said = [`${verdict} ${reason}${ends}`, ...flags.map((flag) => `+${flag}`)].join(' ');
    assert.is(said, expected, `replay, ${mode}: packet ${i + 1}, \`${packet.text}\``);
  }
}

type Outcome = Answer & {
  readonly reason: string;
  readonly flags: readonly string[];
  /** What host endpoints said; null where none was asked. */
  readonly hosts: Readonly<Record<'egress' | 'ingress', string | null>>;
};

/** What replay says of each packet of one capture. */
async function outcomes(table: MatchTable, packets: readonly Packet[], options: ReplayOptions): Promise<Outcome[]> {
  const traffic = await openTraffic('-', { stdin: once(capture(packets)) });
  const found: Outcome[] = [];
  await replay(table, [traffic], { maxConnections: 64, ...options }, (batch, verdicts) => {
    for (let row = 0; row < batch.count; row++)
      found.push({
        verdict: VERDICTS[verdicts.verdict[row]!]!,
        reason: REASONS[verdicts.reason[row]!]!,
        flags: FLAGS.filter((flag) => (verdicts.flags[row]! & flagBit(flag)) !== 0),
        egress: describeFinding(table, verdicts.egress[row]!),
        ingress: describeFinding(table, verdicts.ingress[row]!),
        hosts: {
          egress: hostAction(table, verdicts.hostEgress[row]!),
          ingress: hostAction(table, verdicts.hostIngress[row]!),
        },
      });
  });
  assert.is(found.length, packets.length, 'packets that replay saw');
  return found;
}

/** Of a finding and 1 more; 0: nobody was asked. */
const hostAction = (table: MatchTable, finding: number): string | null =>
  finding === 0 ? null : describeFinding(table, finding - 1).action;

/** Packets without a time follow the one before by a millisecond. */
function capture(packets: readonly Packet[]): Uint8Array {
  let micros = 0;
  return pcap(
    packets.map(({ frame, wireBytes, seconds }) => {
      micros = seconds === null ? micros + 1000 : Math.round(seconds * 1e6);
      return { frame, wireBytes, seconds: FIRST_SECOND + Math.floor(micros / 1e6), fraction: micros % 1e6 };
    }),
  );
}
