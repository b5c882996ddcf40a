/** Takes the pictures of docs/report.md anew, of the page that samples/story gives: `npm run screenshots`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { executable, launch } from './browser.ts';
import { cli } from './command-line.ts';
import { root } from './paths.ts';

const STORY = 'samples/story';
const PICTURES = [
  { name: 'report-light', colorScheme: 'light', height: 1010, at: 'header', pair: false },
  { name: 'report-differences-dark', colorScheme: 'dark', height: 980, at: '#differences', pair: true },
  { name: 'report-drops', colorScheme: 'light', height: 1000, at: '#matrix', pair: false },
] as const;

if (executable === null) throw new Error('no Chromium here');
const folder = mkdtempSync(join(tmpdir(), 'screenshots-'));
const browser = await launch();
for (const { name, colorScheme, height, at, pair } of PICTURES) {
  const html = join(folder, `${name}.html`);
  const sides = pair ? ['--old', `${STORY}/current`, '--new', `${STORY}/proposed`] : ['-f', `${STORY}/proposed`];
  const traffic = [`${STORY}/shop.pcap`, ...(pair ? [`${STORY}/hubble.jsonl`] : [])];
  const { code, err } = await cli('report', '-f', `${STORY}/cluster.yaml`, ...sides, ...traffic, '--html', html);
  if (code !== 0) throw new Error(err);
  const page = await browser.newPage({ viewport: { width: 1200, height }, colorScheme });
  await page.goto(pathToFileURL(html).href);
  await page.evaluate(`document.querySelector('${at}').scrollIntoView()`);
  await page.screenshot({ path: join(root, 'docs', `${name}.png`) });
}
await browser.close();
rmSync(folder, { recursive: true, force: true });
