/** Records of flow logs, judged: answers as what they answer, and who opened where nothing tells. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cliWith } from '../command-line.ts';
import { pieces } from '../traffic.ts';

async function lines(input: string, text = ''): Promise<string[]> {
  const stdin = pieces(Buffer.from(text), 1 << 16);
  const { out } = await cliWith({ stdin }, 'replay', '-f', 'samples/scenarios', input, '-o', 'ndjson');
  return out
    .trimEnd()
    .split('\n')
    .map((line) => {
      const { n, src, verdict, egress, ingress, flags } = JSON.parse(line);
      return [n, src, verdict, egress.policy ?? egress.reason, ingress.policy ?? ingress.reason, ...flags].join(' ');
    });
}

test('the samples are judged as the capture of the same connections is', async () => {
  assert.equal(await lines('samples/flow-logs/vpc.txt'), [
    '2 10.244.1.21 forwarded no-policy db/network-policy',
    '3 10.244.1.10 forwarded no-policy db/network-policy answer',
    '4 10.244.2.31 dropped no-policy end-of-tier',
    '5 10.60.9.9 dropped not-an-endpoint end-of-tier',
  ]);
  assert.equal(await lines('samples/flow-logs/conn.tsv'), [
    '8 10.244.1.21 forwarded no-policy db/network-policy',
    '9 10.244.2.31 dropped no-policy end-of-tier',
    '10 10.244.5.4 forwarded no-policy default/test-network-policy',
  ]);
});

test('where nothing tells who opened, a declared port does', async () => {
  const record = (from: string, to: string): string =>
    `2 1 eni-1 ${from} ${to} 6 3 180 1795311300 1795311359 ACCEPT OK`.replace(/(\S+):(\d+) (\S+):(\d+)/, '$1 $3 $2 $4');
  const text = [
    record('10.244.1.21:40001', '10.244.1.10:5432'),
    record('10.244.1.10:5432', '10.244.1.21:40001'),
    record('10.244.1.10:5432', '10.244.2.31:40001'),
  ].join('\n');
  assert.equal(await lines('-', text), [
    '1 10.244.1.21 forwarded no-policy db/network-policy midstream',
    '2 10.244.1.10 forwarded no-policy db/network-policy midstream answer',
    '3 10.244.1.10 dropped no-policy end-of-tier midstream answer',
  ]);
});

test.run();
