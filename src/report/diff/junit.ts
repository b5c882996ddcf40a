import { endText } from '../ends.ts';
import { xml } from '../escape.ts';
import { counted } from '../numbers.ts';
import { lineOf } from '../places.ts';
import { serviceOf } from '../summary.ts';
import { answer, CHANGE_TITLES, tell } from './sentences.ts';
import type { DifferenceWords, DiffSummary } from './words.ts';

const SUITE = 'netpol-replay diff';

/**
 * JUnit XML, as test reporters of pipelines read it: a case for each conversation that differs, which fails when its
 * verdicts do and no budget allows it; one for the budget; one for the rest.
 */
export function diffJunit(summary: DiffSummary): string {
  const cases = [
    ...summary.conversations.map((one) => conversationCase(one)),
    ...(summary.budget === null ? [] : [budgetCase(summary.budget)]),
    testCase('unchanged', answer(summary), null, null),
  ];
  const failures = cases.filter(({ failed }) => failed).length;
  const counts = `tests="${cases.length}" failures="${failures}" errors="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${SUITE}" ${counts}>`,
    `  <testsuite name="${SUITE}" ${counts} skipped="0">`,
    ...cases.map(({ text }) => text),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

type Case = { readonly text: string; readonly failed: boolean };

function conversationCase(one: DifferenceWords): Case {
  const { was, now } = tell(one, (at) => ` (${lineOf(at)})`);
  const name = `${endText(one.from)} to ${endText(one.to)}, ${serviceOf(one)}`;
  const details = [
    `was ${one.old.verdict}: ${was.join('; ')}`,
    `now ${one.new.verdict}: ${now.join('; ')}`,
    `${counted(one.packets, 'packet')}, ${counted(one.connections, 'connection')}`,
    ...(one.allowedBy === null ? [] : [`allowed by ${one.allowedBy}`]),
  ];
  const fails = one.old.verdict !== one.new.verdict && one.allowedBy === null;
  return testCase(one.change, name, fails ? CHANGE_TITLES[one.change] : null, details);
}

const budgetCase = ({ file, kept, exceeded }: NonNullable<DiffSummary['budget']>): Case =>
  testCase('budget', file, kept ? null : 'the budget is exceeded', exceeded);

function testCase(group: string, name: string, failure: string | null, details: readonly string[] | null): Case {
  const start = `    <testcase classname="${SUITE}.${group}" name="${xml(name)}"`;
  const body = (details ?? []).map(xml).join('\n');
  if (failure !== null)
    return {
      text: `${start}>\n      <failure message="${xml(failure)}" type="${group}">${body}</failure>\n    </testcase>`,
      failed: true,
    };
  if (body === '') return { text: `${start}/>`, failed: false };
  return { text: `${start}>\n      <system-out>${body}</system-out>\n    </testcase>`, failed: false };
}
