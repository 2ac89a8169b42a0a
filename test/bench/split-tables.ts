/** Real tables as the input of a draw. They are no part of the tree: whoever has them names their folder. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCsvRows } from '../../src/splits/lists/csv-row.js';
import type { CellValue } from '../../src/splits/input/variable.js';
import type { TextInput } from '../support/split-input.js';

/** A table of rows about cases: its file, the column of the case, and how its balanced columns are read. */
interface RealTable {
  file: string;
  case_id: string;
  columns: Record<string, (cell: string) => string[]>;
}

const whole = (cell: string): string[] => (cell.trim() === '' ? [] : [cell.trim()]);
const listed = (cell: string): string[] => cell.split(',').flatMap(whole);

/** The age bins of the CDC. */
const ageBin = (cell: string): string[] => {
  const age = Number(cell);
  return cell.trim() === '' || Number.isNaN(age) ? [] : [`from ${[0, 18, 50, 65].findLast((edge) => age >= edge) ?? 'below 0'}`];
};

export const REAL_TABLES: Record<string, RealTable> = {
  'covid-chestxray': {
    file: 'covid-chestxray-metadata.csv',
    case_id: 'patientid',
    columns: { sex: whole, age: ageBin, finding: listed, survival: whole, view: whole, modality: whole, location: whole },
  },
  'CBIS-DDSM mass': {
    file: 'cbis-ddsm-mass-train.csv',
    case_id: 'patient_id',
    columns: { breast_density: whole, side: whole, view: whole, mass_shape: whole, mass_margins: whole, assessment: whole, pathology: whole, subtlety: whole },
  },
};

/** The real tables that a folder holds. */
export function listRealTables(folder: string): string[] {
  return Object.keys(REAL_TABLES).filter((name) => existsSync(join(folder, REAL_TABLES[name]!.file)));
}

/** A case holds every value that one of its rows has; its rows count as its studies. */
export function readRealTable(folder: string, name: string): Required<Pick<TextInput, 'cases' | 'rows' | 'variables' | 'ties'>> {
  const { file, case_id, columns } = REAL_TABLES[name]!;
  const [head, ...rows] = [...parseCsvRows(readFileSync(join(folder, file), 'utf8'))].map(({ cells }) => cells);
  const at = (column: string) => head!.indexOf(column);
  const cases = [...new Set(rows.map((row) => row[at(case_id)]!))];
  const rowsOf = new Map(cases.map((id): [string, string[][]] => [id, []]));
  for (const row of rows) rowsOf.get(row[at(case_id)]!)!.push(row);
  const valuesOf = (id: string, column: string): CellValue => [...new Set(rowsOf.get(id)!.flatMap((row) => columns[column]!(row[at(column)] ?? '')))];
  return {
    cases,
    rows: cases.map((id) => rowsOf.get(id)!.length),
    variables: Object.keys(columns).map((column) => ({ name: column, values: cases.map((id) => valuesOf(id, column)) })),
    ties: [],
  };
}
