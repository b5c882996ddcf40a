/**
 * Traffic for a world: an endless stream of conversations of the mix that a cluster sees, some of which its policies
 * let through and some not, in a share that is asked for.
 */
import type { Cluster } from '../src/model/cluster.ts';
import type { Endpoint } from '../src/model/endpoint.ts';
import { type Address, bitsOf, type Family } from '../src/net/address.ts';
import type { FiveTuple } from '../src/net/five-tuple.ts';
import type { Prefix } from '../src/net/prefix.ts';
import { ICMP, ICMPV6, SCTP, TCP, UDP } from '../src/net/protocol.ts';
import type { Random } from '../test/random.ts';
import { COMMON_PORTS, OUTSIDE4, OUTSIDE4_BITS, OUTSIDE6_TOP } from './world-policies.ts';

export type Flow = FiveTuple & {
  /** 802.1Q tags: 0, 1 or 2. */
  readonly tags: number;
  /** Every other packet is a later fragment. */
  readonly fragmented: boolean;
  readonly hasOptions: boolean;
};

const POD_TO_POD = 0.65;
const POD_TO_OUTSIDE = 0.2;
const IPV6 = 0.1;
const TAGGED = 0.05;
const FRAGMENTED = 0.003;
const WITH_OPTIONS = 0.005;
/** How often a conversation of the other kind is thrown away before any will do. */
const TRIES = 16;

/** @param isForwarded whether the policies let a conversation's opener through */
export function flowMaker(
  cluster: Cluster,
  random: Random,
  forwardedShare: number,
  isForwarded: (tuple: FiveTuple) => boolean,
): () => Flow {
  const nets = cluster.policies
    .flatMap((policy) => [...policy.ingress, ...policy.egress])
    .flatMap((rule) => [...(rule.source ?? []), ...(rule.destination ?? [])])
    .flatMap((peer) => peer.nets ?? [])
    .filter((net) => net.length > 0);
  return () => {
    const wanted = random.chance(forwardedShare);
    let flow = candidate(cluster.endpoints, nets, random);
    for (let i = 0; i < TRIES && isForwarded(flow) !== wanted; i++) flow = candidate(cluster.endpoints, nets, random);
    return flow;
  };
}

function candidate(pods: readonly Endpoint[], nets: readonly Prefix[], random: Random): Flow {
  const family: Family = random.chance(IPV6) ? 6 : 4;
  const kind = random.below(1000) / 1000;
  const server = random.pick(pods);
  const fromPod = kind < POD_TO_POD + POD_TO_OUTSIDE;
  const toPod = kind < POD_TO_POD || !fromPod;
  const protocol = pickProtocol(family, random);
  return {
    src: fromPod ? addressOf(random.pick(pods), family) : stranger(family, nets, random),
    dst: toPod ? addressOf(server, family) : stranger(family, nets, random),
    protocol,
    ...transport(protocol, toPod ? server : null, random),
    tags: random.chance(TAGGED) ? (random.chance(0.2) ? 2 : 1) : 0,
    fragmented: protocol === UDP && family === 4 && random.chance(FRAGMENTED / 0.19),
    hasOptions: family === 4 && random.chance(WITH_OPTIONS),
  };
}

const addressOf = (pod: Endpoint, family: Family): Address => pod.addresses.find((one) => one.family === family)!;

function stranger(family: Family, nets: readonly Prefix[], random: Random): Address {
  const known = random.chance(0.5) ? random.pick(nets) : null;
  if (known !== null && known.family === family) {
    const room = Math.min(30, bitsOf(family) - known.length);
    return { family, value: known.first + BigInt(random.below(2 ** room)) };
  }
  if (family === 4) return { family, value: BigInt(OUTSIDE4 + random.below(2 ** OUTSIDE4_BITS)) };
  const top = BigInt(OUTSIDE6_TOP + random.below(2 ** 12)) << 96n;
  return { family, value: top | (BigInt(random.below(2 ** 24)) << 72n) | BigInt(random.below(2 ** 30)) };
}

function pickProtocol(family: Family, random: Random): number {
  const kind = random.below(1000);
  if (kind < 5) return SCTP;
  if (kind < 25) return family === 4 ? ICMP : ICMPV6;
  return kind < 215 ? UDP : TCP;
}

function transport(protocol: number, server: Endpoint | null, random: Random) {
  const none = { sourcePort: null, destinationPort: null, icmpType: null, icmpCode: null };
  if (protocol === ICMP) return { ...none, icmpType: 8, icmpCode: 0 };
  if (protocol === ICMPV6) return { ...none, icmpType: 128, icmpCode: 0 };
  return { ...none, sourcePort: 32_768 + random.below(28_232), destinationPort: servedPort(protocol, server, random) };
}

/** A name's port of the pod, a port that rules like to name, or any. */
function servedPort(protocol: number, server: Endpoint | null, random: Random): number {
  if (protocol === UDP && random.chance(0.6)) return 53;
  if (server === null) return random.chance(0.8) ? random.pick([443, 443, 80]) : random.pick(COMMON_PORTS);
  const named = server.namedPorts.filter((port) => port.protocol === protocol);
  if (named.length > 0 && random.chance(0.4)) return random.pick(named).port;
  return random.chance(0.85) ? random.pick(COMMON_PORTS) : 1024 + random.below(60_000);
}
