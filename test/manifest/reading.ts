import { type Loaded, type LoadOptions, loadCluster } from '../../src/manifest/load.ts';
import type { Cluster } from '../../src/model/cluster.ts';
import { type Diagnostic, ManifestError } from '../../src/source/errors.ts';

/** Reads a text as if it came on standard input. */
export function load(text: string | Uint8Array, options: LoadOptions = {}): Promise<Loaded> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  async function* stdin() {
    yield bytes;
  }
  return loadCluster(['-'], { ...options, stdin: stdin() });
}

export const cluster = async (text: string): Promise<Cluster> => (await load(text)).cluster;

/** Everything that was said of a text, whether it was refused or not. */
export async function diagnostics(
  text: string | Uint8Array,
  options: LoadOptions = {},
): Promise<readonly Diagnostic[]> {
  try {
    return (await load(text, options)).diagnostics;
  } catch (error) {
    if (error instanceof ManifestError) return error.diagnostics;
    throw error;
  }
}

/** As `line:column CODE` of errors alone, in order. */
export const errors = async (text: string | Uint8Array): Promise<string[]> =>
  (await diagnostics(text)).filter((d) => d.severity === 'error').map((d) => `${d.at.line}:${d.at.column} ${d.code}`);

export const warnings = async (text: string | Uint8Array): Promise<string[]> =>
  (await diagnostics(text)).filter((d) => d.severity === 'warning').map((d) => d.code);

/** A policy of namespace `x` around the lines of its spec, which begin in line 5. */
export const policy = (...spec: readonly string[]): string =>
  [
    'apiVersion: networking.k8s.io/v1',
    'kind: NetworkPolicy',
    'metadata: {name: p, namespace: x}',
    'spec:',
    ...spec.map((line) => `  ${line}`),
  ].join('\n');

export const pod = (rest: string): string => `apiVersion: v1\nkind: Pod\n${rest}`;
