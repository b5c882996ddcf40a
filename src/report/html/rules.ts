import { formatPosition } from '../../source/position.ts';
import { policyName } from '../../table/decisions.ts';
import type { MatchTable } from '../../table/match-table.ts';
import type { Hit } from '../hits.ts';
import { count, counted, percent } from '../numbers.ts';
import { lineOf, placesBelow, sharedFolder } from '../places.ts';
import type { Summary } from '../summary.ts';
import { named } from '../why.ts';
import { type Html, html } from './markup.ts';
import { px } from './plot.ts';
import { number, table, text } from './table.ts';

type Line = {
  readonly policy: string;
  readonly kind: string;
  readonly direction: string;
  readonly rule: string;
  readonly action: string;
  readonly packets: number;
  readonly connections: number;
  readonly places: readonly string[];
};

const METER = 320;

/** Which rules decided packets, and which never did: a rule that only logs or passes on decides nothing. */
export function rules(matchTable: MatchTable, { hits }: Summary, top: number): Html {
  const ruleLines = linesOfRules(matchTable, hits);
  const hit = ruleLines.filter(({ packets }) => packets > 0);
  const never = ruleLines.filter(({ packets }) => packets === 0);
  const others = hits.filter(({ rule }) => rule === null).map(lineOfEnd);
  const busy = [...hit, ...others].sort((a, b) => b.packets - a.packets);
  if (ruleLines.length === 0 && busy.length === 0)
    return html`<p>No rule decided anything, and there is none that could.</p>`;
  return html`<p class="answer">${count(hit.length)} of ${counted(ruleLines.length, 'rule')} decided at least one packet.</p>
${ruleLines.length === 0 ? null : meter(hit.length, ruleLines.length)}
${busy.length === 0 ? null : lines('What decided, most packets first', busy, top)}${
  never.length === 0
    ? null
    : html`<h3>Never hit: ${counted(never.length, 'rule')}</h3>
<p class="aside">No packet of this traffic was decided by them. That says something of the traffic before it says something of the rule.</p>
${lines('Rules that decided no packet', never, top)}`
}`;
}

function linesOfRules(matchTable: MatchTable, hits: readonly Hit[]): Line[] {
  const { policies, rules: all } = matchTable.decisions;
  const key = (...parts: readonly (string | number | null)[]): string => JSON.stringify(parts);
  const amounts = new Map(hits.map((hit) => [key(hit.direction, hit.kind, hit.policy, hit.rule), hit]));
  return all
    .filter(({ action }) => action === 'allow' || action === 'deny')
    .map(({ policy, direction, index, action, at }) => {
      const name = policyName(matchTable, policy);
      const { kind } = policies[policy]!;
      const hit = amounts.get(key(direction, kind, name, index));
      return {
        policy: name,
        kind,
        direction,
        rule: String(index),
        action,
        packets: hit?.packets ?? 0,
        connections: hit?.connections ?? 0,
        places: [lineOf(formatPosition(at))],
      };
    });
}

/** No rule matched: the policies that isolate the end stand for it, or its profile. */
function lineOfEnd({ reason, tier, direction, action, packets, connections, isolatedAt }: Hit): Line {
  const isEnd = reason === 'end-of-tier';
  const places = isolatedAt ?? [];
  return {
    policy: places.length === 0 ? '-' : named(places.map((place) => place.policy)),
    kind: '-',
    direction: direction ?? '-',
    rule: isEnd ? (tier === 'default' ? 'none matched' : `none matched in tier ${tier}`) : reason,
    action: action ?? '-',
    packets,
    connections,
    places: places.map((place) => lineOf(place.at)),
  };
}

function lines(caption: string, all: readonly Line[], top: number): Html {
  const shown = all.slice(0, top);
  const folder = sharedFolder(shown.flatMap(({ places }) => places));
  return table({
    caption,
    columns: [
      ...['Policy', 'Kind', 'Direction', 'Rule', 'Action'].map(text),
      ...['Packets', 'Connections'].map(number),
      text(folder === '' ? 'Written at' : `Written at, in ${folder}`),
    ],
    rows: shown.map((one) => [
      one.policy,
      one.kind,
      one.direction,
      one.rule,
      html`<span class="act ${one.action === 'deny' ? 'dropped' : 'forwarded'}">${one.action}</span>`,
      one.packets,
      one.connections,
      html`<span class="place">${placesBelow(folder, one.places)}</span>`,
    ]),
    more: all.length - shown.length,
  });
}

function meter(hit: number, all: number): Html {
  const share = all === 0 ? 0 : hit / all;
  return html`<svg class="meter" viewBox="0 0 ${METER} 10" role="img" aria-label="${percent(hit, all)} of the rules"><rect width="${METER}" height="10" rx="5" class="f-track"/><rect width="${px(METER * share)}" height="10" rx="5" class="f-accent"/></svg>`;
}
