/** The command and the sample: the binding that misses, mended, the same intent in levels, and what escapes a policy. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { WorkloadAdmission } from '../../src/verdict/admission.ts';
import { cli as run } from '../command-line.ts';

const DIR = 'samples/admission';
const PSP = ['-f', `${DIR}/policy.yaml`, '-f', `${DIR}/workloads.yaml`];

type Shown = { readonly workloads: readonly WorkloadAdmission[]; readonly dangling: readonly { message: string }[] };
const shown = async (...args: string[]): Promise<Shown> =>
  JSON.parse((await run('admit', ...args, '-o', 'json')).out) as Shown;
const rows = ({ workloads }: Shown): unknown[][] =>
  workloads.map(({ name, wanted, admitted, running }) => [name, wanted, admitted, running]);

test('as it was found: nothing is admitted, and both the reason and the name that is wrong are told', async () => {
  const found = await shown(...PSP, '-f', `${DIR}/as-found`);
  assert.equal(rows(found), [
    ['nonroot-deploy', 3, 0, 0],
    ['root-deploy', 3, 0, 0],
  ]);
  const [{ message, check, path }] = found.workloads[0]!.objections as [WorkloadAdmission['objections'][0]];
  assert.equal([check, path], ['no-usable-policy', null]);
  assert.match(message, 'ClusterRoleBinding nonroot-clusterrolebinding');
  assert.match(message, 'names ServiceAccount `default/sa-nonroot`');
  assert.match(found.dangling[0]!.message, 'which does not exist: did you mean `default/nonroot-sa`?');
});

test('mended: three of three, and none of three where the image may be root', async () => {
  const mended = [...PSP, '-f', `${DIR}/mended`];
  const found = await shown(...mended);
  assert.equal(rows(found), [
    ['nonroot-deploy', 3, 3, 3],
    ['root-deploy', 3, 3, 0],
  ]);
  assert.equal(found.dangling, []);
  assert.match(found.workloads[1]!.objections[0]!.message, 'the user of image `nginx` is not known');
  assert.is(found.workloads[1]!.objections[0]!.at.line, 41);
  assert.is((await run('admit', ...mended)).code, 1);
  assert.is((await run('admit', ...mended, '--image-user', 'nginx=101')).code, 0);
  assert.is((await run('admit', ...mended, '--image-user', 'nginx=0')).code, 1);
});

test('the same intent in levels', async () => {
  assert.equal(rows(await shown('-f', `${DIR}/standards`)), [
    ['nonroot-deploy', 3, 3, 3],
    ['root-deploy', 3, 0, 0],
  ]);
});

test('controls are chosen', async () => {
  const of = async (which: string) =>
    (await shown(...PSP, '-f', `${DIR}/as-found`, '--admission', which)).workloads.map(({ admitted }) => admitted);
  for (const which of ['auto', 'psp', 'both']) assert.equal(await of(which), [0, 0], which);
  for (const which of ['pss', 'off']) assert.equal(await of(which), [3, 3], which);
});

test('wide tells each field, text the first', async () => {
  const { out } = await run('admit', '-f', `${DIR}/escape`, '-o', 'wide');
  assert.match(
    out,
    /^shop\/agent +refused +baseline:latest +hostPorts +spec\.containers\[0\]\.ports\[0\]\.hostPort .* samples\/admission\/escape\/cluster\.yaml:49:11$/m,
  );
  const { out: text } = await run('admit', '-f', `${DIR}/escape`, '--admission', 'off');
  assert.match(text, /^shop\/agent +Pod +1 +1 +1 +- +its node's$/m);
  assert.match(text, "note: shop/agent: on their node's network: outside NetworkPolicy");
});

test('SARIF names the field of each objection', async () => {
  const { out } = await run('admit', '-f', `${DIR}/standards`, '-o', 'sarif');
  const log = JSON.parse(out) as {
    version: string;
    runs: [{ tool: { driver: { rules: { id: string }[] } }; results: Record<string, never>[] }];
  };
  const [{ tool, results }] = log.runs;
  assert.is(log.version, '2.1.0');
  assert.equal(
    tool.driver.rules.map(({ id }) => id),
    ['PodSecurity/runAsNonRoot'],
  );
  assert.equal(
    results.map((result) => [result['ruleId'], result['ruleIndex'], result['level']]),
    [
      ['PodSecurity/runAsNonRoot', 0, 'error'],
      ['PodSecurity/runAsNonRoot', 0, 'warning'],
    ],
  );
  assert.equal(results[0]!['locations'], [
    {
      physicalLocation: {
        artifactLocation: { uri: 'samples/admission/standards/workloads.yaml' },
        region: { startLine: 50, startColumn: 11 },
      },
    },
  ]);
});

const ESCAPE = [`-f`, `${DIR}/escape`, `${DIR}/escape/traffic.ndjson`];
const verdicts = async (...args: string[]): Promise<string[]> =>
  (await run('replay', ...ESCAPE, ...args, '-o', 'ndjson')).out
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { verdict: string }).verdict);

test('what is on its node escapes the policy; who is refused is no endpoint', async () => {
  assert.equal(await verdicts(), ['dropped', 'forwarded', 'forwarded', 'dropped']);
  assert.equal(await verdicts('--admission', 'pss'), ['dropped', 'forwarded', 'forwarded', 'forwarded']);
  const { out } = await run('replay', ...ESCAPE, '--admission', 'pss');
  assert.match(
    out,
    'Admission:    Pod Security Standards: 2 of 3 pods refused, no endpoints (shop/agent, shop/debug)\n',
  );
  assert.not.match((await run('replay', ...ESCAPE)).out, 'Admission');
});

test('with a control on and nothing that lets pods be, no pod is an endpoint', async () => {
  const { out, code } = await run('replay', ...ESCAPE, '--admission', 'psp', '-o', 'json');
  assert.is(code, 0);
  const { enforcement, endpoints } = JSON.parse(out) as { enforcement: { admission: object }; endpoints: number };
  assert.is(endpoints, 0);
  assert.equal(enforcement.admission, {
    control: 'psp',
    pods: 3,
    refused: ['shop/web', 'shop/agent', 'shop/debug'],
    notRunning: [],
    hostNetwork: [],
  });
});

test('validate tells of names that nobody has', async () => {
  const { out, code } = await run('validate', ...PSP, '-f', `${DIR}/as-found`);
  assert.is(code, 0);
  assert.match(out, 'binding.yaml:11:11: warning: ClusterRoleBinding nonroot-clusterrolebinding names ServiceAccount');
});

const REFUSED: readonly (readonly [line: string, says: string])[] = [
  ['admit -f x --image-user nginx', '`nginx` is not of the form IMAGE=UID'],
  ['admit -f x --kubernetes 2.0', '`2.0` is no version'],
  ['admit -f x --as-group g', '`--as-group` needs `--as USER`'],
  ['replay -f x --as u y', '`--as` needs `--admission psp` or `--admission pss`'],
];
for (const [line, says] of REFUSED)
  test(`refuses \`${line}\``, async () => {
    const { code, err } = await run(...line.split(' '));
    assert.is(code, 2);
    assert.match(err, says);
  });

test.run();
