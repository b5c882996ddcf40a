import { plain, toJson } from '../report/escape.ts';
import { informationOf, infoText } from '../report/info.ts';
import { DEFAULT_TOP } from '../report/text.ts';
import type { Command } from './command.ts';
import { openAll } from './inputs.ts';
import { EXIT_FINE, EXIT_TROUBLE, type Io } from './io.ts';
import { paletteFor } from './palette.ts';
import type { Parsed } from './parse.ts';

export const info: Command = {
  name: 'info',
  about: 'show what captures hold: format, interfaces, packets, time, protocols, tunnels, ends, faults',
  usage: 'info [options] CAPTURE...',
  options: [
    { name: 'output', short: 'o', value: 'FORMAT', choices: ['text', 'json'], default: 'text', about: 'format' },
    { name: 'top', value: 'N', atLeast: 1, default: String(DEFAULT_TOP), about: 'lines of each list' },
  ],
  operands: { least: 1, most: Number.POSITIVE_INFINITY, called: 'CAPTURE' },
  examples: ['info traffic.pcap', "info 'node-*/*.pcap.gz' -o json | jq .inputs[].time"],
  notes: ['Exit code 2 when an input is not read to its end.'],
  run: runInfo,
};

async function runInfo(parsed: Parsed, io: Io): Promise<number> {
  const inputs = await openAll(parsed.operands, { signal: io.signal, stdin: io.stdin }, io);
  if (inputs === null) return EXIT_TROUBLE;
  const isJson = parsed.one('output') === 'json';
  const found: object[] = [];
  let code = EXIT_FINE;
  for (const [i, input] of inputs.entries()) {
    const information = await informationOf(input);
    if (isJson) found.push(information);
    else await io.out(`${i > 0 ? '\n' : ''}${infoText(information, paletteFor(io), parsed.number('top')!)}`);
    if (information.fault === null) continue;
    code = EXIT_TROUBLE;
    io.err(`error: ${plain(information.fault.message)}\n`);
  }
  if (isJson) await io.out(`${toJson({ apiVersion: 'netpol-replay/v1', kind: 'CaptureInfo', inputs: found }, 2)}\n`);
  return code;
}
