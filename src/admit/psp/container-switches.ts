import { contextOf, type Family, ofContainers, withContexts } from './family.ts';

export const privileged: Family = {
  name: 'privileged',
  check: (policy, pod) =>
    ofContainers(pod, (container) =>
      container.security.privileged && !policy.privileged
        ? [{ path: [...contextOf(container), 'privileged'], message: 'must not be true' }]
        : [],
    ),
};

export const procMount: Family = {
  name: 'procMount',
  check: ({ allowedProcMountTypes }, pod) => {
    const allowed = allowedProcMountTypes.length === 0 ? ['Default'] : allowedProcMountTypes;
    return ofContainers(pod, (container) => {
      const type = container.security.procMount ?? 'Default';
      if (allowed.includes(type)) return [];
      const message = `\`${type}\` is not allowed: expected ${allowed.join(', ')}`;
      return [{ path: [...contextOf(container), 'procMount'], message }];
    });
  },
};

export const readOnlyRootFilesystem: Family = {
  name: 'readOnlyRootFilesystem',
  fill: (policy, pod) =>
    withContexts(pod, ({ security }) =>
      policy.readOnlyRootFilesystem && security.readOnlyRootFilesystem === null
        ? { readOnlyRootFilesystem: true }
        : null,
    ),
  check: (policy, pod) =>
    ofContainers(pod, (container) =>
      policy.readOnlyRootFilesystem && !container.security.readOnlyRootFilesystem
        ? [{ path: [...contextOf(container), 'readOnlyRootFilesystem'], message: 'must be true' }]
        : [],
    ),
};

export const privilegeEscalation: Family = {
  name: 'allowPrivilegeEscalation',
  fill: ({ allowPrivilegeEscalation, defaultAllowPrivilegeEscalation }, pod) => {
    const usual = defaultAllowPrivilegeEscalation ?? (allowPrivilegeEscalation ? null : false);
    return withContexts(pod, ({ security }) =>
      usual !== null && security.allowPrivilegeEscalation === null ? { allowPrivilegeEscalation: usual } : null,
    );
  },
  check: ({ allowPrivilegeEscalation }, pod) =>
    ofContainers(pod, (container) =>
      !allowPrivilegeEscalation && container.security.allowPrivilegeEscalation !== false
        ? [{ path: [...contextOf(container), 'allowPrivilegeEscalation'], message: 'must be false' }]
        : [],
    ),
};
