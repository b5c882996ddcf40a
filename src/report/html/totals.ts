import { count, percent } from '../numbers.ts';
import { REASON_WORDS } from '../reason-words.ts';
import type { Summary } from '../summary.ts';
import { type Html, html, NOTHING } from './markup.ts';
import { bar, type Verdict } from './plot.ts';
import { number, table, text } from './table.ts';

const VERDICTS: readonly Verdict[] = ['forwarded', 'dropped', 'undetermined'];
const WIDTH = 1080;
const TALL = 26;

/** The verdicts as three numbers, as a bar of shares, and as a table. */
export const totals = (
  summary: Summary,
): Html => html`<div class="tiles">${VERDICTS.map((verdict) => tile(summary, verdict))}</div>
${shares(summary)}${amounts(summary)}`;

function tile({ verdicts, total }: Summary, verdict: Verdict): Html {
  const { packets, connections } = verdicts[verdict];
  return html`<div class="tile ${verdict}"><p class="word ${verdict}"><svg width="12" height="12" aria-hidden="true" focusable="false">${bar(verdict, 0, 0, 12, 12)}</svg>${verdict}</p>
<p class="big">${count(packets)}<small> packets</small></p>
<p class="aside">${percent(packets, total.packets)} · ${count(connections)} ${connections === 1 ? 'connection' : 'connections'}</p></div>
`;
}

function shares({ verdicts, total }: Summary): Html {
  if (total.packets === 0) return NOTHING;
  const shown = VERDICTS.filter((verdict) => verdicts[verdict].packets > 0);
  let at = 0;
  const bars = shown.map((verdict) => {
    const wide = (verdicts[verdict].packets / total.packets) * WIDTH;
    const made = bar(verdict, at, 0, Math.max(1, wide - 2), TALL);
    at += wide;
    return html`<g><title>${percent(verdicts[verdict].packets, total.packets)} ${verdict}</title>${made}</g>`;
  });
  const label = shown.map((verdict) => `${percent(verdicts[verdict].packets, total.packets)} ${verdict}`).join(', ');
  return html`<svg class="shares" viewBox="0 0 ${WIDTH} ${TALL}" preserveAspectRatio="none" role="img" aria-label="Packets: ${label}">${bars}</svg>
`;
}

const amounts = ({ verdicts, total }: Summary): Html =>
  table({
    caption: 'Packets, bytes and connections by verdict',
    fixed: true,
    columns: [
      text('Verdict'),
      number('Packets'),
      number('%'),
      number('Bytes'),
      number('%'),
      number('Connections'),
      number('%'),
    ],
    rows: VERDICTS.map((verdict) => {
      const { packets, bytes, connections } = verdicts[verdict];
      return [
        verdict,
        packets,
        percent(packets, total.packets),
        bytes,
        percent(bytes, total.bytes),
        connections,
        percent(connections, total.connections),
      ];
    }),
    foot: [['total', total.packets, '', total.bytes, '', total.connections, '']],
  });

/** Why packets got their verdicts. */
export const reasons = ({ reasons: all }: Summary): Html =>
  table({
    caption: 'Packets by reason',
    columns: [text('Reason'), number('Packets'), number('Connections'), text('Meaning')],
    rows: all.map(({ reason, packets, connections }) => [reason, packets, connections, REASON_WORDS[reason]]),
  });
