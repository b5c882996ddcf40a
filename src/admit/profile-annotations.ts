/** Where profiles were named before there were fields for them. Source: k8s.io/api, core/v1 annotation_key_constants */
export const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
/** Before the name of a container. */
export const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/';
/** Before the name of a container. */
export const APP_ARMOR_CONTAINER = 'container.apparmor.security.beta.kubernetes.io/';
