/** samples/nodeport, as its README says. `node dist/test/nodes/nodeport-write.js` writes the capture anew. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { command, root, sample } from '../paths.ts';
import { nodePortCapture } from './nodeport-capture.ts';

const run = promisify(execFile);

const replayed = async (where: string, ...more: readonly string[]): Promise<string> => {
  const manifests = ['world.yaml', 'policy.yaml', where].flatMap((file) => ['-f', `samples/nodeport/${file}`]);
  const args = [command, 'replay', ...manifests, 'samples/nodeport/nodeport.pcap', ...more];
  const { stdout, stderr } = await run(process.execPath, args, { cwd: root });
  assert.not.match(stderr, 'warning');
  return stdout;
};

test('the capture is the one that is made here', () => {
  assert.equal(readFileSync(sample('nodeport/nodeport.pcap')), Buffer.from(nodePortCapture()));
});

const OPENERS: readonly [where: string, verdicts: readonly string[]][] = [
  ['local', ['forwarded', 'dropped', 'dropped', 'dropped', 'dropped', 'forwarded']],
  ['cluster', ['dropped snat', 'dropped snat', 'dropped snat', 'dropped', 'dropped', 'forwarded']],
];
for (const [where, verdicts] of OPENERS) {
  test(`${where}: the six clients fare as the paper says, with the lines that lie beside it`, async () => {
    const lines = await replayed(where, '-o', 'ndjson');
    assert.is(lines, readFileSync(sample(`nodeport/expected.${where}.ndjson`), 'utf8'));
    const openers = lines
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { verdict: string; flags: string[]; opener: number | null })
      .filter(({ opener }) => opener === null);
    assert.equal(
      openers.map(({ verdict, flags }) => [verdict, ...flags].join(' ')),
      verdicts,
    );
  });
}

test('the summary says why the rule about the office never matches', async () => {
  const told = await replayed('cluster');
  assert.match(told, 'in place of the client');
  const source =
    "as it arrives from node worker-1's tunnel address 10.244.1.0, owing to externalTrafficPolicy: Cluster";
  assert.match(told, source);
  assert.not.match(await replayed('local'), 'in place of the client');
});

test.run();
