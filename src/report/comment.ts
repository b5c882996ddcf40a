import { type EndDecision, endDecision } from '../table/end-decision.ts';
import { hostFinding } from '../table/hosts.ts';
import type { MatchTable } from '../table/match-table.ts';
import type { VerdictBatch } from '../verdict/batch.ts';
import { FLAGS, flagBit, REASONS, VERDICTS } from '../verdict/reasons.ts';
import { MAX_CACHED } from './decision-cache.ts';
import { plain } from './escape.ts';
import { lineOf } from './places.ts';
import { decisionText } from './why.ts';

/** An option of pcapng holds 65,535 bytes; a comment is read by people. */
export const MAX_COMMENT_BYTES = 1000;

/** The comment of a record that was not judged. */
export const NOT_JUDGED_COMMENT: Uint8Array = new TextEncoder().encode(
  'not judged: no IP packet, or one that cannot be decoded',
);

/**
 * What was said of a packet, on one line of UTF-8: `dropped, policy; egress: no policy selects it; ingress: not allowed
 * by db/deny`. It begins with the verdict and the reason, so that programs can look for them. Packets that were judged
 * alike share one text; a bound keeps memory flat.
 */
export class Comments {
  readonly #table: MatchTable;
  readonly #texts = new Map<string, Uint8Array>();

  constructor(table: MatchTable) {
    this.#table = table;
  }

  of(verdicts: VerdictBatch, row: number): Uint8Array {
    const { verdict, reason, egress, ingress, hostEgress, hostIngress, flags } = verdicts;
    const decided = [egress, ingress, hostEgress, hostIngress].map((column) => column[row]);
    const key = `${verdict[row]} ${reason[row]} ${decided.join(' ')} ${flags[row]}`;
    const known = this.#texts.get(key);
    if (known !== undefined) return known;
    const text = new TextEncoder().encode(commentOf(this.#table, verdicts, row));
    const comment = shortened(text);
    if (this.#texts.size >= MAX_CACHED) this.#texts.delete(this.#texts.keys().next().value!);
    this.#texts.set(key, comment);
    return comment;
  }
}

function commentOf(table: MatchTable, verdicts: VerdictBatch, row: number): string {
  const flags = FLAGS.filter((word) => (verdicts.flags[row]! & flagBit(word)) !== 0);
  const host = hostFinding(table, verdicts.hostEgress[row]!, verdicts.hostIngress[row]!);
  const parts = [
    [VERDICTS[verdicts.verdict[row]!]!, REASONS[verdicts.reason[row]!]!, ...flags].join(', '),
    ...(['egress', 'ingress'] as const).map(
      (direction) => `${direction}: ${endWords(endDecision(table, verdicts[direction][row]!))}`,
    ),
    ...(host < 0 ? [] : [`host: ${endWords(endDecision(table, host))}`]),
  ];
  return plain(parts.join('; '));
}

/** What one end decided, in half a line. */
export function endWords(decision: EndDecision): string {
  const { action, reason, kind, policy, rule, at } = decision;
  if (reason === 'rule') {
    const place = at === null ? '' : `, ${lineOf(at)}`;
    return `${action === 'deny' ? 'denied' : 'allowed'} by ${kind} ${policy}, rule ${rule}${place}`;
  }
  if (action === 'deny') return decisionText(decision);
  return WORDS[reason];
}

const WORDS: Readonly<Record<EndDecision['reason'], string>> = {
  rule: 'a rule decided',
  'end-of-tier': 'not allowed',
  profile: 'allowed by its profile',
  'no-policy': 'no policy selects it',
  'not-an-endpoint': 'no pod',
  failsafe: 'allowed by a failsafe port',
  'not-judged': 'not judged',
  undetermined: 'undetermined',
};

/** Cut between two characters, with a mark that it was. */
function shortened(text: Uint8Array): Uint8Array {
  if (text.length <= MAX_COMMENT_BYTES) return text;
  const mark = new TextEncoder().encode(' ...');
  let end = MAX_COMMENT_BYTES - mark.length;
  while ((text[end]! & 0xc0) === 0x80) end--;
  return new Uint8Array([...text.subarray(0, end), ...mark]);
}
