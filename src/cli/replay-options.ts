import { awsFields } from '../capture/flow-log/aws-vpc.ts';
import type { OpenOptions } from '../capture/open.ts';
import {
  DEFAULT_FRAGMENT_WAIT,
  DEFAULT_MAX_CONNECTIONS,
  type Midstream,
  type ReplayOptions,
} from '../replay/options.ts';
import { MOST_WAITING } from '../replay/waiting.ts';
import type { Settings } from '../report/summary.ts';
import type { MatchTable } from '../table/match-table.ts';
import type { Option } from './command.ts';
import { type Io, UsageError } from './io.ts';
import type { Parsed } from './parse.ts';

const MIDSTREAM: readonly Midstream[] = ['infer', 'loose', 'strict'];
const UNKNOWN_WORKLOAD: readonly NonNullable<ReplayOptions['unknownWorkload']>[] = ['outside', 'undetermined'];
const DUPLICATES: readonly NonNullable<ReplayOptions['duplicates']>[] = ['leave-out', 'count'];
const MAX_PORT = 65_535;

/** How traffic is judged: the same for every command that replays. */
export const REPLAY_OPTIONS: readonly Option[] = [
  {
    name: 'midstream',
    value: 'MODE',
    choices: MIDSTREAM,
    default: 'infer',
    about: 'how packets of connections that were not seen to open are judged',
  },
  { name: 'no-track', about: 'judge every packet alone, without connections' },
  {
    name: 'max-connections',
    value: 'N',
    atLeast: 1,
    default: String(DEFAULT_MAX_CONNECTIONS),
    about: 'connections remembered at once; the least recently seen goes first',
  },
  {
    name: 'unknown-workload',
    value: 'HOW',
    choices: UNKNOWN_WORKLOAD,
    default: 'outside',
    about: 'what to do with an address of a pod range that no pod has',
  },
  {
    name: 'duplicates',
    value: 'HOW',
    choices: DUPLICATES,
    default: 'leave-out',
    about: 'what to do with a packet that was captured before, on another device or in a tunnel',
  },
  {
    name: 'fragment-wait',
    value: 'ROWS',
    atLeast: 0,
    atMost: MOST_WAITING,
    default: String(DEFAULT_FRAGMENT_WAIT),
    about: 'how many packets a later fragment waits for the first of its datagram',
  },
  {
    name: 'vxlan-port',
    value: 'PORT',
    atLeast: 1,
    atMost: MAX_PORT,
    repeatable: true,
    about: 'UDP port of VXLAN beside 4789, 8472 and that of FelixConfiguration',
  },
  {
    name: 'fields',
    value: 'FIELDS',
    about: "an AWS VPC flow log's fields where it has no header: as AWS writes them, or their names",
  },
];

export const replayOptions = (parsed: Parsed, io: Io): ReplayOptions => ({
  track: !parsed.has('no-track'),
  midstream: MIDSTREAM.find((mode) => mode === parsed.one('midstream'))!,
  maxConnections: parsed.number('max-connections')!,
  unknownWorkload: UNKNOWN_WORKLOAD.find((how) => how === parsed.one('unknown-workload'))!,
  duplicates: DUPLICATES.find((how) => how === parsed.one('duplicates'))!,
  fragmentWait: parsed.number('fragment-wait')!,
  signal: io.signal,
});

/** The same in words, for reports. */
export const settingsOf = (parsed: Parsed): Settings => ({
  track: !parsed.has('no-track'),
  midstream: parsed.one('midstream')!,
  maxConnections: parsed.number('max-connections')!,
  unknownWorkload: parsed.one('unknown-workload')!,
});

/** @throws UsageError when they are no list that names both ends */
function fieldsOf(parsed: Parsed): Pick<OpenOptions, 'awsFields'> {
  const text = parsed.one('fields');
  if (text === undefined) return {};
  const names = awsFields(text);
  if (names === null) throw new UsageError('`--fields`: expected names of fields, `srcaddr` and `dstaddr` among them');
  return { awsFields: names };
}

/** How captures are read, for the same commands. */
export const openOptions = (parsed: Parsed, io: Io, { switches }: MatchTable): OpenOptions => ({
  signal: io.signal,
  stdin: io.stdin,
  ...fieldsOf(parsed),
  vxlanPorts: [
    ...parsed.all('vxlan-port').map(Number),
    ...(switches.vxlanFromPods == null ? [] : [switches.vxlanFromPods]),
  ],
});
