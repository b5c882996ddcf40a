import { count, counted, utc } from '../numbers.ts';
import type { Summary } from '../summary.ts';
import { type Html, html, type Part } from './markup.ts';
import { number, table, text } from './table.ts';

/** What the numbers rest on: the inputs, and whose behaviour was followed. */
export const run = (summary: Summary): Html => html`${assumed(summary)}${inputs(summary)}`;

function assumed({ enforcement, policies, rules, endpoints, time }: Summary): Html {
  const { dataplane, dataplaneVersion, track, midstream, maxConnections, unknownWorkload } = enforcement;
  const facts: readonly (readonly [string, Part])[] = [
    [
      'Enforcement',
      `${dataplane}${dataplaneVersion === null ? '' : ` (${dataplaneVersion})`}, every policy in force from the first packet on`,
    ],
    [
      'Connections',
      track
        ? `tracked, at most ${count(maxConnections)} at once; packets in mid-stream: ${midstream}`
        : 'not tracked, every packet judged alone in its own direction',
    ],
    ['Addresses of pod ranges that no pod has', unknownWorkload],
    [
      'Policies',
      `${counted(policies, 'policy', 'policies')}, ${counted(rules, 'rule')}, ${counted(endpoints, 'endpoint')}`,
    ],
    ['Time', time.first === null || time.last === null ? 'not told' : `${utc(time.first)} to ${utc(time.last)}`],
  ];
  return html`<dl class="facts">${facts.map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>
`,
  )}</dl>
`;
}

const inputs = ({ inputs: all }: Summary): Html =>
  table({
    caption: 'Inputs',
    columns: [
      text('Input'),
      text('Format'),
      ...['Records', 'Judged', 'Not IP', 'Undecodable', 'Rejected', 'Skipped', 'Unread link'].map(number),
      text('Read to'),
    ],
    rows: all.map((one) => [
      one.file,
      one.format,
      one.records,
      one.rows,
      one.notIp,
      one.undecodable,
      one.rejected,
      one.skipped,
      one.unreadLink,
      one.fault === null ? 'its end' : `byte ${count(one.fault.offset)}: ${one.fault.message}`,
    ]),
  });
