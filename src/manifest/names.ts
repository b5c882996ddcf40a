/**
 * The syntax of Kubernetes names. Source: k8s.io/apimachinery, pkg/util/validation. Lengths are checked before any
 * expression runs, and no expression repeats what overlaps.
 */
const MAX_LABEL = 63;
const MAX_SUBDOMAIN = 253;
const MAX_PORT_NAME = 15;
export const MAX_PORT = 65535;

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const QUALIFIED = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const PORT_NAME = /^[-a-z0-9]+$/;

export const isDnsLabel = (text: string): boolean => text.length <= MAX_LABEL && DNS_LABEL.test(text);

export const isDnsSubdomain = (text: string): boolean =>
  text.length <= MAX_SUBDOMAIN && text.split('.').every((part) => DNS_LABEL.test(part));

/** Nothing but letters, digits and the marks that names are joined with: no space, no control character, no slash. */
export const isPlainName = (text: string): boolean => text.length <= MAX_SUBDOMAIN && /^[A-Za-z0-9_.-]+$/.test(text);

/** What is wrong with a label's key, or null. */
export function labelKeyFault(key: string): string | null {
  const slash = key.indexOf('/');
  const name = key.slice(slash + 1);
  if (slash >= 0 && !isDnsSubdomain(key.slice(0, slash))) return 'what precedes `/` must be a lower-case domain name';
  if (name.length <= MAX_LABEL && QUALIFIED.test(name)) return null;
  return 'expected up to 63 letters, digits, `-`, `_` or `.`, beginning and ending with a letter or digit';
}

/** What is wrong with a label's value, or null. The empty text is a value. */
export const labelValueFault = (value: string): string | null =>
  value === '' || (value.length <= MAX_LABEL && QUALIFIED.test(value))
    ? null
    : 'expected up to 63 letters, digits, `-`, `_` or `.`, beginning and ending with a letter or digit';

/** What is wrong with the name of a port (IANA_SVC_NAME, RFC 6335, section 5.1), or null. */
export function portNameFault(name: string): string | null {
  if (/^[0-9]{1,10}$/.test(name)) return 'a number in quotes is no port name: write it without quotes';
  if (name.length === 0 || name.length > MAX_PORT_NAME || !PORT_NAME.test(name)) {
    return 'expected a name of up to 15 lower-case letters, digits or `-`';
  }
  if (!/[a-z]/.test(name)) return 'a port name needs a letter';
  return name.startsWith('-') || name.endsWith('-') || name.includes('--')
    ? 'a port name may not begin or end with `-`, nor hold two in a row'
    : null;
}

export const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= MAX_PORT;
