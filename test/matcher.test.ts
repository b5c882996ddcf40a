/** The answers of a table do not depend on when its cells are derived, nor on what a replay has forgotten. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../src/compile/compile.ts';
import { LimitError } from '../src/source/errors.ts';
import { Matcher } from '../src/table/matcher.ts';
import { ProgramStore } from '../src/table/programs.ts';
import { seeded } from './random.ts';
import { randomCluster } from './random-cluster.ts';

const SEEDS = Array.from({ length: 12 }, (_, i) => i + 1);

test('answers alike from filled cells, from cells of first touch, and from a cache that is flushed all the time', () => {
  for (const seed of SEEDS) {
    const random = seeded(seed);
    const cluster = randomCluster(random, 'general');
    const filled = compile(cluster);
    const lazy = compile(cluster, { denseCells: 0 });
    assert.ok(filled.cells.dense !== null && lazy.cells.dense === null);
    const dense = new Matcher(filled);
    const others = [
      new Matcher(lazy),
      new Matcher(lazy, { cacheCells: 1 }),
      new Matcher(lazy, { cacheCells: 4 }),
      new Matcher(lazy, { cacheCells: 8, cacheProgramBytes: 1 }),
      new Matcher(lazy, { cacheCells: 64, cacheProgramBytes: filled.l4.count * 4 * 3 }),
    ];
    for (let i = 0; i < 6000; i++) {
      const profile = random.below(filled.profiles.count);
      const peer = random.below(filled.classes.count);
      const l4 = random.below(filled.l4.count);
      const expected = dense.finding(profile, peer, l4);
      for (const [which, other] of others.entries()) {
        if (other.finding(profile, peer, l4) === expected) continue;
        assert.unreachable(`seed ${seed}: matcher ${which}, profile ${profile}, peer ${peer}, L4 class ${l4}`);
      }
    }
  }
});

test('stores each program once, and says when it is full', () => {
  const table = compile(randomCluster(seeded(3), 'general'));
  const store = new ProgramStore(table, table.stats.programs);
  const small = new ProgramStore(table, table.stats.programs - 1);
  let full = false;
  for (let profile = 0; profile < table.profiles.count; profile++) {
    for (let peer = 0; peer < table.classes.count; peer++) {
      assert.is(store.derive(profile, peer), table.cells.dense![profile * table.classes.count + peer]);
      full ||= small.derive(profile, peer) === -1;
    }
  }
  assert.is(store.count, table.stats.programs);
  assert.ok(full);
});

test('refuses a table beyond the limit before anything of it is allocated', () => {
  const cluster = randomCluster(seeded(1), 'general');
  const shared = globalThis.SharedArrayBuffer;
  let allocated = 0;
  globalThis.SharedArrayBuffer = new Proxy(shared, {
    construct(target, given) {
      allocated++;
      return new target(...(given as [number]));
    },
  });
  try {
    assert.throws(
      () => compile(cluster, { maxTableBytes: 1000 }),
      (error: unknown) =>
        error instanceof LimitError &&
        /^the match table would take \d+ bytes, more than the limit of 1000 \(--max-table-bytes\): port planes \d+, prefix tables \d+, /.test(
          error.message,
        ),
    );
    assert.is(allocated, 0);
    compile(cluster);
    assert.ok(allocated > 0);
  } finally {
    globalThis.SharedArrayBuffer = shared;
  }
});

test.run();
