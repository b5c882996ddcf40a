import { DEFAULT_MAX_CONNECTIONS, type Midstream, type ReplayOptions } from '../replay/options.ts';
import type { Settings } from '../report/summary.ts';
import type { Option } from './command.ts';
import type { Io } from './io.ts';
import type { Parsed } from './parse.ts';

const MIDSTREAM: readonly Midstream[] = ['infer', 'loose', 'strict'];
const UNKNOWN_WORKLOAD: readonly NonNullable<ReplayOptions['unknownWorkload']>[] = ['outside', 'undetermined'];

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
];

export const replayOptions = (parsed: Parsed, io: Io): ReplayOptions => ({
  track: !parsed.has('no-track'),
  midstream: MIDSTREAM.find((mode) => mode === parsed.one('midstream'))!,
  maxConnections: parsed.number('max-connections')!,
  unknownWorkload: UNKNOWN_WORKLOAD.find((how) => how === parsed.one('unknown-workload'))!,
  signal: io.signal,
});

/** The same in words, for reports. */
export const settingsOf = (parsed: Parsed): Settings => ({
  track: !parsed.has('no-track'),
  midstream: parsed.one('midstream')!,
  maxConnections: parsed.number('max-connections')!,
  unknownWorkload: parsed.one('unknown-workload')!,
});
