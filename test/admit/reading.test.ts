/** What the API server would refuse of workloads, RBAC, PodSecurityPolicies and the configuration of levels, with its place. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { diagnostics, load } from '../manifest/reading.ts';

const ADMISSION = { admission: true };

/** As `line:column CODE: message`, errors and warnings. */
const said = async (text: string): Promise<string[]> =>
  (await diagnostics(text, ADMISSION))
    .filter(({ code }) => code !== 'NAMESPACE_ABSENT' && code !== 'NOT_SCHEDULED')
    .map(({ at, code, message }) => `${at.line}:${at.column} ${code}: ${message}`);

const deployment = (spec: string, more = ''): string =>
  `apiVersion: apps/v1
kind: Deployment
metadata: {name: d}
spec:
  selector: {matchLabels: {app: d}}${more}
  template:
    metadata: {labels: {app: d}}
    spec:
${spec
  .split('\n')
  .map((line) => `      ${line}`)
  .join('\n')}
`;
/** A pod spec's container begins in line 9. */
const container = (line: string): string => deployment(`containers:\n- {name: c, image: i, ${line}}`);
const context = (line: string): string => container(`securityContext: {${line}}`);

const policy = (...lines: string[]): string =>
  `apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata: {name: p}
spec:
  seLinux: {rule: RunAsAny}
  runAsUser: {rule: RunAsAny}
  fsGroup: {rule: RunAsAny}
  supplementalGroups: {rule: RunAsAny}
${lines.map((line) => `  ${line}\n`).join('')}`;

const binding = (subject: string, ref = '{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: r}'): string =>
  `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: b}
roleRef: ${ref}
subjects: [${subject}]
`;

const FAULTS: readonly (readonly [what: string, text: string, ...starts: string[]])[] = [
  ['no container', deployment('containers: []'), '9:7 NO_CONTAINERS: a pod needs at least one container'],
  [
    'two of a name',
    deployment('containers:\n- {name: c}\n- {name: c}'),
    '11:9 DUPLICATE_NAME: container `c` is given twice',
  ],
  ['a name in capitals', deployment('containers:\n- {name: C}'), '10:16 BAD_NAME: container name `C`'],
  [
    'a volume that is not there',
    container('volumeMounts: [{name: w, mountPath: /w}]'),
    '10:9 UNKNOWN_VOLUME: container `c` mounts volume `w`',
  ],
  [
    'two types',
    deployment('containers: [{name: c}]\nvolumes: [{name: v, emptyDir: {}, secret: {}}]'),
    '10:17 CONTRADICTION: a volume is of one type',
  ],
  [
    'a path of no folder',
    deployment('containers: [{name: c}]\nvolumes: [{name: v, hostPath: {}}]'),
    '10:37 MISSING_FIELD: field `path`',
  ],
  [
    'a typing slip',
    context('runAsNonRot: true'),
    '10:47 UNKNOWN_FIELD: unknown field `runAsNonRot`: did you mean `runAsNonRoot`?',
  ],
  ['a user below none', context('runAsUser: -1'), '10:58 BAD_ID: `runAsUser` must be from 0 to 2147483647'],
  ['a word for a number', context('runAsUser: root'), '10:58 WRONG_TYPE: `runAsUser` must be a whole number'],
  [
    'a profile of no kind',
    context('seccompProfile: {type: Runtimedefault}'),
    '10:70 BAD_VALUE: `type` `Runtimedefault` must be RuntimeDefault, Localhost or Unconfined: did you mean `RuntimeDefault`?',
  ],
  [
    'a local profile without name',
    context('seccompProfile: {type: Localhost}'),
    '10:63 MISSING_FIELD: field `localhostProfile`',
  ],
  [
    'no gain that is a gain',
    context('allowPrivilegeEscalation: false, privileged: true'),
    '10:73 CONTRADICTION: `allowPrivilegeEscalation: false` cannot stand beside `privileged: true`',
  ],
  [
    'the same by a capability',
    context('allowPrivilegeEscalation: false, capabilities: {add: [SYS_ADMIN]}'),
    '10:73 CONTRADICTION',
  ],
  [
    'a selector that misses',
    deployment('containers: [{name: c}]').replace('{app: d}', '{app: e}'),
    '5:13 SELECTOR_MISSES: `selector` of the Deployment does not match',
  ],
  [
    'fewer than none',
    deployment('containers: [{name: c}]', '\n  replicas: -1'),
    '6:13 BAD_VALUE: `replicas` must not be negative',
  ],
  [
    'a policy of restarts',
    deployment('containers: [{name: c}]\nrestartPolicy: Never'),
    '10:22 BAD_VALUE: `restartPolicy` of a Deployment `Never` must be Always',
  ],
  [
    'no template',
    'apiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {name: d}\nspec: {replicas: 1}\n',
    '4:7 MISSING_FIELD: field `selector`',
    '4:7 MISSING_FIELD: field `template`',
  ],
  [
    'a job that is restarted',
    'apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec:\n  template:\n    spec:\n      containers: [{name: c}]\n',
    '7:7 MISSING_FIELD: field `restartPolicy` is missing: expected OnFailure or Never',
  ],
  [
    'a version that is not read',
    'apiVersion: apps/v2\nkind: Deployment\nmetadata: {name: d}\n',
    '1:1 UNSUPPORTED_VERSION: `Deployment` of `apps/v2` is not read: use `apps/v1`',
  ],
  [
    'a rule that is none',
    policy().replace('runAsUser: {rule: RunAsAny}', 'runAsUser: {rule: MustRunAsNonroot}'),
    '6:21 BAD_VALUE: `rule` `MustRunAsNonroot` must be RunAsAny, MustRunAs or MustRunAsNonRoot: did you mean `MustRunAsNonRoot`?',
  ],
  ['no rule', policy().replace('  fsGroup: {rule: RunAsAny}\n', ''), '5:3 MISSING_FIELD: field `fsGroup`'],
  [
    'a range from behind',
    policy('hostPorts: [{min: 9, max: 5}]'),
    '9:15 BAD_RANGE: a range of `hostPorts` must be within 0 and 65535',
  ],
  [
    'a volume of no type',
    policy('volumes: [configmap]'),
    '9:13 BAD_VALUE: `configmap` cannot stand in `volumes`: did you mean `configMap`?',
  ],
  [
    'dropped and added',
    policy('requiredDropCapabilities: [KILL]', 'allowedCapabilities: [KILL]'),
    '9:30 CONTRADICTION: capability `KILL` is in `allowedCapabilities`',
  ],
  [
    'allowed and forbidden',
    policy('forbiddenSysctls: [kernel.*]', 'allowedUnsafeSysctls: [kernel.*]'),
    '9:22 CONTRADICTION: sysctl `kernel.*`',
  ],
  [
    'a default that is not allowed',
    policy('allowPrivilegeEscalation: false', 'defaultAllowPrivilegeEscalation: true'),
    '10:36 CONTRADICTION',
  ],
  [
    'a class that is not allowed',
    policy('runtimeClass: {allowedRuntimeClassNames: [a], defaultRuntimeClassName: b}'),
    '9:17 CONTRADICTION: `defaultRuntimeClassName` `b`',
  ],
  ['a way up', policy('allowedHostPaths: [{pathPrefix: /a/../b}]'), '9:35 BAD_VALUE: `/a/../b` must not hold `..`'],
  [
    'a field of a policy that is none',
    policy('hostPort: []'),
    '9:3 UNKNOWN_FIELD: unknown field `hostPort`: did you mean `hostPorts`?',
  ],
  [
    'a subject of no kind',
    binding('{kind: Serviceaccount, name: a, namespace: n}'),
    '5:19 BAD_VALUE: `kind` `Serviceaccount` must be ServiceAccount, User or Group: did you mean `ServiceAccount`?',
  ],
  ['an account of no namespace', binding('{kind: ServiceAccount, name: a}'), '5:12 MISSING_FIELD: field `namespace`'],
  [
    'a Role for all namespaces',
    binding('{kind: User, name: u}', '{kind: Role, name: r}'),
    '4:17 BAD_VALUE: `kind` `Role` must be ClusterRole',
  ],
  [
    'a rule about nothing',
    'apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r}\nrules: [{verbs: [use]}]\n',
    '4:9 MISSING_FIELD: field `apiGroups`',
    '4:9 MISSING_FIELD: field `resources`',
  ],
  [
    'a level of no name',
    'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: n\n  labels:\n    pod-security.kubernetes.io/enforce: restrictd\n',
    '6:41 BAD_LEVEL: level `restrictd` must be privileged, baseline, restricted: did you mean `restricted`?',
  ],
  [
    'a version of no number',
    'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: n\n  labels:\n    pod-security.kubernetes.io/warn-version: "1.30"\n',
    '6:46 BAD_LEVEL: version `1.30` must be `latest` or `v1.N`',
  ],
  [
    'a label that means nothing',
    'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: n\n  labels:\n    pod-security.kubernetes.io/enforced: baseline\n',
    '6:5 UNKNOWN_LABEL: label `pod-security.kubernetes.io/enforced` means nothing to Pod Security: did you mean `pod-security.kubernetes.io/enforce`?',
  ],
  [
    'a default of no name',
    'apiVersion: pod-security.admission.config.k8s.io/v1\nkind: PodSecurityConfiguration\ndefaults: {enforce: strict}\n',
    '3:21 BAD_LEVEL: level `strict`',
  ],
];
for (const [what, text, ...starts] of FAULTS)
  test(`${what}: told with its place`, async () => {
    const found = await said(text);
    assert.is(found.length, starts.length, found.join('\n'));
    starts.forEach((start, i) => {
      assert.ok(found[i]!.startsWith(start), found[i]);
    });
  });

test('without admission none of it is asked for, and a verdict depends on none of it', async () => {
  const text = [
    context('runAsUser: -1'),
    policy('hostPort: []'),
    'apiVersion: v1\nkind: Namespace\nmetadata: {name: n, labels: {pod-security.kubernetes.io/enforce: x}}\n',
    'apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: n}\nspec: {nodeName: m, containers: []}\n',
  ].join('---\n');
  const { admission, cluster } = await load(text);
  assert.is(admission, null);
  assert.is(cluster.endpoints.length, 1);
});

const JOB = `template:
    spec: {restartPolicy: Never, containers: [{name: c}]}`;
const of = (version: string, kind: string, spec: string): string =>
  `apiVersion: ${version}\nkind: ${kind}\nmetadata: {name: w}\nspec:\n  ${spec}\n`;
const OWN = 'template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c}]}}';
const TEMPLATE = `selector: {matchLabels: {a: b}}\n  ${OWN}`;
const WANTED: readonly (readonly [version: string, kind: string, spec: string, wanted: number | null])[] = [
  ['apps/v1', 'Deployment', TEMPLATE, 1],
  ['extensions/v1beta1', 'Deployment', `replicas: 0\n  ${OWN}`, 0],
  ['apps/v1', 'StatefulSet', `replicas: 4\n  ${TEMPLATE}`, 4],
  ['apps/v1', 'ReplicaSet', `replicas: 2\n  ${TEMPLATE}`, 2],
  ['v1', 'ReplicationController', `selector: {a: b}\n  ${OWN}`, 1],
  ['apps/v1', 'DaemonSet', TEMPLATE, null],
  ['batch/v1', 'Job', JOB, 1],
  ['batch/v1', 'Job', `parallelism: 3\n  completions: 2\n  ${JOB}`, 2],
  ['batch/v1', 'Job', `parallelism: 3\n  suspend: true\n  ${JOB}`, 0],
  [
    'batch/v1',
    'CronJob',
    'schedule: "* * * * *"\n  jobTemplate: {spec: {parallelism: 2, template: {spec: {restartPolicy: Never, containers: [{name: c}]}}}}',
    2,
  ],
  [
    'batch/v1beta1',
    'CronJob',
    'schedule: "* * * * *"\n  suspend: true\n  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c}]}}}}',
    0,
  ],
];
for (const [version, kind, spec, wanted] of WANTED)
  test(`${kind} of ${version} wants ${wanted ?? 'one a node'}`, async () => {
    const { admission, diagnostics: told } = await load(of(version, kind, spec), ADMISSION);
    assert.equal(
      told.filter(({ code }) => code !== 'NAMESPACE_ABSENT'),
      [],
    );
    assert.equal(
      admission!.workloads.map((workload) => [workload.kind, workload.wanted]),
      [[kind, wanted]],
    );
  });

test('a template holds what makes endpoints, defaults filled in', async () => {
  const text = deployment(
    'serviceAccount: sa\nhostNetwork: true\nvolumes: [{name: v}]\ncontainers: [{name: c, ports: [{containerPort: 80, name: http}]}]',
  );
  const { template, place } = (await load(text, ADMISSION)).admission!.workloads[0]!;
  assert.is(template.serviceAccount, 'sa');
  assert.is(template.labels.get('app'), 'd');
  assert.equal(template.containers[0]!.ports, [{ index: 0, name: 'http', protocol: 6, port: 80, hostPort: 80 }]);
  assert.is(template.volumes[0]!.type, 'emptyDir');
  const { line, column } = place(['spec', 'template', 'spec', 'containers', 0, 'ports', 0, 'hostPort']);
  assert.equal([line, column], [12, 38], 'the nearest that was written: the port itself');
});

test('a file that a plugin names is asked for', async () => {
  const text =
    'apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins: [{name: PodSecurity, path: pss.yaml}]\n';
  assert.equal(await said(text), ['3:37 NOT_FOLLOWED: `pss.yaml` is not opened: give that file by `-f` too']);
});

test.run();
