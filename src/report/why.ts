import type { EndDecision } from '../table/end-decision.ts';
import type { ConversationWords } from './conversations.ts';
import { REASON_WORDS } from './reason-words.ts';

/** How many isolating policies a line of text names; JSON names all that are known. */
export const NAMED = 3;

/**
 * Why a conversation was dropped, on one line: what each denying end says, or the reason where none was
 * asked. Where the policies are written, the list of hits says.
 */
export function whyDropped(conversation: ConversationWords): string {
  const denying = (['egress', 'ingress', 'host'] as const).flatMap((end) => {
    const decision = conversation[end];
    if (decision?.action !== 'deny') return [];
    return [`${end}: ${decisionText(decision)}${end === 'ingress' ? sourceSeen(conversation) : ''}`];
  });
  if (denying.length > 0) return denying.join('; ');
  return conversation.reasons.map((reason) => `${reason}: ${REASON_WORDS[reason]}`).join('; ');
}

/** What an end said. `written` is added to what has a place, as it should be shown. */
export function decisionText(decision: EndDecision, written: (at: string) => string = () => ''): string {
  const { action, reason, tier, kind, policy, rule, at } = decision;
  const says = action === 'allow' ? 'allowed' : 'denied';
  if (policy !== null) return `${says} by ${kind} ${policy}, rule ${rule}${at === null ? '' : written(at)}`;
  if (reason === 'no-policy') return 'no policy selects it';
  if (reason === 'not-an-endpoint') return 'not a pod';
  if (reason === 'failsafe') return `${says} by a failsafe port`;
  if (reason === 'not-judged') return 'not judged';
  if (reason === 'undetermined') return 'cannot be told';
  if (reason === 'profile') return `${says} by its profile`;
  const isolating = decision.isolatedAt ?? [];
  if (isolating.length === 0) return `${says} by the end of tier ${tier}`;
  return `not allowed by ${named(isolating.map((place) => `${place.policy}${written(place.at)}`))}`;
}

/** Whom ingress policy saw, where that is a node: no rule about a pod, or about the client behind it, matches. */
function sourceSeen({ arrivesFrom }: ConversationWords): string {
  if (arrivesFrom === null) return '';
  const { says, owingTo } = arrivesFrom;
  return `, as it arrives from ${says}${owingTo === null ? '' : `, owing to ${owingTo}`}`;
}

/** Why a conversation could not be judged, on one line. */
export function whyUndetermined({ reasons, backends }: ConversationWords): string {
  const words = reasons.join(', ');
  if (backends === null) return words;
  const { forwarded, dropped, undetermined } = backends;
  const either = undetermined === 0 ? '' : `, ${undetermined} depending on the node that translates`;
  return `${words}: of ${forwarded + dropped + undetermined} backends ${forwarded} forwarded, ${dropped} dropped${either}`;
}

/** The first few of a list, and how many more there are. */
export function named(all: readonly string[]): string {
  const more = all.length - NAMED;
  return `${all.slice(0, NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
