import type { Action, Direction } from '../../model/policy.ts';
import { TCP } from '../../net/protocol.ts';
import { quote } from '../../source/quote.ts';
import type { Fields, Known } from '../fields.ts';
import { checkLength } from './schema-limits.ts';

const HTTP: Known = ['methods', 'paths'];
const PATH: Known = ['exact', 'prefix'];
const MAX_PATH = 1024;

/**
 * What HTTP asks is decided by a proxy, when there is one: packets are judged by the rest of the rule. So it is checked,
 * and told of. Source: libcalico-go, validator.go, validateHTTPRule; api v3 policy_common.go, HTTPMatch and Rule.
 */
export function checkHttp(rule: Fields, action: Action, direction: Direction, protocol: number | null): void {
  const node = rule.get('http');
  const http = rule.object('http', HTTP);
  if (node === null || http === null) return;
  const { report } = rule;
  if (action !== 'allow') report.error('BAD_HTTP', node, '`http` can only stand in a rule with `action: Allow`');
  if (direction === 'egress') report.error('BAD_HTTP', node, '`http` cannot stand in an egress rule');
  if (protocol !== null && protocol !== TCP) report.error('BAD_HTTP', node, '`http` needs `protocol: TCP` or none');
  checkMethods(http);
  checkLength(http, 'paths');
  for (const path of http.objects('paths', PATH)) checkPath(path);
  report.warning('HTTP_NOT_SIMULATED', node, '`http` is not simulated: the rest of the rule decides, as in the kernel');
}

function checkMethods(http: Fields): void {
  checkLength(http, 'methods');
  const seen = new Set<string>();
  for (const { value, node } of http.strings('methods')) {
    if (seen.has(value)) http.report.error('BAD_HTTP', node, `method ${quote(value)} is given twice`);
    seen.add(value);
  }
}

function checkPath(path: Fields): void {
  const given = (['exact', 'prefix'] as const).flatMap((name) => path.string(name) ?? []).filter(({ value }) => value);
  const [first] = given;
  if (first === undefined || given.length > 1) {
    path.report.error('BAD_HTTP', path.node, 'a path needs one of `exact` and `prefix`');
  } else if (!first.value.startsWith('/') || /[?# ]/.test(first.value)) {
    const message = `path ${quote(first.value)} must begin with \`/\`, and have no \`?\`, \`#\` or space in it`;
    path.report.error('BAD_HTTP', first.node, message);
  } else if (first.value.length > MAX_PATH) {
    path.report.error('BAD_HTTP', first.node, `a path may have ${MAX_PATH} characters`);
  }
}
