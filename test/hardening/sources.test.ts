/** What no line of the sources does: make code of data, reach for the network, match in more than linear time. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../paths.ts';
import { whySlow } from './regexp-steps.ts';

/** Expressions that the checker doubts, and why they are no danger. */
const HARMLESS: ReadonlyMap<string, string> = new Map([
  ['/\\B(?=(\\d{3})+$)/g', 'looks at the digits of a number of ours, of 16 at most'],
  ['/^(.*):(\\d+):(\\d+)$/s', 'each colon ends a run of digits: they are gone through once for each colon'],
]);
/** Modules that run code, start processes or talk to others. */
const FORBIDDEN_MODULES =
  /^(?:node:)?(?:vm|child_process|worker_threads|cluster|net|http|https|http2|dgram|dns|tls|inspector|repl|module)(?:\/.*)?$/;
/** Calls and names that make code of data or reach into prototypes. */
const FORBIDDEN_NAMES = new Set([
  'eval',
  'Function',
  '__proto__',
  'setPrototypeOf',
  'fetch',
  'WebSocket',
  'XMLHttpRequest',
]);

type Seen = { readonly where: string; readonly node: ts.Node };

const nodes: Seen[] = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .flatMap((name) => {
    const file = ts.createSourceFile(name, readFileSync(join(root, 'src', name), 'utf8'), ts.ScriptTarget.ES2022, true);
    const found: Seen[] = [];
    const walk = (node: ts.Node): void => {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
      found.push({ where: `src/${name}:${line + 1}`, node });
      node.forEachChild(walk);
    };
    file.forEachChild(walk);
    return found;
  });

test('every regular expression takes linear time', () => {
  const doubted = new Set<string>();
  let count = 0;
  for (const { where, node } of nodes) {
    if (!ts.isRegularExpressionLiteral(node)) continue;
    count++;
    const end = node.text.lastIndexOf('/');
    const why = whySlow({ source: node.text.slice(1, end), flags: node.text.slice(end + 1) });
    if (why === null) continue;
    doubted.add(node.text);
    assert.ok(HARMLESS.has(node.text), `${where}: ${node.text} ${why}`);
  }
  assert.equal(
    [...HARMLESS.keys()].filter((text) => !doubted.has(text)),
    [],
  );
  assert.ok(count > 50, `only ${count} were found`);
  console.log(`# ${count} regular expressions, ${doubted.size} doubted`);
});

test('the checker knows slow expressions from fast ones', () => {
  for (const slow of [/^(a+)+$/, /^(a|a)*b*a*$/, /^a*a*$/, /^\d+\w*$/, /@.*$/, /\s+$/, /^(a*)*$/, /^(.*),(.*)$/])
    assert.is.not(whySlow(slow), null, String(slow));
  for (const fast of [/^a+$/, /^(a+,)*a+$/, /^[a-z]([-a-z]*[a-z])?$/, /:\d+$/, /[.:]$/, /^\d{1,5}\w{1,5}$/, /a+/y])
    assert.is(whySlow(fast), null, String(fast));
});

test('no regular expression is made of data', () => {
  const made = nodes.filter(
    ({ node }) => (ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === 'RegExp',
  );
  assert.equal(
    made.map(({ where }) => where),
    [],
  );
});

test('nothing makes code of data, and nothing is loaded by a name that is not written out', () => {
  for (const { where, node } of nodes) {
    if (ts.isIdentifier(node) || ts.isStringLiteral(node))
      assert.not(FORBIDDEN_NAMES.has(node.text), `${where}: ${node.text}`);
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier))
      assert.not.match(node.moduleSpecifier.text, FORBIDDEN_MODULES, where);
    if (!ts.isCallExpression(node)) continue;
    const isLoading = node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.getText() === 'require';
    assert.ok(!isLoading || ts.isStringLiteral(node.arguments[0]!), `${where}: loads what data names`);
  }
});

test.run();
