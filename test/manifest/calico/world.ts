/** A small cluster, and what it says of one packet: the judge and the compiled table, which must agree. */
import * as assert from 'uvu/assert';
import { compile } from '../../../src/compile/compile.ts';
import { Judge } from '../../../src/explain/judge.ts';
import type { LoadOptions } from '../../../src/manifest/load.ts';
import { parseAddress } from '../../../src/net/address.ts';
import type { FiveTuple } from '../../../src/net/five-tuple.ts';
import { hasIcmpType, hasPorts, ICMPV6, protocolNumber } from '../../../src/net/protocol.ts';
import { classify } from '../../../src/table/classify.ts';
import { Matcher } from '../../../src/table/matcher.ts';
import { load } from '../reading.ts';

/** Pods by what tests call them. Each has an IPv6 address too. */
const PODS: Record<string, [namespace: string, host: string, more?: string]> = {
  'x/a': ['x', '1.2'],
  'x/b': ['x', '1.3', 'role: bad'],
  'x/c': ['x', '2.2'],
  'y/a': ['y', '1.4', 'role: dns'],
  'y/b': ['y', '2.4'],
  'z/a': ['z', '2.6'],
};
const addressOf = (name: string, family: number): string => {
  const host = PODS[name]?.[1];
  if (name === 'ext') return family === 4 ? '203.0.113.9' : '2001:db8::9';
  if (host === undefined) return name;
  return family === 4 ? `10.244.${host}` : `fd00::${host.replace('.', ':')}`;
};

const pods = Object.entries(PODS).map(
  ([name, [namespace, , more]]) => `
apiVersion: v1
kind: Pod
metadata: {name: ${name.slice(2)}, namespace: ${namespace}, labels: {pod: ${name.slice(2)}${more ? `, ${more}` : ''}}}
spec:
  serviceAccountName: sa-${namespace}
  nodeName: n1
  containers:
  - name: c
    ports: [{name: web, containerPort: 80}, {name: web-81, containerPort: 81}, {name: dns, containerPort: 53, protocol: UDP}]
status: {phase: Running, podIPs: [{ip: ${addressOf(name, 4)}}, {ip: '${addressOf(name, 6)}'}]}`,
);
const namespaces = ['x', 'y', 'z'].map(
  (name) => `
apiVersion: v1
kind: Namespace
metadata: {name: ${name}, labels: {ns: ${name}}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: sa-${name}, namespace: ${name}, labels: {team: team-${name}}}`,
);
const WORLD = [...namespaces, ...pods].join('\n---\n');

/** An object of projectcalico.org/v3; `spec` in YAML's flow style. */
export const v3 = (kind: string, name: string, spec: string, labels = '{}'): string => {
  const [namespace, short] = name.includes('/') ? name.split('/') : [null, name];
  const place = namespace === null ? '' : `, namespace: ${namespace}`;
  return `apiVersion: projectcalico.org/v3\nkind: ${kind}\nmetadata: {name: ${short}${place}, labels: ${labels}}\nspec: ${spec}`;
};
export const gnp = (name: string, spec: string): string => v3('GlobalNetworkPolicy', name, spec);
export const np = (name: string, spec: string): string => v3('NetworkPolicy', name, spec);
export const tier = (name: string, spec: string): string => v3('Tier', name, spec);
export const k8s = (name: string, spec: string): string =>
  np(name, spec).replace('projectcalico.org/v3', 'networking.k8s.io/v1');

/** `x/a > y/b tcp/80`, `ext > x/a icmp/8/0`, `x/a > y/b v6 udp/53`, `x/a > y/b tcp/1000:80`, `x/a > y/b 47`. */
export function tupleOf(text: string): FiveTuple {
  const [src, , dst, ...rest] = text.split(' ') as [string, string, string, ...string[]];
  const family = rest[0] === 'v6' ? 6 : 4;
  const [name, first, second] = rest.at(-1)!.split('/') as [string, string?, string?];
  const protocol = name === 'icmp' && family === 6 ? ICMPV6 : protocolNumber(name)!;
  const ports = (first ?? '0').split(':').map(Number);
  const ported = hasPorts(protocol);
  return {
    src: parseAddress(addressOf(src, family))!,
    dst: parseAddress(addressOf(dst, family))!,
    protocol,
    sourcePort: ported ? (ports.length > 1 ? ports[0]! : 40000) : null,
    destinationPort: ported ? ports.at(-1)! : null,
    icmpType: hasIcmpType(protocol) ? Number(first) : null,
    icmpCode: hasIcmpType(protocol) ? Number(second ?? 0) : null,
  };
}

export type Questions = Readonly<Record<string, 'ALLOW' | 'DROP' | 'DROP in' | 'DROP out'>>;

/** Holds the answers against the world with these objects in it. */
export async function expectVerdicts(
  objects: readonly string[],
  questions: Questions,
  options: LoadOptions = {},
): Promise<void> {
  const { cluster } = await load([WORLD, ...objects].join('\n---\n'), options);
  const judge = new Judge(cluster);
  const matcher = new Matcher(compile(cluster));
  for (const [text, expected] of Object.entries(questions)) {
    const tuple = tupleOf(text);
    const slow = judge.judge(tuple);
    const fast = classify(matcher, tuple);
    const denied = [slow.egress.action === 'deny' ? ' out' : '', slow.ingress.action === 'deny' ? ' in' : ''].join('');
    const said = slow.verdict === 'forwarded' ? 'ALLOW' : `DROP${expected === 'DROP' ? '' : denied}`;
    assert.is(said, expected, text);
    assert.is(fast.verdict, slow.verdict, `${text}: the table`);
    assert.is(fast.egress.action, slow.egress.action, `${text}: the table, egress`);
    assert.is(fast.ingress.action, slow.ingress.action, `${text}: the table, ingress`);
  }
}
