/**
 * The HTML page in a browser: what it shows is what the summary says, nothing is loaded or refused, it works by keys,
 * its colours can be read in light, dark and on paper, and names from inputs are text.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { DiffSummary } from '../src/report/diff/words.ts';
import type { Summary } from '../src/report/summary.ts';
import { executable, launch } from './browser.ts';
import { cli } from './command-line.ts';
import { CONTRASTS, type Contrasts } from './contrast.ts';

const pages = suite('page');
const test = executable === null ? pages.skip : pages;
if (executable === null) console.log('# SKIPPED (no Chromium here: apt-get install chromium)');

const folder = mkdtempSync(join(tmpdir(), 'page-'));
let browser: Browser;
pages.before(async () => {
  if (executable !== null) browser = await launch();
});
pages.after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

const CLUSTER = ['-f', 'samples/scenarios/cluster.yaml'];
const CAPTURE = 'samples/scenarios/scenarios.pcap';
const PAIR = ['--old', 'samples/diff/old', '--new', 'samples/diff/new'];

type Opened = { readonly page: Page; readonly complaints: string[]; readonly requests: string[] };

/** Opens a page and listens to all that a browser could complain of. */
async function open(file: string, more: Parameters<Browser['newPage']>[0] = {}): Promise<Opened> {
  const page = await browser.newPage(more);
  page.setDefaultTimeout(5000);
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => complaints.push(dialog.message()));
  page.on('request', (request) => requests.push(request.url()));
  const url = pathToFileURL(file).href;
  await page.goto(url);
  assert.equal(requests.splice(0), [url], 'the page itself is all that is asked for');
  return { page, complaints, requests };
}

/** Scripts for the browser are texts: the types of its pages are not those of these sources. */
const ask = <T>(page: Page, script: string): Promise<T> => page.evaluate<T>(script);
const all = <T>(page: Page, selector: string, each: string): Promise<T[]> =>
  ask(page, `[...document.querySelectorAll(${JSON.stringify(selector)})].map(${each})`);
const CELLS = '(row) => [...row.cells].map((cell) => cell.textContent)';
const textOf = async (page: Page, selector: string): Promise<string> =>
  (await page.locator(selector).first().textContent()) ?? '';
const rowsIn = (page: Page, selector: string): Promise<string[][]> => all(page, `${selector} tbody tr`, CELLS);

let made: string | null = null;
/** The page of the sample comparison, made once. */
async function samplePage(): Promise<string> {
  if (made !== null) return made;
  made = join(folder, 'sample.html');
  assert.is((await cli('report', ...CLUSTER, ...PAIR, CAPTURE, '--html', made)).code, 0);
  return made;
}

const numberOf = (text: string | null): number => Number((text ?? '').replace(/[^\d]/g, ''));

test('counts are those of the JSON summaries, and the plots add up to them', async () => {
  const { page, complaints, requests } = await open(await samplePage());
  const summary = JSON.parse(
    (await cli('replay', ...CLUSTER, '-f', 'samples/diff/new', CAPTURE, '-o', 'json')).out,
  ) as Summary;
  const diff = JSON.parse((await cli('diff', ...CLUSTER, ...PAIR, CAPTURE, '-o', 'json')).out) as DiffSummary;
  const rowsOf = (selector: string): Promise<string[][]> => rowsIn(page, selector);

  for (const [verdict, packets, , bytes, , connections] of await rowsOf('#verdicts')) {
    const amount = summary.verdicts[verdict as 'forwarded'];
    assert.equal(
      [packets, bytes, connections].map((text) => numberOf(text!)),
      [amount.packets, amount.bytes, amount.connections],
      verdict,
    );
  }
  const changes = await rowsOf('#differences .scroll:first-of-type');
  assert.equal(
    changes.slice(0, diff.changes.length).map((cells) => cells.slice(1).map(numberOf)),
    diff.changes.map((one) => [one.conversations, one.connections, one.packets, one.bytes, one.workloads]),
  );
  const dropped = await rowsOf('#drops');
  assert.is(dropped.length, summary.dropped.length);
  assert.is(
    dropped.reduce((sum, cells) => sum + numberOf(cells[3]!), 0),
    summary.verdicts.dropped.packets,
  );

  const { forwarded, dropped: drops, undetermined } = summary.verdicts;
  const sums = [forwarded.packets, drops.packets, undetermined.packets];
  const times = await rowsOf('#time');
  assert.equal(
    [1, 2, 3].map((i) => times.reduce((sum, cells) => sum + numberOf(cells[i]!), 0)),
    sums,
  );
  const cells = await all<[string, string]>(
    page,
    '#matrix td span[class^=m-]',
    '(span) => [span.className.split(" ")[0], span.textContent]',
  );
  const sumOf = (mark: string): number =>
    cells.filter(([of]) => of === mark).reduce((sum, [, text]) => sum + numberOf(text), 0);
  assert.equal([sumOf('m-forwarded'), sumOf('m-dropped'), sumOf('m-undetermined')], sums);
  const hits = await rowsOf('#rules');
  assert.is(
    hits.filter((row) => row[3] !== 'none matched' && numberOf(row[5]!) > 0).length,
    summary.hits.filter(({ rule }) => rule !== null).length,
  );

  assert.equal([complaints, requests], [[], []]);
  await page.close();
});

test('everything can be done by keys', async () => {
  const { page, complaints } = await open(await samplePage());
  const focused = (): Promise<string> => ask(page, 'document.activeElement.id || document.activeElement.textContent');
  await page.keyboard.press('Tab');
  assert.is(await focused(), 'Skip to the report');
  await page.keyboard.press('Enter');
  assert.is(await focused(), 'main');

  for (const [key, section] of [
    ['n', 'differences'],
    ['n', 'time'],
    ['p', 'differences'],
    ['p', 'verdicts'],
  ] as const) {
    await page.keyboard.press(key);
    assert.is(await focused(), `${section}-h`);
  }

  await page.keyboard.press('/');
  assert.is(await focused(), 'filter');
  await page.keyboard.type('sampleapp 5432');
  assert.match(await textOf(page, '#told'), /^\d+ of \d+ rows$/);
  const visible = await all<string>(page, '#drops tbody tr:not([hidden])', '(row) => row.textContent');
  assert.is(visible.length, 1);
  assert.match(visible[0]!, /sampleapp\/sample-1.*5432\/TCP/s);
  await page.keyboard.press('Escape');
  assert.is(await textOf(page, '#told'), '');

  await page.keyboard.press('e');
  assert.is(await page.locator('details:not([open])').count(), 0);
  await page.keyboard.press('c');
  assert.is(await page.locator('details[open]').count(), 0);
  await page.keyboard.press('?');
  assert.ok(await page.isVisible('#help'));
  await page.keyboard.press('Escape');
  assert.not(await page.isVisible('#help'));

  const packets = '#rules table th:nth-child(6)';
  await page.focus(`${packets} button`);
  await page.keyboard.press('Enter');
  assert.is(await page.getAttribute(packets, 'aria-sort'), 'descending');
  await page.keyboard.press('Enter');
  assert.is(await page.getAttribute(packets, 'aria-sort'), 'ascending');
  const [first] = await all<string>(page, '#rules table', '(table) => table.caption.textContent');
  assert.is(first, 'What decided, most packets first');
  const values = await all<number>(
    page,
    '#rules .scroll:first-of-type tbody tr',
    '(row) => Number(row.cells[5].textContent.replaceAll(",", ""))',
  );
  assert.ok(values.length > 3);
  assert.equal(
    values,
    [...values].sort((a, b) => a - b),
  );
  assert.equal(complaints, []);
  await page.close();
});

test('without its script the page says the same, and has no button that does nothing', async () => {
  const { page } = await open(await samplePage(), { javaScriptEnabled: false });
  assert.is(await page.locator('button, input').count(), 0);
  assert.match(await textOf(page, 'h1'), /packets would be dropped$/);
  await page.close();
});

for (const colorScheme of ['light', 'dark', 'print'] as const)
  test(`every text can be read against its ground: ${colorScheme}`, async () => {
    const { page } = await open(await samplePage(), { colorScheme: colorScheme === 'light' ? 'light' : 'dark' });
    if (colorScheme === 'print') await page.emulateMedia({ media: 'print' });
    await page.keyboard.press('e');
    const { seen, low } = await ask<Contrasts>(page, CONTRASTS);
    assert.ok(seen > 200, `${seen} texts seen`);
    assert.equal(low, []);
    await page.close();
  });

test('headings step down one at a time, tables have captions and headings, plots have names', async () => {
  const { page } = await open(await samplePage());
  const levels = await all<number>(page, 'h1, h2, h3', '(one) => Number(one.tagName[1])');
  for (const [i, level] of levels.entries()) assert.ok(level - (levels[i - 1] ?? 0) <= 1, `heading ${i}`);
  assert.ok((await all<string>(page, 'table', '(one) => one.caption.textContent')).every((text) => text !== ''));
  assert.is(await page.locator('th:not([scope])').count(), 0);
  assert.is(await page.locator('svg:not([aria-hidden=true], [role=img])').count(), 0);
  const ids = await all<string>(page, '[id]', '(one) => one.id');
  assert.is(new Set(ids).size, ids.length);
  await page.close();
});

test('a narrow window scrolls tables, not the page', async () => {
  const { page } = await open(await samplePage(), { viewport: { width: 400, height: 800 } });
  assert.is(await ask<number>(page, 'document.documentElement.scrollWidth'), 400);
  await page.close();
});

test('on paper it has pages', async () => {
  const { page } = await open(await samplePage());
  const pdf = await page.pdf({ format: 'A4' });
  const count = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  assert.ok(count > 1, `${count} pages`);
  await page.close();
});

const HOSTILE = `<script>alert(1)<&"'\u202e`;

test('names and lines of inputs are text, whatever is in them', async () => {
  const place = join(folder, `<img src=x onerror=alert(2)>"' `);
  mkdirSync(place);
  const manifests = join(place, 'all.yaml');
  writeFileSync(
    manifests,
    [
      'apiVersion: v1\nkind: Namespace\nmetadata: {name: a}',
      `apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: a, labels: {app: web}}\nspec: {nodeName: n, containers: [{name: c}]}\nstatus: {phase: Running, podIP: 10.0.0.1}`,
      `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: deny # </span></pre>${HOSTILE}</script><style>*{display:none}</style>\n  namespace: a\n  annotations: {note: "</style><svg onload=alert(3)>"}\nspec:\n  podSelector: {}`,
    ].join('\n---\n'),
  );
  const traffic = join(place, `</title>${HOSTILE}`.replaceAll('/', '_'));
  writeFileSync(traffic, '{"src":"203.0.113.5","dst":"10.0.0.1","proto":"TCP","sport":40000,"dport":80}\n');
  const file = join(folder, 'hostile.html');
  const { code, err } = await cli('report', '-f', place, traffic, '--html', file);
  assert.is(code, 0, err);
  const { page, complaints } = await open(file);
  assert.is(await page.locator('script').count(), 1);
  assert.is(await page.locator('style').count(), 1);
  assert.is(await page.locator('img, iframe, object, [onload], [onerror]').count(), 0);
  assert.ok(await page.isVisible('h1'));
  assert.match(await textOf(page, '#drops .yaml'), `deny # </span></pre><script>alert(1)<&"'\\u202e`);
  assert.match(await textOf(page, 'header'), '<_title><script>alert(1)');
  assert.not.match(await page.content(), /\u202e/);
  assert.equal(complaints, []);
  await page.close();
});

pages.run();
