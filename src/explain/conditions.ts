import { type Endpoint, qualifiedName } from '../model/endpoint.ts';
import {
  ANY_L4,
  ANY_PEER,
  type Direction,
  type IcmpMatch,
  type L4Match,
  type PeerMatch,
  type PortSet,
  type Rule,
} from '../model/policy.ts';
import { formatAddress } from '../net/address.ts';
import type { FiveTuple } from '../net/five-tuple.ts';
import { contains, formatPrefix, type Prefix } from '../net/prefix.ts';
import { type Holder, type Judge, needsPorts } from './judge.ts';
import { icmpWords, portWords, protocolWords } from './packet-words.ts';
import { failingParts, selectorWords } from './selector-words.ts';

/** A condition that a packet does not meet. `unread`: nobody can tell, as the packet does not show its ports. */
export type Failure = {
  readonly wants: string;
  readonly has: string;
  /** How many labels, blocks or numbers are wrong: the distance of the packet from it. */
  readonly weight: number;
  readonly unread: boolean;
};

/** A part of a rule that failed: for each alternative of it the conditions that did. */
export type FailedPart = {
  readonly part: 'family' | 'source' | 'destination' | 'l4';
  readonly alternatives: readonly (readonly Failure[])[];
};

type Side = 'source' | 'destination';

/** A rule that asks nothing. Each condition is put into one, alone, and the judge is asked: so words cannot err. */
const ASKS_NOTHING = { family: null, l4: null, source: null, destination: null } as const;

/** The parts of a rule that a packet does not meet, or may not meet; none when the rule matches. */
export class Conditions {
  readonly #judge: Judge;
  readonly #tuple: FiveTuple;
  readonly #unread: boolean;

  constructor(judge: Judge, tuple: FiveTuple) {
    this.#judge = judge;
    this.#tuple = tuple;
    this.#unread = needsPorts(tuple);
  }

  failed(rule: Rule): FailedPart[] {
    const parts: FailedPart[] = [
      { part: 'family', alternatives: [this.#family(rule)] },
      { part: 'source', alternatives: this.#peers(rule, 'source') },
      { part: 'destination', alternatives: this.#peers(rule, 'destination') },
      { part: 'l4', alternatives: rule.l4?.map((match) => this.#l4(rule, match)) ?? [[]] },
    ];
    return parts.filter(({ alternatives }) => alternatives.every((failures) => failures.length > 0));
  }

  #holds(rule: Rule, condition: Partial<Rule>): boolean {
    return this.#judge.ruleMatches({ ...rule, ...ASKS_NOTHING, ...condition }, this.#tuple);
  }

  #family(rule: Rule): Failure[] {
    const { family } = rule;
    if (family === null || this.#holds(rule, { family })) return [];
    return [failure(`IPv${family}`, `the packet is IPv${this.#tuple.src.family}`)];
  }

  #peers(rule: Rule, side: Side): (readonly Failure[])[] {
    return rule[side]?.map((peer) => this.#peer(rule, peer, side)) ?? [[]];
  }

  #peer(rule: Rule, peer: PeerMatch, side: Side): Failure[] {
    const found: Failure[] = [];
    const ask = (condition: Partial<PeerMatch>): boolean =>
      this.#holds(rule, { [side]: [{ ...ANY_PEER, ...condition }] });
    const text = formatAddress(this.#tuple[side === 'source' ? 'src' : 'dst']);
    if (peer.nets !== null && !ask({ nets: peer.nets }))
      found.push(failure(blocks(peer.nets), peer.nets.length === 1 ? `${text} is outside it` : `${text} is in none`));
    if (peer.notNets !== null && !ask({ notNets: peer.notNets })) found.push(this.#hole(peer, side, text));
    if (peer.selector !== null && !ask({ selector: peer.selector })) found.push(this.#unselected(peer, side, text));
    if (peer.notSelector !== null && !ask({ notSelector: peer.notSelector }))
      found.push(failure(`none of the ${selectorWords(peer.notSelector)}`, `${this.#names(side)} is one`));
    if (peer.service !== null) found.push(...this.#service(rule, peer.service, side, text));
    return found;
  }

  #hole({ nets, notNets }: PeerMatch, side: Side, text: string): Failure {
    const address = this.#tuple[side === 'source' ? 'src' : 'dst'];
    const holes = notNets!.filter((net) => contains(net, address));
    const all = nets === null ? `not in ${blocks(notNets!)}` : `${blocks(nets)} except ${listed(notNets!)}`;
    return failure(all, `${text} is in ${nets === null ? '' : 'the except '}${listed(holes)}`);
  }

  /** The holder that lacks least, and what it lacks. */
  #unselected(peer: PeerMatch, side: Side, text: string): Failure {
    const wants = selectorWords(peer.selector!);
    const found = this.#holders(side)
      .map((holder) => failingParts(peer.selector!, holder.labels, nameOf(holder)))
      .sort((a, b) => a.length - b.length)[0];
    if (found === undefined) return failure(wants, `${text} is no pod's address`, NOBODYS);
    return failure(wants, found.map(({ has }) => has).join(', '), found.length);
  }

  /** Behind a Service the port counts too, at the destination. */
  #service(rule: Rule, service: string, side: Side, text: string): Failure[] {
    const peer = [{ ...ANY_PEER, service }];
    if (this.#unread && side === 'destination') return [unread(`a backend of Service ${service}`)];
    if (this.#holds(rule, { [side]: peer })) return [];
    const port = side === 'destination' ? `, ${portWords(this.#tuple, side)}` : '';
    return [failure(`a backend of Service ${service}`, `${text}${port} is none`)];
  }

  #l4(rule: Rule, match: L4Match): Failure[] {
    const found: Failure[] = [];
    const ask = (condition: Partial<L4Match>): boolean => this.#holds(rule, { l4: [{ ...ANY_L4, ...condition }] });
    const { protocol, notProtocol, icmp, notIcmp } = match;
    const is = `the packet is ${protocolWords(this.#tuple.protocol)}`;
    const full = match.destinationPorts === null ? '' : ` ${this.#ports(match.destinationPorts, 'destination')}`;
    if (protocol !== null && !ask({ protocol })) found.push(failure(`${protocolWords(protocol)}${full}`, is));
    if (notProtocol !== null && !ask({ notProtocol })) found.push(failure(`not ${protocolWords(notProtocol)}`, is));
    for (const [field, side, not] of PORT_FIELDS) {
      const ports = match[field];
      if (ports === null) continue;
      const of = protocol === null ? '' : `${protocolWords(protocol)} `;
      const wants = `${not ? 'not ' : ''}${of}${side === 'source' ? 'source ' : ''}${this.#ports(ports, side)}`;
      if (this.#unread) found.push(unread(wants));
      else if (!ask({ [field]: ports })) found.push(failure(wants, portWords(this.#tuple, side)));
    }
    for (const [field, wanted] of [['icmp', icmp] as const, ['notIcmp', notIcmp] as const]) {
      if (wanted === null) continue;
      const wants = `${field === 'icmp' ? '' : 'not '}${icmpMatchWords(wanted)}`;
      if (this.#unread) found.push(unread(wants));
      else if (!ask({ [field]: wanted })) found.push(failure(wants, icmpWords(this.#tuple)));
    }
    return found;
  }

  /** Ports as written; what a name stands for at that end beside it. */
  #ports({ ranges, names }: PortSet, side: Side): string {
    const owners = this.#judge.ownersOf(this.#tuple[side === 'source' ? 'src' : 'dst']);
    const numbers = ranges.map(([first, last]) => (first === last ? `${first}` : `${first} to ${last}`));
    const all = [...numbers, ...names.map((name) => namedWords(name, owners, this.#tuple.protocol))];
    return `port ${all.length === 0 ? 'none' : all.join(', ')}`;
  }

  #holders(side: Side): readonly Holder[] {
    return this.#judge.holdersOf(this.#tuple[side === 'source' ? 'src' : 'dst']);
  }

  #names(side: Side): string {
    return this.#holders(side).map(nameOf).join(', ');
  }
}

/** An address without labels is farther away than one label. */
const NOBODYS = 2;

const PORT_FIELDS = [
  ['sourcePorts', 'source', false],
  ['notSourcePorts', 'source', true],
  ['destinationPorts', 'destination', false],
  ['notDestinationPorts', 'destination', true],
] as const;

const failure = (wants: string, has: string, weight = 1): Failure => ({ wants, has, weight, unread: false });
const unread = (wants: string): Failure => ({ wants, has: 'the packet does not tell', weight: 1, unread: true });

const listed = (nets: readonly Prefix[]): string => nets.map(formatPrefix).join(', ');
const blocks = (nets: readonly Prefix[]): string =>
  `${nets.length === 1 ? 'ipBlock' : 'one of the blocks'} ${listed(nets)}`;

/** A network set is told from a pod. */
export const nameOf = (holder: Holder): string =>
  'nets' in holder ? `network set ${qualifiedName(holder)}` : qualifiedName(holder);

function namedWords(name: string, owners: readonly Endpoint[], protocol: number): string {
  const found = owners.flatMap(({ namedPorts }) =>
    namedPorts.filter((named) => named.name === name && named.protocol === protocol).map(({ port }) => port),
  );
  if (found.length > 0) return `\`${name}\` (${[...new Set(found)].join(', ')} there)`;
  const elsewhere = owners.some(({ namedPorts }) => namedPorts.some((named) => named.name === name));
  return `\`${name}\` (${elsewhere ? `not of ${protocolWords(protocol)} there` : 'which that end does not have'})`;
}

const icmpMatchWords = ({ type, code }: IcmpMatch): string =>
  `ICMP type ${type}${code === null ? '' : `, code ${code}`}`;

/** Failing conditions of the alternative that fails least, over all parts. */
export const distanceOf = (failed: readonly FailedPart[]): number =>
  failed.reduce((sum, { alternatives }) => sum + Math.min(...alternatives.map(weightOf), NOBODY), 0);

/** What a list without items is away from any packet. */
const NOBODY = 8;

const weightOf = (failures: readonly Failure[]): number => failures.reduce((sum, { weight }) => sum + weight, 0);

/** How a part of a rule is called where people write it. */
export function partName(part: FailedPart['part'], direction: Direction): string {
  if (part === 'l4') return 'ports';
  if (part === 'source' && direction === 'ingress') return 'from';
  return part === 'destination' && direction === 'egress' ? 'to' : part;
}
