import type { FieldPath } from '../../model/field-path.ts';
import type { Labels } from '../../model/labels.ts';
import type { PodTemplate, Workload } from '../../model/pod-template.ts';
import { matches } from '../../model/selector.ts';
import { oneOf } from '../choice.ts';
import type { Fields, Known } from '../fields.ts';
import type { AdmissionPart, Kind, Metadata } from '../kind.ts';
import { OBJECT_META, readLabels } from '../metadata.ts';
import { placesIn } from '../place.ts';
import { LABEL_SELECTOR, readLabelSelector } from './label-selector.ts';
import { POD_SPEC } from './pod-fields.ts';
import { readPodTemplate } from './pod-template.ts';

/** How a kind makes pods. */
type Making = {
  readonly kind: string;
  readonly apiVersions: readonly string[];
  /** The fields of the mapping that holds `template`. */
  readonly spec: Known;
  /** Which pods are its own: labels as a LabelSelector, as a plain mapping, or of its own making. */
  readonly selector: 'labels' | 'map' | 'none';
  readonly restart: readonly string[];
  /** How many pods it wants, by its spec. */
  readonly wanted: (spec: Fields) => number | null;
};

const APPS = ['apps/v1', 'apps/v1beta2', 'apps/v1beta1', 'extensions/v1beta1'];
/** Those before took the template's labels. */
const NEED_SELECTOR = ['apps/v1', 'apps/v1beta2'];
const ALWAYS = ['Always'];
const ONCE = ['OnFailure', 'Never'];

const replicas = (spec: Fields): number => count(spec, 'replicas', 1);

function count(spec: Fields, name: string, usual: number): number {
  const found = spec.integer(name);
  if (found !== null && found.value < 0)
    spec.report.error('BAD_VALUE', found.node, `\`${name}\` must not be negative, found \`${found.value}\``);
  return found?.value ?? usual;
}

/** The pods of a job that run at once: no more than are still to be completed. */
function atOnce(job: Fields): number {
  if (job.boolean('suspend')) return 0;
  const parallelism = count(job, 'parallelism', 1);
  return Math.min(parallelism, count(job, 'completions', parallelism));
}

/** Source: k8s.io/api, apps/v1, batch/v1 and core/v1, and the older versions of these groups. */
const DEPLOYMENT: Known = [
  ...['replicas', 'selector', 'template', 'strategy', 'minReadySeconds', 'revisionHistoryLimit', 'paused'],
  ...['progressDeadlineSeconds', 'rollbackTo'],
];
const REPLICA_SET: Known = ['replicas', 'selector', 'template', 'minReadySeconds'];
const DAEMON_SET: Known = [
  ...['selector', 'template', 'updateStrategy', 'minReadySeconds', 'revisionHistoryLimit', 'templateGeneration'],
];
const STATEFUL_SET: Known = [
  ...['replicas', 'selector', 'template', 'volumeClaimTemplates', 'serviceName', 'podManagementPolicy'],
  ...['updateStrategy', 'revisionHistoryLimit', 'minReadySeconds', 'persistentVolumeClaimRetentionPolicy', 'ordinals'],
];
const JOB: Known = [
  ...['parallelism', 'completions', 'activeDeadlineSeconds', 'podFailurePolicy', 'successPolicy', 'backoffLimit'],
  ...['backoffLimitPerIndex', 'maxFailedIndexes', 'selector', 'manualSelector', 'template', 'completionMode'],
  ...['ttlSecondsAfterFinished', 'suspend', 'podReplacementPolicy', 'managedBy'],
];
const CRON_JOB: Known = [
  ...['schedule', 'timeZone', 'startingDeadlineSeconds', 'concurrencyPolicy', 'suspend', 'jobTemplate'],
  ...['successfulJobsHistoryLimit', 'failedJobsHistoryLimit'],
];

const JOB_MAKING: Making = {
  kind: 'Job',
  apiVersions: ['batch/v1'],
  spec: JOB,
  selector: 'none',
  restart: ONCE,
  wanted: atOnce,
};

const MAKINGS: readonly Making[] = [
  { kind: 'Deployment', apiVersions: APPS, spec: DEPLOYMENT, selector: 'labels', restart: ALWAYS, wanted: replicas },
  { kind: 'ReplicaSet', apiVersions: APPS, spec: REPLICA_SET, selector: 'labels', restart: ALWAYS, wanted: replicas },
  { kind: 'DaemonSet', apiVersions: APPS, spec: DAEMON_SET, selector: 'labels', restart: ALWAYS, wanted: () => null },
  { kind: 'StatefulSet', apiVersions: APPS, spec: STATEFUL_SET, selector: 'labels', restart: ALWAYS, wanted: replicas },
  {
    kind: 'ReplicationController',
    apiVersions: ['v1'],
    spec: REPLICA_SET,
    selector: 'map',
    restart: ALWAYS,
    wanted: replicas,
  },
  JOB_MAKING,
];

/** The kinds that make pods. */
export const workloads: readonly Kind[] = [
  ...MAKINGS.map((making) => kindOf(making, (object, metadata, version) => readOne(making, object, metadata, version))),
  kindOf({ kind: 'CronJob', apiVersions: ['batch/v1', 'batch/v1beta1'] }, readCronJob),
];

function kindOf(
  { kind, apiVersions }: Pick<Making, 'kind' | 'apiVersions'>,
  admission: NonNullable<Kind['admission']>,
): Kind {
  const fields = ['spec', 'status'];
  const simulated =
    'its template, as an endpoint without an address, by `explain`, `table` and `validate`; by `admit` all of it';
  return {
    kind,
    apiVersions,
    scope: 'namespaced',
    fields,
    strictness: 'warning',
    read: null,
    admission,
    makesPods: true,
    simulated,
    warned: '',
  };
}

function readOne(making: Making, object: Fields, metadata: Metadata, apiVersion: string): AdmissionPart | null {
  const spec = object.object('spec', making.spec);
  if (spec === null) {
    if (object.get('spec') === null) object.missing('spec', 'a mapping with a `template`');
    return null;
  }
  if (NEED_SELECTOR.includes(apiVersion) && spec.get('selector') === null)
    spec.missing('selector', 'a mapping that finds the pods of the template');
  const wanted = making.wanted(spec);
  const template = readTemplate(making, spec);
  return template && workloadOf(making.kind, object, metadata, wanted, template, ['spec', 'template']);
}

function readCronJob(object: Fields, metadata: Metadata): AdmissionPart | null {
  const spec = object.object('spec', CRON_JOB);
  const job = spec?.object('jobTemplate', ['metadata', 'spec'])?.object('spec', JOB) ?? null;
  if (spec === null || job === null) {
    (spec ?? object).missing(spec === null ? 'spec' : 'jobTemplate', 'a mapping with the `spec` of a Job');
    return null;
  }
  spec.requiredString('schedule');
  const wanted = spec.boolean('suspend') ? 0 : atOnce(job);
  const template = readTemplate(JOB_MAKING, job);
  const path = ['spec', 'jobTemplate', 'spec', 'template'];
  return template && workloadOf('CronJob', object, metadata, wanted, template, path);
}

/** A pod by itself is its own template. */
export function readPodWorkload(object: Fields, metadata: Metadata): AdmissionPart | null {
  const spec = object.object('spec', POD_SPEC);
  if (spec !== null) return workloadOf('Pod', object, metadata, 1, readPodTemplate(spec, metadata), []);
  if (object.get('spec') === null) object.missing('spec', 'a mapping with `containers`');
  return null;
}

function readTemplate(making: Making, owner: Fields): PodTemplate | null {
  const template = owner.object('template', ['metadata', 'spec']);
  const spec = template?.object('spec', POD_SPEC) ?? null;
  if (template === null || spec === null) {
    (template ?? owner).missing(template === null ? 'template' : 'spec', 'what its pods are made of');
    return null;
  }
  const meta = template.object('metadata', OBJECT_META);
  const labels = meta === null ? new Map<string, string>() : readLabels(meta, 'labels');
  const annotations = new Map((meta?.texts('annotations') ?? []).map(([key, , text]) => [key, text]));
  checkRestart(making, spec);
  checkSelector(making, owner, labels);
  return readPodTemplate(spec, { labels, annotations });
}

function checkRestart({ kind, restart }: Making, spec: Fields): void {
  const written = spec.string('restartPolicy');
  if (written !== null) oneOf(written, `\`restartPolicy\` of a ${kind}`, restart, spec);
  else if (restart !== ALWAYS) spec.missing('restartPolicy', `${restart.join(' or ')} for the pods of a ${kind}`);
}

/** A workload must find the pods that it makes. */
function checkSelector({ selector, kind }: Making, owner: Fields, labels: Labels): void {
  const node = owner.get('selector');
  if (selector === 'none' || node === null) return;
  const fields = owner.object('selector', selector === 'map' ? 'any' : LABEL_SELECTOR);
  if (fields === null) return;
  const own =
    selector === 'map'
      ? [...readLabels(owner, 'selector')].every(([key, value]) => labels.get(key) === value)
      : matches(readLabelSelector(fields), labels);
  if (!own)
    owner.report.error('SELECTOR_MISSES', node, `\`selector\` of the ${kind} does not match its template's labels`);
}

function workloadOf(
  kind: string,
  object: Fields,
  { namespace, name, at }: Metadata,
  wanted: number | null,
  template: PodTemplate,
  templatePath: FieldPath,
): AdmissionPart {
  const place = placesIn(object.node);
  const workload: Workload = {
    ...{ kind, namespace: namespace as string, name, wanted, template, templatePath },
    ...{ owner: readOwner(object), at, place },
  };
  return { type: 'workload', workload };
}

export function readOwner(object: Fields): Workload['owner'] {
  const owners = object.object('metadata', 'any')?.objects('ownerReferences', 'any') ?? [];
  const controller = owners.find((owner) => owner.boolean('controller'));
  const kind = controller?.string('kind')?.value;
  const name = controller?.string('name')?.value;
  return kind && name ? { kind, name } : null;
}
