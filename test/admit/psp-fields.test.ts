/** Each field of a PodSecurityPolicy, from both sides of each of its edges. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { container, EVERYBODY, fields, type Json, pod, policy, secured, underPolicies } from './objects.ts';

const SC = 'spec.containers[0].securityContext';
const within = (min: number, max: number, rule = 'MustRunAs'): Json => ({ rule, ranges: [{ min, max }] });
const psc = (securityContext: Json): Json => ({ securityContext });
const port = (hostPort: number): Json => ({ containers: [container({ ports: [{ containerPort: 80, hostPort }] })] });
const volume = (source: Json, mount: Json = {}): Json => ({
  volumes: [{ name: 'v', ...source }],
  containers: [container({ volumeMounts: [{ name: 'v', mountPath: '/v', ...mount }] })],
});
const SECCOMP = 'seccomp.security.alpha.kubernetes.io/';
const ARMOR = 'apparmor.security.beta.kubernetes.io/';

type Row = {
  readonly what: string;
  readonly policy: Json;
  readonly annotations?: Json;
  readonly takes: readonly Json[];
  readonly refuses: readonly (readonly [spec: Json, ...fields: string[]])[];
};

const ROWS: readonly Row[] = [
  {
    what: 'privileged: false',
    policy: {},
    takes: [{}, secured({ privileged: false })],
    refuses: [[secured({ privileged: true }), `${SC}.privileged`]],
  },
  { what: 'privileged: true', policy: { privileged: true }, takes: [secured({ privileged: true })], refuses: [] },
  ...['hostNetwork', 'hostPID', 'hostIPC'].flatMap((field): Row[] => [
    {
      what: `${field}: false`,
      policy: {},
      takes: [{ [field]: false }],
      refuses: [[{ [field]: true }, `spec.${field}`]],
    },
    { what: `${field}: true`, policy: { [field]: true }, takes: [{ [field]: true }], refuses: [] },
  ]),
  {
    what: 'hostPorts',
    policy: {
      hostPorts: [
        { min: 100, max: 200 },
        { min: 300, max: 300 },
      ],
    },
    takes: [port(0), port(100), port(200), port(300)],
    refuses: [99, 201, 299, 301].map((n) => [port(n), 'spec.containers[0].ports[0].hostPort'] as const),
  },
  {
    what: 'hostPorts, which hostNetwork makes of every port',
    policy: { hostNetwork: true, hostPorts: [{ min: 80, max: 80 }] },
    takes: [{ hostNetwork: true, containers: [container({ ports: [{ containerPort: 80 }] })] }],
    refuses: [
      [
        { hostNetwork: true, containers: [container({ ports: [{ containerPort: 81 }] })] },
        'spec.containers[0].ports[0].hostPort',
      ],
    ],
  },
  {
    what: 'volumes',
    policy: { volumes: ['configMap', 'emptyDir', 'secret'] },
    takes: [
      volume({ configMap: { name: 'x' } }),
      volume({}),
      volume({
        projected: {
          sources: [{ serviceAccountToken: { path: 'token' } }, { configMap: { name: 'kube-root-ca.crt' } }],
        },
      }),
    ],
    refuses: [
      [volume({ hostPath: { path: '/' } }), 'spec.volumes[0]'],
      [volume({ projected: { sources: [{ secret: { name: 'x' } }] } }), 'spec.volumes[0]'],
      [volume({ projected: { sources: [{ configMap: { name: 'other' } }] } }), 'spec.volumes[0]'],
      [
        volume({ projected: { sources: [{ serviceAccountToken: { path: 'token', audience: 'a' } }] } }),
        'spec.volumes[0]',
      ],
    ],
  },
  { what: 'no volumes', policy: { volumes: [] }, takes: [{}], refuses: [[volume({}), 'spec.volumes[0]']] },
  {
    what: 'allowedHostPaths',
    policy: { allowedHostPaths: [{ pathPrefix: '/foo' }, { pathPrefix: '/logs/', readOnly: true }] },
    takes: ['/foo', '/foo/', '/foo/bar']
      .map((path) => volume({ hostPath: { path } }))
      .concat(volume({ hostPath: { path: '/logs/a' } }, { readOnly: true })),
    refuses: [
      ...['/food', '/', '/fo', '/etc/foo'].map(
        (path) => [volume({ hostPath: { path } }), 'spec.volumes[0].hostPath.path'] as const,
      ),
      [volume({ hostPath: { path: '/logs' } }), 'spec.containers[0].volumeMounts[0].readOnly'],
    ],
  },
  {
    what: 'allowedFlexVolumes',
    policy: { allowedFlexVolumes: [{ driver: 'a/b' }] },
    takes: [volume({ flexVolume: { driver: 'a/b' } })],
    refuses: [[volume({ flexVolume: { driver: 'a/c' } }), 'spec.volumes[0].flexVolume.driver']],
  },
  {
    what: 'allowedCSIDrivers',
    policy: { allowedCSIDrivers: [{ name: 'one' }] },
    takes: [volume({ csi: { driver: 'one' } })],
    refuses: [[volume({ csi: { driver: 'two' } }), 'spec.volumes[0].csi.driver']],
  },
  {
    what: 'fsGroup MustRunAs',
    policy: { fsGroup: within(5, 9) },
    takes: [{}, psc({ fsGroup: 5 }), psc({ fsGroup: 9 })],
    refuses: [4, 10].map((fsGroup) => [psc({ fsGroup }), 'spec.securityContext.fsGroup'] as const),
  },
  {
    what: 'fsGroup MayRunAs',
    policy: { fsGroup: within(5, 9, 'MayRunAs') },
    takes: [{}, psc({ fsGroup: 9 })],
    refuses: [[psc({ fsGroup: 10 }), 'spec.securityContext.fsGroup']],
  },
  {
    what: 'supplementalGroups',
    policy: { supplementalGroups: within(5, 9) },
    takes: [{}, psc({ supplementalGroups: [5, 9] })],
    refuses: [[psc({ supplementalGroups: [5, 10] }), 'spec.securityContext.supplementalGroups']],
  },
  {
    what: 'runAsUser MustRunAs',
    policy: { runAsUser: within(5, 9) },
    takes: [
      {},
      secured({ runAsUser: 5 }),
      psc({ runAsUser: 9 }),
      { ...psc({ runAsUser: 1 }), ...secured({ runAsUser: 6 }) },
    ],
    refuses: [
      [secured({ runAsUser: 4 }), `${SC}.runAsUser`],
      [psc({ runAsUser: 10 }), `${SC}.runAsUser`],
    ],
  },
  {
    what: 'runAsUser MustRunAsNonRoot',
    policy: { runAsUser: { rule: 'MustRunAsNonRoot' } },
    takes: [secured({ runAsUser: 1 }), { ...psc({ runAsUser: 0 }), ...secured({ runAsUser: 1 }) }],
    refuses: [
      [secured({ runAsUser: 0 }), `${SC}.runAsUser`],
      [psc({ runAsUser: 0 }), `${SC}.runAsUser`],
      [secured({ runAsNonRoot: false, runAsUser: 1 }), `${SC}.runAsNonRoot`],
    ],
  },
  {
    what: 'runAsGroup MustRunAs',
    policy: { runAsGroup: within(5, 9) },
    takes: [{}, secured({ runAsGroup: 5 }), psc({ runAsGroup: 9 })],
    refuses: [[secured({ runAsGroup: 10 }), `${SC}.runAsGroup`]],
  },
  {
    what: 'runAsGroup MayRunAs',
    policy: { runAsGroup: within(5, 9, 'MayRunAs') },
    takes: [{}, secured({ runAsGroup: 5 })],
    refuses: [[secured({ runAsGroup: 4 }), `${SC}.runAsGroup`]],
  },
  {
    what: 'readOnlyRootFilesystem',
    policy: { readOnlyRootFilesystem: true },
    takes: [{}, secured({ readOnlyRootFilesystem: true })],
    refuses: [[secured({ readOnlyRootFilesystem: false }), `${SC}.readOnlyRootFilesystem`]],
  },
  {
    what: 'allowPrivilegeEscalation: false',
    policy: { allowPrivilegeEscalation: false },
    takes: [{}, secured({ allowPrivilegeEscalation: false })],
    refuses: [[secured({ allowPrivilegeEscalation: true }), `${SC}.allowPrivilegeEscalation`]],
  },
  {
    what: 'privilege escalation by default',
    policy: {},
    takes: [secured({ allowPrivilegeEscalation: true })],
    refuses: [],
  },
  {
    what: 'capabilities',
    policy: {
      allowedCapabilities: ['NET_ADMIN'],
      defaultAddCapabilities: ['CHOWN'],
      requiredDropCapabilities: ['KILL'],
    },
    takes: [
      {},
      secured({ capabilities: { add: ['NET_ADMIN'] } }),
      secured({ capabilities: { add: ['CHOWN'] } }),
      secured({ capabilities: { drop: ['CHOWN', 'KILL'] } }),
    ],
    refuses: [
      [secured({ capabilities: { add: ['SYS_ADMIN'] } }), `${SC}.capabilities.add`],
      [secured({ capabilities: { add: ['KILL'] } }), `${SC}.capabilities.add`],
    ],
  },
  {
    what: 'every capability',
    policy: { allowedCapabilities: ['*'] },
    takes: [secured({ capabilities: { add: ['SYS_ADMIN'] } })],
    refuses: [],
  },
  {
    what: 'seLinux',
    policy: { seLinux: { rule: 'MustRunAs', seLinuxOptions: { level: 's0:c1,c2', user: 'u' } } },
    takes: [
      {},
      psc({ seLinuxOptions: { level: 's0:c2,c1', user: 'u' } }),
      secured({ seLinuxOptions: { level: 's0:c1,c2', user: 'u' } }),
    ],
    refuses: [
      [psc({ seLinuxOptions: { level: 's0:c1', user: 'u' } }), 'spec.securityContext.seLinuxOptions.level'],
      [psc({ seLinuxOptions: { level: 's1:c1,c2', user: 'u' } }), 'spec.securityContext.seLinuxOptions.level'],
      [
        secured({ seLinuxOptions: { level: 's0:c1,c2', user: 'v', role: 'r' } }),
        `${SC}.seLinuxOptions.role`,
        `${SC}.seLinuxOptions.user`,
      ],
    ],
  },
  {
    what: 'procMount',
    policy: {},
    takes: [{}, secured({ procMount: 'Default' })],
    refuses: [[secured({ procMount: 'Unmasked' }), `${SC}.procMount`]],
  },
  {
    what: 'allowedProcMountTypes',
    policy: { allowedProcMountTypes: ['Unmasked'] },
    takes: [secured({ procMount: 'Unmasked' })],
    refuses: [[{}, `${SC}.procMount`]],
  },
  {
    what: 'sysctls',
    policy: { allowedUnsafeSysctls: ['kernel.msg*', 'net.core.somaxconn'], forbiddenSysctls: ['net.ipv4.tcp_*'] },
    takes: ['kernel.msgmax', 'net.core.somaxconn', 'net/core/somaxconn', 'kernel.shm_rmid_forced'].map((name) =>
      psc({ sysctls: [{ name, value: '1' }] }),
    ),
    refuses: ['kernel.sem', 'net.core.somaxconn2', 'net.ipv4.tcp_syncookies'].map(
      (name) => [psc({ sysctls: [{ name, value: '1' }] }), 'spec.securityContext.sysctls[0].name'] as const,
    ),
  },
  {
    what: 'no seccomp profile said',
    policy: {},
    takes: [{}],
    refuses: [
      [
        psc({ seccompProfile: { type: 'RuntimeDefault' } }),
        'spec.securityContext.seccompProfile',
        'spec.securityContext.seccompProfile',
      ],
    ],
  },
  {
    what: 'seccomp profiles',
    policy: {},
    annotations: { [`${SECCOMP}allowedProfileNames`]: 'docker/default,localhost/a' },
    takes: [
      psc({ seccompProfile: { type: 'RuntimeDefault' } }),
      psc({ seccompProfile: { type: 'Localhost', localhostProfile: 'a' } }),
    ],
    refuses: [
      [
        {
          ...psc({ seccompProfile: { type: 'RuntimeDefault' } }),
          ...secured({ seccompProfile: { type: 'Unconfined' } }),
        },
        `${SC}.seccompProfile`,
      ],
      [{}, `metadata.annotations[${SECCOMP}pod]`, `metadata.annotations[${SECCOMP}pod]`],
    ],
  },
  {
    what: 'a seccomp profile by default',
    policy: {},
    annotations: {
      [`${SECCOMP}allowedProfileNames`]: 'runtime/default',
      [`${SECCOMP}defaultProfileName`]: 'runtime/default',
    },
    takes: [{}],
    refuses: [[secured({ seccompProfile: { type: 'Unconfined' } }), `${SC}.seccompProfile`]],
  },
  {
    what: 'any seccomp profile',
    policy: {},
    annotations: { [`${SECCOMP}allowedProfileNames`]: '*' },
    takes: [{}, psc({ seccompProfile: { type: 'Unconfined' } })],
    refuses: [],
  },
  {
    what: 'AppArmor profiles',
    policy: {},
    annotations: { [`${ARMOR}allowedProfileNames`]: 'runtime/default' },
    takes: [],
    refuses: [[{}, `metadata.annotations[container.${ARMOR}c]`]],
  },
  {
    what: 'an AppArmor profile by default',
    policy: {},
    annotations: {
      [`${ARMOR}allowedProfileNames`]: 'runtime/default',
      [`${ARMOR}defaultProfileName`]: 'runtime/default',
    },
    takes: [{}],
    refuses: [],
  },
  {
    what: 'runtimeClass',
    policy: { runtimeClass: { allowedRuntimeClassNames: ['a'] } },
    takes: [{}, { runtimeClassName: 'a' }],
    refuses: [[{ runtimeClassName: 'b' }, 'spec.runtimeClassName']],
  },
  {
    what: 'init containers too',
    policy: {},
    takes: [],
    refuses: [
      [
        { initContainers: [{ ...container({ name: 'i' }), securityContext: { privileged: true } }] },
        'spec.initContainers[0].securityContext.privileged',
      ],
    ],
  },
];

for (const { what, policy: spec, annotations, takes, refuses } of ROWS) {
  const objects = (given: Json): Json[] => [pod(given), policy(spec, 'psp', annotations), ...EVERYBODY];
  test(`${what}: takes what is within`, async () => {
    for (const given of takes) {
      const { admitted, objections } = await underPolicies(...objects(given));
      assert.is(admitted, 1, `${JSON.stringify(given)}: ${JSON.stringify(objections)}`);
    }
  });
  test(`${what}: refuses what is beyond, by its field`, async () => {
    for (const [given, ...expected] of refuses) {
      const told = await underPolicies(...objects(given));
      assert.is(told.admitted, 0, JSON.stringify(given));
      assert.equal(fields(told), expected, JSON.stringify(given));
    }
  });
}

test('an annotation of AppArmor is taken as it is', async () => {
  const allowed = policy({}, 'psp', { [`${ARMOR}allowedProfileNames`]: 'runtime/default' });
  const of = (profile: string) => pod({}, { annotations: { [`container.${ARMOR}c`]: profile } });
  assert.is((await underPolicies(of('runtime/default'), allowed, ...EVERYBODY)).admitted, 1);
  assert.is((await underPolicies(of('unconfined'), allowed, ...EVERYBODY)).admitted, 0);
});

test('the volume of the token counts, unless it is turned off', async () => {
  const token = { automountServiceAccountToken: true };
  const refused = await underPolicies(pod(token), policy({ volumes: ['configMap'] }), ...EVERYBODY);
  assert.match(refused.objections[0]!.message, 'added for the token');
  for (const type of ['projected', 'secret'])
    assert.is((await underPolicies(pod(token), policy({ volumes: [type] }), ...EVERYBODY)).admitted, 1);
  assert.is((await underPolicies(pod(), policy({ volumes: ['configMap'] }), ...EVERYBODY)).admitted, 1);
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'ns' } };
  const off = { ...account, automountServiceAccountToken: false };
  const silent = pod({ automountServiceAccountToken: null });
  assert.is((await underPolicies(silent, off, policy({ volumes: [] }), ...EVERYBODY)).admitted, 1);
  assert.is((await underPolicies(silent, account, policy({ volumes: [] }), ...EVERYBODY)).admitted, 0);
});

test.run();
