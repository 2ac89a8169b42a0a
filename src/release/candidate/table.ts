import { quoteIdentifier } from '../../catalog/catalog.js';
import type { TableCount } from '../../model/release-reports.js';

/** A clinical table as it will be released. */
export interface CandidateTable extends TableCount {
  /** Columns of the source, in its order. */
  columns: string[];
  /** Column that names the rows; null when none is known. */
  key: string | null;
  /** Whether `case_id` was added as its first column; not when the source has a column of that name. */
  linked: boolean;
  /** Columns of text that are days by their schema, and in every row: the release has them as dates. */
  dates: string[];
}

/** Quoted name of the catalog's table with the rows to be released; besides their columns: source, source_row. */
export function candidateRows(table: string): string {
  return quoteIdentifier(`candidate_clinical_${table}`);
}

/** SQL of the rows of a table as a release has them; with `text` its days stay text, which is how everything in here compares them. */
export function selectRows({ table, dates }: Pick<CandidateTable, 'table' | 'dates'>, form: 'native' | 'text'): string {
  const native = form === 'native' ? dates.map((name) => `CAST(${quoteIdentifier(name)} AS DATE) AS ${quoteIdentifier(name)}`) : [];
  return `SELECT * EXCLUDE (source, source_row) ${native.length === 0 ? '' : `REPLACE (${native.join(', ')}) `}FROM ${candidateRows(table)}`;
}

/** SQL condition: a text is a day, in the one form that a date gives back; NULL where there is none. */
export function isDay(column: string): string {
  return `CASE WHEN ${column} IS NOT NULL THEN coalesce(${column} LIKE '____-__-__' AND TRY_CAST(${column} AS DATE)::VARCHAR = ${column}, false) END`;
}
