import type { ServiceAccount } from '../../model/admission.ts';
import type { PodTemplate, Volume } from '../../model/pod-template.ts';

const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const TOKEN: Volume = {
  index: null,
  name: 'kube-api-access',
  type: 'projected',
  hostPath: null,
  driver: null,
  tokenOnly: true,
};

/**
 * The pod as the admission of service accounts leaves it, which comes first: with a volume for the token, where it has
 * not been turned off and a container has none yet. Source: Kubernetes 1.24, plugin/pkg/admission/serviceaccount
 */
export function withTokenVolume(pod: PodTemplate, account: ServiceAccount | undefined): PodTemplate {
  const wanted = pod.automountToken ?? account?.automountToken ?? true;
  const missing = pod.containers.some(({ mounts }) => mounts.every(({ mountPath }) => mountPath !== MOUNT_PATH));
  return wanted && missing ? { ...pod, volumes: [...pod.volumes, TOKEN] } : pod;
}
