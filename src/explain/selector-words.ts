import {
  LABEL_NAMESPACE,
  LABEL_ORCHESTRATOR,
  LABEL_SERVICE_ACCOUNT,
  type Labels,
  NAMESPACE_LABEL_PREFIX,
  SERVICE_ACCOUNT_LABEL_PREFIX,
} from '../model/labels.ts';
import { matches, type Selector } from '../model/selector.ts';

/** The parts of a selector that must all hold. */
export const conjuncts = (selector: Selector): readonly Selector[] =>
  selector.op === 'and' ? selector.of : [selector];

/** What a selector asks, for people: `pods of namespace shop with app=web`. */
export function selectorWords(selector: Selector): string {
  const parts = conjuncts(selector);
  const where = parts.find(isOneNamespace);
  const asked = parts.filter((part) => part !== where && !isPod(part) && part.op !== 'all').map(partWords);
  const who = parts.some(isPod) ? 'pods' : 'endpoints';
  const of = where === undefined ? '' : ` of ${partWords(where)}`;
  return `${asked.length === 0 ? 'all ' : ''}${who}${of}${asked.length === 0 ? '' : ` with ${asked.join(' and ')}`}`;
}

/** What of a selector the labels of `name` do not pass, and what they say instead. */
export function failingParts(selector: Selector, labels: Labels, name: string): { wants: string; has: string }[] {
  return conjuncts(selector)
    .filter((part) => !matches(part, labels))
    .map((part) => ({ wants: partWords(part), has: hasWords(part, labels, name) }));
}

const isOneNamespace = (part: Selector): boolean =>
  part.op === 'in' && part.key === LABEL_NAMESPACE && part.values.length === 1;

const isPod = (part: Selector): boolean => part.op === 'in' && part.key === LABEL_ORCHESTRATOR;

function partWords(part: Selector): string {
  switch (part.op) {
    case 'all':
      return 'anything';
    case 'and':
      return `(${part.of.map(partWords).join(' and ')})`;
    case 'or':
      return `(${part.of.map(partWords).join(' or ')})`;
    case 'not':
      return notWords(part.of);
    case 'has':
      return part.key === LABEL_NAMESPACE ? 'a namespace' : `${keyWords(part.key)} (any value)`;
    case 'in':
      if (isPod(part)) return 'being a pod';
      return part.values.length === 1
        ? equalWords(part.key, part.values[0]!)
        : `${keyWords(part.key)} in (${part.values.join(', ')})`;
    default:
      return `${keyWords(part.key)} ${part.op.replace('-', ' ')} "${part.value}"`;
  }
}

function notWords(of: Selector): string {
  if (of.op === 'has') return of.key === LABEL_NAMESPACE ? 'no namespace' : `no ${keyWords(of.key)}`;
  if (of.op !== 'in') return `not ${partWords(of)}`;
  return of.values.length === 1
    ? `${keyWords(of.key)}!=${of.values[0]}`
    : `${keyWords(of.key)} not in (${of.values.join(', ')})`;
}

/** A label with its value. */
function equalWords(key: string, value: string): string {
  if (key === LABEL_NAMESPACE || key === LABEL_SERVICE_ACCOUNT) return `${keyWords(key)} ${value}`;
  return `${keyWords(key)}=${value}`;
}

function keyWords(key: string): string {
  if (key === LABEL_NAMESPACE) return 'namespace';
  if (key === LABEL_SERVICE_ACCOUNT) return 'service account';
  if (key.startsWith(NAMESPACE_LABEL_PREFIX)) return `namespace label ${key.slice(NAMESPACE_LABEL_PREFIX.length)}`;
  if (key.startsWith(SERVICE_ACCOUNT_LABEL_PREFIX))
    return `service account label ${key.slice(SERVICE_ACCOUNT_LABEL_PREFIX.length)}`;
  return key;
}

function hasWords(part: Selector, labels: Labels, name: string): string {
  const keys = [...new Set(keysOf(part))];
  if (keys.length === 0) return `${name} is excluded`;
  if (isPod(part)) return `${name} is no pod`;
  return keys.map((key) => valueWords(key, labels, name)).join(', ');
}

function valueWords(key: string, labels: Labels, name: string): string {
  const value = labels.get(key);
  if (key === LABEL_NAMESPACE) return value === undefined ? `${name} is in no namespace` : `${name} is in ${value}`;
  if (key.startsWith(NAMESPACE_LABEL_PREFIX)) {
    const namespace = labels.get(LABEL_NAMESPACE);
    const whose = namespace === undefined ? `${name}, without a namespace,` : `namespace ${namespace}`;
    const bare = key.slice(NAMESPACE_LABEL_PREFIX.length);
    return value === undefined ? `${whose} has no label ${bare}` : `${whose} has ${bare}=${value}`;
  }
  return value === undefined ? `${name} has no ${bareWord(key)}` : `${name} has ${equalWords(key, value)}`;
}

const bareWord = (key: string): string => (keyWords(key) === key ? `label ${key}` : keyWords(key));

const keysOf = (part: Selector): string[] => {
  switch (part.op) {
    case 'all':
      return [];
    case 'not':
      return keysOf(part.of);
    case 'and':
    case 'or':
      return part.of.flatMap(keysOf);
    default:
      return [part.key];
  }
};
