import type { Workload } from '../model/pod-template.ts';
import { serviceAccountUser, type User } from '../model/rbac.ts';

const AUTHENTICATED = 'system:authenticated';

/** Who makes the pods of a kind. Source: kube-controller-manager, the service accounts of its controllers */
const CONTROLLERS: ReadonlyMap<string, string> = new Map([
  ['Deployment', 'replicaset-controller'],
  ['ReplicaSet', 'replicaset-controller'],
  ['DaemonSet', 'daemon-set-controller'],
  ['StatefulSet', 'statefulset-controller'],
  ['ReplicationController', 'replication-controller'],
  ['Job', 'job-controller'],
  ['CronJob', 'job-controller'],
]);

/** Somebody who has shown who they are, and of whom no more is known. */
export const SOMEBODY: User = { name: 'somebody', groups: [AUTHENTICATED] };

const accountGroups = (namespace: string): string[] => [
  'system:serviceaccounts',
  `system:serviceaccounts:${namespace}`,
];

/** A user by name, with the groups that the API server gives it beside those named. */
export function namedUser(name: string, groups: readonly string[] = []): User {
  const namespace = /^system:serviceaccount:([^:]+):[^:]+$/.exec(name)?.[1];
  return { name, groups: [...groups, ...(namespace === undefined ? [] : accountGroups(namespace)), AUTHENTICATED] };
}

/**
 * A pod's own account, as the control asks about it: without the group of all who are authenticated, as it did not
 * show who it is (serviceaccount.UserInfo).
 */
export const accountOf = ({ namespace, template }: Workload): User => ({
  name: serviceAccountUser(namespace, template.serviceAccount),
  groups: accountGroups(namespace),
});

/** One of those that make pods for the cluster itself. */
export const isController = ({ name }: User): boolean =>
  [...CONTROLLERS.values()].some((controller) => name === serviceAccountUser('kube-system', controller));

/** Who asks for the pods of a workload. */
export function creatorOf({ kind, owner }: Workload): User {
  const controller = CONTROLLERS.get(kind === 'Pod' ? (owner?.kind ?? '') : kind);
  return controller === undefined ? SOMEBODY : namedUser(serviceAccountUser('kube-system', controller));
}
