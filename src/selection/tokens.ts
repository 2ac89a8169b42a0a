import { faultAt, type Place } from './fault.js';

/** A piece of an expression; `word` is a name or a keyword, `name` a name in double quotes, `end` is behind the last. */
export interface Token extends Place {
  kind: 'word' | 'name' | 'text' | 'number' | 'symbol' | 'end';
  /** Without quotes. */
  value: string;
}

/** Longest expression in characters. */
const MAX_LENGTH = 65_536;

const BLANK = /\s+/y;
const WORD = /[\p{L}_][\p{L}\p{M}\p{N}_]*/uy;
const NUMBER = /[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,3})?(?![\p{L}\p{N}_.])/uy;
const SYMBOL = /<=|>=|!=|<>|==|[=<>(),.]/y;
const QUOTED = { "'": /'((?:[^']|'')*)'/y, '"': /"((?:[^"]|"")*)"/y };

/**
 * Cuts an expression into tokens.
 * @throws {CurationError} USAGE
 */
export function tokenize(text: string): Token[] {
  if (text.length > MAX_LENGTH) throw faultAt(text, { at: MAX_LENGTH, length: 0 }, `it is longer than ${MAX_LENGTH} characters.`);
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const blank = match(BLANK, text, at);
    if (blank === null) tokens.push(readToken(text, at));
    at += blank === null ? tokens[tokens.length - 1]!.length : blank[0].length;
  }
  tokens.push({ kind: 'end', value: '', at: text.length, length: 0 });
  return tokens;
}

function readToken(text: string, at: number): Token {
  const quote = text[at];
  if (quote === "'" || quote === '"') return readQuoted(text, at, quote);
  for (const [kind, pattern] of [['word', WORD], ['number', NUMBER], ['symbol', SYMBOL]] as const) {
    const found = match(pattern, text, at);
    if (found !== null) return { kind, value: found[0], at, length: found[0].length };
  }
  throw faultAt(text, { at, length: 1 }, 'nothing in an expression looks like this.', { suggestions: ["Text stands in single quotes: modality = 'CT'. Names with other characters than letters, digits and _ stand in double quotes."] });
}

function readQuoted(text: string, at: number, quote: "'" | '"'): Token {
  const found = match(QUOTED[quote], text, at);
  if (found === null) throw faultAt(text, { at, length: text.length - at }, 'this quote is never closed.');
  const value = found[1]!.replaceAll(quote + quote, quote);
  const place = { at, length: found[0].length };
  if (value.includes('\0')) throw faultAt(text, place, 'this holds a NUL, which no value does.');
  if (quote === '"' && value === '') throw faultAt(text, place, 'a name is not empty.', { suggestions: ["Text stands in single quotes: ''."] });
  return { kind: quote === "'" ? 'text' : 'name', value, ...place };
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
