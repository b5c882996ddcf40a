import { DECIDERS } from '../../verdict/pair-batch.ts';
import { type Cell, columns } from '../columns.ts';
import { DECIDER_TITLES } from '../diff/sentences.ts';
import type { SideOutcome } from '../diff/words.ts';
import { endText } from '../ends.ts';
import { plain } from '../escape.ts';
import { count, counted, percent } from '../numbers.ts';
import { type Palette, PLAIN } from '../palette.ts';
import { serviceOf } from '../summary.ts';
import { decisionText } from '../why.ts';
import type { DataplaneComparison, DisputeWords } from './summary.ts';

/** The comparison for people: only what the two judge otherwise, and the switch behind it. */
export function dataplanesText(compared: DataplaneComparison, palette: Palette = PLAIN, top: number): string {
  const sections = [
    `${palette.heading(plain(dataplanesAnswer(compared)))}\n`,
    switches(compared, palette),
    totals(compared, palette),
    conversations(compared, palette, top),
    compared.notes.map((note) => `note: ${plain(note)}\n`).join(''),
  ];
  return sections.filter((section) => section !== '').join('\n');
}

/** The answer in one sentence. */
export function dataplanesAnswer(compared: DataplaneComparison): string {
  const { dataplane, against, differing, total, switches } = compared;
  if (switches.length === 0) return `${dataplane} and ${against} do nothing differently: no switch has two values`;
  if (!compared.differs)
    return `${dataplane} and ${against} come to the same verdict on all of ${counted(total.packets, 'packet')}`;
  const share = `${count(differing.packets)} of ${counted(total.packets, 'packet')}`;
  return `${dataplane} and ${against} come to different verdicts on ${share}, in ${counted(compared.conversations.length, 'conversation')}`;
}

const switches = ({ dataplane, against, switches }: DataplaneComparison, palette: Palette): string =>
  switches.length === 0
    ? ''
    : columns(
        [
          { title: 'SWITCH' },
          { title: dataplane.toUpperCase() },
          { title: against.toUpperCase() },
          { title: 'LEDGER' },
        ],
        switches.map((one) => [one.name, one.dataplane, one.against, one.ledger.join(', ')]),
        palette.heading,
      );

function totals({ dataplane, against, verdicts, total }: DataplaneComparison, palette: Palette): string {
  const words = ['forwarded', 'dropped', 'undetermined'] as const;
  const row = (name: string, side: DataplaneComparison['verdicts']['dataplane']): Cell[] => [
    name,
    ...words.flatMap((word) => [count(side[word].packets), percent(side[word].packets, total.packets)]),
  ];
  const heads = words.flatMap((word) => [
    { title: word.toUpperCase(), right: true },
    { title: '%', right: true },
  ]);
  const rows = [row(dataplane, verdicts.dataplane), row(against, verdicts.against)];
  return columns([{ title: 'PACKETS' }, ...heads], rows, palette.heading);
}

function conversations(compared: DataplaneComparison, palette: Palette, top: number): string {
  const { dataplane, against, conversations: all } = compared;
  if (all.length === 0) return '';
  const rows = all
    .slice(0, top)
    .map((one): Cell[] => [
      endText(one.from),
      endText(one.to),
      serviceOf(one),
      count(one.packets),
      outcome(one.dataplane, palette),
      outcome(one.against, palette),
      blame(one, compared),
    ]);
  const heads = ['FROM', 'TO', 'PORT', 'PACKETS', dataplane.toUpperCase(), against.toUpperCase(), 'OWING TO'];
  const table = columns(
    heads.map((title) => ({ title, right: title === 'PACKETS' })),
    rows,
    palette.heading,
  );
  const more = all.length - top;
  return more <= 0
    ? table
    : `${table}${palette.faint(`and ${counted(more, 'more conversation')} (--top ${all.length} shows all)\n`)}`;
}

function outcome(side: SideOutcome, palette: Palette): Cell {
  const { verdict, reasons } = side;
  const denying = DECIDERS.flatMap((decider) => {
    const decision = side[decider];
    return decision?.action === 'deny' ? [`${DECIDER_TITLES[decider]}: ${decisionText(decision)}`] : [];
  });
  const why = verdict === 'forwarded' ? '' : denying.length > 0 ? `, ${denying.join('; ')}` : `, ${reasons.join(', ')}`;
  return { text: `${verdict}${why}`, mark: palette[verdict] };
}

/** The switches with the values of the dataplane that is compared against. */
function blame({ switches, together }: DisputeWords, compared: DataplaneComparison): string {
  const named = switches.map((name) => `${name}=${compared.switches.find((one) => one.name === name)!.against}`);
  return named.join(together ? ' with ' : ' or ');
}
