import type { ColumnName, Comparison, Condition, Expression, Literal, Test } from './expression.js';
import { faultAt, type Place } from './fault.js';
import { tokenize, type Token } from './tokens.js';

/** Parentheses and `not` within one another. */
const MAX_DEPTH = 50;
/** Conditions of an expression; `in (...)` is one. */
const MAX_CONDITIONS = 200;

const COMPARISONS = new Map<string, Comparison>([['=', '='], ['==', '='], ['!=', '!='], ['<>', '!='], ['<', '<'], ['<=', '<='], ['>', '>'], ['>=', '>=']]);
const KEYWORDS = new Set(['and', 'or', 'not', 'in', 'like', 'ilike', 'between', 'is', 'null', 'true', 'false']);

/**
 * Reads an expression: comparisons, `in`, `like`, `ilike`, `between`, `is null`, joined by `and`, `or`, `not` and
 * parentheses, which bind as in SQL. A column stands on the left, a value on the right.
 * @throws {CurationError} USAGE, pointing at the place
 */
export function parseExpression(text: string): Expression {
  return new Parser(text).parse();
}

class Parser {
  readonly #tokens: Token[];
  #at = 0;
  #depth = 0;
  #conditions = 0;

  constructor(readonly text: string) {
    this.#tokens = tokenize(text);
  }

  parse(): Expression {
    const expression = this.#or();
    if (this.#peek.kind !== 'end') throw this.#fault('an expression ends before this.', 'and, or, or the end');
    return expression;
  }

  #or(): Expression {
    const terms = [this.#and()];
    while (this.#takeWord('or')) terms.push(this.#and());
    return terms.length === 1 ? terms[0]! : { kind: 'or', terms };
  }

  #and(): Expression {
    const terms = [this.#term()];
    while (this.#takeWord('and')) terms.push(this.#term());
    return terms.length === 1 ? terms[0]! : { kind: 'and', terms };
  }

  #term(): Expression {
    if (++this.#depth > MAX_DEPTH) throw this.#fault(`parentheses and not stand within one another more than ${MAX_DEPTH} times.`);
    try {
      if (this.#takeWord('not')) return { kind: 'not', term: this.#term() };
      if (!this.#takeSymbol('(')) return this.#condition();
      const inner = this.#or();
      if (!this.#takeSymbol(')')) throw this.#fault('a parenthesis is not closed before this.', ')');
      return inner;
    } finally {
      this.#depth -= 1;
    }
  }

  #condition(): Expression {
    if (++this.#conditions > MAX_CONDITIONS) throw this.#fault(`there are more than ${MAX_CONDITIONS} conditions.`);
    const column = this.#column();
    const negated = this.#takeWord('not');
    if (this.#takeWord('between')) return this.#between(column, negated);
    const test = this.#test(negated);
    return { kind: 'condition', column, test };
  }

  #between(column: ColumnName, negated: boolean): Expression {
    const low = this.#literal();
    if (!this.#takeWord('and')) throw this.#fault('between has two values.', 'and');
    const high = this.#literal();
    const side = (comparison: Comparison, value: Literal): Condition => ({ kind: 'condition', column, test: { kind: 'compare', comparison, value } });
    return negated ? { kind: 'or', terms: [side('<', low), side('>', high)] } : { kind: 'and', terms: [side('>=', low), side('<=', high)] };
  }

  #test(negated: boolean): Test {
    if (this.#takeWord('in')) return { kind: 'in', negated, values: this.#list() };
    for (const word of ['like', 'ilike'] as const) if (this.#takeWord(word)) return { kind: 'like', negated, anyCase: word === 'ilike', pattern: this.#pattern() };
    if (negated) throw this.#fault('not, behind a column, is followed by in, like, ilike or between.');
    if (this.#takeWord('is')) {
      const isNot = this.#takeWord('not');
      if (!this.#takeWord('null')) throw this.#fault('is stands before null or not null only.', 'null');
      return { kind: 'null', negated: isNot };
    }
    const comparison = this.#peek.kind === 'symbol' ? COMPARISONS.get(this.#peek.value) : undefined;
    if (comparison === undefined) throw this.#fault('a column is held against something.', '=, !=, <, <=, >, >=, in, like, ilike, between or is null');
    this.#at += 1;
    return { kind: 'compare', comparison, value: this.#literal() };
  }

  #pattern(): Literal {
    const literal = this.#literal();
    if (literal.kind !== 'text') throw faultAt(this.text, literal, 'a pattern is text.', { expected: "text in single quotes, with % for any text and _ for one character" });
    return literal;
  }

  #list(): Literal[] {
    if (!this.#takeSymbol('(')) throw this.#fault('in is followed by a list.', "a list such as ('CT', 'MR')");
    const values = [this.#literal()];
    while (this.#takeSymbol(',')) values.push(this.#literal());
    if (!this.#takeSymbol(')')) throw this.#fault('a list is not closed before this.', ', or )');
    return values;
  }

  #literal(): Literal {
    const { kind, value, at, length } = this.#peek;
    const lower = value.toLowerCase();
    if (kind === 'text' || kind === 'number') this.#at += 1;
    else if (kind === 'word' && (lower === 'true' || lower === 'false')) {
      this.#at += 1;
      return { kind: 'boolean', value: lower, at, length };
    } else if (kind === 'word' && lower === 'null') throw this.#fault('nothing is equal to null.', undefined, ['Ask `is null` or `is not null`.']);
    else if (kind === 'word' || kind === 'name') throw this.#fault('a value stands here, not a name.', 'text in single quotes, a number, true or false', [`Put it in single quotes if it is text: '${value.replaceAll("'", "''")}'.`]);
    else throw this.#fault('a value is missing before this.', 'text in single quotes, a number, true or false');
    return { kind, value, at, length };
  }

  #column(): ColumnName {
    const first = this.#name();
    if (!this.#takeSymbol('.')) return { table: null, name: first.value, at: first.at, length: first.length };
    const second = this.#name();
    return { table: first.value, name: second.value, at: first.at, length: second.at + second.length - first.at };
  }

  #name(): Token {
    const token = this.#peek;
    if (token.kind === 'text') throw this.#fault('a column stands on the left, and a name never stands in single quotes.', 'a column, such as modality');
    if (token.kind !== 'name' && (token.kind !== 'word' || KEYWORDS.has(token.value.toLowerCase()))) throw this.#fault('a column is missing before this.', 'a column, such as modality');
    this.#at += 1;
    return token;
  }

  get #peek(): Token {
    return this.#tokens[this.#at]!;
  }

  #takeWord(word: string): boolean {
    const found = this.#peek.kind === 'word' && this.#peek.value.toLowerCase() === word;
    if (found) this.#at += 1;
    return found;
  }

  #takeSymbol(symbol: string): boolean {
    const found = this.#peek.kind === 'symbol' && this.#peek.value === symbol;
    if (found) this.#at += 1;
    return found;
  }

  #fault(message: string, expected?: string, suggestions?: string[]): Error {
    const place: Place = this.#peek;
    return faultAt(this.text, place, message, { ...(expected === undefined ? {} : { expected }), ...(suggestions === undefined ? {} : { suggestions }) });
  }
}
