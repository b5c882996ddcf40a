/**
 * Manifests that set each field of each kind that is read, once. A field that nobody reads has a mapping for a value:
 * were it read, that would be of the wrong type and told of.
 */

/** Fields whose values nobody looks at. */
const idle = (names: string): string =>
  names
    .split(' ')
    .map((name) => `${name}: {}`)
    .join(', ');

const META_REST = `labels: {a: b}, annotations: {a: b}, creationTimestamp: '2026-01-01T00:00:00Z', ownerReferences: [], ${idle(
  'deletionGracePeriodSeconds generateName selfLink uid resourceVersion generation finalizers managedFields',
)}`;
const META = (scope: 'namespaced' | 'cluster', more = ''): string =>
  `metadata: {name: x, ${scope === 'namespaced' ? 'namespace: shop, ' : 'namespace: {}, '}deletionTimestamp: {}, ${META_REST}${more}}`;
const of = (apiVersion: string, kind: string, scope: 'namespaced' | 'cluster', ...body: readonly string[]): string =>
  [`apiVersion: ${apiVersion}`, `kind: ${kind}`, META(scope), ...body].join('\n');

const SELECTOR = '{matchLabels: {a: b}, matchExpressions: [{key: c, operator: In, values: [d]}]}';
const SHARED =
  'runAsUser: 1, runAsGroup: 1, runAsNonRoot: true, seLinuxOptions: {level: a, role: b, type: c, user: d}, seccompProfile: {type: Localhost, localhostProfile: p}, appArmorProfile: {type: Localhost, localhostProfile: p}, windowsOptions: {hostProcess: false, gmsaCredentialSpec: {}, gmsaCredentialSpecName: {}, runAsUserName: {}}';
const POD_CONTEXT = `{${SHARED}, fsGroup: 1, supplementalGroups: [1], sysctls: [{name: kernel.x, value: {}}], ${idle('fsGroupChangePolicy seLinuxChangePolicy supplementalGroupsPolicy')}}`;
const CONTEXT = `{${SHARED}, privileged: false, readOnlyRootFilesystem: true, allowPrivilegeEscalation: true, procMount: Default, capabilities: {add: [A], drop: [B]}}`;
const container = (name: string, more = ''): string =>
  `{name: ${name}, image: i, ports: [{name: http-${name}, containerPort: 80, protocol: TCP, hostPort: 8080, hostIP: 192.0.2.1}], securityContext: ${CONTEXT}, volumeMounts: [], lifecycle: {}, livenessProbe: {}, readinessProbe: {}, startupProbe: {}, ${idle(
    'args command env envFrom imagePullPolicy resizePolicy resources restartPolicy restartPolicyRules stdin stdinOnce terminationMessagePath terminationMessagePolicy tty volumeDevices workingDir',
  )}${more}}`;
const podSpec = (restart: string): string =>
  `{nodeName: n, containers: [${container('a')}], initContainers: [${container('b')}], ephemeralContainers: [${container('c', ', targetContainerName: {}')}], serviceAccountName: '', serviceAccount: s, hostNetwork: false, hostIPC: false, hostPID: false, hostUsers: true, automountServiceAccountToken: true, os: {name: linux}, runtimeClassName: r, restartPolicy: ${restart}, securityContext: ${POD_CONTEXT}, volumes: [], ${idle(
    'activeDeadlineSeconds affinity dnsConfig dnsPolicy enableServiceLinks hostAliases hostname hostnameOverride imagePullSecrets nodeSelector overhead preemptionPolicy priority priorityClassName readinessGates resourceClaims resources schedulerName schedulingGates setHostnameAsFQDN shareProcessNamespace subdomain terminationGracePeriodSeconds tolerations topologySpreadConstraints workloadRef',
  )}}`;
const TEMPLATE_META = `{name: {}, namespace: {}, deletionTimestamp: {}, labels: {a: b, c: d}, annotations: {a: b}, creationTimestamp: {}, ownerReferences: {}, ${idle(
  'deletionGracePeriodSeconds generateName selfLink uid resourceVersion generation finalizers managedFields',
)}}`;
const template = (restart = 'Always'): string => `{metadata: ${TEMPLATE_META}, spec: ${podSpec(restart)}}`;
const workload = (kind: string, version: string, spec: string): string =>
  of(version, kind, 'namespaced', `spec: {${spec}}`, 'status: {}');
const JOB = `parallelism: 1, completions: 1, suspend: false, template: ${template('Never')}, ${idle(
  'activeDeadlineSeconds podFailurePolicy successPolicy backoffLimit backoffLimitPerIndex maxFailedIndexes selector manualSelector completionMode ttlSecondsAfterFinished podReplacementPolicy managedBy',
)}`;

const PORT = '{protocol: TCP, port: 80, endPort: 90}';
const KUBERNETES_SPEC = `podSelector: ${SELECTOR}, policyTypes: [Ingress, Egress], ingress: [{from: [{podSelector: ${SELECTOR}, namespaceSelector: ${SELECTOR}}, {ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}], ports: [${PORT}]}], egress: [{to: [{podSelector: ${SELECTOR}, namespaceSelector: ${SELECTOR}}, {ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}], ports: [${PORT}]}]`;

const V3 = 'projectcalico.org/v3';
const ENTITY =
  "nets: [10.0.0.0/8], notNets: [10.1.0.0/16], selector: a == 'b', notSelector: c == 'd', namespaceSelector: all(), serviceAccounts: {names: [n], selector: x == 'y'}, ports: [80], notPorts: [81]";
const rule = (more = ''): string =>
  `{action: Allow, ipVersion: 4, protocol: TCP, source: {${ENTITY}}, destination: {${ENTITY}}, metadata: {annotations: {a: b}}${more}}`;
const ICMP = '{action: Deny, protocol: ICMP, icmp: {type: 8, code: 0}, notICMP: {type: 9, code: 0}}';
const rules = `ingress: [${rule(', http: {methods: [GET], paths: [{exact: /a}, {prefix: /b}]}')}, ${ICMP}, {action: Deny, notProtocol: 17, source: {services: {name: s, namespace: shop}}}], egress: [${rule()}, ${ICMP}, {action: Deny, notProtocol: 17}, {action: Allow, destination: {services: {name: s, namespace: shop}}}]`;
const CALICO_SPEC = `tier: default, order: 5, selector: all(), serviceAccountSelector: all(), types: [Ingress, Egress], performanceHints: [AssumeNeededOnEveryNode], ${rules}`;
const GLOBAL_SPEC = `${CALICO_SPEC}, namespaceSelector: all(), doNotTrack: false, preDNAT: false, applyOnForward: true`;

const API = 'policy.networking.k8s.io';
const PODS = `{pods: {namespaceSelector: ${SELECTOR}, podSelector: ${SELECTOR}}}`;
const PEERS = `{namespaces: ${SELECTOR}}, ${PODS}`;
const SUBJECTS = [`{namespaces: ${SELECTOR}}`, PODS];
const CNP_PORTS = `[${['tcp', 'udp', 'sctp'].map((name) => `{${name}: {destinationPort: {number: 80}}}, {${name}: {destinationPort: {range: {start: 1, end: 2}}}}`).join(', ')}, {destinationNamedPort: http}]`;
const ANP_PORTS =
  '[{portNumber: {protocol: TCP, port: 80}}, {portRange: {protocol: TCP, start: 1, end: 2}}, {namedPort: http}]';
const apiRules = (transport: string, egressPeers: string): string =>
  `ingress: [{name: a, action: ACTION, from: [${PEERS}], ${transport}}], egress: [{name: a, action: ACTION, to: [${PEERS}, ${egressPeers}], ${transport}}]`;

const PSP_RANGE = '{rule: MustRunAs, ranges: [{min: 1, max: 2}]}';
const PSP = `privileged: true, defaultAddCapabilities: [A], requiredDropCapabilities: [B], allowedCapabilities: [C], volumes: ['*'], hostNetwork: true, hostPorts: [{min: 1, max: 2}], hostPID: true, hostIPC: true, seLinux: {rule: MustRunAs, seLinuxOptions: {level: a, role: b, type: c, user: d}}, runAsUser: ${PSP_RANGE}, runAsGroup: ${PSP_RANGE}, supplementalGroups: ${PSP_RANGE}, fsGroup: ${PSP_RANGE}, readOnlyRootFilesystem: true, defaultAllowPrivilegeEscalation: true, allowPrivilegeEscalation: true, allowedHostPaths: [{pathPrefix: /a, readOnly: true}], allowedFlexVolumes: [{driver: d}], allowedCSIDrivers: [{name: n}], allowedUnsafeSysctls: [a], forbiddenSysctls: [b], allowedProcMountTypes: [Default], runtimeClass: {allowedRuntimeClassNames: [r], defaultRuntimeClassName: r}`;
const RBAC = 'rbac.authorization.k8s.io/v1';
const BINDING = [
  'subjects: [{kind: ServiceAccount, apiGroup: "", name: s, namespace: shop}]',
  'roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: r}',
];
const POD_SECURITY =
  'defaults: {enforce: baseline, enforce-version: latest, audit: baseline, audit-version: latest, warn: baseline, warn-version: latest}, exemptions: {usernames: [u], namespaces: [n], runtimeClasses: [r]}';

/** What may stand at one end of a rule, or in rules of one direction, is refused at the other. */
const MISPLACED =
  'ingress: [{action: Allow, destination: {services: {name: s, namespace: shop}}}], egress: [{action: Allow, protocol: TCP, http: {methods: [GET], paths: [{exact: /a}, {prefix: /b}]}, source: {services: {name: s, namespace: shop}}}]';
/** Fields that older versions had. */
const REMOVED = 'sameLabels: [a], notSameLabels: [b]';
const removed = (kind: string, version: string, head: string, transport: string): string[] => {
  const peers = `{namespaces: {${REMOVED}}}, {pods: {${REMOVED}, podSelector: {}, namespaceSelector: {${REMOVED}}}}`;
  const action = kind === 'ClusterNetworkPolicy' ? 'Accept' : 'Allow';
  return [`{namespaces: {${REMOVED}}}`, `{pods: {${REMOVED}, podSelector: {}, namespaceSelector: {${REMOVED}}}}`].map(
    (subject) =>
      of(
        `${API}/${version}`,
        kind,
        'cluster',
        `spec: {${head}subject: ${subject}, ingress: [{action: ${action}, from: [${peers}], ${transport}}], egress: [{action: ${action}, to: [${peers}], ${transport}}]}`,
      ).replace('name: x', 'name: default'),
  );
};

/** By apiVersion's group and kind: what sets its fields, several objects where fields do not go together. */
export const FIXTURES: Readonly<Record<string, readonly string[]>> = {
  Namespace: [of('v1', 'Namespace', 'cluster', idle('spec status').replaceAll(', ', '\n'))],
  Node: [of('v1', 'Node', 'cluster', 'spec: {podCIDRs: [10.0.0.0/24]}', 'status: {addresses: []}')],
  Pod: [of('v1', 'Pod', 'namespaced', `spec: ${podSpec('Always')}`, 'status: {podIP: 10.0.0.1}')],
  ServiceAccount: [
    of(
      'v1',
      'ServiceAccount',
      'namespaced',
      'secrets: {}',
      'imagePullSecrets: {}',
      'automountServiceAccountToken: true',
    ),
  ],
  Service: [
    of(
      'v1',
      'Service',
      'namespaced',
      `spec: {clusterIP: 10.96.0.1, clusterIPs: [10.96.0.1], externalIPs: [192.0.2.1], ports: [{name: http, protocol: TCP, port: 80, nodePort: 30080, targetPort: 80, appProtocol: {}}], type: LoadBalancer, selector: {a: b}, externalTrafficPolicy: Local, internalTrafficPolicy: Local, loadBalancerIP: 192.0.2.3, loadBalancerSourceRanges: [10.0.0.0/8], publishNotReadyAddresses: true, sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 5}}, ${idle('allocateLoadBalancerNodePorts healthCheckNodePort ipFamilies ipFamilyPolicy loadBalancerClass topologyKeys trafficDistribution externalName')}}`,
      'status: {loadBalancer: {ingress: [{ip: 192.0.2.2}]}}',
    ),
  ],
  EndpointSlice: [
    of(
      'discovery.k8s.io/v1',
      'EndpointSlice',
      'namespaced',
      'addressType: IPv4',
      `endpoints: [{addresses: [10.0.0.1], conditions: {ready: true, serving: true, terminating: false}, nodeName: n, hints: {forNodes: [{name: n}], forZones: [{name: z}]}, ${idle('hostname targetRef deprecatedTopology zone')}}]`,
      'ports: [{name: http, protocol: TCP, port: 80, appProtocol: {}}]',
    ),
  ],
  Endpoints: [of('v1', 'Endpoints', 'namespaced', 'subsets: [{addresses: [{ip: 10.0.0.1}], ports: [{port: 80}]}]')],
  'networking.k8s.io NetworkPolicy': [
    of('networking.k8s.io/v1', 'NetworkPolicy', 'namespaced', `spec: {${KUBERNETES_SPEC}}`, 'status: {}'),
  ],
  'projectcalico.org NetworkPolicy': [
    of(V3, 'NetworkPolicy', 'namespaced', `spec: {${MISPLACED}}`),
    of(V3, 'NetworkPolicy', 'namespaced', `spec: {${CALICO_SPEC}}`, 'status: {}'),
  ],
  GlobalNetworkPolicy: [
    of(V3, 'GlobalNetworkPolicy', 'cluster', `spec: {${MISPLACED}}`),
    of(V3, 'GlobalNetworkPolicy', 'cluster', `spec: {${GLOBAL_SPEC}}`, 'status: {}'),
    of(V3, 'GlobalNetworkPolicy', 'cluster', 'spec: {doNotTrack: true, applyOnForward: true}'),
    of(V3, 'GlobalNetworkPolicy', 'cluster', 'spec: {preDNAT: true, applyOnForward: true}'),
  ],
  Tier: [of(V3, 'Tier', 'cluster', 'spec: {order: 5, defaultAction: Pass}', 'status: {}')],
  NetworkSet: [of(V3, 'NetworkSet', 'namespaced', 'spec: {nets: [10.0.0.0/8]}')],
  GlobalNetworkSet: [of(V3, 'GlobalNetworkSet', 'cluster', 'spec: {nets: [10.0.0.0/8]}')],
  Profile: [of(V3, 'Profile', 'cluster', 'spec: {}')],
  StagedNetworkPolicy: [
    of(V3, 'StagedNetworkPolicy', 'namespaced', `spec: {${MISPLACED}}`),
    of(V3, 'StagedNetworkPolicy', 'namespaced', `spec: {${CALICO_SPEC}, stagedAction: Set}`, 'status: {}'),
  ],
  StagedGlobalNetworkPolicy: [
    of(V3, 'StagedGlobalNetworkPolicy', 'cluster', `spec: {${MISPLACED}}`),
    of(V3, 'StagedGlobalNetworkPolicy', 'cluster', `spec: {${GLOBAL_SPEC}, stagedAction: Set}`, 'status: {}'),
  ],
  StagedKubernetesNetworkPolicy: [
    of(
      V3,
      'StagedKubernetesNetworkPolicy',
      'namespaced',
      `spec: {${KUBERNETES_SPEC}, stagedAction: Set}`,
      'status: {}',
    ),
  ],
  HostEndpoint: [
    of(
      V3,
      'HostEndpoint',
      'cluster',
      "spec: {node: n, interfaceName: '*', expectedIPs: [192.0.2.1], profiles: [projectcalico-default-allow], ports: [{name: ssh, protocol: TCP, port: 22}]}",
    ),
  ],
  IPPool: [of(V3, 'IPPool', 'cluster', 'spec: {cidr: 10.0.0.0/8, natOutgoing: true}')],
  FelixConfiguration: [of(V3, 'FelixConfiguration', 'cluster', 'spec: {vxlanPort: 4789}')],
  ClusterNetworkPolicy: [
    ...removed('ClusterNetworkPolicy', 'v1alpha2', 'tier: Admin, priority: 5, ', `protocols: ${CNP_PORTS}`),
    ...SUBJECTS.map((subject) =>
      of(
        `${API}/v1alpha2`,
        'ClusterNetworkPolicy',
        'cluster',
        `spec: {tier: Admin, priority: 5, subject: ${subject}, ${apiRules(`protocols: ${CNP_PORTS}`, `{networks: [10.0.0.0/8]}, {nodes: ${SELECTOR}}, {domainNames: ['a.example']}`).replaceAll('ACTION', 'Accept')}}`,
        'status: {}',
      ),
    ),
  ],
  AdminNetworkPolicy: [
    ...removed('AdminNetworkPolicy', 'v1alpha1', 'priority: 5, ', `ports: ${ANP_PORTS}`),
    ...SUBJECTS.map((subject) =>
      of(
        `${API}/v1alpha1`,
        'AdminNetworkPolicy',
        'cluster',
        `spec: {priority: 5, subject: ${subject}, ${apiRules(`ports: ${ANP_PORTS}`, `{networks: [10.0.0.0/8]}, {nodes: ${SELECTOR}}, {domainNames: ['a.example']}`).replaceAll('ACTION', 'Allow')}}`,
        'status: {}',
      ),
    ),
  ],
  BaselineAdminNetworkPolicy: [
    ...removed('BaselineAdminNetworkPolicy', 'v1alpha1', '', `ports: ${ANP_PORTS}`),
    ...SUBJECTS.map((subject) =>
      of(
        `${API}/v1alpha1`,
        'BaselineAdminNetworkPolicy',
        'cluster',
        `spec: {subject: ${subject}, ${apiRules(`ports: ${ANP_PORTS}`, `{networks: [10.0.0.0/8]}, {nodes: ${SELECTOR}}`).replaceAll('ACTION', 'Allow')}}`,
        'status: {}',
      ).replace('name: x', 'name: default'),
    ),
  ],
  Deployment: [
    workload(
      'Deployment',
      'apps/v1',
      `replicas: 1, selector: ${SELECTOR.replace('[d]', '[d]')}, template: ${template()}, ${idle('strategy minReadySeconds revisionHistoryLimit paused progressDeadlineSeconds rollbackTo')}`,
    ),
  ],
  ReplicaSet: [
    workload(
      'ReplicaSet',
      'apps/v1',
      `replicas: 1, selector: ${SELECTOR}, template: ${template()}, minReadySeconds: {}`,
    ),
  ],
  DaemonSet: [
    workload(
      'DaemonSet',
      'apps/v1',
      `selector: ${SELECTOR}, template: ${template()}, ${idle('updateStrategy minReadySeconds revisionHistoryLimit templateGeneration')}`,
    ),
  ],
  StatefulSet: [
    workload(
      'StatefulSet',
      'apps/v1',
      `replicas: 1, selector: ${SELECTOR}, template: ${template()}, ${idle('volumeClaimTemplates serviceName podManagementPolicy updateStrategy revisionHistoryLimit minReadySeconds persistentVolumeClaimRetentionPolicy ordinals')}`,
    ),
  ],
  ReplicationController: [
    workload(
      'ReplicationController',
      'v1',
      `replicas: 1, selector: {a: b}, template: ${template()}, minReadySeconds: {}`,
    ),
  ],
  Job: [workload('Job', 'batch/v1', JOB)],
  CronJob: [
    workload(
      'CronJob',
      'batch/v1',
      `schedule: '* * * * *', suspend: false, jobTemplate: {metadata: {}, spec: {${JOB}}}, ${idle('timeZone startingDeadlineSeconds concurrencyPolicy successfulJobsHistoryLimit failedJobsHistoryLimit')}`,
    ),
  ],
  PodSecurityPolicy: [of('policy/v1beta1', 'PodSecurityPolicy', 'cluster', `spec: {${PSP}}`)],
  Role: [
    of(
      RBAC,
      'Role',
      'namespaced',
      'rules: [{verbs: [use], apiGroups: [policy], resources: [p], resourceNames: [x], nonResourceURLs: []}]',
    ),
  ],
  ClusterRole: [
    of(
      RBAC,
      'ClusterRole',
      'cluster',
      'rules: [{verbs: [use], apiGroups: [policy], resources: [p], resourceNames: [x], nonResourceURLs: []}]',
      `aggregationRule: {clusterRoleSelectors: [${SELECTOR}]}`,
    ),
  ],
  RoleBinding: [of(RBAC, 'RoleBinding', 'namespaced', ...BINDING)],
  ClusterRoleBinding: [of(RBAC, 'ClusterRoleBinding', 'cluster', ...BINDING)],
  AdmissionConfiguration: [
    `apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins: [{name: PodSecurity, path: '', configuration: {apiVersion: {}, kind: {}, ${POD_SECURITY}}}]`,
    'apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins: [{name: PodSecurity, path: other.yaml}]',
  ],
  PodSecurityConfiguration: [
    `apiVersion: pod-security.admission.config.k8s.io/v1\nkind: PodSecurityConfiguration\n${POD_SECURITY.replace(', exemptions', '\nexemptions')}`,
  ],
};
