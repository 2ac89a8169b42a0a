import type { ColumnSchema } from '../../model/clinical.js';
import type { Check, FindingDraft } from '../check.js';
import type { Code } from '../codes.js';
import { showName, showValue } from '../mask.js';
import { identifier, literal, rowLocation } from '../sql.js';
import { judgeCopy, type CopyVerdict } from './copy-judgement.js';
import { crossCheck, NO_IMAGES, type CrossQuery, type PlacedRow } from './cross-check.js';
import { headers, keptKeyword, meetingRows, meetingTables, presentColumns, rowsWithImages, UID_TAGS, type MeetingTable } from './meeting.js';

/** Attributes with a rule of their own; what a table repeats of any other one is judged by XCK-009. */
const RULES: ReadonlyMap<string, Code | null> = new Map<string, Code | null>([
  ['00080018', 'XCK-001'], // SOPInstanceUID
  ['0020000d', 'XCK-001'], // StudyInstanceUID
  ['0020000e', 'XCK-001'], // SeriesInstanceUID
  ['00100020', 'XCK-001'], // PatientID
  ['00100040', 'XCK-002'], // PatientSex
  ['00081030', 'XCK-010'], // StudyDescription
  ['0008103e', 'XCK-010'], // SeriesDescription
  ['00180015', 'XCK-010'], // BodyPartExamined
  ['00080060', null], // Modality: XCK-005
  ['00080020', null], // StudyDate: XCK-008
]);

const COPY_CODES = ['XCK-001', 'XCK-002', 'XCK-009', 'XCK-010'] as const satisfies readonly Code[];

/** A column of a table and the attribute that it repeats. */
interface Copy {
  column: ColumnSchema;
  keyword: string;
  code: Code;
}

interface CopyRow extends PlacedRow {
  at: number;
  cell: string | null;
  headers: string[];
}

/** XCK-001 (UIDs), XCK-002, XCK-009, XCK-010: columns that repeat an attribute, by the tags of the schema. */
export const copyCheck: Check = crossCheck<CopyRow>(COPY_CODES, (input) => {
  if (input.images === 0) return NO_IMAGES;
  return meetingTables(input).flatMap((meeting) => {
    const copies = copiesOf(meeting);
    return COPY_CODES.map((code) => copies.filter((copy) => copy.code === code))
      .filter((list) => list.length > 0)
      .map((list) => copyQuery(meeting, list));
  });
});

function copiesOf(meeting: MeetingTable): Copy[] {
  return presentColumns(meeting.table).flatMap((column): Copy[] => {
    const keyword = column.dicomTag === undefined ? undefined : keptKeyword(column.dicomTag);
    if (column.dicomTag === undefined || keyword === undefined || !isComparable(column)) return [];
    if (isMeetingColumn(column, meeting)) return [];
    const code = RULES.get(column.dicomTag) ?? (RULES.has(column.dicomTag) ? null : 'XCK-009');
    return code === null ? [] : [{ column, keyword, code }];
  });
}

/** A number of years under the tag of PatientAge is an age (XCK-003); a truth value repeats nothing unless it is translated. */
function isComparable({ type, dicomTag, dicomValues }: ColumnSchema): boolean {
  if (type === 'boolean') return dicomValues !== undefined;
  return dicomTag !== '00101010' || type === 'string';
}

/** The UID by which the row found its images. A list of instances is resolved by REF-006. */
function isMeetingColumn({ dicomTag, type }: ColumnSchema, { level }: MeetingTable): boolean {
  if (dicomTag === UID_TAGS.instance && type === 'array') return true;
  return level !== 'case' && dicomTag === UID_TAGS[level];
}

/** Rows whose cell is not plainly the one value of their images; the closer look is `judgeCopy`. */
function copyQuery(meeting: MeetingTable, copies: readonly Copy[]): CrossQuery<CopyRow> {
  const { table } = meeting;
  const separator = table.schema?.listSeparator ?? ',';
  const cells = copies.map(({ column }, at) => `trim(${identifier(column.name)}) AS c${at}`);
  const keywords = [...new Set(copies.map(({ keyword }) => keyword))];
  const lists = keywords.map((keyword) => `list_sort(list(DISTINCT ${identifier(keyword)})) AS ${identifier(keyword)}`);
  const branches = copies.map(({ column, keyword, code }, at) => {
    const header = identifier(keyword);
    const filled = code === 'XCK-002' ? 'true' : `c${at} <> ''`;
    return `SELECT source, source_row, key, ${at} AS at, c${at} AS cell, ${header} AS headers FROM met
      WHERE ${filled} AND (len(${header}) <> 1 OR coalesce(NOT (${plainlySame(column, `c${at}`, `${header}[1]`, separator)}), true))`;
  });
  return {
    code: copies[0]?.code ?? 'XCK-009',
    subjects: rowsWithImages(meeting),
    sql: `WITH header AS (SELECT uid, ${lists.join(', ')} FROM ${headers(meeting, keywords)} GROUP BY uid),
      met AS MATERIALIZED (SELECT * FROM ${meetingRows(meeting, cells)} AS r JOIN header USING (uid))
      ${branches.join(' UNION ALL ')}`,
    draft: (row) => draftCopy(meeting, copies[row.at] as Copy, row, separator),
  };
}

/** SQL for cells that need no closer look; may be NULL. */
function plainlySame(column: ColumnSchema, cell: string, header: string, separator: string): string {
  if (column.dicomValues !== undefined) return 'false';
  const scalar = column.type === 'array' ? column.items : column.type;
  const one = column.type === 'array' ? `replace(${header}, '\\', ${literal(separator)})` : header;
  if (scalar !== 'number' && scalar !== 'integer') return `${one} = ${cell}`;
  const numbers = (text: string): string => `list_transform(string_split(${text}, ${literal(separator)}), x -> try_cast(trim(x) AS DOUBLE))`;
  return `NOT list_contains(${numbers(cell)}, NULL) AND ${numbers(one)} = ${numbers(cell)}`;
}

const MESSAGES: Record<Exclude<CopyVerdict, 'same'>, (column: string, keyword: string) => string> = {
  differs: (column, keyword) => `${column} is not what the images say in ${keyword}.`,
  case: (column, keyword) => `${column} differs from ${keyword} of the images in upper and lower case.`,
  some: (column, keyword) => `${column} leaves out values that images have in ${keyword}.`,
  unconfirmed: (column, keyword) => `${column} repeats ${keyword}, which the images do not hold.`,
};

function draftCopy({ table }: MeetingTable, copy: Copy, row: CopyRow, separator: string): Omit<FindingDraft, 'code'> | null {
  const { column, keyword, code } = copy;
  const cell = row.cell ?? '';
  if (!isAllowed(cell, column, separator)) return null;
  if (code === 'XCK-002') return draftSex(table, copy, row);
  const verdict = judgeCopy(cell, row.headers, column, separator);
  if (verdict === 'same') return null;
  const level = verdict === 'differs' ? {} : { level: code === 'XCK-010' ? ('info' as const) : ('warning' as const) };
  return {
    ...level,
    message: MESSAGES[verdict](column.name, keyword),
    location: rowLocation(table, row, column.name),
    expected: verdict === 'unconfirmed' ? 'an empty cell, or images with the attribute' : expectedValue(row.headers, copy),
    found: showValue(cell, column),
    content: [cell, ...row.headers].join('\t'),
  };
}

/** What breaks the schema is said by the schema's rules: SCH-006 and SCH-007. */
function isAllowed(cell: string, column: ColumnSchema, separator: string): boolean {
  const members = column.type === 'array' ? cell.split(separator).map((part) => part.trim()) : [cell.trim()];
  if (cell === '') return true;
  if (column.enum !== undefined) return members.every((member) => column.enum?.includes(member));
  const scalar = column.type === 'array' ? column.items : column.type;
  return (scalar !== 'number' && scalar !== 'integer') || members.every(isNumbers);
}

/** Values of headers are shown where the schema says that they are numbers or of a closed list. */
function expectedValue(values: readonly string[], { column, keyword }: Copy): string {
  const scalar = column.type === 'array' ? column.items : column.type;
  const isOpen = column.enum === undefined && scalar !== 'number' && scalar !== 'integer';
  const stated = values.filter((value) => value !== '');
  if (isOpen || stated.some((value) => (column.enum === undefined ? !isNumbers(value) : !isListed(value, column)))) return `the ${keyword} of the images`;
  return `${stated.slice(0, 3).map((value) => showName(value)).join(' or ')} (${keyword})`;
}

function isNumbers(value: string): boolean {
  return value.split('\\').every((part) => part.trim() !== '' && Number.isFinite(Number(part)));
}

function isListed(value: string, { enum: allowed = [], dicomValues }: ColumnSchema): boolean {
  return dicomValues?.has(value) === true || value.split('\\').every((part) => allowed.includes(part));
}

/** XCK-002: a contradiction is an error, one silent side a warning. What stands for an absent value is silent too. */
function draftSex(table: MeetingTable['table'], { column, keyword }: Copy, row: CopyRow): Omit<FindingDraft, 'code'> | null {
  const cell = (row.cell ?? '').trim();
  const stated = row.headers.filter((value) => value !== '');
  const isSilent = cell === '' || column.dicomValues?.get('')?.includes(cell) === true;
  if (stated.length === 0 && isSilent) return null;
  const agreeing = stated.filter((value) => (column.dicomValues?.get(value) ?? [value]).includes(cell));
  if (stated.length > 0 && agreeing.length === stated.length) return null;
  const place = { location: rowLocation(table, row, column.name), content: [cell, ...row.headers].join('\t') };
  const isContradiction = stated.length > 0 && !isSilent;
  const sides = stated.length === 0 ? `${column.name} is given, ${keyword} of the images is empty.` : `${keyword} of the images is given, ${column.name} is not.`;
  return {
    ...place,
    ...(isContradiction ? {} : { level: 'warning' as const }),
    message: isContradiction ? `${column.name} contradicts ${keyword} of the images.` : sides,
    expected: stated.length === 0 ? `${keyword} in the images` : `what ${keyword} says`,
    found: cell === '' ? 'nothing' : showValue(cell, column),
  };
}
