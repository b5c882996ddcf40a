import { parseAddress } from '../net/address.ts';
import { hostPrefix, parsePrefix } from '../net/prefix.ts';
import { type ConnectivityOptions, connectivity } from '../reach/connectivity.ts';
import type { EndFilter } from '../reach/filter.ts';
import { connectivityJson, connectivityText } from '../report/reach/connectivity.ts';
import { DEFAULT_TOP } from '../report/text.ts';
import type { MatchTable } from '../table/match-table.ts';
import type { Command, Option } from './command.ts';
import { ENFORCEMENT_OPTIONS } from './enforcement-options.ts';
import { hasNobodyToJudge, warnOfHosts } from './inputs.ts';
import { EXIT_FINE, EXIT_TROUBLE, type Io, UsageError } from './io.ts';
import { compileNamed, FILENAME, KEEP_GOING, MAX_TABLE_BYTES, STAGED } from './manifests.ts';
import { paletteFor } from './palette.ts';
import type { Parsed } from './parse.ts';
import { didYouMean } from './suggest.ts';

const WHO = 'NAMESPACE|NAMESPACE/POD|ADDRESS|CIDR';
const FROM: Option = { name: 'from', value: WHO, about: 'only what comes from there' };
const TO: Option = { name: 'to', value: WHO, about: 'only what goes there' };

export const connectivityCommand: Command = {
  name: 'connectivity',
  about: 'all that the policies let through, without traffic: who may connect to whom, on which ports',
  usage: 'connectivity -f FILE|DIR|- [options]',
  options: [
    FILENAME,
    FROM,
    TO,
    { name: 'output', short: 'o', value: 'FORMAT', choices: ['text', 'json'], default: 'text', about: 'format' },
    { name: 'top', value: 'N', atLeast: 1, default: String(DEFAULT_TOP), about: 'lines of text; JSON has all' },
    ...ENFORCEMENT_OPTIONS,
    STAGED,
    KEEP_GOING,
    MAX_TABLE_BYTES,
  ],
  operands: { least: 0, most: 0, called: 'nothing' },
  examples: [
    'connectivity -f k8s/',
    'connectivity -f k8s/ --to db',
    'connectivity -f k8s/ --from 203.0.113.0/24 -o json',
  ],
  run: runConnectivity,
};

async function runConnectivity(parsed: Parsed, io: Io): Promise<number> {
  const table = await compileNamed(parsed, io);
  warnOfHosts([table], io);
  if (hasNobodyToJudge(table, io, parsed.has(KEEP_GOING.name))) return EXIT_TROUBLE;
  const open = connectivity(table, { from: filterOf(parsed, FROM, table), to: filterOf(parsed, TO, table) });
  const top = parsed.number('top')!;
  await io.out(parsed.one('output') === 'json' ? connectivityJson(open) : connectivityText(open, paletteFor(io), top));
  return EXIT_FINE;
}

/** @throws UsageError for what is no address, and no workload of the manifests */
function filterOf(
  parsed: Parsed,
  { name }: Option,
  table: MatchTable,
): NonNullable<ConnectivityOptions['from']> | null {
  const text = parsed.one(name);
  if (text === undefined) return null;
  const address = parseAddress(text);
  if (address !== null) return { text, filter: { block: hostPrefix(address) } };
  const block = parsePrefix(text)?.prefix;
  if (block !== undefined) return { text, filter: { block } };
  const [namespace, pod = null] = text.split('/') as [string, string?];
  const known = table.endpoints.list.flatMap((one) => [`${one.namespace}`, `${one.namespace}/${one.name}`]);
  if (!known.includes(text))
    throw new UsageError(
      `option \`--${name}\`: \`${text}\` is no namespace or pod of the manifests, no address and no block${didYouMean(text, [...new Set(known)])}`,
    );
  return { text, filter: { namespace, name: pod } satisfies EndFilter };
}
