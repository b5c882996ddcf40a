/**
 * Services with several backends under random policies: what replay says of an opener is held against the literal
 * evaluator, asked about each backend in turn.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../src/compile/compile.ts';
import { explain } from '../../src/explain/explain.ts';
import { Judge } from '../../src/explain/judge.ts';
import { loadCluster } from '../../src/manifest/load.ts';
import type { Cluster } from '../../src/model/cluster.ts';
import { underDataplane } from '../../src/model/enforcement.ts';
import { parseAddress } from '../../src/net/address.ts';
import { TCP } from '../../src/net/protocol.ts';
import { Replay } from '../../src/replay/engine.ts';
import { waysOf } from '../../src/replay/ways.ts';
import type { PolicyTable } from '../../src/table/policy-table.ts';
import { REASONS, VERDICTS } from '../../src/verdict/reasons.ts';
import { type Random, seeded } from '../random.ts';
import { rowsOf } from '../rows.ts';

const PODS = 8;
const NODES = ['n1', 'n2', 'n3'];
const OUTSIDE = '203.0.113.9';
const SERVICE = '10.96.0.10';
const NODE_PORT = 30_080;

const nodeOf = (pod: number): number => pod % NODES.length;
const podAddress = (pod: number): string => `10.244.${nodeOf(pod) + 1}.${10 + pod}`;
const nodeAddress = (node: number): string => `192.0.2.${11 + node}`;
const tunnelAddress = (node: number): string => `10.244.${node + 1}.1`;

type World = {
  readonly text: string;
  readonly backends: readonly number[];
  readonly local: boolean;
  /** natOutgoing of the pool; null: no pool is told of. */
  readonly natOutgoing: boolean | null;
  /** By pod, the node that its hint names; null: no hints. */
  readonly hints: readonly number[] | null;
};

function world(random: Random): World {
  const backends = Array.from({ length: PODS }, (_, pod) => pod).filter(() => random.chance(0.35));
  const local = random.chance(0.4);
  const natOutgoing = random.pick([null, true, false]);
  const hints = random.chance(0.4) ? Array.from({ length: PODS }, () => random.below(NODES.length)) : null;
  const nodes = NODES.map(
    (name, i) => `apiVersion: v1
kind: Node
metadata: {name: ${name}, labels: {topology.kubernetes.io/zone: z${i}}, annotations: {projectcalico.org/IPv4VXLANTunnelAddr: ${tunnelAddress(i)}}}
status: {addresses: [{type: InternalIP, address: ${nodeAddress(i)}}]}`,
  );
  const pods = Array.from(
    { length: PODS },
    (_, pod) => `apiVersion: v1
kind: Pod
metadata: {name: p${pod}, namespace: x, labels: {n: '${pod}', half: '${pod % 2}'}}
spec: {nodeName: ${NODES[nodeOf(pod)]}, containers: [{name: c}]}
status: {podIP: ${podAddress(pod)}}`,
  );
  const policies = Array.from({ length: 3 }, (_, i) => policy(random, i));
  const service = `apiVersion: v1
kind: Service
metadata: {name: s, namespace: x}
spec: {type: NodePort, clusterIP: ${SERVICE}, externalTrafficPolicy: ${local ? 'Local' : 'Cluster'}, ports: [{port: 80, nodePort: ${NODE_PORT}}]}`;
  const slice = `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: s-1, namespace: x, labels: {kubernetes.io/service-name: s}}
addressType: IPv4
endpoints: [${backends.map((pod) => `{addresses: [${podAddress(pod)}], nodeName: ${NODES[nodeOf(pod)]}${hints === null ? '' : `, hints: {forZones: [{name: z${hints[pod]}}]}`}}`).join(', ')}]
ports: [{port: 8080}]`;
  const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: x}';
  const pool = `apiVersion: projectcalico.org/v3
kind: IPPool
metadata: {name: pods}
spec: {cidr: 10.244.0.0/16, natOutgoing: ${natOutgoing}}`;
  const pools = natOutgoing === null ? [] : [pool];
  const text = [namespace, ...nodes, ...pods, ...policies, service, slice, ...pools].join('\n---\n');
  return { text, backends, local, natOutgoing, hints };
}

function policy(random: Random, i: number): string {
  const subject = random.chance(0.5) ? `{n: '${random.below(PODS)}'}` : `{half: '${random.below(2)}'}`;
  const peer = random.pick([
    `{podSelector: {matchLabels: {half: '${random.below(2)}'}}}`,
    `{ipBlock: {cidr: 10.244.${1 + random.below(3)}.0/24}}`,
    `{ipBlock: {cidr: 192.0.2.${11 + random.below(3)}/32}}`,
    '{ipBlock: {cidr: 203.0.113.0/24}}',
    '{ipBlock: {cidr: 10.96.0.0/12}}',
  ]);
  const rule = random.chance(0.5) ? `ingress: [{from: [${peer}]}]` : `egress: [{to: [${peer}]}]`;
  return `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p${i}, namespace: x}
spec: {podSelector: {matchLabels: ${subject}}, policyTypes: [${rule.startsWith('in') ? 'Ingress' : 'Egress'}], ${rule}}`;
}

/** What one end says: a deny, or not. A node that reaches its own pod is never denied. */
type Denies = (end: 'egress' | 'ingress', src: string, dst: string, port: number) => boolean;

const deniesBy = (cluster: Cluster): Denies => {
  const judge = new Judge(cluster);
  return (end, src, dst, port) => {
    const [source, destination] = [parseAddress(src)!, parseAddress(dst)!];
    const tuple = { src: source, dst: destination, protocol: TCP, sourcePort: 40_000, destinationPort: port };
    return judge.judge({ ...tuple, icmpType: null, icmpCode: null })[end].action === 'deny';
  };
};

/** A packet to the Service: of a pod, or (-1) of somebody outside; by its address (null), or by a node's port. */
type Asked = { readonly client: number; readonly entered: number | null; readonly ebpf: boolean };

/** The backends that a node chooses among: those that hints keep it to, where some are. */
function chosenBy({ backends, hints }: World, node: number): readonly number[] {
  const hinted = backends.filter((pod) => hints?.[pod] === node);
  return hinted.length > 0 ? hinted : backends;
}

/** The verdict by the rules of docs/semantics.md, a backend at a time. */
function expected(made: World, denies: Denies, { client, entered, ebpf }: Asked): string {
  const src = client < 0 ? OUTSIDE : podAddress(client);
  const home = client < 0 ? null : nodeOf(client);
  const atHome = entered === null || home === entered || (ebpf && home !== null);
  const drops: boolean[] = [];
  const add = (pod: number, source: string): void => {
    const egress = atHome
      ? denies('egress', src, podAddress(pod), 8080)
      : denies('egress', src, nodeAddress(entered), NODE_PORT);
    drops.push(egress || denies('ingress', source, podAddress(pod), 8080));
  };
  if (atHome) {
    const hides = entered !== null && !made.local && !ebpf;
    for (const pod of chosenBy(made, home!)) add(pod, hides && nodeOf(pod) !== home ? tunnelAddress(home!) : src);
  } else {
    const here = (made.local ? made.backends : chosenBy(made, entered)).filter((pod) => nodeOf(pod) === entered);
    for (const pod of here) {
      if (home === null || made.natOutgoing !== true) add(pod, src);
      if (home !== null && made.natOutgoing !== false) add(pod, nodeAddress(home));
    }
    const elsewhere = made.local ? [] : chosenBy(made, entered).filter((pod) => nodeOf(pod) !== entered);
    for (const pod of elsewhere) add(pod, ebpf ? src : tunnelAddress(entered));
  }
  if (drops.length === 0) {
    const kept = !atHome && denies('egress', src, nodeAddress(entered), NODE_PORT);
    return kept ? 'dropped policy' : 'dropped no-backend';
  }
  if (drops.every((drop) => drop)) return 'dropped policy';
  return drops.some((drop) => drop) ? 'undetermined service-address' : 'forwarded';
}

test('several backends: replay and the literal evaluator agree', async () => {
  const seen = new Map<string, number>();
  for (let seed = 1; seed <= 150; seed++) {
    const made = world(seeded(seed));
    const loaded = await loadCluster(['-'], { stdin: once(Buffer.from(made.text)) });
    const ebpf = seed % 3 === 0;
    const cluster = underDataplane(loaded.cluster, { dataplane: ebpf ? 'calico-ebpf' : 'calico-iptables' });
    const denies = deniesBy(cluster);
    const table = compile(cluster);
    const cases = [-1, 0, 1, 2, 3, 4, 5].flatMap((client) =>
      [null, 0, 1, 2].filter((entered) => client >= 0 || entered !== null).map((entered) => ({ client, entered })),
    );
    const rows = cases.map(({ client, entered }, i) => {
      const to = entered === null ? `${SERVICE}:80` : `${nodeAddress(entered)}:${NODE_PORT}`;
      return `${client < 0 ? OUTSIDE : podAddress(client)}:${40_000 + i} > ${to} S`;
    });
    const batch = rowsOf(rows);
    const verdicts = new Replay(table, { maxConnections: 64 }).process(batch);
    for (const [i, { client, entered }] of cases.entries()) {
      const verdict = VERDICTS[verdicts.verdict[i]!]!;
      const said = verdict === 'forwarded' ? verdict : `${verdict} ${REASONS[verdicts.reason[i]!]}`;
      assert.is(said, expected(made, denies, { client, entered, ebpf }), `seed ${seed}: \`${rows[i]}\`\n${made.text}`);
      seen.set(said, (seen.get(said) ?? 0) + 1);
      if (seed % 10 === 0) explainEach(cluster, table, rows[i]!);
    }
  }
  for (const word of ['forwarded', 'dropped policy', 'dropped no-backend', 'undetermined service-address'])
    assert.ok((seen.get(word) ?? 0) > 20, `${word}: ${seen.get(word)}`);
});

/** Each way through a Service is explained: which fails where the rules, read one by one, say otherwise. */
function explainEach(cluster: Cluster, table: PolicyTable, row: string): void {
  const [client, front] = row.split(' ').flatMap((word) => (word.includes(':') ? [word.split(':')] : [])) as [
    string[],
    string[],
  ];
  const opener = {
    src: parseAddress(client[0]!)!,
    dst: parseAddress(front[0]!)!,
    protocol: TCP,
    sourcePort: Number(client[1]),
    destinationPort: Number(front[1]),
    icmpType: null,
    icmpCode: null,
  };
  for (const { leaves, arrives, ...said } of waysOf(table, opener)) {
    const { verdict } = explain({ cluster, tuple: leaves, arrives, said, meaning: '' });
    assert.is(verdict, said.verdict);
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

test.run();
