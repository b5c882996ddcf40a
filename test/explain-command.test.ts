import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { run } from '../src/cli/run.ts';
import type { Explanation } from '../src/verdict/explanation.ts';
import { sample } from './paths.ts';
import { ACK, bytes, ethernet, hex, icmp, ipv4, pcap, RST, SYN, tcp, u32, udp } from './pcap-writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'netpol-replay-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

type Outcome = { code: number; out: string; err: string };

async function cli(...args: string[]): Promise<Outcome> {
  const outcome = { code: -1, out: '', err: '' };
  outcome.code = await run(args, {
    out: async (text) => {
      outcome.out += text;
    },
    err: (text) => {
      outcome.err += text;
    },
    stdin: (async function* () {})(),
    signal: new AbortController().signal,
    outIsTerminal: false,
    errIsTerminal: false,
    env: {},
  });
  return outcome;
}

const SCENARIOS = sample('scenarios');
const CAPTURE = sample('scenarios/scenarios.pcap');
const GUARD_RAIL = sample('guard-rail');
const explain = (manifests: string, ...args: string[]): Promise<Outcome> => cli('explain', '-f', manifests, ...args);
const between = (from: string, to: string, port: string): string[] => ['--from', from, '--to', to, '--port', port];

async function json(manifests: string, ...args: string[]): Promise<Explanation> {
  const { code, out, err } = await explain(manifests, ...args, '-o', 'json');
  assert.is(code, 0, err);
  return JSON.parse(out) as Explanation;
}

const API = ['default/shell', 'default/apiserver'] as const;

const refusals: readonly (readonly [args: string[], message: string])[] = [
  [[], '`--from` is missing: name a connection by'],
  [['--from', 'a', '--to', 'b'], '`--port` is missing'],
  [['--packet', '3'], 'CAPTURE is missing: `--packet` is a record of one'],
  [[CAPTURE], '`--packet` is missing: which record'],
  [[CAPTURE, '--packet', '0'], '`0` is no whole number of at least 1'],
  [[CAPTURE, '--packet', '3', '--to', 'x'], '`--to` does not go with a CAPTURE'],
  [['-', '--packet', '3'], 'standard input cannot: save it to a file'],
  [[CAPTURE, '--packet', '999'], 'has 244 records, and no record 999'],
  [between('shell', API[1], '80'), '`shell` needs its namespace: `default/shell`'],
  [
    between('default/shel', API[1], '80'),
    'no pod or workload `default/shel` among the manifests, did you mean `default/shell`?',
  ],
  [
    between('xyzzy', API[1], '80'),
    'expected NAMESPACE/POD, NAMESPACE/KIND/WORKLOAD, node/NODE, service/NAMESPACE/SERVICE or an address',
  ],
  [between('10.0.0.1', '2001:db8::1', '80'), 'have no addresses of one family'],
  [between(...API, 'http'), '`http`: expected `5432/tcp`'],
  [between(...API, 'tcp'), '`tcp`: a port is missing'],
  [between(...API, '80/gre'), '`80/gre`: expected'],
  [between(...API, '70000/tcp'), '`70000/tcp`: expected'],
  [between(...API, 'icmp/300'), '`icmp/300`: expected'],
  [between(...API, 'icmpv6'), '`icmpv6`: the addresses are IPv4, whose icmp is `icmp`'],
  [between(...API, 'protocol/6'), '`protocol/6`: TCP needs a port'],
  [between(...API, 'protocol/256'), 'no protocol has that name or number'],
];
for (const [args, message] of refusals)
  test(`refuses ${args.join(' ') || 'nothing'}`, async () => {
    const { code, out, err } = await explain(SCENARIOS, ...args);
    assert.equal([code, out], [2, '']);
    assert.ok(err.includes(message), err);
  });

test('names the condition that fails with both of its values, and the lines', async () => {
  const { code, out } = await explain(SCENARIOS, ...between(...API, '8080/tcp'));
  assert.is(code, 0);
  for (const line of [
    'DROPPED  default/shell -> default/apiserver, TCP port 8080',
    'from: pods of namespace default with app=secureshell, but default/shell has app=shell',
    'from: pods of namespace default with role=monitoring, but default/shell has no label role',
    'ports: TCP port 5000, but the packet has 8080',
    '13 |     - from:',
    '5-lock-the-door.yaml:13',
    'To allow it, any one of these',
  ])
    assert.ok(out.includes(line), `${line}\n${out}`);
});

test('a hole of a block and an unknown address are named', async () => {
  const hole = await explain(SCENARIOS, ...between('172.17.1.9', 'default/db-role', '6379'));
  assert.match(
    hole.out,
    'from: ipBlock 172.17.0.0/16 except 172.17.1.0/24, but 172.17.1.9 is in the except 172.17.1.0/24',
  );
  const nobody = await explain(SCENARIOS, ...between('10.244.1.200', 'default/db-role', '6379'));
  assert.match(
    nobody.out,
    '10.244.1.200 is in the pod range 10.244.0.0/22 of node node-1, and no pod of the manifests has it',
  );
});

test('what is forwarded is explained too, and nothing is to be changed', async () => {
  const said = await json(SCENARIOS, ...between('app1/nginx-1', 'db/postgres-0', '5432'));
  assert.equal([said.verdict, said.ingress.decision.rule, said.changes.length], ['forwarded', 0, 0]);
  assert.equal(said.ingress.tiers[0]!.policies[0]!.rules[0]!.lines[0], { line: 13, text: '    - from:' });
});

test('tiers are gone through in order, and the rule that denies is shown', async () => {
  const { out } = await explain(GUARD_RAIL, ...between('shop/db', '169.254.169.254', '80'));
  assert.match(out, 'tier kube-admin (order 1000, its end passes): a rule decided');
  assert.match(out, 'rule 2 matches: deny');
  assert.match(out, 'before rule 2, which denies it');
});

/** Every 23rd packet of the capture, as replay's lines say it. */
for (const options of [[], ['--midstream', 'loose'], ['--no-track']])
  test(`a packet gets the verdict, reason and rule that replay gives it ${options.join(' ')}`, async () => {
    const { out } = await cli('replay', '-f', SCENARIOS, CAPTURE, '-o', 'ndjson', ...options);
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    for (const line of lines.filter(({ n }) => n % 23 === 0)) {
      const said = await json(SCENARIOS, CAPTURE, '--packet', String(line.n), ...options);
      const { verdict, reason, flags, packet } = said;
      assert.equal([verdict, reason, flags, packet!.opener], [line.verdict, line.reason, line.flags, line.opener]);
      assert.equal(said.egress.decision, line.egress);
      assert.equal(said.ingress.decision, line.ingress);
      assert.equal([packet!.src, packet!.dst, packet!.dport], [line.src, line.dst, line.dport]);
      const opener = lines.find(({ n }) => n === line.opener);
      if (opener) assert.equal([said.connection.src, said.connection.dport], [opener.src, opener.dport]);
    }
  });

const tuples = (name: string, ...lines: string[]): string => {
  const path = join(folder, name);
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return path;
};

test('what no policy was asked about says why', async () => {
  const special: readonly (readonly [src: string, dst: string, reason: string])[] = [
    ['10.244.1.10', '10.244.1.10', 'loopback'],
    ['10.60.200.122', '10.244.1.10', 'own-node'],
  ];
  for (const [src, dst, reason] of special) {
    const typed = await json(SCENARIOS, ...between(src, dst, '5432'));
    assert.equal([typed.reason, typed.verdict], [reason, 'forwarded']);
    const path = tuples(`${reason}.ndjson`, JSON.stringify({ src, dst, proto: 'TCP', sport: 1, dport: 5432 }));
    assert.is((await json(SCENARIOS, path, '--packet', '1')).reason, reason);
    const { out } = await explain(SCENARIOS, ...between(src, dst, '5432'));
    assert.match(out, `  ${reason}: `);
  }
});

test('a node is named by its name, ICMP and other protocols by theirs', async () => {
  const ping = await json(SCENARIOS, ...between('node/node-2', 'db/postgres-0', 'icmp'));
  assert.equal([ping.from.is, ping.connection.icmpType, ping.verdict], ['node', 8, 'dropped']);
  const gre = await json(SCENARIOS, ...between('app2/nginx-1', 'db/postgres-0', 'protocol/47'));
  assert.equal([gre.connection.proto, gre.verdict], [47, 'dropped']);
  assert.match(gre.changes.map(({ besides }) => besides).join(), 'cannot name protocol 47');
});

const DB = '10.244.1.10';
const WEB = '10.244.2.31';
const unreachable = (from: string, to: string, quoted: Uint8Array): Buffer =>
  icmp(from, to, 3, 3, bytes(u32(0), quoted));

/** Answers without openers, errors with and without the connection that they quote, what is cut, what is no IP. */
const ODD = pcap(
  [
    tcp(DB, WEB, 5432, 40_000, SYN | ACK),
    unreachable(DB, WEB, udp(WEB, DB, 40_001, 53)),
    udp(WEB, DB, 40_002, 53),
    unreachable(DB, WEB, udp(WEB, DB, 40_002, 53)),
    unreachable('10.60.9.9', DB, tcp(DB, '10.60.9.9', 5432, 41_000, ACK)),
    icmp(DB, WEB, 0),
    icmp(WEB, DB, 8),
    ipv4(WEB, DB, 6, hex('9c40'), {}),
    ipv4(WEB, DB, 47, hex('00000800')),
    tcp(WEB, DB, 40_003, 5432, SYN),
    tcp(DB, WEB, 5432, 40_003, RST | ACK),
  ].map((packet) => ethernet(packet)),
);

for (const options of [[], ['--midstream', 'loose'], ['--no-track'], ['--unknown-workload', 'undetermined']])
  test(`odd packets are explained as replay judged them ${options.join(' ')}`, async () => {
    const path = join(folder, 'odd.pcap');
    writeFileSync(path, ODD);
    const { out } = await cli('replay', '-f', SCENARIOS, path, '-o', 'ndjson', ...options);
    const lines = out.trim().split('\n');
    assert.is(lines.length, 11);
    for (const text of lines) {
      const line = JSON.parse(text);
      const said = await json(SCENARIOS, path, '--packet', String(line.n), ...options);
      assert.equal([said.verdict, said.reason], [line.verdict, line.reason], text);
      assert.equal([said.egress.decision, said.ingress.decision], [line.egress, line.ingress], text);
    }
  });

test('an answer and an error are explained by what they answer', async () => {
  const path = join(folder, 'odd.pcap');
  writeFileSync(path, ODD);
  for (const [n, proto, sport, dport] of [
    [1, 'TCP', 40_000, 5432],
    [2, 'UDP', 40_001, 53],
    [4, 'UDP', 40_002, 53],
  ] as const) {
    const { connection, verdict, changes } = await json(SCENARIOS, path, '--packet', String(n));
    assert.equal([connection.src, connection.dst, verdict], [WEB, DB, 'dropped']);
    assert.equal([connection.proto, connection.sport, connection.dport], [proto, sport, dport]);
    assert.ok(changes.length > 0);
  }
});

const DENY_ALL = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: deny-all, namespace: app1 }
spec: { podSelector: {}, policyTypes: [Ingress, Egress] }
`;

test('one policy that denies at both ends takes a change for each, and both together forward', async () => {
  const path = join(folder, 'deny-all.yaml');
  writeFileSync(path, DENY_ALL);
  const ends = between('app1/nginx-1', 'app1/nginx2-1', '8080');
  const { changes } = await json(SCENARIOS, '-f', path, ...ends);
  assert.equal(
    changes.map(({ direction, suffices }) => [direction, suffices]),
    [
      ['egress', false],
      ['ingress', false],
    ],
  );
  const rules = changes.map(({ direction, yaml }) => `  ${direction}:\n${yaml.replace(/^/gm, '    ')}\n`);
  const spec = 'spec:\n  podSelector: {}\n  policyTypes: [Ingress, Egress]\n';
  writeFileSync(path, `${DENY_ALL.slice(0, DENY_ALL.indexOf('spec:'))}${spec}${rules.join('')}`);
  assert.is((await json(SCENARIOS, '-f', path, ...ends)).verdict, 'forwarded');
});

const SERVICE = `
apiVersion: v1
kind: Service
metadata: { name: pg, namespace: db }
spec: { clusterIP: 10.96.7.7, clusterIPs: [10.96.7.7], ports: [{ port: 5432, protocol: TCP }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: pg-1, namespace: db, labels: { kubernetes.io/service-name: pg } }
addressType: IPv4
endpoints: [{ addresses: [10.244.1.10] }]
ports: [{ port: 5432, protocol: TCP }]
`;

test('a connection through a Service is explained by what its backend gets', async () => {
  const path = join(folder, 'service.yaml');
  writeFileSync(path, SERVICE);
  const said = await json(SCENARIOS, '-f', path, ...between('app2/nginx-1', 'service/db/pg', '5432'));
  const direct = await json(SCENARIOS, ...between('app2/nginx-1', 'db/postgres-0', '5432'));
  assert.is(said.verdict, 'dropped');
  assert.equal(
    said.ways.map(({ backends }) => backends),
    [['db/postgres-0 port 5432/TCP']],
  );
  const [{ explanation }] = said.ways as [Explanation['ways'][number]];
  assert.equal([explanation.egress, explanation.ingress], [direct.egress, direct.ingress]);
  assert.equal(explanation.changes, direct.changes);
});

const STAGED = `
apiVersion: projectcalico.org/v3
kind: StagedGlobalNetworkPolicy
metadata: { name: freeze }
spec:
  stagedAction: Set
  order: 1
  selector: app == "postgres"
  types: [Ingress]
  ingress: [{ action: Deny }]
`;

test('a staged policy is listed, is not enforced, and its verdict stands beside', async () => {
  const path = join(folder, 'staged.yaml');
  writeFileSync(path, STAGED);
  const ends = between('app1/nginx-1', 'db/postgres-0', '5432');
  const said = await json(SCENARIOS, '-f', path, ...ends);
  assert.is(said.verdict, 'forwarded');
  assert.equal(
    said.ingress.tiers[0]!.policies.map(({ outcome }) => outcome),
    ['not-enforced', 'allows'],
  );
  assert.is(said.staged!.verdict, 'dropped');
  const { out } = await explain(SCENARIOS, '-f', path, ...ends);
  assert.match(out, 'staged, not enforced');
  assert.match(out, 'With the staged policies applied: dropped');
  assert.is((await json(SCENARIOS, '-f', path, '--staged', 'enforce', ...ends)).verdict, 'dropped');
});

test('what people wrote beside a rule of Calico is shown with it', async () => {
  const ends = between('shop-test/web', 'shop/web', '8080');
  const { ingress } = await json(sample('platform-tier'), ...ends);
  const deciding = ingress.tiers[0]!.policies.flatMap(({ rules }) => rules).filter(
    ({ outcome }) => outcome === 'matches',
  );
  assert.equal(
    deciding.map(({ action, annotations }) => [action, annotations]),
    [
      ['log', []],
      ['deny', [{ key: 'why', value: 'testing stays out of production' }]],
    ],
  );
  assert.match((await explain(sample('platform-tier'), ...ends)).out, /^ +why: testing stays out of production$/m);
});

test('no text of an input reaches the terminal as a command to it', async () => {
  const { err } = await explain(SCENARIOS, ...between('\u001b[31m', API[1], '80'));
  assert.not.match(err, '\u001b');
});

test.run();
