import type { ColumnRole, ColumnSchema, StandsFor } from '../../model/clinical.js';
import { KEPT_ATTRIBUTES } from '../../model/header.js';
import type { CheckInput, ClinicalTable } from '../check.js';
import { identifier, judgedRows, literal } from '../sql.js';

/** DICOM tags of the UIDs by which rows meet images. */
export const UID_TAGS = { study: '0020000d', series: '0020000e', instance: '00080018' } as const;

/** Column of `instance` that rows of each level meet. */
const LEVEL_COLUMNS = { case: 'case_id', study: 'StudyInstanceUID', series: 'SeriesInstanceUID', instance: 'SOPInstanceUID' } as const;

/** What the images of a row have in common. */
export type Level = keyof typeof LEVEL_COLUMNS;

/** A table whose rows meet images: at which level, and SQL for the value of a row that the images have too. */
export interface MeetingTable {
  table: ClinicalTable;
  level: Level;
  uid: string;
}

/** A column that the file has, with what the schema says of it. */
export function presentColumns(table: ClinicalTable): ColumnSchema[] {
  return (table.schema?.columns ?? []).filter(({ name }) => table.columns.includes(name));
}

/** The first column of the file with a role, or undefined. */
export function roleColumn(table: ClinicalTable, role: ColumnRole): ColumnSchema | undefined {
  return presentColumns(table).find((column) => column.role === role);
}

/** What a row of a table is one of: what the schema says, else the finest of its single UIDs; null: of nothing in DICOM. */
export function standsFor(table: ClinicalTable): StandsFor | null {
  if (table.schema === null) return null;
  return table.schema.standsFor ?? finestLevel(table.schema.columns);
}

function finestLevel(columns: readonly ColumnSchema[]): 'study' | 'series' | 'instance' | null {
  return (['instance', 'series', 'study'] as const).find((level) => uidColumn(columns, level) !== undefined) ?? null;
}

function uidColumn(columns: readonly ColumnSchema[], level: keyof typeof UID_TAGS): ColumnSchema | undefined {
  return columns.find(({ dicomTag, type }) => dicomTag === UID_TAGS[level] && type !== 'array');
}

/** Every table whose rows meet images. A row whose UID column is empty meets by its key, where rows stand for what the UID names. */
export function meetingTables(input: CheckInput): MeetingTable[] {
  return input.tables.flatMap((table): MeetingTable[] => {
    if (table.schema === null) return [];
    const level = finestLevel(presentColumns(table)) ?? keyLevel(table);
    if (level === null) return [];
    if (level === 'case') return [{ table, level, uid: identifier(table.key ?? '') }];
    const column = uidColumn(presentColumns(table), level)?.name;
    const key = standsFor(table) === level ? table.key : null;
    const names = [...new Set([column, key])].filter((name): name is string => typeof name === 'string' && table.columns.includes(name));
    return [{ table, level, uid: `coalesce(${names.map((name) => `nullif(${identifier(name)}, '')`).join(', ')})` }];
  });
}

/** The level whose UID the key is, when the file leaves the UID column out. */
function keyLevel(table: ClinicalTable): Level | null {
  if (table.key === null || !table.columns.includes(table.key)) return null;
  if (table.role === 'case') return 'case';
  const level = standsFor(table);
  return level === null || level === 'none' ? null : level;
}

/** SQL for the key of a row, NULL where the table has none. */
export function keySql(table: ClinicalTable): string {
  return table.key !== null && table.columns.includes(table.key) ? identifier(table.key) : 'NULL::VARCHAR';
}

/** The judged rows of a table that meet images: (source, source_row, key, uid, more...). */
export function meetingRows({ table, uid }: MeetingTable, more: readonly string[] = []): string {
  return rowsOf(table, [`${uid} AS uid`, ...more]);
}

/**
 * The judged rows of a table: (source, source_row, key, more...). The table's own columns go no further than this, so that a
 * query meets only names that it gave itself, whatever the columns of a pack are called.
 */
export function rowsOf(table: ClinicalTable, more: readonly string[], where = 'true'): string {
  return `(SELECT ${['source', 'source_row', `${keySql(table)} AS key`, ...more].join(', ')} FROM ${judgedRows(table)} WHERE ${where})`;
}

/** Images of accepted cases whose header was read whole. */
export const WHOLE_IMAGES = `(SELECT i.* FROM instance AS i JOIN case_ AS c ON c.case_id = i.case_id AND c.status = 'accepted' WHERE i.status = 'ok')`;

/** The different headers that the images of a row have: (uid, keywords...), values trimmed, '' when absent. */
export function headers(meeting: MeetingTable, keywords: readonly string[]): string {
  const column = levelColumn(meeting);
  const values = keywords.map((keyword) => `trim(coalesce(${identifier(keyword)}, '')) AS ${identifier(keyword)}`);
  return `(SELECT DISTINCT ${[`${column} AS uid`, ...values].join(', ')} FROM ${WHOLE_IMAGES} WHERE ${column} IN (SELECT uid FROM ${meetingRows(meeting)}))`;
}

/** The rows of a table that have images: what a rule about both has to look at. */
export function rowsWithImages(meeting: MeetingTable, more: readonly string[] = [], where = 'true'): string {
  return `(SELECT * FROM ${meetingRows(meeting, more)} WHERE (${where}) AND uid IN (SELECT ${levelColumn(meeting)} FROM ${WHOLE_IMAGES}))`;
}

/** Column of `instance` that the rows of a table meet. */
export function levelColumn({ level }: MeetingTable): string {
  return LEVEL_COLUMNS[level];
}

/** The cases that the rows of a table belong to: (source, source_row, case_id). */
export function casesOf(table: ClinicalTable): string {
  return `(SELECT source, source_row, case_id FROM row_case WHERE table_name = ${literal(table.name)})`;
}

const KEYWORDS = new Map(KEPT_ATTRIBUTES.map(({ keyword, tag }) => [tag, keyword]));

/** The keyword under which the catalog keeps an attribute; undefined when it is not kept. */
export function keptKeyword(tag: string): string | undefined {
  return KEYWORDS.get(tag);
}
