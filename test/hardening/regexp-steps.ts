/**
 * Whether a regular expression takes time linear in its input, whatever that is. Conservative: what it cannot tell it
 * doubts. Three shapes make a backtracking matcher slow, and each is looked for:
 *
 *     (a+)+     a repetition within a repetition, nothing of its own between the rounds
 *     a*.*b     two repetitions that can share what they match
 *     a*b       not anchored: tried again from each of its own characters
 */
type Chars = Uint8Array;
type Node = { readonly min: number; readonly max: number } & (
  | { readonly chars: Chars }
  | { readonly alternatives: readonly (readonly Node[])[] }
);

/** Counted repetitions up to here are no danger: names are as long. */
const BOUNDED = 300;
/** Code units that tell sets apart: what is above is in a set or not as U+0300 is. */
const UNITS = 0x301;
const QUANTIFIER = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/;
const ASSERTION = /^(?:\^|\\[bB])/;
const ATOM = /^(?:\[(?:\\.|[^\]\\])*\]|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\p\{[^}]*\}|\\.|[^()|])/;

/** Why it may be slow, or null. */
export function whySlow({ source, flags }: { readonly source: string; readonly flags: string }): string | null {
  const parser = new Parser(source, flags);
  const alternatives = parser.alternatives();
  const doubt = overlapOf(alternatives);
  if (doubt !== null) return doubt;
  if (flags.includes('y') || source.startsWith('^')) return null;
  return alternatives.some(restartsWithin) ? 'is not anchored, and is tried again within what it repeats' : null;
}

const isRepeated = ({ max }: Node): boolean => max > BOUNDED;
const overlap = (a: Chars, b: Chars): boolean => a.some((is, unit) => is === 1 && b[unit] === 1);

/** Two repetitions that can share characters, with nothing between them that neither could match. */
function overlapOf(alternatives: readonly (readonly Node[])[]): string | null {
  let found = false;
  /** Follows a sequence; `open` are the repetitions before it that may yet give characters back. Returns those after it. */
  const follow = (nodes: readonly Node[], open: readonly Chars[]): readonly Chars[] => nodes.reduce(step, open);
  const repeat = (open: readonly Chars[], chars: Chars): readonly Chars[] => {
    if (open.some((other) => overlap(other, chars))) found = true;
    return [...open, chars];
  };
  const step = (open: readonly Chars[], node: Node): readonly Chars[] => {
    if ('chars' in node) {
      if (isRepeated(node)) return repeat(open, node.chars);
      return node.min > 0 ? open.filter((chars) => overlap(chars, node.chars)) : open;
    }
    if (isRepeated(node)) {
      // `(a|b)*` is `[ab]*`, unless its alternatives can match the same.
      const single = node.alternatives.flatMap(([one, ...more]) =>
        one !== undefined && more.length === 0 && 'chars' in one && one.max === 1 ? [one.chars] : [],
      );
      if (single.some((one, i) => single.slice(i + 1).some((other) => overlap(one, other)))) found = true;
      if (single.length === node.alternatives.length) return single.reduce(repeat, open);
    }
    const once = (before: readonly Chars[]): readonly Chars[] =>
      node.alternatives.flatMap((one) => follow(one, before));
    const after = isRepeated(node) ? once(once(open)) : once(open);
    return node.min > 0 ? after : [...open, ...after];
  };
  for (const one of alternatives) follow(one, []);
  return found ? 'two repetitions can share what they match' : null;
}

/** Without an anchor, each place is a beginning: harmless when no repetition holds a character that it begins with. */
function restartsWithin(nodes: readonly Node[]): boolean {
  const repeated = nodes.flatMap(repetitionsOf);
  // What is repeated last of all cannot fail, and begins no second time within itself.
  if (repeated.length === 0 || (repeated.length === 1 && isRepeated(nodes.at(-1)!))) return false;
  const first = nodes[0]!;
  return !('chars' in first) || first.min === 0 || repeated.some((chars) => overlap(chars, first.chars));
}

function repetitionsOf(node: Node): Chars[] {
  if ('chars' in node) return isRepeated(node) ? [node.chars] : [];
  const within = node.alternatives.flat();
  return isRepeated(node)
    ? within.flatMap((one) => ('chars' in one ? [one.chars] : repetitionsOf(one)))
    : within.flatMap(repetitionsOf);
}

class Parser {
  #rest: string;
  readonly #flags: string;

  constructor(source: string, flags: string) {
    this.#rest = source;
    this.#flags = flags.replace(/[gy]/g, '');
  }

  alternatives(): Node[][] {
    const all: Node[][] = [[]];
    while (this.#rest !== '' && !this.#rest.startsWith(')')) {
      if (this.#take(/^\|/) !== null) all.push([]);
      // The end can fail as any character can.
      else if (this.#take(/^\$/) !== null) all.at(-1)!.push({ chars: new Uint8Array(UNITS), min: 1, max: 1 });
      else if (this.#take(ASSERTION) === null) all.at(-1)!.push(this.#node());
    }
    return all;
  }

  #node(): Node {
    const opened = this.#take(/^\((?:\?(?:[:=!]|<[=!]|<\w+>))?/);
    if (opened === null) {
      const atom = this.#take(ATOM);
      if (atom === null) throw new Error(`cannot read ${this.#rest}`);
      return { chars: this.#charsOf(atom), ...this.#quantity() };
    }
    const alternatives = this.alternatives();
    this.#take(/^\)/);
    return { alternatives, ...this.#quantity() };
  }

  #quantity(): { min: number; max: number } {
    const text = this.#take(QUANTIFIER);
    if (text === null) return { min: 1, max: 1 };
    if (text[0] === '*') return { min: 0, max: Number.POSITIVE_INFINITY };
    if (text[0] === '+') return { min: 1, max: Number.POSITIVE_INFINITY };
    if (text[0] === '?') return { min: 0, max: 1 };
    const [min, max = min] = text.replace(/[{}?]/g, '').split(',');
    return { min: Number(min), max: max === '' ? Number.POSITIVE_INFINITY : Number(max) };
  }

  #charsOf(atom: string): Chars {
    const one = new RegExp(`^${atom}$`, this.#flags.replace('m', ''));
    return Uint8Array.from({ length: UNITS }, (_, unit) => (one.test(String.fromCharCode(unit)) ? 1 : 0));
  }

  #take(what: RegExp): string | null {
    const found = what.exec(this.#rest)?.[0] ?? null;
    if (found !== null) this.#rest = this.#rest.slice(found.length);
    return found;
  }
}
