import type { ConversationWords, EndDecision } from './conversations.ts';
import { REASON_WORDS } from './reason-words.ts';

/** How many isolating policies a line of text names; JSON names all that are known. */
const NAMED = 3;

/** Why a conversation was dropped, on one line: what each denying end says, or the reason where none was asked. */
export function whyDropped(conversation: ConversationWords): string {
  const denying = (['egress', 'ingress'] as const).filter((direction) => conversation[direction].action === 'deny');
  if (denying.length > 0)
    return denying.map((direction) => `${direction}: ${denial(conversation[direction])}`).join('; ');
  return conversation.reasons.map((reason) => `${reason}: ${REASON_WORDS[reason]}`).join('; ');
}

function denial(decision: EndDecision): string {
  if (decision.policy !== null)
    return `${decision.kind} ${decision.policy} rule ${decision.rule} denies it (${lineOf(decision.at!)})`;
  if (decision.isolatedAt === null || decision.isolatedAt.length === 0)
    return decision.reason === 'profile' ? 'its profile denies it' : `tier ${decision.tier} ends in deny`;
  const named = decision.isolatedAt.slice(0, NAMED).map(({ policy, at }) => `${policy} (${lineOf(at)})`);
  const more = decision.isolatedAt.length - named.length;
  return `isolated by ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}, no rule allows it`;
}

/** `file:line` of `file:line:column`: what a person looks for. */
export const lineOf = (at: string): string => at.replace(/:\d+$/, '');
