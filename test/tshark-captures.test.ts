/**
 * Our tuples are tshark's: on captures that its own tools made (editcap, mergecap, randpkt, text2pcap), stored beside
 * what tshark read of them. `.ci/tshark-captures` makes both; TSHARK_CAPTURES names another folder of them.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hasIcmpType } from '../src/net/protocol.ts';
import { fixture } from './paths.ts';
import { type RecordRow, readFile } from './traffic.ts';

const folder = process.env.TSHARK_CAPTURES ?? fixture('tshark');
const captures = readdirSync(folder).filter((name) => existsSync(join(folder, `${name}.tsv`)));

/** As `.ci/tshark-tuples` prints a packet. */
function line({ n, src, dst, protocol, ports, icmp }: RecordRow): string {
  const [from = '', to = ''] = ports?.split(' > ') ?? [];
  const [type = '', code = ''] = hasIcmpType(protocol) ? (icmp?.split('/') ?? []) : [];
  return [n, src, dst, protocol, from, to, type, code].join('\t');
}

/** tshark shows no field of a transport header that is cut, we show those that are whole. */
const withoutCut =
  (theirs: readonly string[]) =>
  (ours: string, at: number): string => {
    const mine = ours.split('\t');
    const isCut = theirs[at]?.split('\t').slice(4).join('') === '';
    return [...mine.slice(0, 4), ...mine.slice(4).map((field) => (isCut ? '' : field))].join('\t');
  };

for (const name of captures)
  test(`reads ${name} as tshark does`, async () => {
    const { rows, fault } = await readFile(join(folder, name));
    assert.is(fault, null);
    const theirs = readFileSync(join(folder, `${name}.tsv`), 'utf8').split('\n');
    const withAddress = theirs.filter((text) => (text.split('\t')[1] ?? '') !== '');
    const ours = rows.map(line);
    if (!name.startsWith('random-')) assert.equal(ours, withAddress);
    else assert.equal(ours.map(withoutCut(withAddress)), withAddress);
  });

test('there are captures of every kind', () => {
  assert.ok(captures.length >= 20, `${captures.length}`);
});

test.run();
