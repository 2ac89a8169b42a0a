import type { ColumnSchema } from '../../model/clinical.js';
import type { Check, FindingDraft } from '../check.js';
import { showName, showValue } from '../mask.js';
import { identifier, rowLocation } from '../sql.js';
import { crossCheck, NO_IMAGES, type CrossQuery, type PlacedRow } from './cross-check.js';
import { headers, meetingRows, meetingTables, presentColumns, rowsWithImages, type MeetingTable } from './meeting.js';

/** Modalities of objects about images (P3.3 C.7.3.1.1.1): that a table of studies leaves them out is only a warning. */
const ABOUT_IMAGES = new Set(['AU', 'DOC', 'FID', 'KO', 'PLAN', 'PR', 'REG', 'RTDOSE', 'RTPLAN', 'RTRECORD', 'RTSTRUCT', 'SEG', 'SR']);

interface ModalityRow extends PlacedRow {
  at: number;
  cell: string;
  modalities: string[];
}

/** XCK-005: modalities of series and studies, and the modality that a table is for. */
export const modalityCheck: Check = crossCheck<ModalityRow>(['XCK-005'], (input) => {
  if (input.images === 0) return NO_IMAGES;
  return meetingTables(input).flatMap((meeting) => {
    const columns = presentColumns(meeting.table).filter(({ dicomTag, role }) => dicomTag === '00080060' || role === 'modality');
    return columns.length === 0 ? [] : [modalityQuery(meeting, columns)];
  });
});

function modalityQuery(meeting: MeetingTable, columns: readonly ColumnSchema[]): CrossQuery<ModalityRow> {
  const { table } = meeting;
  const cells = columns.map(({ name }, at) => `trim(${identifier(name)}) AS c${at}`);
  const stated = `(SELECT uid, list_sort(list(DISTINCT Modality)) AS modalities FROM ${headers(meeting, ['Modality'])} WHERE Modality <> '' GROUP BY uid)`;
  const branches = columns.map((_, at) => `SELECT source, source_row, key, ${at} AS at, c${at} AS cell, modalities FROM met WHERE c${at} <> '' AND (len(modalities) > 1 OR modalities[1] <> c${at})`);
  return {
    code: 'XCK-005',
    subjects: rowsWithImages(meeting, cells, columns.map((_, at) => `c${at} <> ''`).join(' OR ')),
    sql: `WITH met AS MATERIALIZED (SELECT * FROM ${meetingRows(meeting, cells)} JOIN ${stated} USING (uid)) ${branches.join(' UNION ALL ')}`,
    draft: (row) => draftModality(meeting, columns[row.at] as ColumnSchema, row, table.schema?.listSeparator ?? ','),
  };
}

function draftModality({ table }: MeetingTable, column: ColumnSchema, { cell, modalities, ...row }: ModalityRow, separator: string): Omit<FindingDraft, 'code'> | null {
  const named = new Set(column.type === 'array' ? cell.split(separator).map((part) => part.trim()) : [cell]);
  const extra = [...named].filter((name) => !modalities.includes(name));
  const left = modalities.filter((name) => !named.has(name));
  // A value that is not allowed is said by SCH-007.
  if (extra.length + left.length === 0 || [...named].some((name) => column.enum?.includes(name) === false)) return null;
  const isMild = extra.length === 0 && left.every((name) => ABOUT_IMAGES.has(name));
  return {
    ...(isMild ? { level: 'warning' as const } : {}),
    message: column.role === 'modality' ? 'The images of the row have another modality than the table is for.' : `${column.name} is not the modality of the images.`,
    location: rowLocation(table, row, column.name),
    expected: modalities.every((name) => /^[A-Z0-9_ ]{1,16}$/.test(name)) ? showName(modalities.join(', ')) : 'the modality of the images',
    found: /^[A-Z]{2,8}$/.test(cell) ? cell : showValue(cell, column),
    content: [cell, ...modalities].join('\t'),
  };
}
