import { type Container, effective, type PodTemplate } from '../model/pod-template.ts';
import type { Fault } from './fault.ts';

/** Users of images, by image: a number, or a name that nobody but the image can turn into one. */
export type ImageUsers = ReadonlyMap<string, string>;

/**
 * The containers that the kubelet does not start because they must not run as root. Who runs in a container that names
 * no user is the image's affair, and not in any manifest. Source: pkg/kubelet/kuberuntime, verifyRunAsNonRoot
 */
export function refusedByKubelet(pod: PodTemplate, images: ImageUsers): Fault[] {
  return pod.containers.flatMap((container) => {
    if (pod.os === 'windows' || !effective('runAsNonRoot', container, pod)) return [];
    const user = effective('runAsUser', container, pod);
    if (user !== null && user !== 0) return [];
    const path = [...container.path, 'securityContext', user === null ? 'runAsNonRoot' : 'runAsUser'];
    const message = user === 0 ? 'must run as non-root, and runAsUser is 0' : whyNotImage(container, images);
    return message === null ? [] : [{ path, message }];
  });
}

function whyNotImage({ name, image }: Container, images: ImageUsers): string | null {
  const must = `container \`${name}\` must run as non-root and names no runAsUser`;
  if (image === null) return `${must}, nor an image`;
  const user = userOf(image, images);
  if (user === null) return `${must}: the user of image \`${image}\` is not known (--image-user ${image}=UID tells)`;
  if (!/^\d+$/.test(user)) return `${must}: image \`${image}\` has user \`${user}\`, a name that nobody can check`;
  return Number(user) === 0 ? `${must}: image \`${image}\` runs as root` : null;
}

/** By the image as written; else by its repository, for whatever tag. */
const userOf = (image: string, images: ImageUsers): string | null =>
  images.get(image) ?? images.get(image.split('@', 1)[0]!.replace(/:[^/:]*$/, '')) ?? null;
