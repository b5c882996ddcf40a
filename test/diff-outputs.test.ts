/** Every output of `diff`, given names that nobody vouches for. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DIFF_OUTPUTS } from '../src/report/diff/registry.ts';
import type { DiffSummary } from '../src/report/diff/words.ts';
import { markdown, markdownCode, xml } from '../src/report/escape.ts';
import { PLAIN } from '../src/report/palette.ts';
import { difference, summary } from './diff-builders.ts';

const HOSTILE = 'a|b`c`<img src=x onerror=alert(1)>&"\'@everyone #1\u001b[31m\u0000\u202e\nnew line ]]>\ud800\uffff';
const write = (format: string, of: DiffSummary, top = 10): string =>
  DIFF_OUTPUTS.get(format)!.write(of, { palette: PLAIN, top });

const hostile = (): DiffSummary =>
  summary(
    [
      difference({ from: { address: '10.0.0.1', name: HOSTILE }, policy: HOSTILE, at: `${HOSTILE}.yaml:7:5` }),
      difference({ change: 'newly-forwarded' }),
      difference({ change: 'undetermined' }),
      difference({ change: 'other-rule' }),
    ],
    {
      notes: [HOSTILE],
      policyChanges: [
        { change: 'added', kind: 'NetworkPolicy', policy: HOSTILE, old: null, new: `${HOSTILE}:1:1`, packets: 0 },
      ],
      budget: { file: HOSTILE, kept: false, exceeded: [HOSTILE], unused: [`${HOSTILE}:1:1`] },
    },
  );

test('no output has what a terminal would obey, or a name on two lines', () => {
  for (const format of DIFF_OUTPUTS.keys()) {
    const text = write(format, hostile());
    assert.not.match(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/, format);
    assert.not.match(text, /\nnew line/, format);
    assert.is(text.at(-1), '\n');
  }
});

test('Markdown has no mark-up but its own, and its tables keep their columns', () => {
  const text = write('md', hostile());
  assert.not.match(text, /<img(?![^`\n]*`)/);
  for (const line of text.split('\n')) {
    // In code, backticks pair up; what is in them is no mark.
    assert.is((line.match(/`/g) ?? []).length % 2, 0, line);
    const outside = line.replace(/^### /, '').replace(/`[^`]*`/g, '');
    assert.not.match(outside, /@(?!\u200b)|#(?!\d+;|\u200b)/, line);
    assert.not.match(outside.replace(/<\/?(details|summary|b)( open)?>/g, ''), /<|\*\*\*|\[/, line);
  }
  const rows = text.split('\n').filter((line) => line.startsWith('| '));
  const bars = (line: string): number => (line.replace(/\\\|/g, '').match(/\|/g) ?? []).length;
  assert.ok(
    rows.every((row) => [5, 6, 7].includes(bars(row))),
    rows.join('\n'),
  );
});

test('escapes for Markdown', () => {
  assert.is(markdown('a|b <c> `d` *e* @f #1'), 'a&#124;b &#60;c&#62; &#96;d&#96; &#42;e&#42; @\u200bf #\u200b1');
  assert.is(markdownCode('a|b`c', true), '`a\\|b\\u0060c`');
  assert.is(markdownCode('a|b', false), '`a|b`');
});

test('escapes for XML: what it cannot hold at all is written as an escape', () => {
  assert.is(
    xml('<a b="c\'">&\u0000\u001b\ufffe\ud800'),
    '&lt;a b=&quot;c&apos;&quot;&gt;&amp;\\u0000\\u001b\\ufffe\\ud800',
  );
});

test('JUnit is well-formed, and a case fails when its verdicts differ and no budget allows it', () => {
  const text = write('junit', hostile());
  assertWellFormed(text);
  assert.match(text, 'tests="6" failures="4"');
  assert.is((text.match(/<failure /g) ?? []).length, 4);
  const allowed = summary([{ ...difference(), allowedBy: 'budget.yaml:3:5' }], {
    budget: { file: 'budget.yaml', kept: true, exceeded: [], unused: [] },
  });
  assert.match(write('junit', allowed), 'failures="0"');
  assert.match(write('junit', allowed), 'allowed by budget.yaml:3:5');
});

/** Elements close in order, attributes are quoted, and no bare sign is left in a text. */
function assertWellFormed(text: string): void {
  const open: string[] = [];
  let rest = text.replace(/^<\?xml version="1.0" encoding="UTF-8"\?>\n/, '');
  while (rest !== '') {
    const tag = /^<(\/?)([a-z-]+)((?: [a-z]+="[^"<&]*(?:&(?:amp|lt|gt|quot|apos);[^"<&]*)*")*)(\/?)>/.exec(rest);
    const content = /^[^<&]+|^&(?:amp|lt|gt|quot|apos);/.exec(rest);
    assert.ok(tag ?? content, rest.slice(0, 80));
    if (tag?.[1] === '/') assert.is(open.pop(), tag[2]);
    else if (tag && tag[4] !== '/') open.push(tag[2]!);
    rest = rest.slice((tag ?? content)![0].length);
  }
  assert.equal(open, []);
}

type Sarif = {
  version: string;
  runs: {
    tool: { driver: { rules: { id: string }[] } };
    results: {
      ruleId: string;
      ruleIndex: number;
      level: string;
      locations: { physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } } }[];
      suppressions?: object[];
    }[];
  }[];
};

test('SARIF points at the deciding rule, by ids that stay', () => {
  const { version, runs } = JSON.parse(write('sarif', hostile())) as Sarif;
  assert.is(version, '2.1.0');
  const [{ tool, results }] = runs as [Sarif['runs'][number]];
  const ids = tool.driver.rules.map(({ id }) => id);
  assert.equal(ids, ['newly-dropped', 'newly-forwarded', 'undetermined', 'other-rule', 'not-exercised']);
  assert.equal(
    results.map(({ ruleId }) => ruleId),
    ids,
  );
  for (const { ruleId, ruleIndex, locations } of results) {
    assert.is(ids[ruleIndex], ruleId);
    const { uri } = locations[0]!.physicalLocation.artifactLocation;
    assert.ok(URL.canParse(uri, 'file:///here/'), uri);
  }
  assert.is(results[1]!.locations[0]!.physicalLocation.artifactLocation.uri, 'new/p.yaml');
  assert.is(results[1]!.locations[0]!.physicalLocation.region.startLine, 7);
  const absolute = JSON.parse(write('sarif', summary([difference({ at: '/etc/a b.yaml:1:1' })]))) as Sarif;
  assert.is(
    absolute.runs[0]!.results[0]!.locations[0]!.physicalLocation.artifactLocation.uri,
    'file:///etc/a%20b.yaml',
  );
  const allowed = JSON.parse(write('sarif', summary([{ ...difference(), allowedBy: 'b.yaml:1:1' }]))) as Sarif;
  assert.is(allowed.runs[0]!.results[0]!.suppressions?.length, 1);
});

test('text says the answer first, then groups by what was and is said', () => {
  const many = Array.from({ length: 12 }, (_, i) =>
    difference({ from: { address: `10.0.0.${i}`, name: `app/web-${i}` } }),
  );
  const text = write('text', summary([...many, difference({ change: 'newly-forwarded' })]));
  assert.match(text, /^12 conversations newly dropped, 1 newly forwarded; 0 unchanged\n/);
  assert.is((text.match(/^NEWLY DROPPED/gm) ?? []).length, 1);
  assert.match(text, 'was  forwarded    ingress: allowed by NetworkPolicy db/p, rule 0 (old/p.yaml:5)');
  assert.match(text, 'now  dropped      ingress: denied by NetworkPolicy db/p-2, rule 0 (new/p.yaml:7)');
  assert.match(text, 'and 2 more conversations (--top 12 shows all)');
  assert.match(write('text', summary([])), /^no verdict differs: 0 conversations unchanged\n/);
  assert.match(
    write('text', summary([difference({ change: 'other-rule' })])),
    /^no verdict differs: 1 conversation decided by another rule/,
  );
  assert.match(write('text', summary([], { rows: 0 })), /^nothing was judged/);
});

test('ndjson has a line for each conversation, json has all', () => {
  const of = hostile();
  const lines = write('ndjson', of).trimEnd().split('\n');
  assert.is(lines.length, 4);
  assert.equal(JSON.parse(lines[1]!), of.conversations[1]);
  assert.equal(Object.keys(JSON.parse(write('json', of)) as object), Object.keys(of));
});

test.run();
