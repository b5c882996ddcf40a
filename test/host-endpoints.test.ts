/** The sample of host endpoints, as its README runs it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { DiffSummary } from '../src/report/diff/words.ts';
import { cli, cliWith } from './command-line.ts';

const GIVEN = ['replay', '-f', 'samples/host-endpoints', 'samples/host-endpoints/traffic.ndjson'];

test('the summary says who was dropped by whom, and counts what both ends decided', async () => {
  const { out } = await cli(...GIVEN);
  assert.match(out, /1 endpoint, 2 host endpoints\n/);
  assert.match(out, /\n203\.0\.113\.9 +node\/worker-1 +10250\/TCP +1 +1 +host: not allowed by nodes-in\n/);
  assert.match(out, /\nnodes-out +egress +1 +allow +2 +2 +policy\.yaml:26\n/);
  assert.match(out, /\n- +ingress +failsafe +allow +1 +1 +-\n/);
});

test('a policy that is not simulated is told of where it stands, and under the numbers', async () => {
  const policy = [
    'apiVersion: projectcalico.org/v3',
    'kind: GlobalNetworkPolicy',
    'metadata: {name: early}',
    'spec: {selector: has(pool), preDNAT: true, applyOnForward: true, ingress: [{action: Deny}]}',
  ].join('\n');
  const stdin = async function* (): AsyncIterable<Uint8Array> {
    yield Buffer.from(policy);
  };
  const { out, err } = await cliWith({ stdin: stdin() }, ...GIVEN, '-f', '-');
  assert.match(err, /stdin:1:1: warning: `preDNAT` is not simulated: .* needs the node and the interface/);
  assert.match(out, /\nnote: NOT SIMULATED: policy early selects host endpoints and has `preDNAT`/);
});

test('explain shows the chain of the host endpoint', async () => {
  const ends = ['--from', '203.0.113.9', '--to', 'node/worker-1', '--port', '10250/tcp'];
  const { out } = await cli('explain', '-f', 'samples/host-endpoints', ...ends);
  assert.match(out, /^DROPPED .*\n {2}host ingress: GlobalNetworkPolicy nodes-in selects worker-1-auto-hep, and none/);
  assert.match(out, /\n3\. Host ingress: may node\/worker-1 itself receive it\?\n/);
  assert.match(out, /\n {3}=> No: GlobalNetworkPolicy nodes-in selects worker-1-auto-hep/);
});

test('diff compares what host endpoints decide, also where no verdict differs', async () => {
  const [cluster, policy, traffic] = ['cluster.yaml', 'policy.yaml', 'traffic.ndjson'].map(
    (name) => `samples/host-endpoints/${name}`,
  );
  const { code, out } = await cli('diff', '-f', cluster!, '--old', policy!, '--new', cluster!, traffic!, '-o', 'json');
  const { conversations } = JSON.parse(out) as DiffSummary;
  const of = (number: number, address: string) =>
    conversations.find(({ to, dport }) => dport === number && to.address === address)!;
  assert.is(code, 1);
  const metadata = of(80, '169.254.169.254');
  assert.is(metadata.change, 'newly-forwarded');
  assert.is(metadata.old.hostEgress?.policy, 'nodes-out');
  assert.is(metadata.new.hostEgress?.reason, 'no-policy');
  assert.is(metadata.new.hostIngress, null);
  const outside = of(443, '203.0.113.9');
  assert.is(outside.change, 'other-rule');
  assert.equal([outside.old.hostEgress?.rule, outside.new.hostEgress?.reason], [1, 'no-policy']);
  const { out: text } = await cli('diff', '-f', cluster!, '--old', policy!, '--new', cluster!, traffic!);
  assert.match(text, /host egress: denied by GlobalNetworkPolicy nodes-out, rule 0/);
});

test('a filter, CSV and the wide text know host endpoints too', async () => {
  const { out } = await cli(...GIVEN, '--policy', 'nodes-out', '-o', 'csv');
  const [heading, ...rows] = out.trimEnd().split('\r\n');
  assert.match(heading!, /,host\.action,host\.reason,/);
  assert.ok(rows.length >= 2, out);
  for (const row of rows) assert.match(row, /,nodes-out,|,nodes-in,/);
  assert.match((await cli(...GIVEN, '-o', 'wide')).out, / HOST\n/);
});

test('a dataplane that ignores policies asks no host endpoint', async () => {
  const { out } = await cli(...GIVEN, '--dataplane', 'none', '-o', 'ndjson');
  assert.not.match(out, '"verdict":"dropped"');
  assert.not.match(out, '"host":{');
});

test.run();
