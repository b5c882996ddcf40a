import { protocolNumber } from '../net/protocol.ts';
import { type Conditions, namesOf } from '../report/filter.ts';
import type { MatchTable } from '../table/match-table.ts';
import { VERDICTS } from '../verdict/reasons.ts';
import type { Option } from './command.ts';
import { UsageError } from './io.ts';
import type { Parsed } from './parse.ts';
import { didYouMean } from './suggest.ts';

/** What is shown of a run. They narrow what is printed, never what is judged or counted in the totals. */
export const FILTER_OPTIONS: readonly Option[] = [
  { name: 'namespace', short: 'n', value: 'NAMESPACE', repeatable: true, about: 'show what has an end there' },
  { name: 'pod', value: 'NAMESPACE/POD', repeatable: true, about: 'show what is from or to a pod' },
  { name: 'port', value: 'PORT[/PROTOCOL]', repeatable: true, about: 'show connections to a port' },
  { name: 'verdict', value: 'VERDICT', choices: VERDICTS, repeatable: true, about: 'show packets of a verdict' },
  {
    name: 'policy',
    value: '[NAMESPACE/]POLICY',
    repeatable: true,
    about: 'show what a policy decided, or isolates the end of',
  },
  { name: 'since', value: 'TIME', about: 'show packets from then on: ISO 8601, or seconds since 1970' },
  { name: 'until', value: 'TIME', about: 'show packets before then' },
];

export type FilterWords = { readonly conditions: Conditions; readonly words: readonly string[] };

/** The conditions of a command line, and its words for them; null without any. @throws UsageError */
export function filterOf(parsed: Parsed, table: MatchTable): FilterWords | null {
  const words = FILTER_OPTIONS.flatMap(({ name }) => parsed.all(name).map((value) => `${name} ${value}`));
  if (words.length === 0) return null;
  const names = namesOf(table);
  return {
    words,
    conditions: {
      namespaces: known(parsed, 'namespace', names.namespaces),
      pods: known(parsed, 'pod', names.pods),
      policies: known(parsed, 'policy', names.policies),
      ports: parsed.all('port').map(portOf),
      verdicts: parsed.all('verdict').map((word) => VERDICTS.indexOf(word as (typeof VERDICTS)[number])),
      since: timeOf(parsed, 'since'),
      until: timeOf(parsed, 'until'),
    },
  };
}

/** A name that no manifest has would show nothing, and look like an answer. */
function known(parsed: Parsed, option: string, names: ReadonlySet<string>): readonly string[] {
  const values = parsed.all(option);
  const unknown = values.find((value) => !names.has(value));
  if (unknown !== undefined)
    throw new UsageError(
      `option \`--${option}\`: no ${option} \`${unknown}\` among the manifests${didYouMean(unknown, names)}`,
    );
  return values;
}

function portOf(text: string): Conditions['ports'][number] {
  const [port = '', name, ...rest] = text.split('/');
  const protocol = name === undefined ? null : protocolNumber(name);
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535 || rest.length > 0 || (name !== undefined && protocol === null))
    throw new UsageError(`option \`--port\`: \`${text}\`: expected \`5432\` or \`5432/tcp\``);
  return { port: Number(port), protocol };
}

const ISO = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/;

export function timeOf(parsed: Parsed, option: string): number | null {
  const text = parsed.one(option);
  if (text === undefined) return null;
  const time = /^\d{1,10}(\.\d{1,9})?$/.test(text)
    ? Number(text)
    : ISO.test(text)
      ? Date.parse(text) / 1000
      : Number.NaN;
  if (Number.isNaN(time))
    throw new UsageError(
      `option \`--${option}\`: \`${text}\` is no time, expected \`2026-08-01T10:00:00Z\` or seconds since 1970`,
    );
  return time;
}
