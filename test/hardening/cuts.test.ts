/** Five captures, cut at every byte, handed over in pieces, and with bits of their first records turned. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CaptureError } from '../../src/source/errors.ts';
import { fixture } from '../paths.ts';
import { type Outcome, readInput } from '../traffic.ts';

const NAMES = ['plain.pcapng', 'nano.pcap', 'kuznetzov.pcap', 'sections.pcapng', 'micro.pcap.gz'];
const PIECES = [1, 2, 3, 7, 4096];
/** Of each file so many bytes are cut at, and every seventh bit of them is turned: headers and the first records. */
const LOOKED_AT = 400;

const readOrRefusal = (content: Uint8Array, piece?: number): Promise<Outcome | string> =>
  readInput(content, piece).catch((error: unknown) => {
    if (error instanceof CaptureError) return error.code;
    throw error;
  });

let cuts = 0;
let flips = 0;
for (const name of NAMES) {
  const content = readFileSync(fixture(`tshark/${name}`));
  test(`${name}: every cut gives the rows before it, and an end is told where one is`, async () => {
    const whole = await readInput(content);
    let before = 0;
    for (let length = 0; length < Math.min(content.length, LOOKED_AT); length++) {
      cuts++;
      const read = await readOrRefusal(content.subarray(0, length));
      if (typeof read === 'string') {
        assert.ok(['EMPTY', 'TRUNCATED', 'UNKNOWN_FORMAT', 'UNSUPPORTED'].includes(read), `${length}: ${read}`);
        continue;
      }
      assert.equal(read.rows, whole.rows.slice(0, read.rows.length), `cut at ${length}`);
      assert.ok(read.rows.length >= before, `cut at ${length} there are fewer rows than before`);
      // Between two records nothing tells that more were to follow.
      assert.ok(read.fault?.code === 'TRUNCATED' || name.endsWith('gz') === false, `cut at ${length}`);
      before = read.rows.length;
    }
  });

  test(`${name}: pieces of any size read alike`, async () => {
    const whole = { ...(await readInput(content)), batches: 0 };
    for (const piece of PIECES) assert.equal({ ...(await readInput(content, piece)), batches: 0 }, whole, `${piece}`);
  });

  test(`${name}: with a bit turned it is read or refused, and every record is counted`, async () => {
    for (let bit = 0; bit < 8 * Math.min(content.length, LOOKED_AT); bit += 7) {
      flips++;
      const turned = Uint8Array.from(content);
      turned[bit >> 3]! ^= 1 << (bit & 7);
      const read = await readOrRefusal(turned);
      if (typeof read !== 'string') assert.is(read.counts.rows, read.rows.length, `bit ${bit}`);
    }
  });
}

test('that many were tried', () => {
  console.log(`# ${cuts} cuts, ${flips} bits`);
  assert.ok(cuts > 1000 && flips > 1000);
});

test.run();
