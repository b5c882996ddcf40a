import { type AdmitOptions, admitPods } from '../admit/admit.ts';
import type { Loaded } from '../manifest/load.ts';
import type { Cluster } from '../model/cluster.ts';
import { qualifiedName, type Service } from '../model/endpoint.ts';
import { formatAddress } from '../net/address.ts';
import type { AdmissionWords } from '../report/summary.ts';
import type { WorkloadAdmission } from '../verdict/admission.ts';
import { admitOptions } from './admission-options.ts';
import type { Option } from './command.ts';
import { UsageError } from './io.ts';
import type { Parsed } from './parse.ts';

export const ADMISSION: Option = {
  name: 'admission',
  value: 'WHICH',
  choices: ['off', 'psp', 'pss'],
  default: 'off',
  about: 'leave out the pods that PodSecurityPolicies or Pod Security Standards refuse',
};

export type AdmissionAsked = AdmitOptions & { readonly control: string };

/** What a command line asks of admission; null when it is off. @throws UsageError */
export function admissionOf(parsed: Parsed): AdmissionAsked | null {
  const control = parsed.one(ADMISSION.name)!;
  const options = admitOptions(parsed);
  if (control !== 'off') return { ...options, control, policies: control === 'psp', levels: control === 'pss' };
  const idle = ['as', 'as-group', 'image-user', 'kubernetes'].find((name) => parsed.has(name));
  if (idle !== undefined) throw new UsageError(`\`--${idle}\` needs \`--admission psp\` or \`--admission pss\``);
  return null;
}

/** The cluster with the pods that exist under a control, and what is to be said of the others. */
export function underAdmission(
  { cluster, admission }: Loaded,
  asked: AdmissionAsked | null,
): { readonly cluster: Cluster; readonly admission: AdmissionWords | null } {
  if (asked === null || admission === null) return { cluster, admission: null };
  const pods = admitPods(admission, asked);
  const names = (of: (pod: WorkloadAdmission) => boolean): string[] => pods.filter(of).map(qualifiedName);
  const refused = names(({ verdict }) => verdict === 'refused');
  return {
    cluster: without(cluster, new Set(refused)),
    admission: {
      control: asked.control,
      pods: pods.length,
      refused,
      notRunning: names(({ verdict }) => verdict === 'not-running'),
      hostNetwork: names(({ verdict, reach }) => verdict !== 'refused' && reach === 'host-network'),
    },
  };
}

/** Pods that do not exist are no endpoints, and nothing leads to them. */
function without(cluster: Cluster, refused: ReadonlySet<string>): Cluster {
  if (refused.size === 0) return cluster;
  const kept = (pod: { readonly namespace: string | null; readonly name: string }): boolean =>
    !refused.has(qualifiedName(pod));
  const endpoints = cluster.endpoints.filter(kept);
  const held = new Set(endpoints.flatMap(({ addresses }) => addresses.map(formatAddress)));
  const gone = new Set(
    cluster.endpoints
      .filter((endpoint) => !kept(endpoint))
      .flatMap(({ addresses }) => addresses.map(formatAddress))
      .filter((address) => !held.has(address)),
  );
  return {
    ...cluster,
    endpoints,
    hostPods: (cluster.hostPods ?? []).filter(kept),
    services: cluster.services.map((service) => withoutBackends(service, gone)),
  };
}

function withoutBackends(service: Service, gone: ReadonlySet<string>): Service {
  const backends = service.backends.filter(({ address }) => !gone.has(formatAddress(address)));
  const told = service.exposure?.endpoints ?? null;
  if (service.exposure === undefined || told === null) return { ...service, backends };
  const endpoints = told
    .map((endpoint) => ({ ...endpoint, addresses: endpoint.addresses.filter((a) => !gone.has(formatAddress(a))) }))
    .filter(({ addresses }) => addresses.length > 0);
  return { ...service, backends, exposure: { ...service.exposure, endpoints } };
}
