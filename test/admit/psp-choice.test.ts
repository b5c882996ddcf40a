/** Who may use which policy, which of several admits, and what is said where none does. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { namedUser } from '../../src/admit/users.ts';
import {
  account,
  binding,
  container,
  deployment,
  EVERYBODY,
  type Json,
  judged,
  pod,
  policy,
  report,
  role,
  rule,
  secured,
  toAccount,
  toGroup,
  toUser,
  underPolicies,
} from './objects.ts';

const own = pod({ serviceAccountName: 'web' });
const admitted = async (...objects: Json[]): Promise<boolean> => (await underPolicies(own, ...objects)).admitted === 1;
const reason = async (...objects: Json[]): Promise<string> =>
  (await underPolicies(own, ...objects)).objections[0]!.message;

const MAY: readonly (readonly [what: string, may: boolean, ...objects: Json[]])[] = [
  ['a ClusterRoleBinding to its account', true, role([rule('psp')]), binding([toAccount('web')])],
  ['one to an account of its name elsewhere', false, role([rule('psp')]), binding([toAccount('web', 'other')])],
  ['one to its account as a user', true, role([rule('psp')]), binding([toUser('system:serviceaccount:ns:web')])],
  ['one to the accounts of its namespace', true, role([rule('psp')]), binding([toGroup('system:serviceaccounts:ns')])],
  ['one to those of another', false, role([rule('psp')]), binding([toGroup('system:serviceaccounts:other')])],
  ['one to all accounts', true, role([rule('psp')]), binding([toGroup('system:serviceaccounts')])],
  [
    'one to all who are authenticated: who asks for it is',
    true,
    role([rule('psp')]),
    binding([toGroup('system:authenticated')]),
  ],
  ['a RoleBinding of its namespace', true, role([rule('psp')]), binding([toAccount('web')], 'r', 'ns')],
  ['a RoleBinding of another', false, role([rule('psp')]), binding([toAccount('web')], 'r', 'other')],
  ['a Role of its namespace', true, role([rule('psp')], 'r', 'ns'), binding([toAccount('web')], 'r', 'ns', 'Role')],
  ['a role for every policy', true, role([rule()]), binding([toAccount('web')])],
  ['a role for another policy', false, role([rule('other')]), binding([toAccount('web')])],
  ['another verb', false, role([{ ...rule('psp'), verbs: ['get'] }]), binding([toAccount('web')])],
  ['any verb', true, role([{ ...rule('psp'), verbs: ['*'] }]), binding([toAccount('web')])],
  ['the older group', true, role([{ ...rule('psp'), apiGroups: ['extensions'] }]), binding([toAccount('web')])],
  ['another group', false, role([{ ...rule('psp'), apiGroups: ['apps'] }]), binding([toAccount('web')])],
  ['any resource', true, role([{ ...rule(), apiGroups: ['*'], resources: ['*'] }]), binding([toAccount('web')])],
  ['another resource', false, role([{ ...rule(), resources: ['pods'] }]), binding([toAccount('web')])],
  ['a role that does not exist', false, binding([toAccount('web')], 'absent')],
  ['the role that every cluster has', true, binding([toAccount('web')], 'cluster-admin')],
  ['one of those that grant nothing by themselves', false, binding([toAccount('web')], 'edit')],
  [
    'the same with a role added to it',
    true,
    role([rule('psp')], 'more', null, { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' }),
    binding([toAccount('web')], 'admin'),
  ],
  [
    'an aggregating role',
    true,
    {
      ...role([], 'r'),
      rules: null,
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { x: 'y' } }] },
    },
    role([rule('psp')], 'part', null, { x: 'y' }),
    binding([toAccount('web')]),
  ],
];
for (const [what, may, ...objects] of MAY)
  test(`${what}: ${may ? 'may' : 'may not'}`, async () => {
    assert.is(await admitted(policy(), ...objects), may);
  });

test('without a policy nothing is admitted', async () => {
  assert.match(await reason(...EVERYBODY), 'may use no PodSecurityPolicy: there is none');
});

test('the user who asks counts beside the account', async () => {
  const objects = [own, policy(), role([rule('psp')]), binding([toUser('alice'), toGroup('masons')])];
  const as = async (name: string, ...groups: string[]) =>
    (await judged(objects, { policies: true, as: namedUser(name, groups) })).admitted;
  assert.equal([await as('alice'), await as('bob'), await as('bob', 'masons')], [1, 0, 1]);
  assert.is(await as('root', 'system:masters'), 1);
});

test('the controller of a workload asks for its pods', async () => {
  const mine = deployment({ automountServiceAccountToken: false });
  const to = toAccount('replicaset-controller', 'kube-system');
  assert.is((await underPolicies(mine, policy(), role([rule()]), binding([to]))).admitted, 1);
  assert.is((await underPolicies(own, policy(), role([rule()]), binding([to]))).admitted, 0);
});

test('the first by name that changes nothing admits, else the first by name', async () => {
  const filling = (name: string) => policy({ readOnlyRootFilesystem: true }, name);
  const by = async (...policies: Json[]) => (await underPolicies(own, ...policies, ...EVERYBODY)).by[0]!.policy;
  assert.is(await by(filling('a'), policy({}, 'b'), policy({}, 'c')), 'b');
  assert.is(await by(filling('b'), filling('a')), 'a');
  assert.is(await by(policy({ volumes: [], hostPID: true }, 'z'), policy({}, 'y')), 'y');
});

test('what the policies that may be used say is told, and not what others say', async () => {
  const strict = policy({}, 'strict');
  const other = policy({}, 'other');
  const { objections } = await underPolicies(
    pod({ ...secured({ privileged: true }), serviceAccountName: 'web' }),
    strict,
    other,
    role([rule('strict')]),
    binding([toAccount('web')]),
  );
  assert.equal(
    objections.map(({ policy, check }) => [policy, check]),
    [['strict', 'privileged']],
  );
});

test('a policy with a rule and no ranges is taken, and never used', async () => {
  assert.match(
    await reason(policy({ runAsUser: { rule: 'MustRunAs' } }), ...EVERYBODY),
    '`runAsUser` says MustRunAs and gives no ranges',
  );
  assert.match(await reason(policy({ seLinux: { rule: 'MustRunAs' } }), ...EVERYBODY), '`seLinux` says MustRunAs');
});

const NEAR: readonly (readonly [what: string, says: string | RegExp, ...objects: Json[]])[] = [
  [
    'letters in another order',
    "names ServiceAccount `ns/wbe`, and the pod's is `ns/web`",
    role([rule('psp')]),
    binding([toAccount('wbe')]),
  ],
  [
    'another namespace',
    "names ServiceAccount `other/web`, and the pod's is of namespace `ns`",
    role([rule('psp')]),
    binding([toAccount('web', 'other')]),
  ],
  ['a user of its name', 'names User `web`, which is no ServiceAccount', role([rule('psp')]), binding([toUser('web')])],
  ['no such role', 'names it, but its ClusterRole `absent` does not exist', binding([toAccount('web')], 'absent')],
  [
    'no such verb',
    'names it, but its ClusterRole `r` has no verb `use`',
    role([{ ...rule('psp'), verbs: ['get'] }]),
    binding([toAccount('web')]),
  ],
  [
    'no such policy',
    'names it, but its ClusterRole `r` is for `pps`, a policy that does not exist',
    role([rule('pps')]),
    binding([toAccount('web')]),
  ],
  [
    'a namespace of its own',
    'counts for pods of namespace `other` alone',
    role([rule('psp')]),
    binding([toAccount('web')], 'r', 'other'),
  ],
  ['somebody else', 'lets Group `others` use one, and not it', role([rule('psp')]), binding([toGroup('others')])],
  ['nothing', 'no binding lets anybody use one'],
];
for (const [what, says, ...objects] of NEAR)
  test(`the reason says which binding nearly fitted: ${what}`, async () => {
    assert.match(await reason(policy(), ...objects), says);
  });

test('names that nobody has are told, with the nearest', async () => {
  const { dangling } = await report([
    deployment({ serviceAccountName: 'web-as' }),
    account('web-sa'),
    policy({}, 'strict'),
    role([rule('strikt')]),
    binding([toAccount('sa-web'), toUser('system:serviceaccount:ns:wbe-sa')], 'rr'),
  ]);
  assert.equal(
    dangling.map(({ code, message }) => `${code} ${message.slice(message.indexOf('which'))}`),
    [
      'POLICY_ABSENT which does not exist: did you mean `strict`?',
      'ROLE_ABSENT which does not exist: did you mean `r`?',
      'SUBJECT_ABSENT which does not exist: did you mean `ns/web-sa`?',
      'SUBJECT_ABSENT which does not exist: did you mean `ns/web-sa`?',
      'SERVICE_ACCOUNT_ABSENT which is not among the manifests: no pod is made until it exists: did you mean `ns/web-sa`?',
    ],
  );
});

test('accounts that are always there are not missed', async () => {
  const { dangling } = await report([
    pod(),
    role([rule('psp')]),
    policy(),
    binding([toAccount('default', 'any'), toAccount('job-controller', 'kube-system'), toGroup('g')], 'system:x'),
  ]);
  assert.equal(dangling, []);
});

const asked = { runAsUser: { rule: 'MustRunAsNonRoot' } };
const IMAGES: readonly (readonly [user: string | null, runs: number])[] = [
  [null, 0],
  ['0', 0],
  ['root', 0],
  ['101', 1],
];
for (const [user, runs] of IMAGES)
  test(`an image of ${user ?? 'nobody knows which'} user, where nobody may be root: ${runs}`, async () => {
    const imageUsers = new Map(user === null ? [] : [['img', user]]);
    const given = [pod(), policy(asked), ...EVERYBODY];
    const { admitted: all, running, verdict } = await judged(given, { policies: true, imageUsers });
    assert.equal([all, running, verdict], [1, runs, runs === 1 ? 'running' : 'not-running']);
  });

test('an image is found with its tag and without', async () => {
  const of = (image: string) => pod({ containers: [container({ image })] });
  const imageUsers = new Map([['host:5000/a/img', '7']]);
  for (const [image, runs] of [
    ['host:5000/a/img:1.2', 1],
    ['host:5000/a/img@sha256:00', 1],
    ['host:5000/a/image', 0],
  ] as const)
    assert.is((await judged([of(image), policy(asked), ...EVERYBODY], { policies: true, imageUsers })).running, runs);
});

test('what the manifest says itself needs no image', async () => {
  const runs = async (context: Json) => (await judged([pod({ securityContext: context })], {})).running;
  assert.equal(
    [
      await runs({ runAsNonRoot: true }),
      await runs({ runAsNonRoot: true, runAsUser: 1 }),
      await runs({ runAsNonRoot: true, runAsUser: 0 }),
      await runs({ runAsUser: 0 }),
    ],
    [0, 1, 0, 1],
  );
});

test('a pod that its node runs by itself is asked for by nobody', async () => {
  const mirror = pod({ hostNetwork: true }, { annotations: { 'kubernetes.io/config.mirror': 'x' } });
  const { admitted: all, by } = await underPolicies(mirror);
  assert.equal([all, by[0]!.control], [1, 'static pod']);
});

test.run();
