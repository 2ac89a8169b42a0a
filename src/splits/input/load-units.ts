import { CurationError } from '../../errors.js';
import type { UnassignedCase } from '../../model/split.js';
import type { CatalogReader } from './catalog-reader.js';
import { byCodeUnit } from './code-unit.js';
import type { RecordRow } from '../record/record.js';
import type { TableColumns } from './resolution.js';
import type { SplitSettings } from './settings.js';
import { identifier, joinCases } from './sql.js';

/** Scratch tables of the catalog while the input is read; their numbers are mapped to those of the input. */
export const CASE_TABLE = 'split_scratch_case';
export const STUDY_TABLE = 'split_scratch_study';
export const CELL_TABLE = 'split_scratch_cell';

/** The cases of a split and their studies, and how the numbers of the scratch tables map to theirs. */
export interface Units {
  cases: string[];
  /** Index of a case by its number in the scratch table; -1 for a case outside this split. */
  caseOf: Int32Array;
  studyStart: Uint32Array;
  /** Index of a study by its number in the scratch table; -1 outside this split. */
  studyOf: Int32Array;
  images: Uint32Array;
  /** Cases outside the part of another split that this one lies within. */
  outside: UnassignedCase[];
}

/**
 * Numbers the accepted cases and their studies.
 * @throws {CurationError} SPLIT_NOT_ASSIGNED when the split around this one was not drawn yet
 */
export async function readUnits(reader: CatalogReader, settings: SplitSettings, frozen: readonly RecordRow[], tables: TableColumns): Promise<Units> {
  await reader.run(`CREATE OR REPLACE TABLE ${CASE_TABLE} AS SELECT case_id, row_number() OVER (ORDER BY case_id) - 1 AS number FROM case_ WHERE status = 'accepted'`);
  const ids = await readTexts(reader, CASE_TABLE, 'case_id');
  const { inside, outside } = await divide(reader, settings, ids, frozen);
  const cases = inside.map((number) => ids[number]!);
  const caseOf = new Int32Array(ids.length).fill(-1);
  for (const [index, number] of inside.entries()) caseOf[number] = index;
  const studies = await readStudies(reader, tables, caseOf, cases.length);
  return { cases, caseOf, outside, ...studies, images: await countImages(reader, caseOf, cases.length) };
}

/** Numbers of the cases that this split is about, in code unit order of their ids, and the others with the reason. */
async function divide(reader: CatalogReader, { within }: SplitSettings, ids: readonly string[], frozen: readonly RecordRow[]): Promise<{ inside: number[]; outside: UnassignedCase[] }> {
  const numbers = [...ids.keys()].sort((a, b) => byCodeUnit(ids[a]!, ids[b]!));
  if (within === null) return { inside: numbers, outside: [] };
  const partOf = new Map<string, string>();
  for await (const rows of reader.stream<{ case_id: string; part: string }>('SELECT case_id, part FROM assignments WHERE split = ?', [within.split])) {
    for (const { case_id, part } of rows) partOf.set(case_id, part);
  }
  if (partOf.size === 0)
    throw new CurationError('SPLIT_NOT_ASSIGNED', `The split ${within.split}, which this one lies within, has not been drawn yet.`, {
      suggestions: [`Run: colophon split assign ${within.split}`],
    });
  const frozenHere = new Set(frozen.map(({ case_id }) => case_id));
  const isInside = (number: number) => partOf.get(ids[number]!) === within.part || frozenHere.has(ids[number]!);
  const outside = numbers.filter((number) => !isInside(number)).map((number) => {
    const part = partOf.get(ids[number]!);
    return { case_id: ids[number]!, reason: part === undefined ? `in no part of ${within.split}` : `in part ${part} of ${within.split}` };
  });
  return { inside: numbers.filter(isInside), outside };
}

/** A text column by the column `number`. */
async function readTexts(reader: CatalogReader, table: string, column: string): Promise<string[]> {
  const texts: string[] = [];
  const encoded = await reader.encodedTable(table, ['number', column]);
  const values = encoded.columns[1]!.values;
  for await (const { rowCount, cells } of encoded.chunks()) {
    const [numbers, found] = cells as [ArrayLike<number>, ArrayLike<string | number>];
    for (let row = 0; row < rowCount; row++) texts[numbers[row]!] = values === null ? String(found[row]) : values[Number(found[row]) - 1]!;
  }
  return texts;
}

/** Studies as images and tables with study UIDs name them. */
async function readStudies(reader: CatalogReader, tables: TableColumns, caseOf: Int32Array, cases: number): Promise<Pick<Units, 'studyStart' | 'studyOf'>> {
  const named = [`SELECT c.number AS case_number, i.StudyInstanceUID AS uid FROM instance AS i JOIN ${CASE_TABLE} AS c ON c.case_id = i.case_id WHERE i.StudyInstanceUID <> ''`];
  for (const [table, columns] of tables) {
    const uid = studyColumn(columns);
    if (uid === undefined) continue;
    const cell = `rows.${identifier(uid)}::VARCHAR`;
    named.push(`SELECT c.number, ${cell} FROM ${identifier(`clinical_${table}`)} AS rows ${joinCases(table)} JOIN ${CASE_TABLE} AS c ON c.case_id = link.case_id WHERE ${cell} <> ''`);
  }
  await reader.run(
    `CREATE OR REPLACE TABLE ${STUDY_TABLE} AS SELECT case_number, uid, row_number() OVER (ORDER BY case_number, uid) - 1 AS number FROM (${named.join(' UNION ')})`,
  );
  const caseNumbers = await readNumbers(reader, STUDY_TABLE, 'case_number');
  const studyStart = new Uint32Array(cases + 1);
  for (const number of caseNumbers) if (caseOf[number]! >= 0) studyStart[caseOf[number]! + 1]!++;
  for (let index = 0; index < cases; index++) studyStart[index + 1] = studyStart[index + 1]! + studyStart[index]!;
  const next = studyStart.slice();
  const studyOf = Int32Array.from(caseNumbers, (number) => (caseOf[number]! < 0 ? -1 : next[caseOf[number]!]!++));
  return { studyStart, studyOf };
}

/** A numeric column by the column `number`. */
async function readNumbers(reader: CatalogReader, table: string, column: string): Promise<number[]> {
  const found: number[] = [];
  for await (const { rowCount, cells } of (await reader.encodedTable(table, ['number', column])).chunks()) {
    const [numbers, values] = cells as [ArrayLike<number>, ArrayLike<number>];
    for (let row = 0; row < rowCount; row++) found[numbers[row]!] = values[row]!;
  }
  return found;
}

async function countImages(reader: CatalogReader, caseOf: Int32Array, cases: number): Promise<Uint32Array> {
  const images = new Uint32Array(cases);
  const sql = `SELECT c.number::INTEGER AS number, count(*)::INTEGER AS images FROM instance AS i JOIN ${CASE_TABLE} AS c ON c.case_id = i.case_id GROUP BY 1`;
  for await (const rows of reader.stream<{ number: number; images: number }>(sql)) {
    for (const { number, images: count } of rows) if (caseOf[number]! >= 0) images[caseOf[number]!] = count;
  }
  return images;
}

/** The column of a clinical table that holds study UIDs, by its usual names; undefined when it has none. */
export function studyColumn(columns: readonly string[]): string | undefined {
  return columns.find((column) => /^study_?(instance_?)?uid$/i.test(column));
}
