import type { Decision } from '../verdict/decision.ts';
import type { DirectionWords, Explanation, WayWords } from '../verdict/explanation.ts';
import { endWords } from './ends.ts';
import { type Asked, explain } from './explain.ts';
import { Judge } from './judge.ts';
import { addressed } from './packet-words.ts';

/** One way that a connection through a Service may go. */
export type AskedWay = { readonly backends: readonly string[]; readonly asked: Asked };

/**
 * Explains a connection to a Service or hostPort: policies see the backends, so each distinct one has an explanation
 * of its own.
 */
export function explainWays({ cluster, tuple, said, meaning, packet, notes = [] }: Asked, ways: readonly AskedWay[]) {
  const judge = new Judge(cluster);
  const told = ways.map(({ backends, asked }): WayWords => ({ backends, explanation: explain(asked) }));
  const explanation: Explanation = {
    apiVersion: 'netpol-replay/v1',
    kind: 'Explanation',
    verdict: said.verdict,
    reason: said.reason,
    meaning,
    flags: said.flags,
    packet: packet ?? null,
    connection: addressed(tuple),
    from: endWords(cluster, judge, tuple.src),
    to: endWords(cluster, judge, tuple.dst),
    egress: summed(said.egress, told[0]!.explanation.egress),
    ingress: summed(said.ingress, told[0]!.explanation.ingress),
    hosts: {
      egress: said.hosts.egress && summed(said.hosts.egress, told[0]!.explanation.hosts.egress),
      ingress: said.hosts.ingress && summed(said.hosts.ingress, told[0]!.explanation.hosts.ingress),
    },
    ways: told,
    changes: [],
    staged: null,
    notes,
  };
  return explanation;
}

/** What one end says of all ways; which policies it asked, each way tells for itself. */
function summed(decision: Decision, first: DirectionWords | null): DirectionWords {
  const isOpen = decision.reason === 'undetermined' || first === null;
  const sentence = isOpen ? 'it depends on the backend' : first.sentence;
  return { decision, sentence, tiers: [], notSelecting: 0 };
}
