/** Each check of the Pod Security Standards: what it takes, what it refuses, from which version on. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NEWEST } from '../../src/admit/pss/registry.ts';
import { container, deployment, type Json, judged, level, namespace, pod, secured, underLevels } from './objects.ts';

const SC = 'spec.containers[0].securityContext';
const psc = (securityContext: Json): Json => ({ securityContext });
const sysctl = (name: string): Json => psc({ sysctls: [{ name, value: '1' }] });
const volume = (source: Json): Json => ({ volumes: [{ name: 'v', ...source }] });
const port = (hostPort: number): Json => ({ containers: [container({ ports: [{ containerPort: 80, hostPort }] })] });

/** What restricted takes at every version: each row of that level changes one thing. */
const CAREFUL = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
const careful = (context: Json = {}, spec: Json = {}): Json => ({
  securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [container({ securityContext: { ...CAREFUL, ...context } })],
  ...spec,
});

type Edge = readonly [spec: Json, path: string];
type Row = {
  readonly id: string;
  readonly level?: 'baseline' | 'restricted';
  /** The version that is asked for; the latest unless it is said. */
  readonly at?: number;
  readonly takes?: readonly Json[];
  readonly refuses?: readonly Edge[];
};

const ROWS: readonly Row[] = [
  {
    id: 'hostNamespaces',
    takes: [{}, { hostNetwork: false, hostPID: false, hostIPC: false }],
    refuses: ['hostNetwork', 'hostPID', 'hostIPC'].map((field) => [{ [field]: true }, `spec.${field}`]),
  },
  {
    id: 'privileged',
    takes: [secured({ privileged: false })],
    refuses: [[secured({ privileged: true }), `${SC}.privileged`]],
  },
  {
    id: 'capabilities_baseline',
    takes: [secured({ capabilities: { add: ['CHOWN', 'NET_BIND_SERVICE'], drop: ['ALL'] } })],
    refuses: ['NET_RAW', 'SYS_ADMIN', 'ALL'].map((name) => [
      secured({ capabilities: { add: ['CHOWN', name] } }),
      `${SC}.capabilities.add[1]`,
    ]),
  },
  {
    id: 'hostPathVolumes',
    takes: [volume({ nfs: { server: 's', path: '/' } }), volume({})],
    refuses: [[volume({ hostPath: { path: '/' } }), 'spec.volumes[0].hostPath']],
  },
  {
    id: 'hostPorts',
    takes: [port(0)],
    refuses: [[port(80), 'spec.containers[0].ports[0].hostPort']],
  },
  {
    id: 'hostProbesAndHostLifecycle',
    at: 34,
    takes: [{ containers: [container({ livenessProbe: { httpGet: { port: 80, host: '' } } })] }],
    refuses: [
      [
        { containers: [container({ startupProbe: { tcpSocket: { port: 80, host: 'h' } } })] },
        'spec.containers[0].startupProbe.tcpSocket.host',
      ],
      [
        { containers: [container({ lifecycle: { preStop: { httpGet: { port: 80, host: 'h' } } } })] },
        'spec.containers[0].lifecycle.preStop.httpGet.host',
      ],
    ],
  },
  {
    id: 'hostProbesAndHostLifecycle',
    at: 33,
    takes: [{ containers: [container({ startupProbe: { tcpSocket: { port: 80, host: 'h' } } })] }],
  },
  {
    id: 'appArmorProfile',
    takes: [
      psc({ appArmorProfile: { type: 'RuntimeDefault' } }),
      secured({ appArmorProfile: { type: 'Localhost', localhostProfile: 'p' } }),
    ],
    refuses: [
      [psc({ appArmorProfile: { type: 'Unconfined' } }), 'spec.securityContext.appArmorProfile.type'],
      [secured({ appArmorProfile: { type: 'Unconfined' } }), `${SC}.appArmorProfile.type`],
    ],
  },
  {
    id: 'seLinuxOptions',
    at: 30,
    takes: ['', 'container_t', 'container_init_t', 'container_kvm_t'].map((type) => psc({ seLinuxOptions: { type } })),
    refuses: [
      [psc({ seLinuxOptions: { type: 'container_engine_t' } }), 'spec.securityContext.seLinuxOptions.type'],
      [secured({ seLinuxOptions: { user: 'u' } }), `${SC}.seLinuxOptions.user`],
      [secured({ seLinuxOptions: { role: 'r' } }), `${SC}.seLinuxOptions.role`],
    ],
  },
  {
    id: 'seLinuxOptions',
    at: 31,
    takes: [psc({ seLinuxOptions: { type: 'container_engine_t', level: 's0' } })],
    refuses: [[psc({ seLinuxOptions: { type: 'spc_t' } }), 'spec.securityContext.seLinuxOptions.type']],
  },
  {
    id: 'procMount',
    at: 34,
    takes: [secured({ procMount: 'Default' })],
    refuses: [[{ ...secured({ procMount: 'Unmasked' }), hostUsers: false }, `${SC}.procMount`]],
  },
  {
    id: 'procMount',
    at: 35,
    takes: [{ ...secured({ procMount: 'Unmasked' }), hostUsers: false }],
    refuses: [[secured({ procMount: 'Unmasked' }), `${SC}.procMount`]],
  },
  {
    id: 'procMount_restricted',
    level: 'restricted',
    at: 35,
    refuses: [[careful({ procMount: 'Unmasked' }, { hostUsers: false }), `${SC}.procMount`]],
  },
  {
    id: 'seccompProfile_baseline',
    takes: [{}, psc({ seccompProfile: { type: 'RuntimeDefault' } })],
    refuses: [
      [psc({ seccompProfile: { type: 'Unconfined' } }), 'spec.securityContext.seccompProfile.type'],
      [secured({ seccompProfile: { type: 'Unconfined' } }), `${SC}.seccompProfile.type`],
    ],
  },
  ...(
    [
      ['net.ipv4.ip_local_reserved_ports', 27],
      ['net.ipv4.tcp_keepalive_time', 29],
      ['net.ipv4.tcp_fin_timeout', 29],
      ['net.ipv4.tcp_rmem', 32],
      ['net.ipv4.tcp_wmem', 32],
      ['net.ipv4.tcp_notsent_lowat', 37],
    ] as const
  ).flatMap(([name, from]): Row[] => [
    { id: 'sysctls', at: from - 1, refuses: [[sysctl(name), 'spec.securityContext.sysctls[0].name']] },
    { id: 'sysctls', at: from, takes: [sysctl(name)] },
  ]),
  {
    id: 'sysctls',
    at: 22,
    takes: [sysctl('net.ipv4.ip_unprivileged_port_start'), sysctl('kernel.shm_rmid_forced')],
    refuses: [[sysctl('net/ipv4/tcp_syncookies'), 'spec.securityContext.sysctls[0].name']],
  },
  {
    id: 'windowsHostProcess',
    takes: [psc({ windowsOptions: { hostProcess: false } })],
    refuses: [[secured({ windowsOptions: { hostProcess: true } }), `${SC}.windowsOptions.hostProcess`]],
  },
  {
    id: 'allowPrivilegeEscalation',
    level: 'restricted',
    takes: [careful()],
    refuses: [
      [careful({ allowPrivilegeEscalation: true }), `${SC}.allowPrivilegeEscalation`],
      [careful({ allowPrivilegeEscalation: null }), `${SC}.allowPrivilegeEscalation`],
    ],
  },
  {
    id: 'capabilities_restricted',
    level: 'restricted',
    takes: [careful({ capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } })],
    refuses: [
      [careful({ capabilities: { drop: ['ALL'], add: ['CHOWN'] } }), `${SC}.capabilities.add[0]`],
      [careful({ capabilities: { drop: ['CHOWN'] } }), `${SC}.capabilities.drop`],
      [careful({ capabilities: null }), `${SC}.capabilities.drop`],
    ],
  },
  {
    id: 'restrictedVolumes',
    level: 'restricted',
    takes: ['configMap', 'downwardAPI', 'emptyDir', 'projected', 'secret', 'ephemeral', 'persistentVolumeClaim']
      .map((type) => careful({}, volume({ [type]: {} })))
      .concat(careful({}, volume({ csi: { driver: 'd' } }))),
    refuses: [
      [careful({}, volume({ hostPath: { path: '/' } })), 'spec.volumes[0].hostPath'],
      [careful({}, volume({ nfs: { server: 's' } })), 'spec.volumes[0].nfs'],
    ],
  },
  {
    id: 'runAsNonRoot',
    level: 'restricted',
    takes: [careful(), careful({ runAsNonRoot: true }, psc({ seccompProfile: { type: 'RuntimeDefault' } }))],
    refuses: [
      [careful({ runAsNonRoot: false }), `${SC}.runAsNonRoot`],
      [careful({}, psc({ seccompProfile: { type: 'RuntimeDefault' } })), `${SC}.runAsNonRoot`],
    ],
  },
  {
    id: 'runAsNonRoot',
    level: 'restricted',
    at: 34,
    refuses: [[careful({ runAsNonRoot: false }, { hostUsers: false }), `${SC}.runAsNonRoot`]],
  },
  { id: 'runAsNonRoot', level: 'restricted', at: 35, takes: [careful({ runAsNonRoot: false }, { hostUsers: false })] },
  { id: 'runAsUser', level: 'restricted', at: 22, takes: [careful({ runAsUser: 0 })] },
  { id: 'runAsUser', level: 'restricted', at: 23, refuses: [[careful({ runAsUser: 0 }), `${SC}.runAsUser`]] },
  { id: 'runAsUser', level: 'restricted', at: 35, takes: [careful({ runAsUser: 0 }, { hostUsers: false })] },
  {
    id: 'seccompProfile_restricted',
    level: 'restricted',
    takes: [careful({ seccompProfile: { type: 'Localhost', localhostProfile: 'p' } })],
    refuses: [
      [careful({ seccompProfile: { type: 'Unconfined' } }), `${SC}.seccompProfile.type`],
      [careful({}, psc({ runAsNonRoot: true, runAsUser: 1 })), `${SC}.seccompProfile.type`],
    ],
  },
  {
    id: 'seccompProfile_restricted',
    level: 'restricted',
    at: 18,
    takes: [careful({}, psc({ runAsNonRoot: true, runAsUser: 1 }))],
  },
];

for (const { id, level: name = 'baseline', at = NEWEST, takes = [], refuses = [] } of ROWS)
  test(`${id} at v1.${at}`, async () => {
    for (const spec of takes) {
      const { admitted, objections } = await underLevels(pod(spec), level(name, `v1.${at}`));
      assert.is(admitted, 1, `${JSON.stringify(spec)}: ${JSON.stringify(objections)}`);
    }
    for (const [spec, path] of refuses) {
      const { objections, admitted } = await underLevels(pod(spec), level(name, `v1.${at}`));
      assert.is(admitted, 0, JSON.stringify(spec));
      assert.equal(
        objections.map((objection) => [objection.check, objection.path]),
        [[id, path]],
        JSON.stringify(spec),
      );
    }
  });

test('Windows is not asked for what it has not, since 1.25', async () => {
  const windows = pod({ os: { name: 'windows' }, securityContext: { runAsNonRoot: true }, containers: [container()] });
  const checks = async (version: string) =>
    (await underLevels(windows, level('restricted', version))).objections.map(({ check }) => check);
  assert.equal(await checks('v1.25'), []);
  assert.equal(await checks('v1.24'), [
    'allowPrivilegeEscalation',
    'capabilities_restricted',
    'seccompProfile_restricted',
  ]);
});

test('init and ephemeral containers are containers', async () => {
  for (const list of ['initContainers', 'ephemeralContainers']) {
    const told = await underLevels(
      pod({ [list]: [container({ name: 'x', securityContext: { privileged: true } })] }),
      level('baseline'),
    );
    assert.is(told.objections[0]!.path, `spec.${list}[0].securityContext.privileged`);
  }
});

test('annotations named AppArmor profiles', async () => {
  const of = (profile: string) =>
    pod({}, { annotations: { 'container.apparmor.security.beta.kubernetes.io/c': profile } });
  for (const profile of ['runtime/default', 'localhost/x', '']) {
    assert.is((await underLevels(of(profile), level('baseline'))).admitted, 1, profile);
  }
  assert.is((await underLevels(of('unconfined'), level('baseline'))).admitted, 0);
});

test('before 1.19 annotations named seccomp profiles', async () => {
  const of = (profile: string) => pod({}, { annotations: { 'seccomp.security.alpha.kubernetes.io/pod': profile } });
  assert.is((await underLevels(of('unconfined'), level('baseline', 'v1.18'))).admitted, 0);
  assert.is((await underLevels(of('docker/default'), level('baseline', 'v1.18'))).admitted, 1);
  assert.is((await underLevels(of('unconfined'), level('baseline', 'v1.19'))).admitted, 1);
});

const LABEL = 'pod-security.kubernetes.io/';

test('who enforces a level warns of it; what makes pods is warned of and taken', async () => {
  const { verdict, remarks } = await underLevels(
    deployment({ hostPID: true }),
    namespace({ [`${LABEL}enforce`]: 'baseline', [`${LABEL}audit`]: 'restricted', [`${LABEL}audit-version`]: 'v1.8' }),
  );
  assert.is(verdict, 'refused');
  assert.equal(
    remarks.map(({ mode, policy, check, path }) => [mode, policy, check, path]),
    [
      ['warn', 'baseline:latest', 'hostNamespaces', 'spec.template.spec.hostPID'],
      ['audit', 'restricted:v1.8', 'hostNamespaces', 'spec.template.spec.hostPID'],
      ['audit', 'restricted:v1.8', 'allowPrivilegeEscalation', `spec.template.${SC}.allowPrivilegeEscalation`],
      ['audit', 'restricted:v1.8', 'runAsNonRoot', `spec.template.${SC}.runAsNonRoot`],
    ],
  );
});

test('a pod that is refused is not warned of, one that is taken is', async () => {
  const labels = namespace({ [`${LABEL}warn`]: 'restricted', [`${LABEL}enforce`]: 'baseline' });
  assert.is((await underLevels(pod({ hostPID: true }), labels)).remarks.length, 0);
  assert.ok((await underLevels(pod(), labels)).remarks.length > 0);
});

test('`latest` is what the API server knows, and it knows no later version', async () => {
  const given = [pod(sysctl('net.ipv4.tcp_rmem')), level('baseline')];
  assert.is((await judged(given, { levels: true, newest: 31 })).admitted, 0);
  assert.is((await judged(given, { levels: true, newest: 32 })).admitted, 1);
  const later = [pod(sysctl('net.ipv4.tcp_rmem')), level('baseline', 'v1.99')];
  assert.is((await judged(later, { levels: true, newest: 31 })).admitted, 0);
  assert.is((await judged(later, { levels: true })).admitted, 1);
});

const configuration = (defaults: Json, exemptions: Json = {}): Json => ({
  apiVersion: 'apiserver.config.k8s.io/v1',
  kind: 'AdmissionConfiguration',
  plugins: [
    {
      name: 'PodSecurity',
      configuration: {
        apiVersion: 'pod-security.admission.config.k8s.io/v1',
        kind: 'PodSecurityConfiguration',
        defaults,
        exemptions,
      },
    },
  ],
});

test('defaults hold where labels say nothing, exemptions before both', async () => {
  const bad = pod({ hostPID: true, runtimeClassName: 'vm' });
  const strict = { enforce: 'baseline' };
  const taken = async (...objects: Json[]) => (await underLevels(bad, ...objects)).admitted === 1;
  assert.is(await taken(configuration(strict)), false);
  assert.is(await taken(configuration(strict), level('privileged')), true);
  assert.is(await taken(configuration(strict, { namespaces: ['ns'] })), true);
  assert.is(await taken(configuration(strict, { namespaces: ['other'] })), false);
  assert.is(await taken(configuration(strict, { runtimeClasses: ['vm'] })), true);
  const { by } = await judged([bad, configuration(strict, { usernames: ['alice'] })], {
    levels: true,
    as: { name: 'alice', groups: [] },
  });
  assert.is(by[0]!.policy, 'exempt: user alice');
});

test.run();
