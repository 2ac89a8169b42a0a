import type { CheckInput } from '../check.js';
import { literal } from '../sql.js';
import { formulaCondition } from './formula.js';
import { INVISIBLE_CLASS } from './invisible.js';
import { longRunCondition, SECRET_WORDS } from './secrets.js';
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
 * The texts of a table that deserve a look. One pass of SQL over all columns finds those that hold any; their distinct
 * texts come after. So a million rows cost what SQL takes to read them.
 */
export async function* suspectTexts(input: CheckInput, table: TextTable): AsyncGenerator<SuspectText[]> {
  for (const { column, random } of await suspectColumns(input, table)) {
    const where = column.separator === null ? suspicion(column.text, random) : `${column.text} IS NOT NULL`;
    const sql = `
      SELECT left(text, ${TEXT_CHARS}) AS text, length(text) > ${TEXT_CHARS} AS cut, ${invisible('text')} AS invisible, ${formulaCondition('text')} AS formula, n, first
      FROM (${distinctTexts(table, column, where)}) WHERE ${suspicion('text', random)} ORDER BY text`;
    for await (const rows of input.catalog.stream<Omit<SuspectText, 'table' | 'column' | 'rows' | 'random'> & { n: number }>(sql))
      yield rows.map(({ n, ...row }) => ({ ...row, table, column: column.name, random, rows: n }));
  }
}

/** Columns that hold at least one suspect text. A member of a list can begin like a formula where the cell does not. */
async function suspectColumns(input: CheckInput, { relation, columns }: TextTable): Promise<Suspicion[]> {
  const counts = columns.flatMap(({ text, separator }, at) => {
    const begins = separator === null ? formulaCondition(text) : memberBegins(text, separator);
    return [
      `count(*) FILTER (${begins} OR ${telling(text)}) AS hits${at}`,
      `count(*) FILTER (${longRunCondition(text)}) AS runs${at}`,
      `count(${text}) AS texts${at}`,
    ];
  });
  const [row] = await input.catalog.all<Record<string, number>>(`SELECT ${counts.join(', ')} FROM ${relation}`);
  return columns.flatMap((column, at) => {
    const [hits, runs, texts] = [row?.[`hits${at}`] ?? 0, row?.[`runs${at}`] ?? 0, row?.[`texts${at}`] ?? 0];
    const random = runs > 0 && (runs <= ID_COLUMN.texts || runs < texts * ID_COLUMN.share);
    return hits > 0 || random ? [{ column, random }] : [];
  });
}

function suspicion(text: string, random: boolean): string {
  return `(${formulaCondition(text)} OR ${telling(text)}${random ? ` OR ${longRunCondition(text)}` : ''})`;
}

/** Coarse: a cell in which any member begins with a sign; whether it is a number is asked of the member. */
function memberBegins(text: string, separator: string): string {
  return `(${formulaCondition(text)} OR ${['=', '+', '@', '-'].map((sign) => `contains(${text}, ${literal(separator + sign)})`).join(' OR ')})`;
}

function invisible(text: string): string {
  return `unicode(nullif(regexp_extract(${text}, ${literal(INVISIBLE_CLASS)}), ''))`;
}

/** Invisible characters and words of secrets in one expression: the text is read once for both. */
function telling(text: string): string {
  return `regexp_matches(${text}, ${literal(`${INVISIBLE_CLASS}|${SECRET_WORDS}`)})`;
}
