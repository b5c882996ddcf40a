import type { WorkloadPods } from '../model/cluster.ts';
import { qualifiedName } from '../model/endpoint.ts';
import type { PodTemplate, Workload } from '../model/pod-template.ts';
import type { Pod } from './kind.ts';

/** How a workload is called where pods have names of their own: no pod's name has a slash. */
const nameOf = ({ kind, name }: Pick<Workload, 'kind' | 'name'>): string => `${kind.toLowerCase()}/${name}`;

const fullName = (workload: Workload): string => `${workload.namespace}/${nameOf(workload)}`;

/**
 * Each workload with those of its pods that are among the input. What another workload of the input made (a Deployment
 * its ReplicaSets, a CronJob its Jobs) is left out: its maker stands for it.
 */
export function workloadsWithPods(workloads: readonly Workload[], pods: readonly Pod[]): WorkloadPods[] {
  const given = new Map(workloads.map((workload) => [fullName(workload), workload]));
  const makerOf = ({ namespace, owner }: Pick<Workload, 'namespace' | 'owner'>): Workload | undefined =>
    owner === null ? undefined : given.get(`${namespace}/${nameOf(owner)}`);
  const tops = workloads.filter((workload) => makerOf(workload) === undefined);
  const inNamespace = new Map<string, Pod[]>();
  for (const pod of pods) {
    const neighbours = inNamespace.get(pod.namespace);
    if (neighbours === undefined) inNamespace.set(pod.namespace, [pod]);
    else neighbours.push(pod);
  }
  return tops.map((top) => ({
    name: fullName(top),
    pods: (inNamespace.get(top.namespace) ?? [])
      .filter((pod) => isPodOf(pod, top, makerOf({ namespace: pod.namespace, owner: pod.owner })))
      .map(qualifiedName),
    hostNetwork: top.template.hostNetwork,
  }));
}

/** Whether a pod is a workload's: by the chain of its owners, or, where it names none, by the template's labels. */
function isPodOf({ owner, labels }: Pod, top: Workload, maker: Workload | undefined): boolean {
  const wanted = top.template.labels;
  if (owner === null) return wanted.size > 0 && [...wanted].every(([key, value]) => labels.get(key) === value);
  if (maker !== undefined) return maker === top || (maker.owner?.kind === top.kind && maker.owner.name === top.name);
  // The ReplicaSet or Job between them is not given: its name is its maker's and a word.
  const between = BETWEEN.get(top.kind);
  return (
    owner.kind === between && /^-[a-z0-9]+$/.test(owner.name.slice(top.name.length)) && owner.name.startsWith(top.name)
  );
}

const BETWEEN: ReadonlyMap<string, string> = new Map([
  ['Deployment', 'ReplicaSet'],
  ['CronJob', 'Job'],
]);

/** The templates of workloads without pods among the input, as pods that have no address and no node yet. */
export function podsOfTemplates(workloads: readonly Workload[], withPods: readonly WorkloadPods[]): Pod[] {
  const waiting = new Set(
    withPods.filter(({ pods, hostNetwork }) => pods.length === 0 && !hostNetwork).map(({ name }) => name),
  );
  return workloads.filter((workload) => waiting.has(fullName(workload))).map(podOf);
}

function podOf(workload: Workload): Pod {
  const { namespace, template, templatePath, place } = workload;
  const ports = portsOf(template);
  return {
    namespace,
    name: nameOf(workload),
    labels: template.labels,
    addresses: [],
    namedPorts: ports.flatMap(({ name, protocol, port }) => (name === null ? [] : [{ name, protocol, port }])),
    containerPorts: ports.map(({ protocol, port }) => ({ protocol, port })),
    node: null,
    created: null,
    profile: 'allow',
    serviceAccount: template.serviceAccount,
    owner: null,
    at: place(templatePath),
  };
}

/** As of a pod: those of containers before those of init containers. */
function portsOf({ containers }: PodTemplate): PodTemplate['containers'][number]['ports'] {
  const of = (list: string) => containers.filter(({ path }) => path[1] === list).flatMap(({ ports }) => ports);
  return [...of('containers'), ...of('initContainers')];
}
