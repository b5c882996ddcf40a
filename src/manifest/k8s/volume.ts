import type { Volume } from '../../model/pod-template.ts';
import { didYouMean } from '../../source/did-you-mean.ts';
import { quote } from '../../source/quote.ts';
import type { Fields } from '../fields.ts';
import { isDnsLabel } from '../names.ts';

/** Source: k8s.io/api, core/v1 VolumeSource, in the order in which Kubernetes looks for the one that is set. */
export const VOLUME_TYPES: readonly string[] = [
  ...['hostPath', 'emptyDir', 'gcePersistentDisk', 'awsElasticBlockStore', 'gitRepo', 'secret', 'nfs', 'iscsi'],
  ...['glusterfs', 'persistentVolumeClaim', 'rbd', 'flexVolume', 'cinder', 'cephfs', 'flocker', 'downwardAPI', 'fc'],
  ...['azureFile', 'configMap', 'vsphereVolume', 'quobyte', 'azureDisk', 'photonPersistentDisk', 'projected'],
  ...['portworxVolume', 'scaleIO', 'storageos', 'csi', 'ephemeral', 'image'],
];

/** The volumes of a pod. One without a source is an emptyDir, as the API server fills it in. */
export function readVolumes(spec: Fields): Volume[] {
  const names = new Set<string>();
  return spec.objects('volumes', 'any').flatMap((volume, index) => {
    const name = volume.requiredString('name');
    if (name === null) return [];
    if (!isDnsLabel(name.value))
      volume.report.error(
        'BAD_NAME',
        name.node,
        `volume name ${quote(name.value)} must be lower-case letters, digits or \`-\``,
      );
    if (names.has(name.value))
      volume.report.error('DUPLICATE_NAME', name.node, `volume ${quote(name.value)} is given twice`);
    names.add(name.value);
    return [readVolume(volume, name.value, index)];
  });
}

function readVolume(volume: Fields, name: string, index: number): Volume {
  const given = [...volume.node.entries.keys()].filter((key) => key !== 'name' && volume.get(key) !== null);
  const types = given.filter((key) => VOLUME_TYPES.includes(key));
  for (const key of given) {
    if (types.includes(key)) continue;
    const near = didYouMean(key, VOLUME_TYPES);
    const hint = near === null ? '' : `: did you mean ${quote(near)}?`;
    volume.report.warning('UNKNOWN_FIELD', volume.get(key)!, `unknown type of volume ${quote(key)}${hint}`);
  }
  if (types.length > 1)
    volume.report.error(
      'CONTRADICTION',
      volume.node,
      `a volume is of one type, found ${types.map(quote).join(' and ')}`,
    );
  const type = types[0] ?? (given.length === 0 ? 'emptyDir' : 'unknown');
  const source = types.length === 0 ? null : volume.object(type, 'any');
  return {
    index,
    name,
    type,
    hostPath: type === 'hostPath' ? (source?.requiredString('path')?.value ?? null) : null,
    driver: type === 'flexVolume' || type === 'csi' ? (source?.requiredString('driver')?.value ?? null) : null,
    tokenOnly: type === 'projected' && source !== null && isTokenOnly(source),
  };
}

/**
 * The volume that the API server mounts for a service account: a token, the cluster's certificate, the namespace.
 * Source: Kubernetes 1.24, pkg/security/podsecuritypolicy/util, IsOnlyServiceAccountTokenSources
 */
function isTokenOnly(projected: Fields): boolean {
  return projected.objects('sources', 'any').every((source) => {
    const token = source.object('serviceAccountToken', 'any');
    const map = source.object('configMap', 'any');
    const downward = source.object('downwardAPI', 'any');
    if (token === null && map === null && downward === null) return false;
    const text = (fields: Fields, key: string): string => fields.string(key)?.value ?? '';
    if (token !== null && (text(token, 'path') !== 'token' || text(token, 'audience') !== '')) return false;
    if (map !== null && text(map, 'name') !== 'kube-root-ca.crt') return false;
    return (downward?.objects('items', 'any') ?? []).every((item) => {
      const field = item.object('fieldRef', 'any');
      const version = (field && text(field, 'apiVersion')) || 'v1';
      return (
        text(item, 'path') === 'namespace' &&
        field !== null &&
        version === 'v1' &&
        text(field, 'fieldPath') === 'metadata.namespace'
      );
    });
  });
}
