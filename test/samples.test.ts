/** The samples whose traffic is a tuple file, as their READMEs run them. */
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cli } from './command-line.ts';
import { sample } from './paths.ts';

type Case = {
  readonly sample: string;
  readonly expected: string;
  readonly options: readonly string[];
  /** Each of these tiers forwards some of it and drops some. */
  readonly tiers: readonly string[];
};

const CASES: readonly Case[] = [
  {
    sample: 'guard-rail',
    expected: 'expected.ndjson',
    options: [],
    tiers: ['kube-admin', 'default', 'kube-baseline'],
  },
  { sample: 'platform-tier', expected: 'expected.ndjson', options: [], tiers: ['platform', 'default'] },
  { sample: 'host-endpoints', expected: 'expected.ndjson', options: [], tiers: ['default'] },
  { sample: 'deny-list', expected: 'expected.ndjson', options: [], tiers: ['default'] },
  { sample: 'staged-rollout', expected: 'expected.ignore.ndjson', options: [], tiers: ['default'] },
  {
    sample: 'staged-rollout',
    expected: 'expected.enforce.ndjson',
    options: ['--staged', 'enforce'],
    tiers: ['default'],
  },
];

type End = { readonly tier: string };
type Said = { readonly verdict: string; readonly egress: End; readonly ingress: End; readonly host: End | null };

for (const { sample: name, expected, options, tiers } of CASES) {
  test(`${name} gives the lines of ${expected}, and warns of nothing`, async () => {
    const files = ['-f', `samples/${name}`, `samples/${name}/traffic.ndjson`];
    const { out, err } = await cli('replay', ...files, '-o', 'ndjson', ...options);
    assert.is(out, readFileSync(sample(`${name}/${expected}`), 'utf8'));
    assert.not.match(err, 'warning');
  });

  test(`${name}, ${expected}: each tier forwards and drops some of it`, () => {
    const lines = readFileSync(sample(`${name}/${expected}`), 'utf8')
      .trim()
      .split('\n');
    const deciders = new Set(
      lines.flatMap((line) => {
        const { verdict, egress, ingress, host } = JSON.parse(line) as Said;
        return [egress.tier, ingress.tier, host?.tier].map((tier) => `${tier} ${verdict}`);
      }),
    );
    for (const tier of tiers) {
      for (const verdict of ['forwarded', 'dropped'])
        assert.ok(deciders.has(`${tier} ${verdict}`), `${tier} ${verdict}`);
    }
  });
}

test('every sample with a tuple file is run, with all that is expected of it', () => {
  const found = readdirSync(sample('')).flatMap((name) => {
    const files = name.includes('.') ? [] : readdirSync(sample(name));
    return files.includes('traffic.ndjson')
      ? files.filter((file) => file.startsWith('expected')).map((file) => `${name}/${file}`)
      : [];
  });
  assert.equal(found.sort(), CASES.map((one) => `${one.sample}/${one.expected}`).sort());
});

test.run();
