/** What no policy dropped is reported and is no finding. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { command } from '../paths.ts';

const MANIFESTS = `apiVersion: v1
kind: Service
metadata: {name: s, namespace: x}
spec: {clusterIP: 10.96.0.10, ports: [{port: 80}]}
`;

test('a Service without backends is reported, and no finding of --fail-on-drop', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fail-on-drop-'));
  try {
    writeFileSync(join(folder, 'service.yaml'), MANIFESTS);
    const traffic = join(folder, 'traffic.ndjson');
    writeFileSync(traffic, '{"src":"203.0.113.9","dst":"10.96.0.10","proto":"TCP","sport":40000,"dport":80}\n');
    const args = [command, 'replay', '-f', join(folder, 'service.yaml'), '--fail-on-drop', traffic];
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    assert.match(stdout, /no-backend +1 /);
    assert.is(status, 0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
