import { DROPPED, FORWARDED, UNDETERMINED } from '../../verdict/reasons.ts';
import { count, counted } from '../numbers.ts';
import { type Html, html, NOTHING } from './markup.ts';
import { axisText, bar, legend, px, ticks, type Verdict } from './plot.ts';
import { number, table, text } from './table.ts';
import type { Bucket, TimeLineWords } from './time-line.ts';

const WIDTH = 1080;
const LEFT = 64;
const RIGHT = 12;
const TOP = 14;
const PLOT = 210;
const BELOW = 44;
const HEIGHT = TOP + PLOT + BELOW;
/** Steps between labels of the time axis, in milliseconds. */
const STEPS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5, 36e5, 72e5, 108e5,
  216e5, 432e5, 864e5, 1728e5, 6048e5, 24192e5, 72576e5, 314496e5, 1572480e5,
];
const MOST_LABELS = 9;
const DAY = 864e5;

const widthText = (milliseconds: number): string => {
  for (const [size, unit] of [
    [DAY, 'day'],
    [36e5, 'hour'],
    [6e4, 'minute'],
    [1e3, 'second'],
    [1, 'millisecond'],
  ] as const)
    if (milliseconds >= size) return counted(milliseconds / size, unit);
  return '';
};

/** Milliseconds since 1970 as a time of day in UTC, as finely as `step` asks for; the date where steps are days. */
function timeText(milliseconds: number, step: number): string {
  const iso = new Date(milliseconds).toISOString();
  if (step >= DAY) return iso.slice(0, 10);
  if (step >= 6e4) return iso.slice(11, 16);
  return step >= 1000 ? iso.slice(11, 19) : iso.slice(11, 23);
}

const dateOf = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 10);

/** Packets over time: what is forwarded or undetermined stands on the line, what is dropped hangs below it. */
export function timePlot(line: TimeLineWords): Html {
  if (line.buckets.length === 0) return html`<p>No record tells its time.</p>`;
  const untimed =
    line.untimed === 0
      ? NOTHING
      : html`<p class="aside">${counted(line.untimed, 'packet')} of records without a time are not shown.</p>`;
  return html`${legend(verdictsOf(line.buckets))}${svg(line)}${untimed}${numbers(line)}`;
}

const verdictsOf = (buckets: readonly Bucket[]): Verdict[] => {
  const doubts = buckets.some(({ packets }) => packets[UNDETERMINED]! > 0);
  return ['forwarded', 'dropped', ...(doubts ? (['undetermined'] as const) : [])];
};

const above = ({ packets }: Bucket): number => packets[FORWARDED]! + packets[UNDETERMINED]!;

function svg({ width, buckets }: TimeLineWords): Html {
  const first = buckets[0]!.start;
  const last = buckets.at(-1)!.start + width;
  // A single bucket has some room on both sides.
  const span = Math.max(last - first, width * 12);
  const from = first - (span - (last - first)) / 2;
  const up = ticks(Math.max(...buckets.map(above)), 4).at(-1)!;
  const most = Math.max(up, ...buckets.map(({ packets }) => packets[DROPPED]!));
  const marks = ticks(most, 3);
  const step = marks[1] ?? 1;
  const highest = Math.ceil(Math.max(...buckets.map(above)) / step) * step;
  const lowest = Math.ceil(Math.max(...buckets.map(({ packets }) => packets[DROPPED]!)) / step) * step;
  const scale = PLOT / Math.max(step, highest + lowest);
  const zero = TOP + highest * scale;
  const x = (time: number): number => LEFT + ((time - from) / span) * (WIDTH - LEFT - RIGHT);
  const wide = Math.max(1, ((WIDTH - LEFT - RIGHT) * width) / span - 1);
  const description = `${count(sumOf(buckets, FORWARDED))} packets forwarded, ${count(sumOf(buckets, DROPPED))} dropped, ${count(sumOf(buckets, UNDETERMINED))} undetermined, from ${new Date(first).toISOString()} to ${new Date(last).toISOString()}, each bar ${widthText(width)}. The numbers stand in the table below.`;
  const grid = [
    ...marks.filter((mark) => mark <= highest),
    ...marks.filter((mark) => mark > 0 && mark <= lowest).map((mark) => -mark),
  ];
  return html`<div class="scroll plot" tabindex="0" role="region" aria-label="Time line"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="time-title time-desc">
<title id="time-title">Packets over time by verdict</title><desc id="time-desc">${description}</desc>
${grid.map((value) => {
  const y = px(zero - value * scale);
  return html`<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}" class="${value === 0 ? 'axis' : 'grid'}"/><text x="${LEFT - 8}" y="${y}" dy="0.32em" text-anchor="end">${axisText(Math.abs(value))}</text>
`;
})}${highest > 0 ? side('forwarded', (TOP + zero) / 2) : NOTHING}${lowest > 0 ? side('dropped', (zero + TOP + PLOT) / 2) : NOTHING}${buckets.map(
  (bucket) => {
    const { start, packets } = bucket;
    const heights = packets.map((value) => (value === 0 ? 0 : Math.max(1, value * scale)));
    const at = x(start);
    return html`<g><title>${new Date(start).toISOString()}: ${summary(packets)}</title>${heights[FORWARDED]! > 0 ? bar('forwarded', at, zero - heights[FORWARDED]!, wide, heights[FORWARDED]!) : NOTHING}${heights[UNDETERMINED]! > 0 ? bar('undetermined', at, zero - heights[FORWARDED]! - heights[UNDETERMINED]!, wide, heights[UNDETERMINED]!) : NOTHING}${heights[DROPPED]! > 0 ? bar('dropped', at, zero, wide, heights[DROPPED]!) : NOTHING}</g>
`;
  },
)}${timeAxis(from, span, x)}
<text x="${LEFT}" y="${HEIGHT - 4}">packets per ${perText(width)}</text><text x="${WIDTH - RIGHT}" y="${HEIGHT - 4}" text-anchor="end">time in UTC, ${dateOf(first)}${dateOf(first) === dateOf(last) ? '' : ` to ${dateOf(last)}`}</text>
</svg></div>
`;
}

const perText = (width: number): string => widthText(width).replace(/^1 /, '');
const side = (word: string, y: number): Html =>
  html`<text x="14" y="${px(y)}" text-anchor="middle" transform="rotate(-90 14 ${px(y)})">${word}</text>
`;

function timeAxis(from: number, span: number, x: (time: number) => number): Html {
  const step = STEPS.find((size) => span / size <= MOST_LABELS) ?? STEPS.at(-1)!;
  const first = Math.ceil(from / step) * step;
  const times = Array.from({ length: Math.floor((from + span - first) / step) + 1 }, (_, i) => first + i * step);
  const y = TOP + PLOT;
  return html`${times.map((time) => {
    const at = x(time);
    const anchor = at > WIDTH - 50 ? 'end' : at < LEFT + 30 ? 'start' : 'middle';
    return html`<line x1="${px(at)}" x2="${px(at)}" y1="${y}" y2="${y + 5}" class="axis"/><text x="${px(at)}" y="${y + 19}" text-anchor="${anchor}">${timeText(time, step)}</text>
`;
  })}`;
}

const sumOf = (buckets: readonly Bucket[], verdict: number): number =>
  buckets.reduce((sum, { packets }) => sum + packets[verdict]!, 0);

function summary(packets: readonly number[]): string {
  const told = [
    [FORWARDED, 'forwarded'],
    [DROPPED, 'dropped'],
    [UNDETERMINED, 'undetermined'],
  ] as const;
  return told
    .filter(([verdict]) => packets[verdict]! > 0)
    .map(([verdict, word]) => `${count(packets[verdict]!)} ${word}`)
    .join(', ');
}

const numbers = ({
  buckets,
  width,
}: TimeLineWords): Html => html`<details class="screen"><summary>The numbers of the time line</summary>
${table({
  caption: `Packets by time, ${widthText(width)} a line`,
  columns: [text('From (UTC)'), number('Forwarded'), number('Dropped'), number('Undetermined')],
  rows: buckets.map(({ start, packets }) => [
    new Date(start).toISOString(),
    packets[FORWARDED]!,
    packets[DROPPED]!,
    packets[UNDETERMINED]!,
  ]),
})}</details>
`;
