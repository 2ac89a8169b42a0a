/**
 * Refuses regular expressions that a backtracking engine may not match in linear time (CWE-1333). Conservative: what it
 * cannot prove harmless it refuses, so a pattern that passes is safe, and one that does not can be rewritten.
 */

/** A count above this is as good as no limit: two such in a row are already millions of steps. */
const LIMIT_MAX = 255;

/** One thing that a pattern matches: a character, a class, a group; with how often. */
interface Atom {
  /** Source of the atom without its quantifier. */
  source: string;
  /** Branches of a group; null for a single character or class. */
  branches: Atom[][] | null;
  min: number;
  max: number;
}

/** Why `source` may not be linear, as half a sentence, or null when it is. Invalid syntax is for the caller to find. */
export function nonLinearReason(source: string): string | null {
  const forbidden = forbiddenConstruct(source);
  if (forbidden !== null) return forbidden;
  const branches = new Parser(source).parse();
  if (branches === null) return 'is not understood';
  return branches.map(branchReason).find((reason) => reason !== null) ?? null;
}

function forbiddenConstruct(source: string): string | null {
  const bare = source.replace(/\\\\/g, '');
  if (/\\[1-9]|\\k</.test(bare)) return 'refers back to a group';
  if (/\(\?(?:[=!]|<[=!])/.test(bare)) return 'looks ahead or behind';
  return null;
}

function branchReason(branch: Atom[]): string | null {
  const unbounded = branch.filter(isUnbounded);
  // Unanchored, an engine starts anew at every character, so one repetition is already quadratic.
  if (containsUnbounded(branch) && branch[0]?.source !== '^') return 'repeats without limit but is not anchored by ^';
  return nestedReason(branch) ?? (unbounded.length > 1 ? neighbourReason(branch) : null) ?? innerNeighbours(branch);
}

/** Repetition in repetition: the engine can share out the same characters in exponentially many ways. */
function nestedReason(sequence: Atom[]): string | null {
  for (const atom of sequence) {
    if (atom.branches === null) continue;
    if (atom.max > 1 && atom.branches.length > 1) return 'repeats a choice';
    if (atom.max > 1 && atom.branches.some((branch) => branch.some(hasVariableLength))) return 'repeats a repetition';
    const inner = atom.branches.map(nestedReason).find((reason) => reason !== null);
    if (inner !== undefined) return inner;
  }
  return null;
}

/** Two repetitions in a row must be told apart by a character between them that the first cannot match. */
function neighbourReason(sequence: Atom[]): string | null {
  let open: Atom | null = null;
  for (const atom of sequence) {
    if (open !== null && atom.min > 0 && !isUnbounded(atom) && excludes(open, atom)) open = null;
    if (!isUnbounded(atom)) continue;
    if (open !== null) return 'has two repetitions that can match the same characters';
    open = atom;
  }
  return null;
}

function innerNeighbours(sequence: Atom[]): string | null {
  const groups = sequence.flatMap((atom) => atom.branches ?? []);
  if (sequence.filter((atom) => isUnbounded(atom) || containsUnbounded([atom])).length > 1 && groups.some(containsUnbounded))
    return 'has two repetitions that can match the same characters';
  return groups.map((branch) => neighbourReason(branch) ?? innerNeighbours(branch)).find((reason) => reason !== null) ?? null;
}

function isUnbounded(atom: Atom): boolean {
  return atom.max > LIMIT_MAX;
}

function containsUnbounded(sequence: Atom[]): boolean {
  return sequence.some((atom) => isUnbounded(atom) || (atom.branches ?? []).some(containsUnbounded));
}

function hasVariableLength(atom: Atom): boolean {
  return atom.min !== atom.max || (atom.branches ?? []).some((branch) => branch.some(hasVariableLength));
}

/** Whether `literal` is one plain character that `repeated` cannot match. */
function excludes(repeated: Atom, literal: Atom): boolean {
  const character = literal.source.replace(/^\\(?=[^A-Za-z0-9])/, '');
  if (literal.branches !== null || [...character].length !== 1 || /^[.^$]$/.test(literal.source)) return false;
  return !new RegExp(`^(?:${repeated.source})$`, 'u').test(character);
}

/** Recursive descent over the syntax of ECMA-262 22.2.1, as far as schemas need it; null for anything else. */
class Parser {
  private at = 0;

  constructor(private readonly source: string) {}

  parse(): Atom[][] | null {
    const branches = this.branches();
    return this.at === this.source.length ? branches : null;
  }

  private branches(): Atom[][] | null {
    const branches: Atom[][] = [[]];
    while (this.at < this.source.length && this.source[this.at] !== ')') {
      if (this.source[this.at] === '|') {
        this.at++;
        branches.push([]);
        continue;
      }
      const atom = this.atom();
      if (atom === null) return null;
      branches.at(-1)?.push(atom);
    }
    return branches;
  }

  private atom(): Atom | null {
    const start = this.at;
    let branches: Atom[][] | null = null;
    if (this.source[this.at] === '(') {
      this.at += /^\((?:\?:|\?<[A-Za-z]\w*>)?/.exec(this.source.slice(this.at))?.[0].length ?? 1;
      branches = this.branches();
      if (branches === null || this.source[this.at++] !== ')') return null;
    } else {
      const single = /^(?:\[(?:\\.|[^\]\\])*\]|\\[pPu]\{[^}]*\}|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\.|[^*+?{}()[\]\\|])/su.exec(
        this.source.slice(this.at),
      );
      if (single === null) return null;
      this.at += single[0].length;
    }
    const source = this.source.slice(start, this.at);
    return { source, branches, ...this.quantifier() };
  }

  private quantifier(): { min: number; max: number } {
    const match = /^(?:([*+?])|\{(\d+)(,(\d*))?\})\??/.exec(this.source.slice(this.at));
    if (match === null) return { min: 1, max: 1 };
    this.at += match[0].length;
    if (match[1] !== undefined) return { min: match[1] === '+' ? 1 : 0, max: match[1] === '?' ? 1 : Infinity };
    const min = Number(match[2]);
    if (match[3] === undefined) return { min, max: min };
    return { min, max: match[4] === '' ? Infinity : Number(match[4]) };
  }
}
