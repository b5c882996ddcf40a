import type { ConversationWords } from './conversations.ts';
import type { EndDecision } from './end-decision.ts';
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
    return decision?.action === 'deny' ? [`${end}: ${denial(decision)}`] : [];
  });
  if (denying.length > 0) return denying.join('; ');
  return conversation.reasons.map((reason) => `${reason}: ${REASON_WORDS[reason]}`).join('; ');
}

function denial(decision: EndDecision): string {
  if (decision.policy !== null) return `denied by ${decision.kind} ${decision.policy}, rule ${decision.rule}`;
  const isolating = decision.isolatedAt ?? [];
  if (isolating.length === 0)
    return decision.reason === 'profile' ? 'denied by its profile' : `denied by the end of tier ${decision.tier}`;
  return `not allowed by ${named(isolating.map(({ policy }) => policy))}`;
}

/** The first few of a list, and how many more there are. */
export function named(all: readonly string[]): string {
  const more = all.length - NAMED;
  return `${all.slice(0, NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
