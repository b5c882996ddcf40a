/** The sample of a platform team's guard rail, as its README runs it. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { command, root, sample } from './paths.ts';

const run = promisify(execFile);
const REPLAY = [command, 'replay', '-f', 'samples/guard-rail', 'samples/guard-rail/traffic.ndjson', '-o', 'ndjson'];

type Said = { readonly verdict: string; readonly egress: { tier: string }; readonly ingress: { tier: string } };

test('the guard rail gives the lines that lie beside it, and warns of nothing', async () => {
  const { stdout, stderr } = await run(process.execPath, REPLAY, { cwd: root });
  assert.is(stdout, readFileSync(sample('guard-rail/expected.ndjson'), 'utf8'));
  assert.not.match(stderr, 'warning');
});

test('each tier forwards and drops some of it', () => {
  const lines = readFileSync(sample('guard-rail/expected.ndjson'), 'utf8').trim().split('\n');
  const deciders = new Set(
    lines.flatMap((line) => {
      const { verdict, egress, ingress } = JSON.parse(line) as Said;
      return [egress.tier, ingress.tier].map((tier) => `${tier} ${verdict}`);
    }),
  );
  for (const tier of ['kube-admin', 'default', 'kube-baseline']) {
    for (const verdict of ['forwarded', 'dropped']) assert.ok(deciders.has(`${tier} ${verdict}`), `${tier} ${verdict}`);
  }
});

test.run();
