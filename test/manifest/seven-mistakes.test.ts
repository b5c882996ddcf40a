/** A file with seven different mistakes prints seven, each where it stands. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cliWith } from '../command-line.ts';

const FILE = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelectr: {}
  policyTypes: [Ingres]
  ingress:
    - from:
        - ipBlock: {cidr: 10.0.0.0/33}
        - ipBlock: {cidr: 10.0.0.0/8, except: [192.0.2.0/24]}
      ports:
        - {port: 70000}
        - {port: 80, protocol: TPC}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchExpressions: [{key: app, operator: In, values: []}]}
`;

const MISTAKES = [
  '5:3 UNKNOWN_FIELD',
  '6:17 BAD_POLICY_TYPE',
  '9:27 BAD_CIDR',
  '10:48 EXCEPT_OUTSIDE_CIDR',
  '12:18 BAD_PORT',
  '13:32 BAD_PROTOCOL',
  '19:69 BAD_SELECTOR',
];

const stdin = async function* (): AsyncIterable<Uint8Array> {
  yield new TextEncoder().encode(FILE);
};

test('seven mistakes, seven errors, in order, as text, JSON and SARIF', async () => {
  const text = await cliWith({ stdin: stdin() }, 'validate', '-f', '-');
  assert.is(text.code, 1);
  const lines = text.out.trim().split('\n');
  assert.match(lines.at(-1)!, /^7 errors, /);
  const told = lines.flatMap((line) => /^stdin:(\d+:\d+): error: .* \[(\w+)\]$/.exec(line)?.slice(1).join(' ') ?? []);
  assert.equal(told, MISTAKES);
  assert.match(text.out, 'unknown field `podSelectr`: did you mean `podSelector`?');
  assert.match(text.out, 'did you mean `Ingress`?');
  assert.match(text.out, 'did you mean `TCP`?');
  const json = JSON.parse((await cliWith({ stdin: stdin() }, 'validate', '-f', '-', '-o', 'json')).out);
  assert.is(json.errors, 7);
  const sarif = JSON.parse((await cliWith({ stdin: stdin() }, 'validate', '-f', '-', '-o', 'sarif')).out);
  assert.is(sarif.runs[0].results.filter(({ level }: { level: string }) => level === 'error').length, 7);
});

test.run();
