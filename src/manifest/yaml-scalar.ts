import type { Scalar } from 'yaml';

/**
 * kubectl and the API server read YAML 1.1 (go-yaml 2), the yaml package reads 1.2. Where the two differ, a plain
 * scalar means what kubectl takes it for: `yes` in a label is a boolean there, and is refused there too.
 * Source: yaml.org/type/bool.html, yaml.org/type/int.html; go-yaml v2, resolve.go. Its `y` and `n` are left alone, as
 * kubectl's own copy of that library leaves them alone.
 */
const BOOLEANS: ReadonlyMap<string, boolean> = new Map(
  (['yes', 'on', 'no', 'off'] as const).flatMap((word, i): [string, boolean][] => {
    const truth = i < 2;
    return [word, word[0]!.toUpperCase() + word.slice(1), word.toUpperCase()].map((text) => [text, truth]);
  }),
);

const OCTAL = /^[-+]?0[0-7_]+$/;
const BINARY = /^[-+]?0b[01_]+$/;
const GROUPED = /^[-+]?(0x[0-9a-fA-F_]+|[0-9][0-9_]*)$/;
const LONGEST_NUMBER = 64;

export function scalarValue(scalar: Scalar, text: string): string | number | boolean | null {
  const value = scalar.value;
  if (scalar.type === 'PLAIN' && scalar.tag === undefined) {
    const truth = BOOLEANS.get(text);
    if (truth !== undefined) return truth;
    const number = integerOf11(text);
    if (number !== null) return number;
  }
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    case 'bigint':
      return Number(value);
  }
  return value === null || value === undefined ? null : text;
}

function integerOf11(text: string): number | null {
  const first = text.charCodeAt(0);
  // A digit or a sign begins every number: nearly all scalars leave here.
  if (!((first >= 48 && first <= 57) || first === 43 || first === 45) || text.length > LONGEST_NUMBER) return null;
  const sign = first === 45 ? -1 : 1;
  const digits = text.replace(/^[-+]/, '').replaceAll('_', '');
  if (OCTAL.test(text)) return sign * Number.parseInt(digits, 8);
  if (BINARY.test(text)) return sign * Number.parseInt(digits.slice(2), 2);
  return text.includes('_') && GROUPED.test(text) ? sign * Number(digits) : null;
}
