import {
  LEVELS,
  type Level,
  type LevelVersion,
  levelOf,
  MODE_LABEL,
  MODES,
  type Mode,
  minorOf,
  NO_CONFIGURATION,
  type PodSecurity,
} from '../../model/pod-security.ts';
import { didYouMean } from '../../source/did-you-mean.ts';
import { quote } from '../../source/quote.ts';
import type { Fields, Known } from '../fields.ts';
import type { AdmissionPart, Kind } from '../kind.ts';
import type { Located } from '../node.ts';
import type { Report } from '../report.ts';

/** Source: k8s.io/pod-security-admission, admission/api/v1 and its validation. */
const DEFAULTS: Known = MODES.flatMap((mode) => [mode, `${mode}-version`]);
const EXEMPTIONS: Known = ['usernames', 'namespaces', 'runtimeClasses'];
const PLUGIN = 'PodSecurity';

/** The file that the API server gets by `--admission-control-config-file`. */
export const admissionConfiguration: Kind = {
  kind: 'AdmissionConfiguration',
  apiVersions: ['apiserver.config.k8s.io/v1', 'apiserver.config.k8s.io/v1alpha1', 'apiserver.k8s.io/v1alpha1'],
  scope: 'file',
  fields: ['plugins'],
  strictness: 'error',
  read: null,
  simulated: 'by `admit`: what it says of the plugin PodSecurity',
  warned: '`path` of a plugin: give that file too',
  admission: readPlugins,
};

/** What may stand in that file, or in one that it names. */
export const podSecurityConfiguration: Kind = {
  kind: 'PodSecurityConfiguration',
  apiVersions: ['v1', 'v1beta1', 'v1alpha1'].map((version) => `pod-security.admission.config.k8s.io/${version}`),
  scope: 'file',
  fields: ['defaults', 'exemptions'],
  strictness: 'error',
  read: null,
  simulated: 'by `admit`: defaults, exemptions',
  warned: '',
  admission: readConfiguration,
};

function readPlugins(object: Fields): AdmissionPart | null {
  for (const plugin of object.objects('plugins', ['name', 'path', 'configuration'])) {
    if (plugin.requiredString('name')?.value !== PLUGIN) continue;
    const path = plugin.string('path');
    if (path !== null && path.value !== '')
      plugin.report.warning(
        'NOT_FOLLOWED',
        path.node,
        `${quote(path.value)} is not opened: give that file by \`-f\` too`,
      );
    const known = ['apiVersion', 'kind', ...podSecurityConfiguration.fields];
    const configuration = plugin.object('configuration', known);
    if (configuration !== null) return readConfiguration(configuration);
  }
  return null;
}

function readConfiguration(object: Fields): AdmissionPart {
  const defaults = object.object('defaults', DEFAULTS);
  const exemptions = object.object('exemptions', EXEMPTIONS);
  const texts = (name: string): string[] => (exemptions?.strings(name) ?? []).map(({ value }) => value);
  const modeOf = (mode: Mode): LevelVersion => ({
    level: checkedLevel(given(defaults, mode), object.report) ?? NO_CONFIGURATION.defaults[mode].level,
    minor: checkedMinor(given(defaults, `${mode}-version`), object.report) ?? null,
  });
  const modes: PodSecurity = { enforce: modeOf('enforce'), audit: modeOf('audit'), warn: modeOf('warn') };
  return {
    type: 'pod-security',
    configuration: {
      defaults: modes,
      exempt: { users: texts('usernames'), namespaces: texts('namespaces'), runtimeClasses: texts('runtimeClasses') },
    },
  };
}

/** Nothing where the text is empty, as the API server has it. */
function given(fields: Fields | null, name: string): Located<string> | null {
  const written = fields?.string(name) ?? null;
  return written?.value === '' ? null : written;
}

function checkedLevel(written: Located<string> | null, report: Report): Level | null {
  if (written === null) return null;
  const level = levelOf(written.value);
  if (level !== null) return level;
  const near = didYouMean(written.value, LEVELS);
  const hint = near === null ? '' : `: did you mean ${quote(near)}?`;
  report.error('BAD_LEVEL', written.node, `level ${quote(written.value)} must be ${LEVELS.join(', ')}${hint}`);
  return null;
}

function checkedMinor(written: Located<string> | null, report: Report): number | null | undefined {
  if (written === null) return null;
  const minor = minorOf(written.value);
  if (minor === undefined)
    report.error('BAD_LEVEL', written.node, `version ${quote(written.value)} must be \`latest\` or \`v1.N\``);
  return minor;
}

/** The labels of a namespace that speak of levels: the API server takes no namespace with a wrong one. */
export function checkModeLabels(object: Fields): void {
  for (const [key, keyNode, text] of object.object('metadata', 'any')?.texts('labels') ?? []) {
    if (!key.startsWith(MODE_LABEL)) continue;
    const name = key.slice(MODE_LABEL.length);
    if (MODES.some((mode) => mode === name)) checkedLevel(text, object.report);
    else if (DEFAULTS.includes(name)) checkedMinor(text, object.report);
    else {
      const near = didYouMean(name, DEFAULTS);
      const hint = near === null ? '' : `: did you mean ${quote(`${MODE_LABEL}${near}`)}?`;
      object.report.warning('UNKNOWN_LABEL', keyNode, `label ${quote(key)} means nothing to Pod Security${hint}`);
    }
  }
}
