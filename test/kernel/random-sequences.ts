import { type Random, seeded } from '../random.ts';
import { parseSequence, type Sequence } from './sequences.ts';

/** Sequences that nobody thought of: mostly TCP, segments in any order from either side. */
export function randomSequences(seed: number, count: number): Sequence[] {
  const random = seeded(seed);
  return Array.from({ length: count }, () => parseSequence(one(random)));
}

const SEGMENTS = ['S', 'S', 'SA', 'SA', 'A', 'A', 'A', 'PA', 'FA', 'FA', 'RA', 'R', 'SF', '-', 'AU', 'SEC'];
const BEGINNINGS = [
  '',
  '',
  '>S ',
  '>S <SA ',
  '>S <SA >A ',
  '>S <SA >A >FA ',
  '>S <SA >A >FA <FA ',
  '>S <S ',
  '>S <SA >A <RA ',
];
const ERRORS_4 = ['!3/1', '!3/3', '!11/0:router', '!3/3:port', '!3/3:addr', '!3/3:dst', '!3/3:own', '!4', '!12'];
const ERRORS_6 = ['!1/0', '!1/4', '!3/0:router', '!1/4:port', '!1/4:addr', '!1/4:dst', '!1/4:own', '!2', '!4/1'];
const QUERIES_4 = ['8', '8', '0', '0', '13', '14', '17', '18', '8#1', '0#1', '9', '30'];
const QUERIES_6 = ['128', '128', '129', '129', '139', '140', '128#1', '129#1', '135', '150'];

const side = (random: Random): string => (random.chance(0.5) ? '>' : '<');
const words = (random: Random, least: number, most: number, word: () => string): string =>
  Array.from({ length: least + random.below(most - least + 1) }, () => side(random) + word()).join(' ');

function one(random: Random): string {
  const family = random.pick([4, 4, 6] as const);
  const errors = family === 4 ? ERRORS_4 : ERRORS_6;
  const or = (word: () => string) => (): string => (random.chance(0.08) ? random.pick(errors) : word());
  const setting = random.pick(['', '', '', '', ' deny', ' dnat']);
  switch (random.pick(['tcp', 'tcp', 'tcp', 'tcp', 'tcp', 'tcp', 'udp', 'icmp', 'sctp', 'gre'] as const)) {
    case 'tcp': {
      // What a backend says once the connection is forgotten is a connection of its own, and the next one of the
      // client clashes with it: a difference that docs/kernel.md tells of.
      const isTranslated = setting === ' dnat';
      const segments = isTranslated ? SEGMENTS.filter((segment) => !segment.startsWith('R')) : SEGMENTS;
      const beginning = isTranslated ? '>S ' : random.pick(BEGINNINGS);
      return `tcp${family}${setting}: ${beginning}${words(
        random,
        2,
        9,
        or(() => random.pick(segments)),
      )}`;
    }
    case 'udp':
      return `udp${family}${setting}: ${setting === ' dnat' ? '> ' : ''}${words(
        random,
        1,
        6,
        or(() => ''),
      )}`;
    case 'icmp':
      return `icmp${family}: ${words(
        random,
        2,
        6,
        or(() => random.pick(family === 4 ? QUERIES_4 : QUERIES_6)),
      )}`;
    case 'sctp':
      return `sctp${family}: ${association(random)}`;
    default:
      return `${random.pick(['gre', 'esp'])}${family}: ${words(
        random,
        1,
        5,
        or(() => ''),
      )}`;
  }
}

/** Both ends know each other's tag from the beginning on: what Linux does without is in docs/kernel.md. */
function association(random: Random): string {
  const chunk = (): string => `${random.pick([0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14])}`;
  return `>1 <2 ${random.pick(['', '>10 ', '>10 <11 ', '>10 <11 >7 '])}${words(random, 1, 6, chunk)}`;
}
