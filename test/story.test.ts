/** samples/story: its traffic is what story-traffic.ts makes, and the story that docs/story.md tells of it is true. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { DiffSummary } from '../src/report/diff/words.ts';
import { cli } from './command-line.ts';
import { sample } from './paths.ts';
import { storyCapture, storyHubble } from './story-traffic.ts';

const PLACE = 'samples/story';
const CAPTURE = `${PLACE}/shop.pcap`;
const HUBBLE = `${PLACE}/hubble.jsonl`;

async function diff(next: string, ...more: readonly string[]) {
  const { code, out } = await cli(
    ...[
      'diff',
      '-f',
      `${PLACE}/cluster.yaml`,
      '--old',
      `${PLACE}/current`,
      '--new',
      `${PLACE}/${next}`,
      '-o',
      'json',
      ...more,
    ],
  );
  const { conversations } = JSON.parse(out) as DiffSummary;
  const differing = conversations.filter(({ change }) => change !== 'other-rule');
  const ends = differing.map((one) => `${one.from.name} ${one.to.name ?? one.to.address} ${one.dport}`);
  return { code, changes: [...new Set(differing.map(({ change }) => change))], ends: ends.sort() };
}

const SHORTCUT = 'shop/web-6d4b75cb6d-x7k2p shop/postgres-0 5432';
const NAMES = ['shop/cart-5f9c7d8b6c-q4wnd', 'shop/web-6d4b75cb6d-m9fzt', 'shop/web-6d4b75cb6d-x7k2p'].map(
  (pod) => `${pod} service/kube-system/kube-dns 53`,
);

test('the capture and the log are those that their builder makes', () => {
  assert.equal(readFileSync(sample('story/shop.pcap')), storyCapture());
  assert.is(readFileSync(sample('story/hubble.jsonl'), 'utf8'), storyHubble());
});

test('under the current policies nothing of it is dropped', async () => {
  const { code } = await cli(
    ...[
      'replay',
      '-f',
      `${PLACE}/cluster.yaml`,
      '-f',
      `${PLACE}/current`,
      CAPTURE,
      HUBBLE,
      '--fail-on-drop',
      '--fail-on-undetermined',
    ],
  );
  assert.is(code, 0);
});

test('the capture shows what was meant, and that nobody could look up a name', async () => {
  assert.equal(await diff('proposed', CAPTURE), {
    code: 1,
    changes: ['newly-dropped'],
    ends: [...NAMES, SHORTCUT].sort(),
  });
});

test('the log of an hour shows what a minute does not have', async () => {
  const { ends } = await diff('proposed', CAPTURE, HUBBLE);
  const cart = 'shop/cart-5f9c7d8b6c-q4wnd';
  assert.equal(
    ends.filter((one) => !NAMES.includes(one) && one !== SHORTCUT),
    [`monitoring/prometheus-0 ${cart} 9090`, `${cart} 203.0.113.80 443`],
  );
});

test('mended, only what was meant is left, and the budget lets that through and nothing else', async () => {
  assert.equal(await diff('mended', CAPTURE, HUBBLE), { code: 1, changes: ['newly-dropped'], ends: [SHORTCUT] });
  const budget = ['--budget', `${PLACE}/budget.yaml`];
  assert.is((await diff('mended', CAPTURE, HUBBLE, ...budget)).code, 0);
  assert.is((await diff('proposed', CAPTURE, HUBBLE, ...budget)).code, 1);
});

test.run();
