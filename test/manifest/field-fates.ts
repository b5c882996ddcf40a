export type Fates = { readonly idle: string; readonly warned: string; readonly refused: string };
type FatesOf = Readonly<Record<string, Partial<Fates>>>;

/** Of metadata, by who owns such objects, and whether they have a namespace. */
const CLUSTER: FatesOf = {
  '.metadata': {
    idle: 'deletionGracePeriodSeconds finalizers generateName generation managedFields namespace ownerReferences resourceVersion selfLink uid',
  },
};
const NAMESPACED: FatesOf = {
  '.metadata': {
    idle: 'deletionGracePeriodSeconds finalizers generateName generation managedFields ownerReferences resourceVersion selfLink uid',
  },
};
const OWNED: FatesOf = {
  '.metadata': {
    idle: 'deletionGracePeriodSeconds finalizers generateName generation managedFields resourceVersion selfLink uid',
  },
};

/** A template of pods at a path: what of it makes no difference to policies or admission. */
const template = (at: string): FatesOf => ({
  [`${at}.spec`]: {
    idle: 'activeDeadlineSeconds affinity dnsConfig dnsPolicy enableServiceLinks hostAliases hostname hostnameOverride imagePullSecrets nodeName nodeSelector overhead preemptionPolicy priority priorityClassName readinessGates resourceClaims resources schedulerName schedulingGates setHostnameAsFQDN shareProcessNamespace subdomain terminationGracePeriodSeconds tolerations topologySpreadConstraints workloadRef',
  },
  [`${at}.metadata`]: {
    idle: 'creationTimestamp deletionGracePeriodSeconds deletionTimestamp finalizers generateName generation managedFields name namespace ownerReferences resourceVersion selfLink uid',
  },
  [`${at}.spec.initContainers[]`]: {
    idle: 'args command env envFrom imagePullPolicy resizePolicy resources restartPolicy restartPolicyRules stdin stdinOnce terminationMessagePath terminationMessagePolicy tty volumeDevices workingDir',
  },
  [`${at}.spec.initContainers[].ports[]`]: { idle: 'hostIP' },
  [`${at}.spec.initContainers[].securityContext.windowsOptions`]: {
    idle: 'gmsaCredentialSpec gmsaCredentialSpecName runAsUserName',
  },
  [`${at}.spec.containers[]`]: {
    idle: 'args command env envFrom imagePullPolicy resizePolicy resources restartPolicy restartPolicyRules stdin stdinOnce terminationMessagePath terminationMessagePolicy tty volumeDevices workingDir',
  },
  [`${at}.spec.containers[].ports[]`]: { idle: 'hostIP' },
  [`${at}.spec.containers[].securityContext.windowsOptions`]: {
    idle: 'gmsaCredentialSpec gmsaCredentialSpecName runAsUserName',
  },
  [`${at}.spec.ephemeralContainers[]`]: {
    idle: 'args command env envFrom imagePullPolicy resizePolicy resources restartPolicy restartPolicyRules stdin stdinOnce targetContainerName terminationMessagePath terminationMessagePolicy tty volumeDevices workingDir',
  },
  [`${at}.spec.ephemeralContainers[].ports[]`]: { idle: 'hostIP' },
  [`${at}.spec.ephemeralContainers[].securityContext.windowsOptions`]: {
    idle: 'gmsaCredentialSpec gmsaCredentialSpecName runAsUserName',
  },
  [`${at}.spec.securityContext`]: { idle: 'fsGroupChangePolicy seLinuxChangePolicy supplementalGroupsPolicy' },
  [`${at}.spec.securityContext.windowsOptions`]: { idle: 'gmsaCredentialSpec gmsaCredentialSpecName runAsUserName' },
  [`${at}.spec.securityContext.sysctls[]`]: { idle: 'value' },
});

/** Fields that are not simply read, by kind and by the mapping that they stand in, in order of name. */
const OF_KINDS: Readonly<Record<string, FatesOf>> = {
  Namespace: {
    ...CLUSTER,
  },
  Node: {
    ...CLUSTER,
  },
  Pod: {
    ...OWNED,
    '.spec': {
      idle: 'activeDeadlineSeconds affinity dnsConfig dnsPolicy enableServiceLinks hostAliases hostname hostnameOverride imagePullSecrets nodeSelector overhead preemptionPolicy priority priorityClassName readinessGates resourceClaims resources restartPolicy schedulerName schedulingGates setHostnameAsFQDN shareProcessNamespace subdomain terminationGracePeriodSeconds tolerations topologySpreadConstraints workloadRef',
    },
    '.spec.containers[]': {
      idle: 'args command env envFrom imagePullPolicy resizePolicy resources restartPolicy restartPolicyRules stdin stdinOnce terminationMessagePath terminationMessagePolicy tty volumeDevices workingDir',
    },
    '.spec.initContainers[]': {
      idle: 'args command env envFrom imagePullPolicy resizePolicy resources restartPolicy restartPolicyRules stdin stdinOnce terminationMessagePath terminationMessagePolicy tty volumeDevices workingDir',
    },
    '.spec.initContainers[].securityContext.windowsOptions': {
      idle: 'gmsaCredentialSpec gmsaCredentialSpecName runAsUserName',
    },
    '.spec.containers[].securityContext.windowsOptions': {
      idle: 'gmsaCredentialSpec gmsaCredentialSpecName runAsUserName',
    },
    '.spec.ephemeralContainers[]': {
      idle: 'args command env envFrom imagePullPolicy resizePolicy resources restartPolicy restartPolicyRules stdin stdinOnce targetContainerName terminationMessagePath terminationMessagePolicy tty volumeDevices workingDir',
    },
    '.spec.ephemeralContainers[].ports[]': { idle: 'hostIP' },
    '.spec.ephemeralContainers[].securityContext.windowsOptions': {
      idle: 'gmsaCredentialSpec gmsaCredentialSpecName runAsUserName',
    },
    '.spec.securityContext': { idle: 'fsGroupChangePolicy seLinuxChangePolicy supplementalGroupsPolicy' },
    '.spec.securityContext.windowsOptions': { idle: 'gmsaCredentialSpec gmsaCredentialSpecName runAsUserName' },
    '.spec.securityContext.sysctls[]': { idle: 'value' },
  },
  ServiceAccount: {
    ...NAMESPACED,
  },
  Service: {
    ...NAMESPACED,
    '.spec': {
      idle: 'allocateLoadBalancerNodePorts externalName healthCheckNodePort ipFamilies ipFamilyPolicy loadBalancerClass loadBalancerIP topologyKeys trafficDistribution',
    },
    '.spec.ports[]': { idle: 'appProtocol' },
  },
  EndpointSlice: {
    ...NAMESPACED,
    '.ports[]': { idle: 'appProtocol' },
    '.endpoints[]': { idle: 'deprecatedTopology hostname targetRef zone' },
  },
  Endpoints: {
    ...NAMESPACED,
  },
  'networking.k8s.io NetworkPolicy': {
    ...NAMESPACED,
  },
  'projectcalico.org NetworkPolicy': {
    ...NAMESPACED,
    '.spec.ingress[]': { warned: 'http' },
    '.spec.ingress[].destination': { refused: 'services' },
    '.spec.egress[]': { warned: 'http' },
    '.spec.egress[].source': { refused: 'services' },
  },
  GlobalNetworkPolicy: {
    ...CLUSTER,
    '.spec': { warned: 'applyOnForward doNotTrack preDNAT' },
    '.spec.ingress[]': { warned: 'http' },
    '.spec.ingress[].destination': { refused: 'services' },
    '.spec.egress[]': { warned: 'http' },
    '.spec.egress[].source': { refused: 'services' },
  },
  Tier: {
    ...CLUSTER,
  },
  NetworkSet: {
    ...NAMESPACED,
  },
  GlobalNetworkSet: {
    ...CLUSTER,
  },
  Profile: {
    ...CLUSTER,
  },
  StagedNetworkPolicy: {
    ...NAMESPACED,
    '.spec.ingress[]': { warned: 'http' },
    '.spec.ingress[].destination': { refused: 'services' },
    '.spec.egress[]': { warned: 'http' },
    '.spec.egress[].source': { refused: 'services' },
  },
  StagedGlobalNetworkPolicy: {
    ...CLUSTER,
    '.spec': { warned: 'applyOnForward' },
    '.spec.ingress[]': { warned: 'http' },
    '.spec.ingress[].destination': { refused: 'services' },
    '.spec.egress[]': { warned: 'http' },
    '.spec.egress[].source': { refused: 'services' },
  },
  StagedKubernetesNetworkPolicy: {
    ...NAMESPACED,
  },
  HostEndpoint: {
    ...CLUSTER,
  },
  IPPool: {
    ...CLUSTER,
  },
  FelixConfiguration: {
    ...CLUSTER,
  },
  ClusterNetworkPolicy: {
    ...CLUSTER,
    '.spec.ingress[].from[].namespaces': { refused: 'notSameLabels sameLabels' },
    '.spec.ingress[].from[].pods': { refused: 'notSameLabels sameLabels' },
    '.spec.ingress[].from[].pods.namespaceSelector': { refused: 'notSameLabels sameLabels' },
    '.spec.egress[].to[]': { warned: 'domainNames nodes' },
    '.spec.egress[].to[].namespaces': { refused: 'notSameLabels sameLabels' },
    '.spec.egress[].to[].pods': { refused: 'notSameLabels sameLabels' },
    '.spec.egress[].to[].pods.namespaceSelector': { refused: 'notSameLabels sameLabels' },
    '.spec.egress[].protocols[]': { warned: 'destinationNamedPort' },
    '.spec.subject.namespaces': { refused: 'notSameLabels sameLabels' },
    '.spec.subject.pods': { refused: 'notSameLabels sameLabels' },
    '.spec.subject.pods.namespaceSelector': { refused: 'notSameLabels sameLabels' },
  },
  AdminNetworkPolicy: {
    ...CLUSTER,
    '.spec.ingress[].from[].namespaces': { refused: 'notSameLabels sameLabels' },
    '.spec.ingress[].from[].pods': { refused: 'notSameLabels sameLabels' },
    '.spec.ingress[].from[].pods.namespaceSelector': { refused: 'notSameLabels sameLabels' },
    '.spec.egress[].to[]': { warned: 'domainNames nodes' },
    '.spec.egress[].to[].namespaces': { refused: 'notSameLabels sameLabels' },
    '.spec.egress[].to[].pods': { refused: 'notSameLabels sameLabels' },
    '.spec.egress[].to[].pods.namespaceSelector': { refused: 'notSameLabels sameLabels' },
    '.spec.egress[].ports[]': { warned: 'namedPort' },
    '.spec.subject.namespaces': { refused: 'notSameLabels sameLabels' },
    '.spec.subject.pods': { refused: 'notSameLabels sameLabels' },
    '.spec.subject.pods.namespaceSelector': { refused: 'notSameLabels sameLabels' },
  },
  BaselineAdminNetworkPolicy: {
    ...CLUSTER,
    '.spec.ingress[].from[].namespaces': { refused: 'notSameLabels sameLabels' },
    '.spec.ingress[].from[].pods': { refused: 'notSameLabels sameLabels' },
    '.spec.ingress[].from[].pods.namespaceSelector': { refused: 'notSameLabels sameLabels' },
    '.spec.egress[].to[]': { warned: 'nodes' },
    '.spec.egress[].to[].namespaces': { refused: 'notSameLabels sameLabels' },
    '.spec.egress[].to[].pods': { refused: 'notSameLabels sameLabels' },
    '.spec.egress[].to[].pods.namespaceSelector': { refused: 'notSameLabels sameLabels' },
    '.spec.egress[].ports[]': { warned: 'namedPort' },
    '.spec.subject.namespaces': { refused: 'notSameLabels sameLabels' },
    '.spec.subject.pods': { refused: 'notSameLabels sameLabels' },
    '.spec.subject.pods.namespaceSelector': { refused: 'notSameLabels sameLabels' },
  },
  Deployment: {
    ...OWNED,
    '.spec': { idle: 'minReadySeconds paused progressDeadlineSeconds revisionHistoryLimit rollbackTo strategy' },
    ...template('.spec.template'),
  },
  ReplicaSet: {
    ...OWNED,
    '.spec': { idle: 'minReadySeconds' },
    ...template('.spec.template'),
  },
  DaemonSet: {
    ...OWNED,
    '.spec': { idle: 'minReadySeconds revisionHistoryLimit templateGeneration updateStrategy' },
    ...template('.spec.template'),
  },
  StatefulSet: {
    ...OWNED,
    '.spec': {
      idle: 'minReadySeconds ordinals persistentVolumeClaimRetentionPolicy podManagementPolicy revisionHistoryLimit serviceName updateStrategy volumeClaimTemplates',
    },
    ...template('.spec.template'),
  },
  ReplicationController: {
    ...OWNED,
    '.spec': { idle: 'minReadySeconds' },
    ...template('.spec.template'),
  },
  Job: {
    ...OWNED,
    '.spec': {
      idle: 'activeDeadlineSeconds backoffLimit backoffLimitPerIndex completionMode managedBy manualSelector maxFailedIndexes podFailurePolicy podReplacementPolicy successPolicy ttlSecondsAfterFinished',
    },
    ...template('.spec.template'),
  },
  CronJob: {
    ...OWNED,
    '.spec': {
      idle: 'concurrencyPolicy failedJobsHistoryLimit startingDeadlineSeconds successfulJobsHistoryLimit timeZone',
    },
    '.spec.jobTemplate': { idle: 'metadata' },
    '.spec.jobTemplate.spec': {
      idle: 'activeDeadlineSeconds backoffLimit backoffLimitPerIndex completionMode managedBy manualSelector maxFailedIndexes podFailurePolicy podReplacementPolicy successPolicy ttlSecondsAfterFinished',
    },
    ...template('.spec.jobTemplate.spec.template'),
  },
  PodSecurityPolicy: {
    ...CLUSTER,
  },
  Role: {
    ...NAMESPACED,
  },
  ClusterRole: {
    ...CLUSTER,
  },
  RoleBinding: {
    ...NAMESPACED,
  },
  ClusterRoleBinding: {
    ...CLUSTER,
  },
  AdmissionConfiguration: {
    '.plugins[]': { warned: 'path' },
    '.plugins[].configuration': { idle: 'apiVersion kind' },
  },
};

const NONE: Fates = { idle: '', warned: '', refused: '' };

export const FATES: Readonly<Record<string, Readonly<Record<string, Fates>>>> = Object.fromEntries(
  Object.entries(OF_KINDS).map(([kind, fates]) => [
    kind,
    Object.fromEntries(Object.entries(fates).map(([path, some]) => [path, { ...NONE, ...some }])),
  ]),
);
