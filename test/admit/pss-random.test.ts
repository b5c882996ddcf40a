/** Random pods, judged as of random versions, against a literal reading of the standards. */
import '../seed.ts';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Json, level, pod, report } from './objects.ts';
import { failedChecks } from './pss-literal.ts';

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const sparse = (fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Json> =>
  fc.record(
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, maybe(value)])),
  ) as fc.Arbitrary<Json>;

const profile = fc.constantFrom(
  { type: 'RuntimeDefault' },
  { type: 'Localhost', localhostProfile: 'p' },
  { type: 'Unconfined' },
);
const capability = fc.constantFrom('ALL', 'CHOWN', 'NET_BIND_SERVICE', 'NET_RAW', 'KILL');
const shared = {
  runAsUser: fc.constantFrom(0, 1000),
  runAsNonRoot: fc.boolean(),
  seccompProfile: profile,
  appArmorProfile: profile,
  seLinuxOptions: sparse({
    type: fc.constantFrom('', 'container_t', 'container_engine_t', 'spc_t'),
    user: fc.constantFrom('', 'u'),
    role: fc.constantFrom('', 'r'),
  }),
  windowsOptions: sparse({ hostProcess: fc.boolean() }),
};
const containerContext = sparse({
  ...shared,
  privileged: fc.boolean(),
  procMount: fc.constantFrom('Default', 'Unmasked'),
  capabilities: sparse({ add: fc.array(capability, { maxLength: 2 }), drop: fc.array(capability, { maxLength: 2 }) }),
}).chain((context) =>
  // The API server takes no pod that contradicts itself.
  context['privileged'] === true
    ? fc.constant(context)
    : maybe(fc.boolean()).map((escalation) => ({ ...context, allowPrivilegeEscalation: escalation })),
);
const sysctl = fc.constantFrom(
  ...['kernel.shm_rmid_forced', 'net.ipv4.ip_local_reserved_ports', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_rmem'],
  'kernel.sem',
);
const podContext = sparse({
  ...shared,
  sysctls: fc.array(fc.record({ name: sysctl, value: fc.constant('1') }), { maxLength: 1 }),
});
const host = sparse({ host: fc.constantFrom('', 'h'), port: fc.constant(80) });
const container = (name: string) =>
  sparse({
    securityContext: containerContext,
    ports: fc.array(fc.record({ containerPort: fc.constant(80), hostPort: fc.constantFrom(0, 80) }), { maxLength: 1 }),
    livenessProbe: fc.record({ httpGet: host }),
    lifecycle: fc.record({ preStop: fc.record({ tcpSocket: host }) }),
  }).map((fields) => ({ name, image: 'i', ...fields }));
const volume = fc.constantFrom<Json>(
  { hostPath: { path: '/' } },
  { nfs: { server: 's', path: '/' } },
  { flexVolume: { driver: 'd/d' } },
  { emptyDir: {} },
  { configMap: { name: 'c' } },
  {},
);
const spec = sparse({
  hostNetwork: fc.boolean(),
  hostPID: fc.boolean(),
  hostIPC: fc.boolean(),
  hostUsers: fc.boolean(),
  os: fc.record({ name: fc.constantFrom('linux', 'windows') }),
  securityContext: podContext,
  initContainers: fc.array(container('init'), { maxLength: 1 }),
  volumes: volume.map((source) => [{ name: 'v', ...source }]),
}).chain((fields) => container('main').map((main) => ({ ...fields, containers: [main] })));

/** The same for a careful pod with one thing changed, so that what restricted takes is met as well. */
const carefulSpec = spec.map((fields) => ({
  ...fields,
  ...{ hostNetwork: false, hostPID: false, hostIPC: false, volumes: [], initContainers: [] },
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    {
      name: 'main',
      securityContext: {
        ...(((fields['containers'] as Json[])[0]!['securityContext'] as Json | undefined) ?? {}),
        ...{ privileged: false, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true },
        ...{ seLinuxOptions: undefined, appArmorProfile: undefined, windowsOptions: undefined },
      },
    },
  ],
}));

const RUNS = 300;
const counts = { admitted: 0, refused: 0 };
const checks = new Set<string>();

test('the checks are what the standards say', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(spec, carefulSpec),
      fc.constantFrom('baseline' as const, 'restricted' as const),
      fc.integer({ min: 22, max: 36 }),
      async (given, name, minor) => {
        const object = pod(given as Json);
        const { workloads } = await report([object, level(name, `v1.${minor}`)], { levels: true });
        const { objections, admitted } = workloads[0]!;
        const told = [
          ...new Set(objections.filter(({ control }) => control === 'PodSecurity').map(({ check }) => check)),
        ];
        assert.equal(told.sort(), failedChecks(object, name, minor));
        assert.is(admitted, told.length === 0 ? 1 : 0);
        counts[told.length === 0 ? 'admitted' : 'refused']++;
        for (const check of told) checks.add(check);
      },
    ),
    { numRuns: RUNS },
  );
});

test('both outcomes and every check were met', () => {
  console.log(`# ${counts.admitted} admitted, ${counts.refused} refused, by ${checks.size} checks`);
  assert.ok(counts.admitted > RUNS / 20, `${counts.admitted} admitted`);
  assert.is(checks.size, 19, [...checks].sort().join(', '));
});

test.run();
