import { quoteIdentifier } from '../catalog/catalog.js';
import type { TableCount } from '../model/release.js';

/** A clinical table as it will be released. */
export interface CandidateTable extends TableCount {
  /** Columns of the source, in its order. */
  columns: string[];
  /** Column that names the rows; null when none is known. */
  key: string | null;
  /** Whether `case_id` was added as its first column; not when the source has a column of that name. */
  linked: boolean;
}

/** Quoted name of the catalog's table with the rows to be released; besides their columns: source, source_row. */
export function candidateRows(table: string): string {
  return quoteIdentifier(`candidate_clinical_${table}`);
}
