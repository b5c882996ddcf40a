/**
 * The changes that `explain` proposes, written into the manifests as it shows them and read again: each that suffices
 * forwards the packet, in every dialect.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { explain } from '../src/explain/explain.ts';
import { Judge } from '../src/explain/judge.ts';
import { loadCluster } from '../src/manifest/load.ts';
import type { Cluster } from '../src/model/cluster.ts';
import { parseAddress } from '../src/net/address.ts';
import type { FiveTuple } from '../src/net/five-tuple.ts';
import { ICMP, TCP, UDP } from '../src/net/protocol.ts';
import type { Decision } from '../src/verdict/decision.ts';
import type { ChangeWords, Explanation } from '../src/verdict/explanation.ts';
import { sample } from './paths.ts';

const folder = mkdtempSync(join(tmpdir(), 'netpol-replay-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const CALICO = `
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: { name: no-blog }
spec:
  order: 1
  selector: app == "db"
  types: [Ingress, Egress]
  ingress:
    - action: Deny
      source: { selector: app == "blog" }
    - action: Allow
      protocol: TCP
      destination: { ports: [5432] }
  egress:
    - action: Deny
      destination: { nets: [169.254.0.0/16] }
---
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: { name: web-only, namespace: shop }
spec:
  selector: app == "web"
  types: [Ingress]
  ingress:
    - action: Allow
      protocol: TCP
      source: { selector: app == "db" }
`;
const ADMIN = `
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: { name: wall }
spec:
  priority: 5
  subject: { namespaces: {} }
  ingress:
    - name: no-shop-from-outside-its-namespace
      action: Deny
      from:
        - namespaces: { matchLabels: { kubernetes.io/metadata.name: blog } }
  egress:
    - name: no-metadata
      action: Deny
      to:
        - networks: [169.254.169.254/32]
`;

// biome-ignore lint/suspicious/noExplicitAny: manifests of any kind
type Doc = Record<string, any>;

const read = (...paths: string[]): Doc[] =>
  paths.flatMap((path) => parseAllDocuments(readFileSync(path, 'utf8')).map((doc) => doc.toJS() as Doc));

const SETS: ReadonlyMap<string, Doc[]> = new Map([
  [
    'kubernetes',
    read(
      sample('scenarios/cluster.yaml'),
      ...['2-address-block-or-namespace-and-pod', '3-reference-policy', '4-a-port-from-a-role', '5-lock-the-door'].map(
        (name) => sample(`scenarios/policies/${name}.yaml`),
      ),
    ),
  ],
  ['cluster-wide', read(sample('guard-rail/cluster.yaml'), sample('guard-rail/policies/platform.yaml'))],
  [
    'calico',
    [...read(sample('guard-rail/cluster.yaml')), ...parseAllDocuments(CALICO).map((doc) => doc.toJS() as Doc)],
  ],
  ['admin', [...read(sample('guard-rail/cluster.yaml')), parse(ADMIN) as Doc]],
]);

async function load(docs: readonly Doc[]): Promise<Cluster> {
  const path = join(folder, 'all.yaml');
  writeFileSync(path, docs.map((doc) => stringify(doc)).join('---\n'));
  return (await loadCluster([path])).cluster;
}

/** Every pair of pods, and some outsiders. */
function tuplesOf(cluster: Cluster): FiveTuple[] {
  const outsiders = ['169.254.169.254', '198.51.100.7', '10.0.1.8'].map((text) => parseAddress(text)!);
  const pods = cluster.endpoints.flatMap(({ addresses }) => addresses.slice(0, 1));
  const tuples: FiveTuple[] = [];
  for (const src of [...pods, ...outsiders])
    for (const dst of [...pods, ...outsiders])
      for (const [protocol, port] of [
        [TCP, 8080],
        [TCP, 5432],
        [UDP, 53],
        [ICMP, null],
      ] as const)
        if (src.family === dst.family && src !== dst)
          tuples.push({
            src,
            dst,
            protocol,
            sourcePort: port && 40_000,
            destinationPort: port,
            icmpType: port === null ? 8 : null,
            icmpCode: port === null ? 0 : null,
          });
  return tuples;
}

function explained(cluster: Cluster, tuple: FiveTuple): Explanation | null {
  const { verdict, egress, ingress } = new Judge(cluster).judge(tuple);
  if (verdict !== 'dropped') return null;
  const words = ({ action, reason, policy, rule, tier }: typeof egress): Decision => ({
    action,
    reason,
    tier: tier?.name ?? null,
    kind: policy?.kind ?? null,
    policy: policy && [policy.namespace, policy.name].filter((one) => one !== null).join('/'),
    rule: rule?.index ?? null,
    at: null,
    isolatedBy: null,
  });
  const said = {
    verdict,
    reason: 'policy',
    flags: [],
    egress: words(egress),
    ingress: words(ingress),
    hosts: { egress: null, ingress: null },
  } as const;
  return explain({ cluster, tuple, said, meaning: '' });
}

/** Writes a change where its sentence says. */
function apply(docs: readonly Doc[], { sentence, yaml, direction }: ChangeWords): Doc[] {
  const copy = structuredClone(docs) as Doc[];
  const find = (kind: string, name: string): Doc =>
    copy.find(
      (doc) =>
        doc['kind'] === kind && [doc['metadata'].namespace, doc['metadata'].name].filter(Boolean).join('/') === name,
    )!;
  const label = /^label pod (\S+) /.exec(sentence);
  if (label) {
    Object.assign(find('Pod', label[1]!)['metadata'].labels, parse(yaml).labels);
    return copy;
  }
  const item = /^add .* to `(\w+)` of \w+ rule (\d+) of (\w+) (\S+)$/.exec(sentence);
  if (item) {
    const rule = find(item[3]!, item[4]!)['spec'][direction][Number(item[2])];
    rule[item[1]!].push(...parse(yaml));
    return copy;
  }
  const [, kind, name, before] = /^add a rule to `\w+` of (\w+) (\S+), (?:at the end|before rule (\d+))/.exec(
    sentence,
  )!;
  const spec = find(kind!, name!)['spec'];
  const rules: unknown[] = spec[direction] ?? [];
  spec[direction] = rules;
  rules.splice(before === undefined ? rules.length : Number(before), 0, ...parse(yaml));
  return copy;
}

for (const [name, docs] of SETS)
  test(`what is proposed works when it is written: ${name}`, async () => {
    const cluster = await load(docs);
    const forms = new Set<string>();
    let tried = 0;
    for (const tuple of tuplesOf(cluster)) {
      const said = explained(cluster, tuple);
      for (const change of said?.changes ?? []) {
        const form = `${said!.from.is} ${said!.to.is} ${change.sentence.replace(/\d+|with .* of/g, '')} ${tuple.protocol}`;
        if (forms.has(form)) continue;
        forms.add(form);
        const changed = await load(apply(docs, change));
        const { verdict, [change.direction]: end } = new Judge(changed).judge(tuple);
        assert.is(end.action, 'allow', `${change.sentence}\n${change.yaml}`);
        if (change.suffices) assert.is(verdict, 'forwarded', `${change.sentence}\n${change.yaml}`);
        tried++;
      }
    }
    console.log(`\n# ${name}: ${tried} kinds of changes`);
    assert.ok(tried >= 4, `only ${tried} changes were proposed`);
  });

test.run();
