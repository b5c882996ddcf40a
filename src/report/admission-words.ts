import { count, counted } from './numbers.ts';
import type { AdmissionWords } from './summary.ts';

/** Names that are told; the JSON has all. */
const MOST_NAMES = 5;

const CONTROLS: ReadonlyMap<string, string> = new Map([
  ['psp', 'PodSecurityPolicy'],
  ['pss', 'Pod Security Standards'],
]);

/** What a control did to the pods of a replay, in a line. */
export function admissionWords({ control, pods, refused, notRunning, hostNetwork }: AdmissionWords): string {
  const parts = [
    `${count(refused.length)} of ${counted(pods, 'pod')} refused${named(refused, ', no endpoints')}`,
    ...(notRunning.length === 0 ? [] : [`${count(notRunning.length)} not started${named(notRunning, '')}`]),
    ...(hostNetwork.length === 0
      ? []
      : [
          `${count(hostNetwork.length)} judged as ${hostNetwork.length === 1 ? 'its node' : 'their nodes'}${named(hostNetwork, '')}`,
        ]),
  ];
  return `${CONTROLS.get(control) ?? control}: ${parts.join('; ')}`;
}

function named(names: readonly string[], what: string): string {
  if (names.length === 0) return '';
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  return `${what} (${names.slice(0, MOST_NAMES).join(', ')}${more})`;
}
