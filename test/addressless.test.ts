/**
 * Endpoints without an address (templates, pending pods) against an obvious reading with three values: a rule that
 * asks for the address may or may not match, so the answer is certain only where every way comes to the same action.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../src/compile/compile.ts';
import type { Cluster } from '../src/model/cluster.ts';
import type { Endpoint } from '../src/model/endpoint.ts';
import { qualifiedName } from '../src/model/endpoint.ts';
import { governs, orderedPolicies, orderedTiers } from '../src/model/order.ts';
import type { Direction, L4Match, PeerMatch, PortSet, Rule } from '../src/model/policy.ts';
import { ALL, matches } from '../src/model/selector.ts';
import { contains } from '../src/net/prefix.ts';
import { hasIcmpType, hasPorts, ICMP, SCTP, TCP, UDP } from '../src/net/protocol.ts';
import { decisionOf, UNDETERMINED_DECISION } from '../src/table/decisions.ts';
import { ACTION_ALLOW, ACTION_DENY, ACTION_NONE } from '../src/table/match-table.ts';
import { Matcher } from '../src/table/matcher.ts';
import { seeded } from './random.ts';
import { randomCluster } from './random-cluster.ts';
import { withoutAddresses } from './unplaced.ts';

type Truth = 'yes' | 'no' | 'maybe';
type Packet = { readonly protocol: number; readonly source: number; readonly destination: number };
type Ends = { readonly source: Endpoint; readonly destination: Endpoint };

const all = (...parts: readonly Truth[]): Truth =>
  parts.includes('no') ? 'no' : parts.includes('maybe') ? 'maybe' : 'yes';
const any = (...parts: readonly Truth[]): Truth =>
  parts.includes('yes') ? 'yes' : parts.includes('maybe') ? 'maybe' : 'no';
const sure = (holds: boolean): Truth => (holds ? 'yes' : 'no');

class Reading {
  readonly #cluster: Cluster;
  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** The actions that a packet may come to, and whether a pass may or may not have been taken on the way. */
  outcomes(direction: Direction, ends: Ends, packet: Packet): { actions: Set<string>; passedMaybe: boolean } {
    const subject = direction === 'egress' ? ends.source : ends.destination;
    const actions = new Set<string>();
    let passedMaybe = false;
    let policed = false;
    let here = true;
    for (const tier of orderedTiers(this.#cluster)) {
      const policies = orderedPolicies(this.#cluster.policies.filter((policy) => policy.tier === tier.name)).filter(
        (policy) => governs(policy, subject, direction),
      );
      if (policies.length === 0) continue;
      policed = true;
      let beyond = false;
      for (const rule of policies.flatMap((policy) => policy[direction])) {
        const truth = rule.action === 'log' || !here ? 'no' : this.#rule(rule, ends, packet);
        if (truth === 'no') continue;
        if (rule.action === 'pass') {
          beyond = true;
          passedMaybe ||= truth === 'maybe';
        } else actions.add(rule.action);
        if (truth === 'yes') here = false;
      }
      if (here && tier.defaultAction === 'deny') actions.add('deny');
      here = beyond || (here && tier.defaultAction === 'pass');
    }
    if (here) actions.add(policed || subject.profile === 'deny' ? subject.profile : 'none');
    return { actions, passedMaybe };
  }

  #rule(rule: Rule, ends: Ends, packet: Packet): Truth {
    const end = (side: 'source' | 'destination'): Truth =>
      all(
        this.#family(rule, ends[side]),
        rule[side] === null
          ? 'yes'
          : any(...rule[side].map((peer) => this.#peer(ofFamily(peer, rule), ends[side], side, packet))),
      );
    return all(
      end('source'),
      end('destination'),
      rule.l4 === null ? 'yes' : sure(rule.l4.some((match) => this.#l4(match, ends, packet))),
    );
  }

  #family({ family }: Rule, { addresses }: Endpoint): Truth {
    if (family === null) return 'yes';
    return addresses[0] === undefined ? 'maybe' : sure(addresses[0].family === family);
  }

  #peer(peer: PeerMatch, end: Endpoint, side: 'source' | 'destination', packet: Packet): Truth {
    const address = end.addresses[0];
    const labels = [
      end,
      ...this.#cluster.networkSets.filter(
        ({ nets }) => address !== undefined && nets.some((net) => contains(net, address)),
      ),
    ];
    const backends = this.#cluster.services
      .filter((service) => qualifiedName(service) === peer.service)
      .flatMap((service) => service.backends)
      .filter(
        ({ protocol, port }) => side === 'source' || (protocol === packet.protocol && port === packet.destination),
      );
    const unknown = (holds: (address: Endpoint['addresses'][number]) => boolean): Truth =>
      address === undefined ? 'maybe' : sure(holds(address));
    return all(
      peer.nets === null
        ? 'yes'
        : peer.nets.length === 0
          ? 'no'
          : unknown((one) => peer.nets!.some((net) => contains(net, one))),
      peer.notNets === null || peer.notNets.length === 0
        ? 'yes'
        : unknown((one) => !peer.notNets!.some((net) => contains(net, one))),
      peer.selector === null ? 'yes' : sure(labels.some((one) => matches(peer.selector!, one.labels))),
      peer.notSelector === null ? 'yes' : sure(!labels.some((one) => matches(peer.notSelector!, one.labels))),
      peer.service === null
        ? 'yes'
        : backends.length === 0
          ? 'no'
          : unknown((one) =>
              backends.some((backend) => backend.address.family === one.family && backend.address.value === one.value),
            ),
    );
  }

  #l4(match: L4Match, ends: Ends, packet: Packet): boolean {
    const { protocol, source, destination } = packet;
    const inPorts = (ports: PortSet, port: number, end: Endpoint): boolean =>
      hasPorts(protocol) &&
      (ports.ranges.some(([first, last]) => first <= port && port <= last) ||
        (matches(ports.namesOf ?? ALL, end.labels) &&
          end.namedPorts.some(
            (one) => ports.names.includes(one.name) && one.protocol === protocol && one.port === port,
          )));
    const isIcmp = ({ type, code }: NonNullable<L4Match['icmp']>): boolean =>
      hasIcmpType(protocol) && destination >> 8 === type && (code === null || code === (destination & 255));
    return (
      (match.protocol === null || match.protocol === protocol) &&
      match.notProtocol !== protocol &&
      (match.sourcePorts === null || inPorts(match.sourcePorts, source, ends.source)) &&
      (match.notSourcePorts === null || !inPorts(match.notSourcePorts, source, ends.source)) &&
      (match.destinationPorts === null || inPorts(match.destinationPorts, destination, ends.destination)) &&
      (match.notDestinationPorts === null || !inPorts(match.notDestinationPorts, destination, ends.destination)) &&
      (match.icmp === null || isIcmp(match.icmp)) &&
      (match.notIcmp === null || !isIcmp(match.notIcmp))
    );
  }
}

/** Blocks of the other family are no blocks of a rule for one. */
const ofFamily = (peer: PeerMatch, { family }: Rule): PeerMatch =>
  family === null || peer.nets === null ? peer : { ...peer, nets: peer.nets.filter((net) => net.family === family) };

const ICMP_ECHO = 8 * 256;
const PACKETS: readonly Packet[] = [
  ...[0, 53, 80, 81, 443, 8080, 9090, 65_535].flatMap((destination) =>
    [TCP, UDP, SCTP].map((protocol) => ({ protocol, source: 40_000, destination })),
  ),
  { protocol: TCP, source: 80, destination: 80 },
  { protocol: ICMP, source: 0, destination: ICMP_ECHO },
  { protocol: 253, source: 0, destination: 0 },
];

test('judges endpoints without an address by what is known of them', () => {
  const seen = new Map<string, number>();
  for (let seed = 1; seed <= 50; seed++) {
    const cluster = withoutAddresses(randomCluster(seeded(seed), seed % 2 === 0 ? 'general' : 'kubernetes'));
    const table = compile(cluster);
    const matcher = new Matcher(table);
    const reading = new Reading(cluster);
    const { ofEndpoint, egressProfile, ingressProfile } = table.classes;
    cluster.endpoints.forEach((source, s) => {
      cluster.endpoints.forEach((destination, d) => {
        if (source.addresses.length > 0 && destination.addresses.length > 0) return;
        for (const direction of ['egress', 'ingress'] as const) {
          const [profile, peer] =
            direction === 'egress'
              ? [egressProfile[ofEndpoint[s]!]!, ofEndpoint[d]!]
              : [ingressProfile[ofEndpoint[d]!]!, ofEndpoint[s]!];
          for (const packet of PACKETS) {
            const finding = matcher.finding(
              profile,
              peer,
              matcher.l4(packet.protocol, packet.destination, packet.source),
            );
            const said = actionOf(table.decisions, decisionOf(table.decisions.general, table.decisions.count, finding));
            const { actions, passedMaybe } = reading.outcomes(direction, { source, destination }, packet);
            const only = actions.size === 1 ? [...actions][0]! : 'undetermined';
            seen.set(said, (seen.get(said) ?? 0) + 1);
            // A pass that may have been taken leaves the table in doubt even where both ways lead to the same.
            if (said === only || (said === 'undetermined' && passedMaybe)) continue;
            const where = `seed ${seed}, ${direction} of ${source.name} > ${destination.name}, ${JSON.stringify(packet)}`;
            assert.unreachable(`${where}: the table says ${said}, the reading ${[...actions].join(' or ')}`);
          }
        }
      });
    });
  }
  for (const action of ['allow', 'deny', 'none', 'undetermined']) assert.ok((seen.get(action) ?? 0) > 200, action);
});

function actionOf({ action }: { readonly action: Uint8Array }, decision: number): string {
  if (decision === UNDETERMINED_DECISION) return 'undetermined';
  const words = new Map([
    [ACTION_ALLOW, 'allow'],
    [ACTION_DENY, 'deny'],
    [ACTION_NONE, 'none'],
  ]);
  return words.get(action[decision]!) ?? 'other';
}

test.run();
