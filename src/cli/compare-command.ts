import { Blame } from '../compare/blame.ts';
import { compile } from '../compile/compile.ts';
import { tableUnder } from '../compile/switches.ts';
import type { Cluster } from '../model/cluster.ts';
import { DATAPLANES, type DataplaneName } from '../model/dataplane.ts';
import { underDataplane } from '../model/enforcement.ts';
import { type Settings, SWITCH_NAMES, SWITCHES, type SwitchName } from '../model/switches.ts';
import type { Traffic } from '../packet/traffic.ts';
import { replayPair, type Side } from '../replay/pair.ts';
import { type DataplaneComparison, summariseDataplanes } from '../report/dataplanes/summary.ts';
import { dataplanesAnswer, dataplanesText } from '../report/dataplanes/text.ts';
import { plain, toJson } from '../report/escape.ts';
import { DEFAULT_TOP } from '../report/text.ts';
import type { MatchTable } from '../table/match-table.ts';
import type { PolicyTable } from '../table/policy-table.ts';
import type { Command, Option } from './command.ts';
import { MAX_DISAGREEMENTS_OPTION, runRecorded } from './compare-recorded.ts';
import { ENFORCEMENT_OPTIONS, enforcementOf } from './enforcement-options.ts';
import { hasNobodyToJudge, openAll, tellOfInputs } from './inputs.ts';
import { EXIT_FINDINGS, EXIT_FINE, EXIT_INTERRUPTED, EXIT_TROUBLE, type Io, UsageError } from './io.ts';
import {
  compileOptions,
  FILENAME,
  KEEP_GOING,
  loadAsWritten,
  MAX_TABLE_BYTES,
  manifestPaths,
  STAGED,
} from './manifests.ts';
import { paletteFor } from './palette.ts';
import type { Parsed } from './parse.ts';
import { Progress } from './progress.ts';
import { openOptions, REPLAY_OPTIONS, replayOptions, settingsOf } from './replay-options.ts';
import { Spans } from './spans.ts';

const AGAINST: Option = {
  name: 'against',
  value: 'NAME',
  choices: DATAPLANES,
  about: 'the other dataplane, in place of what was recorded',
};

export const compareCommand: Command = {
  name: 'compare',
  about: 'replay traffic, and hold it against the verdicts that its logs recorded; or under two dataplanes in one pass',
  usage: 'compare -f FILE|DIR|- [--dataplane NAME] [--against NAME] [options] CAPTURE...',
  options: [
    FILENAME,
    AGAINST,
    ...ENFORCEMENT_OPTIONS,
    {
      name: 'output',
      short: 'o',
      value: 'FORMAT',
      choices: ['text', 'json', 'ndjson'],
      default: 'text',
      about: 'format',
    },
    MAX_DISAGREEMENTS_OPTION,
    ...REPLAY_OPTIONS,
    { name: 'top', value: 'N', atLeast: 1, default: String(DEFAULT_TOP), about: 'lines of each list' },
    STAGED,
    KEEP_GOING,
    MAX_TABLE_BYTES,
  ],
  operands: { least: 1, most: Number.POSITIVE_INFINITY, called: 'CAPTURE' },
  notes: [
    'Switches that are set hold for both dataplanes.',
    'Exit code 1 when verdicts differ: more records than --max-disagreements, or any conversation of two dataplanes.',
  ],
  examples: [
    'compare -f k8s/ hubble.jsonl',
    'compare -f k8s/ --dataplane calico-iptables --against calico-ebpf traffic.pcap',
    'compare -f k8s/ --against none traffic.pcap -o json',
  ],
  run: runCompare,
};

async function runCompare(parsed: Parsed, io: Io): Promise<number> {
  manifestPaths(parsed);
  const enforcement = enforcementOf(parsed);
  const against = DATAPLANES.find((name) => name === parsed.one(AGAINST.name));
  if (against === undefined) return await runRecorded(parsed, io);
  if (parsed.one(MAX_DISAGREEMENTS_OPTION.name) !== undefined)
    throw new UsageError(`\`--${MAX_DISAGREEMENTS_OPTION.name}\` is about recorded verdicts, not about two dataplanes`);
  const { cluster } = await loadAsWritten(parsed, io);
  const { dataplane = cluster.felix?.dataplane ?? 'calico-iptables', switches = {} } = enforcement;
  if (dataplane === against) throw new UsageError(`\`--${AGAINST.name}\`: both are ${against}`);
  const sides = new Sides(cluster, dataplane, against, switches, parsed);
  if (hasNobodyToJudge(sides.one, io, parsed.has(KEEP_GOING.name))) return EXIT_TROUBLE;
  const inputs = await openAll(parsed.operands, openOptions(parsed, io, sides.one), io);
  if (inputs === null) return EXIT_TROUBLE;
  const compared = await compareOn(inputs, sides, parsed, io);
  await io.out(written(compared, parsed, io));
  if (parsed.one('output') !== 'text') io.err(`${plain(dataplanesAnswer(compared))}\n`);
  if (compared.interrupted) return EXIT_INTERRUPTED;
  if (!compared.complete) return EXIT_TROUBLE;
  return compared.differs ? EXIT_FINDINGS : EXIT_FINE;
}

function written(compared: DataplaneComparison, parsed: Parsed, io: Io): string {
  if (parsed.one('output') === 'json') return `${toJson(compared, 2)}\n`;
  if (parsed.one('output') === 'ndjson') return compared.conversations.map((one) => `${toJson(one)}\n`).join('');
  return dataplanesText(compared, paletteFor(io), parsed.number('top')!);
}

/** Two dataplanes, what differs between them, and each of them with single switches as the other has them. */
class Sides {
  readonly dataplane: DataplaneName;
  readonly against: DataplaneName;
  readonly one: MatchTable;
  readonly other: MatchTable;
  readonly differ: readonly SwitchName[];
  /** As `Blame` asks for them. */
  readonly beside: readonly MatchTable[];
  /** What each has in the words of `--switch`. */
  readonly values: readonly [Settings, Settings];
  /** A table for each way to read the policies: what else differs is put on. */
  readonly #compiled = new Map<string, PolicyTable>();
  readonly #cluster: Cluster;
  readonly #parsed: Parsed;

  constructor(
    cluster: Cluster,
    dataplane: DataplaneName,
    against: DataplaneName,
    set: Partial<Settings>,
    parsed: Parsed,
  ) {
    this.#cluster = cluster;
    this.#parsed = parsed;
    this.dataplane = dataplane;
    this.against = against;
    const [one, other] = [dataplane, against].map((name) =>
      underDataplane(cluster, { dataplane: name, switches: set }),
    );
    const [a, b] = [one!.dataplane, other!.dataplane];
    this.values = [a, b];
    this.differ = SWITCH_NAMES.filter((name) => a[name] !== b[name]);
    this.one = this.#table(dataplane, set);
    this.other = this.#table(against, set);
    this.beside = [
      ...this.differ.map((name) => this.#table(dataplane, { ...set, [name]: b[name] })),
      ...this.differ.map((name) => this.#table(against, { ...set, [name]: a[name] })),
    ];
  }

  #table(dataplane: DataplaneName, switches: Partial<Settings>): MatchTable {
    const cluster = underDataplane(this.#cluster, { dataplane, switches });
    const { failsafes, ...settings } = cluster.dataplane;
    // Failsafes are FelixConfiguration's or, under a dataplane that does not read it, the defaults.
    const key = `${settings.policies} ${settings['block-of-pods']} ${failsafes === undefined}`;
    const compiled = this.#compiled.get(key) ?? compile(cluster, compileOptions(this.#parsed));
    this.#compiled.set(key, compiled);
    return tableUnder(compiled, cluster.dataplane);
  }
}

async function compareOn(
  inputs: readonly Traffic[],
  sides: Sides,
  parsed: Parsed,
  io: Io,
): Promise<DataplaneComparison> {
  const options = replayOptions(parsed, io);
  const blame = new Blame(sides.differ.length);
  const progress = new Progress(io, false);
  const spans = new Spans();
  const side = (table: MatchTable): Side => ({ table, options });
  const result = await replayPair(
    side(sides.one),
    side(sides.other),
    inputs,
    io.signal,
    (batch, pairs, input, beside) => {
      blame.add(batch, pairs, beside);
      progress.add(batch.count);
      spans.add(batch, input);
    },
    sides.beside.map(side),
  );
  progress.end();
  tellOfInputs(result.inputs, spans, io);
  const [a, b] = sides.values;
  return summariseDataplanes({
    dataplane: { name: sides.dataplane, table: sides.one, tally: result.old },
    against: { name: sides.against, table: sides.other, tally: result.next },
    switches: sides.differ.map((name) => ({
      name,
      dataplane: a[name],
      against: b[name],
      ledger: SWITCHES[name].ledger,
    })),
    blamed: blame.found,
    amount: (before, after) => blame.amount(before, after),
    crowdedOut: blame.crowdedOut,
    inputs: result.inputs,
    settings: settingsOf(parsed),
    interrupted: result.aborted,
  });
}
