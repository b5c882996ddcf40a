import { quote } from '../source/quote.ts';
import type { Fields, Known } from './fields.ts';
import type { Kind, Metadata } from './kind.ts';
import { isDnsLabel, isDnsSubdomain, isPlainName, labelKeyFault, labelValueFault } from './names.ts';
import { type Located, positionOf } from './node.ts';

/** The namespace of a namespaced object that names none, as the API server and kubectl fill it in. */
export const DEFAULT_NAMESPACE = 'default';

const NAMELESS: Omit<Metadata, 'name' | 'at'> = {
  namespace: null,
  labels: new Map(),
  annotations: new Map(),
  created: null,
  terminating: false,
};

/** Source: k8s.io/apimachinery, meta/v1 ObjectMeta. */
export const OBJECT_META: Known = [
  'name',
  'namespace',
  'labels',
  'annotations',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generateName',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'ownerReferences',
  'finalizers',
  'managedFields',
];

/** Reads metadata; null when the object has no usable name, which has then been reported. */
export function readMetadata(object: Fields, kind: Kind): Metadata | null {
  if (kind.scope === 'file') return { ...NAMELESS, name: kind.kind, at: positionOf(object.node) };
  const meta = object.object('metadata', OBJECT_META);
  if (meta === null) {
    if (object.get('metadata') === null) object.missing('metadata', 'a mapping with a `name`');
    return null;
  }
  const name = meta.requiredString('name');
  if (name === null) return null;
  if (!isDnsSubdomain(name.value)) reportName(object, name);
  return {
    name: name.value,
    namespace: kind.scope !== 'namespaced' ? null : readNamespace(meta),
    labels: readLabels(meta, 'labels'),
    annotations: new Map(meta.texts('annotations').map(([key, , text]) => [key, text])),
    created: meta.string('creationTimestamp')?.value ?? null,
    terminating: meta.get('deletionTimestamp') !== null,
    at: positionOf(object.node),
  };
}

function readNamespace(meta: Fields): string {
  const namespace = meta.string('namespace');
  if (namespace === null || namespace.value === '') return DEFAULT_NAMESPACE;
  if (!isDnsLabel(namespace.value)) reportName(meta, namespace);
  return namespace.value;
}

/**
 * A name that the API server would refuse. It decides nothing, so as long as it could stand in a report unharmed it is
 * a warning: people try policies before they have names for them.
 */
function reportName({ report }: Fields, { value, node }: Located<string>): void {
  const message = `name ${quote(value)} must be lower-case letters, digits, \`-\` or \`.\`: the API server would refuse it`;
  if (isPlainName(value)) report.warning('BAD_NAME', node, message);
  else report.error('BAD_NAME', node, message);
}

/** Labels by key, in the order given; what the API server would refuse is reported. */
export function readLabels(fields: Fields, name: string): Map<string, string> {
  const labels = new Map<string, string>();
  for (const [key, keyNode, { value, node }] of fields.texts(name)) {
    const keyFault = labelKeyFault(key);
    if (keyFault !== null) fields.report.error('BAD_LABEL', keyNode, `label key ${quote(key)}: ${keyFault}`);
    const fault = labelValueFault(value);
    if (fault !== null) fields.report.error('BAD_LABEL', node, `label value ${quote(value)}: ${fault}`);
    labels.set(key, value);
  }
  return labels;
}
