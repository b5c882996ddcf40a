import { quote } from '../source/quote.ts';
import { positionAt } from '../source/text.ts';
import { Fields } from './fields.ts';
import type { Input } from './files.ts';
import { readJson } from './json.ts';
import { asksAdmission, isRead, type Parsed, type ReadObject, type Scope } from './kind.ts';
import { readMetadata } from './metadata.ts';
import { describe, type MapNode, type Node, positionOf } from './node.ts';
import { kindOf } from './registry.ts';
import type { Report } from './report.ts';
import type { Unread } from './unread.ts';
import { readYaml } from './yaml.ts';

const ENVELOPE = ['apiVersion', 'kind', 'metadata'];

/** The objects of one input, those of lists included, in their order. What has an error is reported and left out. */
export function readObjects(input: Input, report: Report, unread: Unread, scope: Scope = 'verdicts'): ReadObject[] {
  const errors = report.errors;
  const documents = readDocuments(input, report);
  if (documents.length === 0 && report.errors === errors) {
    report.warning('NO_OBJECTS', positionAt(input.source, 0), 'there is no object in it');
  }
  return documents.flatMap((node) => readNode(node, input.named, report, unread, scope));
}

/** JSON is read as such where the text is JSON; YAML may begin with a brace too. */
export function readDocuments({ source }: Input, report: Report): Node[] {
  if (!/^\s*[[{]/.test(source.text)) return readYaml(source, report);
  if (source.file.toLowerCase().endsWith('.json')) return readJson(source, report) ?? [];
  return readJson(source, null) ?? readYaml(source, report);
}

function readNode(node: Node, named: boolean, report: Report, unread: Unread, scope: Scope): ReadObject[] {
  if (node.type !== 'map') {
    notAnObject(node, named, `expected an object with apiVersion and kind, found ${describe(node)}`, report);
    return [];
  }
  const errors = report.errors;
  const envelope = new Fields(node, 'any', 'error', report);
  const apiVersion = envelope.string('apiVersion')?.value ?? '';
  const kind = envelope.string('kind')?.value ?? '';
  if (apiVersion === '' || kind === '') {
    if (report.errors > errors) return [];
    const missing = [apiVersion === '' ? 'apiVersion' : '', kind === '' ? 'kind' : ''].filter((word) => word !== '');
    const message = `an object needs apiVersion and kind, and has no ${missing.join(' and no ')}`;
    notAnObject(node, named || missing.length === 1, message, report);
    return [];
  }
  if (isList(kind, node))
    return envelope.list('items').flatMap((item) => readItem(item, apiVersion, kind, report, unread, scope));
  return readObject(node, apiVersion, kind, report, unread, scope);
}

/** A folder may hold other files than manifests (values of a chart, a package.json): there it is a warning. */
function notAnObject(node: Node, named: boolean, message: string, report: Report): void {
  if (named) report.error('NOT_AN_OBJECT', node, message);
  else report.warning('NOT_AN_OBJECT', node, `ignored: ${message}`);
}

/** `List`, and the lists that the API itself gives: `PodList`, `NetworkPolicyList`. */
const isList = (kind: string, node: MapNode): boolean =>
  kind === 'List' || (kind.endsWith('List') && node.entries.has('items'));

/** An item of `PodList` may leave out its own apiVersion and kind: the list has named them. */
function readItem(
  item: Node,
  listVersion: string,
  listKind: string,
  report: Report,
  unread: Unread,
  scope: Scope,
): ReadObject[] {
  const bare = item.type === 'map' && !item.entries.has('kind') && !item.entries.has('apiVersion');
  if (listKind === 'List' || item.type !== 'map' || !bare) return readNode(item, true, report, unread, scope);
  return readObject(item, listVersion, listKind.slice(0, -'List'.length), report, unread, scope);
}

function readObject(
  node: MapNode,
  apiVersion: string,
  kindName: string,
  report: Report,
  unread: Unread,
  scope: Scope,
): ReadObject[] {
  const kind = kindOf(apiVersion, kindName);
  if (kind === null || !isRead(kind, scope)) {
    unread.add(apiVersion, kindName, positionOf(node), scope);
    return [];
  }
  const errors = report.errors;
  const known = kind.fields === 'any' ? 'any' : [...ENVELOPE, ...kind.fields];
  const object = new Fields(node, known, kind.strictness, report);
  const metadata = readMetadata(object, kind);
  if (metadata === null) return [];
  const parsed = kind.read?.(object, metadata, apiVersion) ?? NOTHING;
  const admission = asksAdmission(kind, scope) ? (kind.admission?.(object, metadata, apiVersion) ?? null) : null;
  return report.errors > errors ? [] : [{ kind, metadata, parsed, admission }];
}

const NOTHING: Parsed = { type: 'nothing' };

/** What messages call an object. */
export const nameOf = ({ kind, metadata: { namespace, name } }: ReadObject): string =>
  `${kind.kind} ${quote(namespace === null ? name : `${namespace}/${name}`)}`;
