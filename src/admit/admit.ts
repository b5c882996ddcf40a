import type { Admission } from '../model/admission.ts';
import { pathText } from '../model/field-path.ts';
import type { PodTemplate, Workload } from '../model/pod-template.ts';
import type { User } from '../model/rbac.ts';
import { protocolName } from '../net/protocol.ts';
import type { AdmissionReport, AdmittedBy, Objection, Reach, Remark, WorkloadAdmission } from '../verdict/admission.ts';
import { danglingNames } from './dangling.ts';
import { type ImageUsers, refusedByKubelet } from './kubelet.ts';
import { judgeByPolicies } from './psp/judge.ts';
import { judgeByLevels } from './pss/judge.ts';
import { NEWEST } from './pss/registry.ts';
import { accountOf, creatorOf } from './users.ts';
import { type World, worldOf } from './world.ts';

export type AdmitOptions = {
  /** PodSecurityPolicy and RBAC, as in Kubernetes 1.24. */
  readonly policies: boolean;
  /** Pod Security Standards. */
  readonly levels: boolean;
  /** Asks for every pod, in place of the controllers. */
  readonly as?: User | null;
  readonly imageUsers?: ImageUsers;
  /** The minor version of the API server: what the level `latest` means. The newest known unless it is given. */
  readonly newest?: number;
};

/** The annotation of a pod that the API server shows and the kubelet alone has made. */
const MIRROR = 'kubernetes.io/config.mirror';

type Run = AdmitOptions & { readonly world: World };

/** Which of the pods that workloads ask for are admitted and run. */
export function admit(admission: Admission, options: AdmitOptions): AdmissionReport {
  const run: Run = { ...options, world: worldOf(admission) };
  const own = withoutOwned(admission.workloads);
  return {
    apiVersion: 'netpol-replay/v1',
    kind: 'AdmissionReport',
    controls: [
      ...(options.policies ? (['PodSecurityPolicy'] as const) : []),
      ...(options.levels ? (['PodSecurity'] as const) : []),
    ],
    latest: `v1.${options.newest ?? NEWEST}`,
    workloads: own.map((workload) => admitOne(workload, run)),
    dangling: danglingNames(admission),
    owned: admission.workloads.length - own.length,
  };
}

/** The pods themselves, each judged as if it were made now, whoever made it. */
export function admitPods(admission: Admission, options: AdmitOptions): WorkloadAdmission[] {
  const run: Run = { ...options, world: worldOf(admission) };
  return admission.workloads.filter(({ kind }) => kind === 'Pod').map((pod) => admitOne(pod, run));
}

/** Without what another workload of the list has made: it is told with its maker. */
function withoutOwned(workloads: readonly Workload[]): Workload[] {
  const key = (kind: string, namespace: string, name: string): string => `${kind} ${namespace}/${name}`;
  const known = new Set(workloads.map(({ kind, namespace, name }) => key(kind, namespace, name)));
  return workloads.filter(
    ({ owner, namespace }) => owner === null || !known.has(key(owner.kind, namespace, owner.name)),
  );
}

type Judged = {
  readonly by: readonly AdmittedBy[];
  readonly refusals: readonly Objection[];
  readonly remarks: readonly Remark[];
  /** As it would be stored. */
  readonly pod: PodTemplate;
};

function admitOne(workload: Workload, run: Run): WorkloadAdmission {
  const creator = run.as ?? creatorOf(workload);
  const { by, refusals, remarks, pod } = judge(workload, creator, run);
  const stopped = refusals.length > 0 ? [] : stoppedByKubelet(workload, pod, run.imageUsers ?? new Map());
  const { wanted, template } = workload;
  const admitted = refusals.length > 0 ? 0 : wanted;
  return {
    kind: workload.kind,
    namespace: workload.namespace,
    name: workload.name,
    wanted,
    admitted,
    running: stopped.length > 0 ? 0 : admitted,
    verdict: refusals.length > 0 ? 'refused' : stopped.length > 0 ? 'not-running' : 'running',
    serviceAccount: template.serviceAccount,
    createdBy: creator.name,
    by: refusals.length > 0 ? [] : by,
    objections: [...refusals, ...stopped],
    remarks,
    reach: reachOf(template),
    hostPorts: hostPortsOf(template),
    at: workload.at,
  };
}

/** The policies first, as they fill in what the levels then ask for. */
function judge(workload: Workload, creator: User, run: Run): Judged {
  const { template } = workload;
  const isStatic = workload.kind === 'Pod' && template.annotations.has(MIRROR);
  if (isStatic) {
    const by: AdmittedBy = {
      control: 'static pod',
      policy: 'its node runs it, whatever the API server says',
      through: null,
    };
    return { by: [by], refusals: [], remarks: [], pod: template };
  }
  const users = [creator, accountOf(workload)];
  const policies = run.policies ? judgeByPolicies(workload, users, run.world) : null;
  const pod = policies?.pod ?? template;
  const levels = run.levels ? judgeByLevels(workload, pod, creator, run.world, run.newest ?? NEWEST) : null;
  return {
    by: [policies?.by ?? [], levels?.by ?? []].flat(),
    refusals: [...(policies?.objections ?? []), ...(levels?.objections ?? [])],
    remarks: levels?.remarks ?? [],
    pod,
  };
}

const stoppedByKubelet = ({ templatePath, place }: Workload, pod: PodTemplate, images: ImageUsers): Objection[] =>
  refusedByKubelet(pod, images).map(({ path, message }) => ({
    control: 'kubelet',
    policy: null,
    check: 'runAsNonRoot',
    path: pathText([...templatePath, ...path]),
    message,
    at: place([...templatePath, ...path]),
  }));

const reachOf = (pod: PodTemplate): Reach =>
  pod.hostNetwork ? 'host-network' : hostPortsOf(pod).length > 0 ? 'host-port' : 'policed';

const hostPortsOf = ({ containers }: PodTemplate): string[] =>
  containers.flatMap(({ ports }) =>
    ports.flatMap(({ hostPort, protocol }) => (hostPort === null ? [] : [`${hostPort}/${protocolName(protocol)}`])),
  );
