import type { Policy } from '../model/policy.ts';
import { matches } from '../model/selector.ts';
import { quote } from '../source/quote.ts';
import type { HostEndpoint } from './kind.ts';
import type { Report } from './report.ts';

/** How many policies a message names. */
const NAMED = 3;

/** Says of each host endpoint what is not simulated: which policies would police the traffic of its node. */
export function warnOfHostEndpoints(hosts: readonly HostEndpoint[], policies: readonly Policy[], report: Report): void {
  const global = policies.filter(({ namespace, staged }) => namespace === null && !staged);
  for (const { name, node, labels, at } of hosts) {
    const names = global.filter(({ selector }) => matches(selector, labels)).map((policy) => quote(policy.name));
    const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
    const who =
      names.length === 0
        ? 'no policy that is read selects it, so a named interface without profiles would drop everything'
        : `it is selected by ${names.slice(0, NAMED).join(', ')}${more}`;
    const message = `host endpoint ${quote(name)} is not simulated: traffic to and from node ${quote(node)} is judged without it (${who})`;
    report.warning('HOST_ENDPOINT_IGNORED', at, message);
  }
}
