import { formatWords } from '../src/net/address.ts';
import type { Questions } from '../src/replay/questions.ts';
import { NO_POLICY, NOT_AN_ENDPOINT } from '../src/table/decisions.ts';
import * as table from '../src/table/match-table.ts';

/** A port by number, or an ICMP type and code as the table numbers them. */
export type Ask = { readonly own: string; readonly peer: string; readonly protocol: number; readonly port: number };

/**
 * A cluster for replay alone: addresses by name of their role, and policies as functions. What the real table packs
 * is made up here as far as replay reads it.
 */
export type World = {
  /** Pods: address to node name, and the ports that their containers declare. */
  readonly pods: Readonly<Record<string, string>>;
  readonly declares?: Readonly<Record<string, readonly { protocol: number; port: number }[]>>;
  /** Nodes: address to name. */
  readonly nodes?: Readonly<Record<string, string>>;
  readonly services?: Readonly<Record<string, readonly { protocol: number; port: number; nodePort: number | null }[]>>;
  /** Addresses of a pod range that no pod has. */
  readonly unowned?: readonly string[];
  /** Undefined: no policy selects the end. `unknown`: nobody can tell. Port -1: the ports are unknown. */
  readonly egress?: (ask: Ask) => boolean | 'unknown' | undefined;
  readonly ingress?: (ask: Ask) => boolean | 'unknown' | undefined;
  readonly dropInvalid?: boolean;
  readonly nodeToOwnPod?: boolean;
};

const GENERAL = 7;
export const UNKNOWN = 0;
export const EGRESS_ALLOW = 7;
export const EGRESS_DENY = 8;
export const INGRESS_ALLOW = 9;
export const INGRESS_DENY = 10;
const DECISIONS = 11;
const ACTIONS = [4, 0, 0, 1, 2, 0, 2, 1, 2, 1, 2];
const UNKNOWN_PORT = -1;

/** A table and the answers to what replay asks of it. Every address gets a class of its own when it is first seen. */
export function fakeCluster(world: World): { table: table.MatchTable; questions: Questions } {
  const names: string[] = [];
  const classes = new Map<string, number>();
  const most = 4096;
  const role = new Uint8Array(most);
  // A profile for each class and direction: what `decide` is given leads back to the address.
  const egressProfile = Uint32Array.from({ length: most }, (_, i) => 2 + i * 2);
  const ingressProfile = Uint32Array.from({ length: most }, (_, i) => 3 + i * 2);
  const classOf = (name: string): number => {
    const known = classes.get(name);
    if (known !== undefined) return known;
    const made = names.push(name) - 1;
    classes.set(name, made);
    role[made] = roleOf(world, name);
    return made;
  };
  const l4s: { protocol: number; port: number }[] = [];
  const l4Ids = new Map<number, number>();
  const l4 = (protocol: number, port: number): number => {
    const key = protocol * 100_000 + port + 1;
    const known = l4Ids.get(key);
    if (known !== undefined) return known;
    const made = l4s.push({ protocol, port }) - 1;
    l4Ids.set(key, made);
    return made;
  };
  const questions: Questions = {
    class4: (word) => classOf(formatWords(4, word, 0, 0, 0)),
    class6: (w0, w1, w2, w3) => classOf(formatWords(6, w0, w1, w2, w3)),
    l4: (protocol, destination) => l4(protocol, destination),
    l4AnySource: (protocol, destination) => l4(protocol, destination),
    l4Unknown: (protocol) => l4(protocol, UNKNOWN_PORT),
    decisions(profiles, own, peer, ids, rows, out, at) {
      for (let i = 0; i < rows; i++) out[at + i] = this.decide(profiles[own[i]!]!, peer[i]!, ids[i]!);
    },
    decide(profile, peer, id) {
      const isEgress = profile % 2 === 0;
      const own = names[Math.floor((profile - 2) / 2)]!;
      if (roleOf(world, own) !== table.ROLE_WORKLOAD) return NOT_AN_ENDPOINT;
      const rule = isEgress ? world.egress : world.ingress;
      const answer = rule?.({ own, peer: names[peer]!, ...l4s[id]! });
      if (answer === undefined) return NO_POLICY;
      if (answer === 'unknown') return UNKNOWN;
      if (isEgress) return answer ? EGRESS_ALLOW : EGRESS_DENY;
      return answer ? INGRESS_ALLOW : INGRESS_DENY;
    },
  };
  return { table: tableOf(world, { count: most, role, egressProfile, ingressProfile }), questions };
}

function roleOf(world: World, address: string): number {
  if (address in world.pods) return table.ROLE_WORKLOAD;
  if (address in (world.nodes ?? {})) return table.ROLE_NODE;
  if (address in (world.services ?? {})) return table.ROLE_SERVICE;
  return world.unowned?.includes(address) ? table.ROLE_UNKNOWN_WORKLOAD : table.ROLE_OUTSIDE;
}

type Classes = Pick<table.ClassTable, 'count' | 'role' | 'egressProfile' | 'ingressProfile'>;

function tableOf(world: World, classes: Classes): table.MatchTable {
  const pods = Object.entries(world.pods);
  const nodes = Object.entries(world.nodes ?? {});
  const services = Object.entries(world.services ?? {});
  const nodeNames = [...new Set([...pods, ...nodes].map(([, node]) => node))];
  return {
    classes,
    profiles: { count: 2 + classes.count * 2 },
    decisions: { general: GENERAL, count: DECISIONS, action: Uint8Array.from(ACTIONS), policies: [] },
    endpoints: {
      list: pods.map(([address, node]) => ({
        namespace: 'x',
        name: address,
        node,
        containerPorts: world.declares?.[address] ?? [],
      })),
      byAddress: new Map(pods.map(([address], i) => [address, i])),
    },
    nodes: {
      names: nodeNames,
      byAddress: new Map(nodes.map(([address, node]) => [address, nodeNames.indexOf(node)])),
      own: nodeNames.map(() => []),
      pools: [],
    },
    services: {
      list: services.map(([address, ports]) => ({ namespace: 'x', name: address, ports })),
      byAddress: new Map(services.map(([address], i) => [address, i])),
      nodePorts: new Set(
        services.flatMap(([, ports]) =>
          ports.flatMap(({ protocol, nodePort }) => (nodePort === null ? [] : [protocol * 65_536 + nodePort])),
        ),
      ),
    },
    switches: { dataplane: 'fake', dropInvalid: world.dropInvalid ?? true, nodeToOwnPod: world.nodeToOwnPod ?? true },
  } as unknown as table.MatchTable;
}
