import { admit as judge } from '../admit/admit.ts';
import { admissionJson, admissionText, admissionWide, isStopped } from '../report/admission.ts';
import { admissionSarif } from '../report/admission-sarif.ts';
import type { Palette } from '../report/palette.ts';
import type { AdmissionReport } from '../verdict/admission.ts';
import { ADMISSION_OPTIONS, admitOptions, controlsOf } from './admission-options.ts';
import type { Command } from './command.ts';
import { EXIT_FINDINGS, EXIT_FINE, type Io } from './io.ts';
import { FILENAME, KEEP_GOING, loadNamed } from './manifests.ts';
import { paletteFor } from './palette.ts';
import type { Parsed } from './parse.ts';
import { version } from './version.ts';

const OUTPUTS: ReadonlyMap<string, (report: AdmissionReport, palette: Palette) => string> = new Map([
  ['text', admissionText],
  ['wide', admissionWide],
  ['json', admissionJson],
  ['sarif', (report: AdmissionReport) => admissionSarif(report, version())],
]);

export const admit: Command = {
  name: 'admit',
  about: 'which pods exist at all: PodSecurityPolicies and Pod Security Standards against workloads',
  usage: 'admit -f FILE|DIR|- [options]',
  options: [
    FILENAME,
    { name: 'output', short: 'o', value: 'FORMAT', choices: [...OUTPUTS.keys()], default: 'text', about: 'format' },
    {
      name: 'admission',
      value: 'WHICH',
      choices: ['auto', 'psp', 'pss', 'both', 'off'],
      default: 'auto',
      about: 'the controls that are on; auto is pss, and psp where there is a PodSecurityPolicy',
    },
    ...ADMISSION_OPTIONS,
    KEEP_GOING,
  ],
  operands: { least: 0, most: 0, called: 'nothing' },
  notes: [
    'Pods of workloads are made by their controllers, bare pods by somebody of whom nothing is known.',
    'Exit code 1 when a pod is refused, or admitted and refused by its node.',
  ],
  examples: [
    'admit -f k8s/',
    'admit -f k8s/ --image-user nginx=101',
    'admit -f k8s/ --as alice --as-group developers -o wide',
  ],
  run: runAdmit,
};

async function runAdmit(parsed: Parsed, io: Io): Promise<number> {
  const options = admitOptions(parsed);
  const { admission } = await loadNamed(parsed, io, { admission: true });
  const report = judge(admission!, { ...options, ...controlsOf(parsed.one('admission')!, admission!) });
  await io.out(OUTPUTS.get(parsed.one('output')!)!(report, paletteFor(io)));
  return report.workloads.some(isStopped) ? EXIT_FINDINGS : EXIT_FINE;
}
