/** The sample of host endpoints, as its README runs it. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { command, root, sample } from './paths.ts';

const run = promisify(execFile);
const GIVEN = ['replay', '-f', 'samples/host-endpoints', 'samples/host-endpoints/traffic.ndjson'];

test('the sample gives the lines that lie beside it, and warns of nothing', async () => {
  const { stdout, stderr } = await run(process.execPath, [command, ...GIVEN, '-o', 'ndjson'], { cwd: root });
  assert.is(stdout, readFileSync(sample('host-endpoints/expected.ndjson'), 'utf8'));
  assert.not.match(stderr, 'warning');
});

test('the summary says who was dropped by whom, and counts what both ends decided', async () => {
  const { stdout } = await run(process.execPath, [command, ...GIVEN], { cwd: root });
  assert.match(stdout, /1 endpoint, 2 host endpoints\n/);
  assert.match(stdout, /\n203\.0\.113\.9 +node\/worker-1 +10250\/TCP +1 +1 +host: not allowed by nodes-in\n/);
  assert.match(stdout, /\nnodes-out +egress +1 +allow +2 +2 +policy\.yaml:26\n/);
  assert.match(stdout, /\n- +ingress +failsafe +allow +1 +1 +-\n/);
});

test('a policy that is not simulated is told of where it stands, and under the numbers', async () => {
  const policy = [
    'apiVersion: projectcalico.org/v3',
    'kind: GlobalNetworkPolicy',
    'metadata: {name: early}',
    'spec: {selector: has(pool), preDNAT: true, applyOnForward: true, ingress: [{action: Deny}]}',
  ].join('\n');
  const child = run(process.execPath, [command, ...GIVEN, '-f', '-'], { cwd: root });
  child.child.stdin!.end(policy);
  const { stdout, stderr } = await child;
  assert.match(stderr, /stdin:1:1: warning: `preDNAT` is not simulated: .* needs the node and the interface/);
  assert.match(stdout, /\nnote: NOT SIMULATED: policy early selects host endpoints and has `preDNAT`/);
});

test('explain shows the chain of the host endpoint', async () => {
  const ends = ['--from', '203.0.113.9', '--to', 'node/worker-1', '--port', '10250/tcp'];
  const { stdout } = await run(process.execPath, [command, 'explain', '-f', 'samples/host-endpoints', ...ends], {
    cwd: root,
  });
  assert.match(
    stdout,
    /^DROPPED .*\n {2}host ingress: GlobalNetworkPolicy nodes-in selects worker-1-auto-hep, and none/,
  );
  assert.match(stdout, /\n3\. Host ingress: may node\/worker-1 itself receive it\?\n/);
  assert.match(stdout, /\n {3}=> No: GlobalNetworkPolicy nodes-in selects worker-1-auto-hep/);
});

test.run();
