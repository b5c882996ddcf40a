import type { FieldPath } from '../../model/field-path.ts';
import type { Container, ContainerPort, PodTemplate, Volume } from '../../model/pod-template.ts';
import { didYouMean } from '../../source/did-you-mean.ts';
import { quote } from '../../source/quote.ts';
import type { Fields } from '../fields.ts';
import type { Metadata } from '../kind.ts';
import { isDnsLabel } from '../names.ts';
import { readContainerPort } from './container-port.ts';
import { readHandlerHosts } from './handler-hosts.ts';
import { CONTAINER, CONTAINER_PORT, EPHEMERAL_CONTAINER } from './pod-fields.ts';
import { readContainerContext, readPodContext } from './security-context.ts';
import { readVolumes } from './volume.ts';

/** The service account of a pod that names none: the API server's admission fills it in. */
const DEFAULT_SERVICE_ACCOUNT = 'default';

const LISTS = ['initContainers', 'containers', 'ephemeralContainers'] as const;

export const readServiceAccount = (spec: Fields | null): string =>
  spec?.string('serviceAccountName')?.value || spec?.string('serviceAccount')?.value || DEFAULT_SERVICE_ACCOUNT;

/**
 * The pod that a spec describes, checked as the API server checks it.
 * @param spec opened with POD_SPEC
 */
export function readPodTemplate(spec: Fields, metadata: Pick<Metadata, 'labels' | 'annotations'>): PodTemplate {
  const volumes = readVolumes(spec);
  const hostNetwork = spec.boolean('hostNetwork');
  warnOfNone(spec);
  const containers = LISTS.flatMap((list) => readContainers(spec, list, hostNetwork));
  checkNames(spec, containers);
  checkMounts(spec, containers, volumes);
  return {
    labels: metadata.labels,
    annotations: new Map([...metadata.annotations].map(([key, { value }]) => [key, value])),
    serviceAccount: readServiceAccount(spec),
    automountToken: spec.flag('automountServiceAccountToken'),
    hostNetwork,
    hostPID: spec.boolean('hostPID'),
    hostIPC: spec.boolean('hostIPC'),
    hostUsers: spec.flag('hostUsers'),
    os: spec.object('os', ['name'])?.requiredString('name')?.value ?? null,
    runtimeClass: spec.string('runtimeClassName')?.value || null,
    security: readPodContext(spec),
    containers,
    volumes,
  };
}

/** A warning, as a pod that is given for its address alone decides nothing by its containers. */
function warnOfNone(spec: Fields): void {
  if (spec.list('containers').length > 0) return;
  const message = 'a pod needs at least one container in `containers`: the API server would refuse it';
  spec.report.warning('NO_CONTAINERS', spec.node, message);
}

function readContainers(spec: Fields, list: (typeof LISTS)[number], hostNetwork: boolean): Container[] {
  const ephemeral = list === 'ephemeralContainers';
  return spec.objects(list, ephemeral ? EPHEMERAL_CONTAINER : CONTAINER).map((container, index) => {
    const path: FieldPath = ['spec', list, index];
    const name = container.requiredString('name');
    if (name !== null && !isDnsLabel(name.value)) {
      const message = `container name ${quote(name.value)} must be lower-case letters, digits or \`-\``;
      container.report.error('BAD_NAME', name.node, message);
    }
    return {
      path,
      name: name?.value ?? '',
      image: container.string('image')?.value || null,
      ports: readPorts(container, hostNetwork),
      mounts: container.objects('volumeMounts', 'any').flatMap((mount, at) => {
        const volume = mount.requiredString('name')?.value ?? null;
        const mountPath = mount.requiredString('mountPath')?.value ?? null;
        if (volume === null || mountPath === null) return [];
        return [{ index: at, volume, mountPath, readOnly: mount.boolean('readOnly') }];
      }),
      security: readContainerContext(container),
      handlerHosts: readHandlerHosts(container, path),
    };
  });
}

/** On the node's network a port is the node's too: the API server fills it in (SetDefaults_PodSpec). */
const readPorts = (container: Fields, hostNetwork: boolean): ContainerPort[] =>
  container.objects('ports', CONTAINER_PORT).flatMap((declared, index) => {
    const port = readContainerPort(declared);
    if (port === null) return [];
    return [{ index, ...port, hostPort: port.hostPort ?? (hostNetwork ? port.port : null) }];
  });

function checkNames(spec: Fields, containers: readonly Container[]): void {
  const seen = new Set<string>();
  for (const { name, path } of containers) {
    if (name !== '' && seen.has(name)) {
      const node = spec.list(path[1] as string)[path[2] as number] ?? spec.node;
      spec.report.error('DUPLICATE_NAME', node, `container ${quote(name)} is given twice`);
    }
    seen.add(name);
  }
}

function checkMounts(spec: Fields, containers: readonly Container[], volumes: readonly Volume[]): void {
  const names = volumes.map(({ name }) => name);
  const known = new Set(names);
  for (const { name, mounts, path } of containers)
    for (const { volume } of mounts) {
      if (known.has(volume)) continue;
      const near = didYouMean(volume, names);
      const hint = near === null ? '' : `: did you mean ${quote(near)}?`;
      const node = spec.list(path[1] as string)[path[2] as number] ?? spec.node;
      const message = `container ${quote(name)} mounts volume ${quote(volume)}, which the pod does not have${hint}`;
      spec.report.error('UNKNOWN_VOLUME', node, message);
    }
}
