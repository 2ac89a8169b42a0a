import { nearMiss } from '../../model/near-miss.js';

/** DuckDB's parse of a statement, as `json_serialize_sql` prints it; only what is looked at here. */
interface ParsedStatement {
  error: boolean;
  error_message?: string;
  statements?: { node: { type: string; select_list?: unknown[]; from_table?: { table_name?: string } } }[];
}

const PARSED_TABLE = 'case_rows';

/** Longest condition that a message repeats, in UTF-16 code units. */
const MAX_SHOWN = 120;

/** A condition as it reads in a message: on one line, shortened. */
export function showCondition(condition: string): string {
  const line = condition.replace(/[\s\p{C}]+/gu, ' ').trim();
  return line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}…` : line;
}

/** The statement whose parse shows whether a text is one expression and nothing else. */
export function conditionStatement(condition: string): string {
  return `SELECT (${condition}\n) FROM ${PARSED_TABLE}`;
}

/**
 * Why a text is not a condition that a split can rest on, or null: it must be one expression over the columns of the case
 * table, look at nothing else, and give the same answer whenever it is asked.
 * @param parsed What `json_serialize_sql` says about `conditionStatement(condition)`.
 * @param unstable Functions, in lower case, whose answer depends on chance, time or session.
 */
export function findConditionDefect(parsed: string, unstable: ReadonlySet<string>, columns: readonly string[]): string | null {
  const { error, error_message, statements } = JSON.parse(parsed) as ParsedStatement;
  if (error) return error_message ?? 'it cannot be parsed';
  const node = statements?.length === 1 ? statements[0]!.node : undefined;
  const single = node?.type === 'SELECT_NODE' && node.select_list?.length === 1 && node.from_table?.table_name === PARSED_TABLE;
  if (!single) return 'it is not a single expression';
  return findForbidden(node.select_list![0], unstable, new Map(columns.map((column) => [column.toLowerCase(), column])));
}

const FORBIDDEN = new Map([
  ['SUBQUERY', 'a subquery'],
  ['STAR', 'a star'],
  ['WINDOW', 'a window function'],
  ['PARAMETER', 'a parameter'],
  ['LAMBDA', 'a lambda'],
]);

/** Walks an expression without recursion: hostile input may nest deeper than the stack. */
function findForbidden(root: unknown, unstable: ReadonlySet<string>, columns: ReadonlyMap<string, string>): string | null {
  const open: unknown[] = [root];
  while (open.length > 0) {
    const node = open.pop();
    if (typeof node !== 'object' || node === null) continue;
    const { class: kind, function_name: name, column_names: reference } = node as Record<string, unknown>;
    const forbidden = FORBIDDEN.get(String(kind));
    if (forbidden !== undefined) return `it holds ${forbidden}`;
    if (typeof name === 'string' && unstable.has(name.toLowerCase())) return `${name}() does not always give the same answer`;
    if (kind === 'COLUMN_REF' && Array.isArray(reference)) {
      const unknown = describeUnknown(reference.map(String), columns);
      if (unknown !== null) return unknown;
    }
    open.push(...Object.values(node));
  }
  return null;
}

function describeUnknown(reference: string[], columns: ReadonlyMap<string, string>): string | null {
  const name = reference.join('.');
  if (reference.length === 1 && columns.has(name.toLowerCase())) return null;
  if (columns.has(name.toLowerCase())) return `the column ${name} must stand in double quotes`;
  const near = nearMiss(name, columns.values());
  return `the case table has no column ${name}${near === undefined ? '' : `; did you mean ${near}?`}`;
}
