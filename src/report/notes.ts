import type { FlagWord } from '../verdict/reasons.ts';
import { MAX_CONVERSATIONS } from '../verdict/tally.ts';
import { count, counted } from './numbers.ts';
import type { Summary } from './summary.ts';

/** What a flag means for the reader of a total, behind "N packets". */
const FLAG_WORDS: Readonly<Record<FlagWord, string>> = {
  midstream: 'of connections whose opener is not in the capture: judged as if it had been, see --midstream',
  'unknown-workload': 'to or from addresses of pod ranges that no pod has: see --unknown-workload',
  'opener-other-file': 'of connections that an earlier file opened',
  duplicate:
    'that were captured before, on another device or in another tunnel: flagged, and left out of the totals, see --duplicates',
  answer: 'of records that tell of answers: judged as what they answer',
  snat: "may arrive with the (tunnel) address of a node in place of the client's, owing to `externalTrafficPolicy: Cluster` or `natOutgoing`: a rule about the client never matches them",
  'order-ambiguous':
    'judged by policies of equal priority that say different things: the API leaves open which comes first, here as in Calico it is the first by name',
  hairpin:
    'of pods that may reach themselves through a Service: networks differ in what policy says of that (--switch hairpin=allow)',
};

/** What a policy with such a field says and no verdict heeds. */
const UNSIMULATED: Readonly<Record<string, string>> = {
  applyOnForward: 'what it says of traffic through the nodes is left out',
  doNotTrack: 'it is left out',
  preDNAT: 'it is left out',
};

/** What a reader must know beside the numbers, a sentence each. The first holds for every capture. */
export function notesOf(summary: Summary): string[] {
  const { inputs, flags, crowdedOut, evictions, datagramsForgotten, encrypted, backwards, enforcement } = summary;
  const notes: string[] = [];
  if (summary.rows === 0) notes.push('the inputs hold no packet that could be judged');
  else if (summary.policies > 0 && summary.reasons.every(({ reason }) => reason === 'not-policed'))
    notes.push('no packet is of a pod that a policy selects: are the manifests of the cluster that the traffic is of?');
  if (inputs.some((input) => input.capture))
    notes.push('a capture holds no packet that was dropped before its tap: what would newly be allowed may be missing');
  for (const { flag, packets } of flags) notes.push(`${counted(packets, 'packet')} ${FLAG_WORDS[flag]}`);
  for (const { file, undecodable, rejected, unreadLink, samples } of inputs) {
    const lost = undecodable + rejected + unreadLink;
    if (lost === 0) continue;
    const first = samples[0];
    const where = first === undefined ? '' : `, the first is record ${first.n} at byte ${first.offset}: ${first.why}`;
    notes.push(`${file}: ${counted(lost, 'record')} could not be read${where}`);
  }
  if (evictions > 0)
    notes.push(
      `${counted(evictions, 'connection')} forgotten to make room (${count(enforcement.maxConnections)} at once): later packets of theirs were judged as in mid-stream, --max-connections raises the limit`,
    );
  if (datagramsForgotten > 0)
    notes.push(
      `${counted(datagramsForgotten, 'first fragment')} forgotten to make room: later fragments of theirs may be undetermined`,
    );
  if (encrypted.wireguard > 0)
    notes.push(
      `${counted(encrypted.wireguard, 'packet')} of WireGuard cannot be read, and ${encrypted.wireguard === 1 ? 'was' : 'were'} judged as what nodes say to each other: capture at the pods' interfaces (cali*) or at wireguard.cali, where it is not encrypted`,
    );
  if (encrypted.esp > 0)
    notes.push(
      `${counted(encrypted.esp, 'packet')} of IPsec (ESP) cannot be read, and ${encrypted.esp === 1 ? 'was' : 'were'} judged as what nodes say to each other: capture at the pods' interfaces, where it is not encrypted`,
    );
  if (backwards > 0)
    notes.push(`${counted(backwards, 'packet')} with a time before an earlier one's: the clock was not turned back`);
  if (crowdedOut.packets > 0)
    notes.push(
      `${counted(crowdedOut.packets, 'packet')} of conversations beyond the first ${count(MAX_CONVERSATIONS)} are in the totals and not in the lists`,
    );
  for (const { policy, field } of summary.unsimulated)
    notes.push(
      `NOT SIMULATED: policy ${policy} selects host endpoints and has \`${field}\`: ${UNSIMULATED[field]}, so verdicts on such traffic may be wrong`,
    );
  return notes;
}
