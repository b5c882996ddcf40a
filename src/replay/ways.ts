import { type Address, addressOfWords, type Family, wordsOf } from '../net/address.ts';
import type { FiveTuple } from '../net/five-tuple.ts';
import { hasPorts } from '../net/protocol.ts';
import { describeFinding, type FindingWords } from '../table/decisions.ts';
import { hostWords } from '../table/hosts.ts';
import type { MatchTable } from '../table/match-table.ts';
import { Matcher } from '../table/matcher.ts';
import {
  FLAGS,
  type FlagWord,
  flagBit,
  REASONS,
  type ReasonWord,
  VERDICTS,
  type VerdictWord,
} from '../verdict/reasons.ts';
import { Connections } from './connections.ts';
import type { Place } from './fronts.ts';
import { Judge } from './judge.ts';
import type { Leg } from './legs.ts';
import { Nat } from './nat.ts';
import { openerRow } from './opener-row.ts';
import { type ReplayOptions, settle } from './options.ts';

/** One way that an opener to a Service or hostPort may go: to backends that no policy tells apart. */
export type Way = {
  readonly backends: readonly { readonly address: Address; readonly port: number }[];
  /** The opener as egress policy sees it, and as ingress policy does. */
  readonly leaves: FiveTuple;
  readonly arrives: FiveTuple;
  /** Owing to what a node's address is the source that arrives; null: it is the client's. */
  readonly hiddenBy: string | null;
  readonly verdict: VerdictWord;
  readonly reason: ReasonWord;
  readonly flags: readonly FlagWord[];
  readonly egress: FindingWords;
  readonly ingress: FindingWords;
  /** Of host endpoints; null where none judged. */
  readonly hosts: { readonly egress: FindingWords | null; readonly ingress: FindingWords | null };
};

/** Every way that an opener may go, each judged; empty where it goes to no Service or hostPort, or to one without backends. */
export function waysOf(table: MatchTable, opener: FiveTuple, options: ReplayOptions = {}): Way[] {
  const { src, dst, protocol, sourcePort, destinationPort } = opener;
  if (!hasPorts(protocol) || sourcePort === null || destinationPort === null) return [];
  const matcher = new Matcher(table);
  const nat = new Nat(table, new Judge(table, matcher, settle(options)), matcher, new Connections(1));
  const { family } = src;
  const row = openerRow({ family, src: wordsOf(src), dst: wordsOf(dst), protocol, sourcePort, destinationPort });
  return nat.ways(row, 0).map((leg) => wayOf(table, opener, leg));
}

function wayOf(table: MatchTable, opener: FiveTuple, leg: Leg): Way {
  const backends = leg.backends.map((place) => ({ address: addressAt(place), port: place.port }));
  const [first] = backends;
  const translated = { ...opener, dst: first!.address, destinationPort: first!.port };
  return {
    backends,
    leaves: leg.beforeTranslation ? opener : translated,
    arrives: leg.hide === null ? translated : { ...translated, src: addressAt(leg.hide) },
    hiddenBy: leg.hide?.why ?? null,
    verdict: VERDICTS[leg.verdict]!,
    reason: REASONS[leg.reason]!,
    flags: FLAGS.filter((word) => (leg.flags & flagBit(word)) !== 0),
    egress: describeFinding(table, leg.egress),
    ingress: describeFinding(table, leg.ingress),
    hosts: { egress: hostWords(table, leg.hostEgress), ingress: hostWords(table, leg.hostIngress) },
  };
}

const addressAt = ({ family, words }: Place): Address => addressOfWords(family as Family, ...words);
