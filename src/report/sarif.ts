import type { SourcePos } from '../source/position.ts';
import { toJson } from './escape.ts';

/** What results are instances of: an id that does not change, and what it means in a sentence. */
export type SarifRule = { readonly id: string; readonly text: string };

export type SarifResult = {
  /** Of one of the rules. */
  readonly rule: string;
  readonly level: 'error' | 'warning' | 'note';
  readonly message: string;
  /** Null when it lies in no file. */
  readonly at: SourcePos | null;
};

/**
 * A log of SARIF 2.1.0 with one run, for viewers and code hosts. Columns count UTF-16 units, which is what the format
 * takes where nothing else is said.
 */
export const sarifLog = (version: string, rules: readonly SarifRule[], results: readonly SarifResult[]): string =>
  `${toJson(
    {
      $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: {
            driver: {
              name: 'netpol-replay',
              version,
              rules: rules.map(({ id, text }) => ({ id, shortDescription: { text } })),
            },
          },
          columnKind: 'utf16CodeUnits',
          results: results.map((result) => resultOf(result, rules)),
        },
      ],
    },
    2,
  )}\n`;

const resultOf = ({ rule, level, message, at }: SarifResult, rules: readonly SarifRule[]): object => ({
  ruleId: rule,
  ruleIndex: rules.findIndex(({ id }) => id === rule),
  level,
  message: { text: message },
  locations: at === null ? [] : [locationOf(at)],
});

const locationOf = ({ file, line, column }: SourcePos): object => ({
  physicalLocation: {
    artifactLocation: { uri: encodeURI(file.replaceAll('\\', '/')) },
    region: { startLine: line, startColumn: column },
  },
});
