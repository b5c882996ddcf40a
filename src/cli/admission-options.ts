import type { AdmitOptions } from '../admit/admit.ts';
import { NEWEST } from '../admit/pss/registry.ts';
import { namedUser } from '../admit/users.ts';
import type { Admission } from '../model/admission.ts';
import { minorOf } from '../model/pod-security.ts';
import type { Option } from './command.ts';
import { UsageError } from './io.ts';
import type { Parsed } from './parse.ts';

/** How pods are judged before any packet flows: the same for every command that asks. */
export const ADMISSION_OPTIONS: readonly Option[] = [
  { name: 'as', value: 'USER', about: 'who asks for the pods, in place of their controllers' },
  { name: 'as-group', value: 'GROUP', repeatable: true, about: 'a group of that user' },
  {
    name: 'image-user',
    value: 'IMAGE=UID',
    repeatable: true,
    about: 'the user that an image names: who runs where nobody says runAsUser',
  },
  { name: 'kubernetes', value: 'VERSION', about: `what \`latest\` means, as v1.30 (default v1.${NEWEST})` },
];

/** @throws UsageError for what is no user of an image, or no version */
export function admitOptions(parsed: Parsed): Omit<AdmitOptions, 'policies' | 'levels'> {
  const user = parsed.one('as');
  if (user === undefined && parsed.has('as-group')) throw new UsageError('`--as-group` needs `--as USER`');
  return {
    as: user === undefined ? null : namedUser(user, parsed.all('as-group')),
    imageUsers: new Map(parsed.all('image-user').map(imageUser)),
    newest: newestOf(parsed.one('kubernetes')),
  };
}

function imageUser(text: string): [image: string, user: string] {
  const equals = text.lastIndexOf('=');
  if (equals > 0 && equals < text.length - 1) return [text.slice(0, equals), text.slice(equals + 1)];
  throw new UsageError(`option \`--image-user\`: \`${text}\` is not of the form IMAGE=UID`);
}

function newestOf(version: string | undefined): number {
  if (version === undefined) return NEWEST;
  const minor = minorOf(version.startsWith('v') ? version : `v${version}`);
  if (minor !== null && minor !== undefined) return minor;
  throw new UsageError(`option \`--kubernetes\`: \`${version}\` is no version: expected one like v1.30`);
}

/** The controls that `--admission` names; `auto`: the policies where there is one, and the levels. */
export function controlsOf(
  choice: string,
  { policies }: Pick<Admission, 'policies'>,
): Pick<AdmitOptions, 'policies' | 'levels'> {
  if (choice === 'auto') return { policies: policies.length > 0, levels: true };
  return { policies: choice === 'psp' || choice === 'both', levels: choice === 'pss' || choice === 'both' };
}
