import { CurationError } from '../../errors.js';

/** Words that begin a statement that gives rows and changes nothing; what a WITH may still write, the server refuses. */
const READING = new Set(['select', 'with', 'values', 'table']);

/**
 * The query of a table, which must begin as one that only reads. That it is a single one, and that nothing in it writes, is
 * for the server to refuse: it is asked by the extended protocol, in a transaction that is read-only.
 * @throws {CurationError} CONFIG_INVALID
 */
export function readingStatement(source: string, table: string, text: string): string {
  const word = firstWord(text).toLowerCase();
  if (READING.has(word)) return text;
  throw new CurationError('CONFIG_INVALID', `The query of the table ${table} of the source ${source} does not begin as one that only reads.`, {
    expected: 'SELECT, WITH, VALUES or TABLE',
    found: word === '' ? 'nothing' : word.slice(0, 40),
    suggestions: [`Write a query that gives the rows of ${table}; whatever prepares them belongs into a view of the registry.`],
  });
}

const BLANK = /[\s(]*/y;
const LINE_COMMENT = /--[^\n]*/y;
const COMMENT_EDGE = /\/\*|\*\//g;
const WORD = /[A-Za-z_]+/y;

/** The first word behind blanks, opening brackets and comments, which nest (PostgreSQL 4.1.5). */
function firstWord(text: string): string {
  let at = 0;
  for (;;) {
    const before = at;
    at = skip(BLANK, text, at);
    at = skip(LINE_COMMENT, text, at);
    if (text.startsWith('/*', at)) at = commentEnd(text, at);
    if (at === before) break;
  }
  WORD.lastIndex = at;
  return WORD.exec(text)?.[0] ?? '';
}

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

function commentEnd(text: string, at: number): number {
  let depth = 0;
  COMMENT_EDGE.lastIndex = at;
  for (let edge = COMMENT_EDGE.exec(text); edge !== null; edge = COMMENT_EDGE.exec(text)) {
    depth += edge[0] === '/*' ? 1 : -1;
    if (depth === 0) return COMMENT_EDGE.lastIndex;
  }
  return text.length;
}
