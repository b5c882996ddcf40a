/** Texts of a manifest that have a grammar of their own: selectors, addresses, blocks, names. */
import { addressAt } from '../../../src/capture/flow-log/values.ts';
import { ALL, type Meaning, PLAIN, parseSelector } from '../../../src/manifest/calico/selector.ts';
import { SelectorFault } from '../../../src/manifest/calico/selector-tokens.ts';
import { Fields } from '../../../src/manifest/fields.ts';
import { readJson } from '../../../src/manifest/json.ts';
import { LABEL_SELECTOR, readLabelSelector } from '../../../src/manifest/k8s/label-selector.ts';
import { labelKeyFault, labelValueFault } from '../../../src/manifest/names.ts';
import { Report } from '../../../src/manifest/report.ts';
import { formatAddress, parseAddress, wordsOf } from '../../../src/net/address.ts';
import { parsePrefix } from '../../../src/net/prefix.ts';
import { sourceText } from '../../../src/source/text.ts';
import { check, type Target, text } from '../target.ts';
import { checkDiagnostics } from './diagnostics.ts';

const MEANINGS: readonly Meaning[] = [PLAIN, { prefix: 'pcns.', all: ALL, global: ALL }];

export const calicoSelectors: Target = {
  name: 'selectors',
  about: "Calico's selector language",
  full: 2_000_000,
  quick: 20_000,
  seeds: text(
    "app == 'web' && !(tier in {'a', 'b'}) || has(x) && k8s-app not in {\"c\"}",
    'all()',
    'global()',
    "a contains 'b' || c starts with 'd' || e ends with 'f' || projectcalico.org/name != 'g'",
    '((((!!has(a)))))',
  ),
  words: text(
    '(',
    ')',
    '!',
    '&&',
    '||',
    'has(',
    'all()',
    'global()',
    ' in {',
    ' not in ',
    "'",
    '"',
    '==',
    '!=',
    '\u00e9',
  ),
  run: (input) => {
    const written = Buffer.from(input).toString('latin1');
    try {
      parseSelector(written, MEANINGS[input.length & 1]!);
      return true;
    } catch (error) {
      if (!(error instanceof SelectorFault)) throw error;
      check(error.at >= 0 && error.at <= written.length, () => `a fault at ${error.at} of ${written.length}`);
      return false;
    }
  },
};

const NO_LABELS = '{"matchLabels":{},"matchExpressions":[]}';

export const labelSelectors: Target = {
  name: 'label-selectors',
  about: 'label selectors of Kubernetes, and the JSON around them',
  full: 250_000,
  quick: 4_000,
  seeds: text(
    '{"matchLabels":{"app":"web","a.b/c":""},"matchExpressions":[{"key":"x","operator":"NotIn","values":["y","z"]}]}',
    '{"matchExpressions":[{"key":"x","operator":"Exists"},{"key":"y","operator":"In","values":["1"]}]}',
    NO_LABELS,
  ),
  words: text('{', '}', '[', ']', ':', ',', '"', '__proto__', 'constructor', '\\ud800', '\\u', '"key":', '"In"', '1e9'),
  run: (input) => {
    const report = new Report();
    const source = sourceText('input', Buffer.from(input).toString('utf8'));
    const nodes = readJson(source, report) ?? [];
    for (const node of nodes)
      if (node.type === 'map') readLabelSelector(new Fields(node, LABEL_SELECTOR, 'error', report));
    checkDiagnostics(report.inOrder(), source);
    return report.errors === 0 && nodes.length > 0;
  },
};

const words = new Int32Array(4);

export const addresses: Target = {
  name: 'addresses',
  about: 'addresses and blocks, read by both readers that we have; label keys and values',
  full: 2_000_000,
  quick: 20_000,
  seeds: text(
    '10.0.0.1',
    '255.255.255.255',
    'fd00::1',
    '::ffff:10.0.0.1',
    '1:2:3:4:5:6:7:8',
    '10.0.0.0/8',
    '::/0',
    'a.b/c',
  ),
  words: text('::', ':', '.', '/', '0', '00', '256', 'ffff', '128', '%eth0', ' '),
  run: (input) => {
    const written = Buffer.from(input).toString('latin1');
    const address = parseAddress(written);
    const family = addressAt(input, 0, input.length, words);
    check((address?.family ?? 0) === family, () => `family ${address?.family} and ${family}`);
    if (address !== null) {
      const same = wordsOf(address).every((word, i) => word >>> 0 === words[i]! >>> 0);
      check(same, () => `${formatAddress(address)} and ${words}`);
      check(formatAddress(parseAddress(formatAddress(address))!) === formatAddress(address), () => 'no round trip');
    }
    labelKeyFault(written);
    labelValueFault(written);
    return parsePrefix(written) !== null || address !== null;
  },
};
