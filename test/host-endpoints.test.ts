/** The sample of host endpoints, as its README runs it. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cli, cliWith } from './command-line.ts';
import { sample } from './paths.ts';

const GIVEN = ['replay', '-f', 'samples/host-endpoints', 'samples/host-endpoints/traffic.ndjson'];

test('the sample gives the lines that lie beside it, and warns of nothing', async () => {
  const { out, err } = await cli(...GIVEN, '-o', 'ndjson');
  assert.is(out, readFileSync(sample('host-endpoints/expected.ndjson'), 'utf8'));
  assert.not.match(err, 'warning');
});

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

test.run();
