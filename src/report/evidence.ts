import type { Evidence } from '../verdict/evidence.ts';
import { count, counted } from './numbers.ts';
import type { Style } from './style.ts';

/** What captures show of the connections that opened in them, beside the verdicts; empty without any. */
export function evidenceText(evidence: Evidence | null, style: Style): string {
  if (evidence === null) return '';
  const { connections, table, examples, notFollowed } = evidence;
  const rows = table.map(({ verdict, shown, connections }) => [
    { text: verdict, mark: style.palette[verdict] },
    shown,
    count(connections),
  ]);
  const shown = examples.map(({ file, n, src, dst, from, to, dport, verdict, shown }) => [
    `${file}, ${count(n)}`,
    `${from ?? src} > ${to ?? dst}`,
    `${dport}/TCP`,
    { text: verdict, mark: style.palette[verdict] },
    shown,
  ]);
  const heads = ['SPEAKS AGAINST IT AT', 'ENDS', 'PORT', 'REPLAYED', 'SHOWN'].map((title) => ({ title }));
  const left = notFollowed === 0 ? '' : `, ${count(notFollowed)} not followed`;
  return [
    style.line(`Evidence: what the packets show of ${counted(connections, 'TCP connection')}${left}`),
    style.table([{ title: 'REPLAYED' }, { title: 'SHOWN' }, { title: 'CONNECTIONS', right: true }], rows),
    style.aside('evidence only: who does not answer may be gone, and a capture may miss the answer'),
    shown.length === 0 ? '' : `\n${style.table(heads, shown)}`,
  ].join('');
}
