import type { CheckInput } from '../check.js';
import { literal } from '../sql.js';
import { FORMULA_START, formulaCondition } from './formula.js';
import { INVISIBLE_CLASS } from './invisible.js';
import { LONG_RUN, longRunCondition, SECRET_SIGNS } from './secrets.js';
import { distinctTexts, type RowName, type TextColumn, type TextTable } from './text-columns.js';

/** Longest text that is looked at outside SQL, in characters; a longer one is judged by its first part and by what SQL saw. */
const TEXT_CHARS = 65_536;

/** From this many of them on, a column in which one text in this many looks random holds ids, not a stray key. */
const ID_COLUMN = { texts: 10, share: 0.2 };

/** A text of the release that may break a rule, once a column. */
export interface SuspectText {
  table: TextTable;
  column: string;
  /** Its first part. */
  text: string;
  /** Whether there is more of it. */
  cut: boolean;
  /** Code point of the first character that nobody sees, as SQL has it: a byte order mark never gets out of SQL. Null: none. */
  invisible: number | null;
  /** SQL saw the beginning of a formula. */
  formula: boolean;
  /** Whether a run that looks random tells something in this column. */
  random: boolean;
  /** How often it is there. */
  rows: number;
  first: RowName;
}

interface Suspicion {
  column: TextColumn;
  random: boolean;
}

/**
 * What a suspect text holds, coarsely, in one expression: SQL reads each cell once. Digests, UIDs and negative numbers
 * meet it too, so columns in which it hits are counted again, exactly.
 */
function coarse(text: string, separator: string | null): string {
  const start = separator === null ? FORMULA_START : FORMULA_START.replace('^', `(?:^|\\x{${separator.charCodeAt(0).toString(16)}})`);
  return `regexp_matches(${text}, ${literal([INVISIBLE_CLASS, start, SECRET_SIGNS, LONG_RUN].join('|'))})`;
}

/**
 * The texts of a table that deserve a look. One pass of SQL over all columns finds those that hold any; their distinct
 * texts come after. So a million rows cost what SQL takes to read them.
 */
export async function* suspectTexts(input: CheckInput, table: TextTable): AsyncGenerator<SuspectText[]> {
  for (const { column, random } of await suspectColumns(input, table)) {
    const where = `${candidate(column)}${column.separator === null ? ` AND ${suspicion(column.text, random)}` : ''}`;
    const sql = `
      SELECT left(text, ${TEXT_CHARS}) AS text, length(text) > ${TEXT_CHARS} AS cut, ${invisible('text')} AS invisible, ${formulaCondition('text')} AS formula, n, first
      FROM (${distinctTexts(table, column, where)}) WHERE ${suspicion('text', random)} ORDER BY text`;
    for await (const rows of input.catalog.stream<Omit<SuspectText, 'table' | 'column' | 'rows' | 'random'> & { n: number }>(sql))
      yield rows.map(({ n, ...row }) => ({ ...row, table, column: column.name, random, rows: n }));
  }
}

/** Cells that may be suspect: cheap, and never null. Those of numbers and UIDs only when they hold what those do not. */
function candidate({ text, separator, plain }: TextColumn): string {
  return plain === null ? coarse(text, separator) : `(${text} IS NOT NULL AND NOT regexp_full_match(${text}, ${literal(plain)}))`;
}

/** Columns that hold at least one suspect text. A member of a list can begin like a formula where the cell does not. */
async function suspectColumns(input: CheckInput, { relation, columns }: TextTable): Promise<Suspicion[]> {
  const hit = await counted(input, relation, columns.map(candidate));
  const hits = columns.filter((_, at) => (hit[at] ?? 0) > 0);
  const exact = await counted(input, relation, hits.flatMap((column) => {
    const { text, separator } = column;
    return [`${candidate(column)} AND ${separator === null ? suspicion(text, false) : 'true'}`, `${candidate(column)} AND ${longRunCondition(text)}`, `${text} IS NOT NULL`];
  }));
  return hits.flatMap((column, at) => {
    const [suspects = 0, runs = 0, texts = 0] = exact.slice(at * 3, at * 3 + 3);
    const random = runs > 0 && (runs <= ID_COLUMN.texts || runs < texts * ID_COLUMN.share);
    return suspects > 0 || random ? [{ column, random }] : [];
  });
}

/** How many rows meet each of some conditions, in one pass. */
async function counted({ catalog }: CheckInput, relation: string, conditions: readonly string[]): Promise<number[]> {
  if (conditions.length === 0) return [];
  const [row] = await catalog.all<Record<string, number>>(`SELECT ${conditions.map((condition, at) => `count(*) FILTER (${condition}) AS c${at}`).join(', ')} FROM ${relation}`);
  return conditions.map((_, at) => row?.[`c${at}`] ?? 0);
}

function suspicion(text: string, random: boolean): string {
  return `(${formulaCondition(text)} OR ${telling(text)}${random ? ` OR ${longRunCondition(text)}` : ''})`;
}

function invisible(text: string): string {
  return `unicode(nullif(regexp_extract(${text}, ${literal(INVISIBLE_CLASS)}), ''))`;
}

/** Invisible characters and words of secrets in one expression: the text is read once for both. */
function telling(text: string): string {
  return `regexp_matches(${text}, ${literal(`${INVISIBLE_CLASS}|${SECRET_SIGNS}`)})`;
}
