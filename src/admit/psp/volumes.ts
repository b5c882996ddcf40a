import type { FieldPath } from '../../model/field-path.ts';
import type { PodSecurityPolicy } from '../../model/pod-security-policy.ts';
import type { PodTemplate, Volume } from '../../model/pod-template.ts';
import type { Fault } from '../fault.ts';
import { type Family, ofContainers } from './family.ts';

export const volumes: Family = {
  name: 'volumes',
  check: (policy, pod) => pod.volumes.flatMap((volume) => faults(policy, pod, volume)),
};

function faults(policy: PodSecurityPolicy, pod: PodTemplate, volume: Volume): readonly Fault[] {
  const path: FieldPath = volume.index === null ? ['spec'] : ['spec', 'volumes', volume.index];
  if (volume.type === 'unknown') return [{ path, message: `volume \`${volume.name}\` is of no known type` }];
  if (!allowsType(policy, volume)) {
    const added = volume.index === null ? ' (added for the token of the service account)' : '';
    return [{ path, message: `${volume.type} volumes are not allowed: \`${volume.name}\`${added}` }];
  }
  if (volume.type === 'hostPath') return hostPathFaults(policy, pod, volume, path);
  if (volume.type === 'flexVolume') return driverFaults(policy.allowedFlexVolumes, volume, path);
  if (volume.type === 'csi') return driverFaults(policy.allowedCSIDrivers, volume, path);
  return [];
}

/** Who may mount secrets may mount the volume of a service account's token, as that once was a secret. */
const allowsType = ({ volumes: types }: PodSecurityPolicy, { type, tokenOnly }: Volume): boolean =>
  types.includes('*') || types.includes(type) || (tokenOnly && types.includes('secret'));

function driverFaults(allowed: readonly string[], { driver, type }: Volume, path: FieldPath): Fault[] {
  if (allowed.length === 0 || allowed.includes(driver ?? '')) return [];
  return [
    { path: [...path, type, 'driver'], message: `driver \`${driver}\` is not allowed: expected ${allowed.join(', ')}` },
  ];
}

function hostPathFaults(
  { allowedHostPaths }: PodSecurityPolicy,
  pod: PodTemplate,
  { name, hostPath }: Volume,
  path: FieldPath,
): readonly Fault[] {
  if (allowedHostPaths.length === 0) return [];
  const covering = allowedHostPaths.filter(({ pathPrefix }) => isBelow(hostPath ?? '', pathPrefix));
  if (covering.length === 0) {
    const expected = allowedHostPaths.map(({ pathPrefix }) => pathPrefix).join(', ');
    return [{ path: [...path, 'hostPath', 'path'], message: `\`${hostPath}\` is not allowed: expected ${expected}` }];
  }
  if (covering.some(({ readOnly }) => !readOnly)) return [];
  return ofContainers(pod, (container) =>
    container.mounts
      .filter(({ volume, readOnly }) => volume === name && !readOnly)
      .map(({ index }) => ({
        path: [...container.path, 'volumeMounts', index, 'readOnly'],
        message: `must be true: \`${hostPath}\` is allowed for reading alone`,
      })),
  );
}

/** Whole names of folders count: `/foo` covers `/foo/` and `/foo/bar`, and not `/food`. */
function isBelow(path: string, prefix: string): boolean {
  const [of, within] = [path, prefix].map((text) => text.replace(/\/$/, ''));
  return of === within || of!.startsWith(`${within}/`);
}
