import type { ColumnSchema } from '../../model/clinical.js';
import type { Check, FindingDraft } from '../check.js';
import { showName, showValue } from '../mask.js';
import { identifier, rowLocation } from '../sql.js';
import { crossCheck, NO_IMAGES, type CrossQuery, type PlacedRow } from './cross-check.js';
import { headers, meetingRows, meetingTables, presentColumns, type MeetingTable } from './meeting.js';

/** Modalities of objects about images (P3.3 C.7.3.1.1.1): that a table of studies leaves them out is only a warning. */
const ABOUT_IMAGES = new Set(['AU', 'DOC', 'FID', 'KO', 'PLAN', 'PR', 'REG', 'RTDOSE', 'RTPLAN', 'RTRECORD', 'RTSTRUCT', 'SEG', 'SR']);

interface ModalityRow extends PlacedRow {
  cell: string;
  modalities: string[];
}

/** XCK-005: modalities of series and studies, and the modality that a table is for. */
export const modalityCheck: Check = crossCheck<ModalityRow>(['XCK-005'], (input) => {
  if (input.images === 0) return NO_IMAGES;
  return meetingTables(input).flatMap((meeting) =>
    presentColumns(meeting.table)
      .filter(({ dicomTag, role }) => dicomTag === '00080060' || role === 'modality')
      .map((column) => modalityQuery(meeting, column)),
  );
});

function modalityQuery(meeting: MeetingTable, column: ColumnSchema): CrossQuery<ModalityRow> {
  const { table } = meeting;
  const cell = `trim(${identifier(column.name)})`;
  const stated = `(SELECT uid, list_sort(list(DISTINCT Modality)) AS modalities FROM ${headers(meeting, ['Modality'])} WHERE Modality <> '' GROUP BY uid)`;
  const met = `(SELECT * FROM ${meetingRows(meeting, [`${cell} AS cell`])} JOIN ${stated} USING (uid) WHERE cell <> '')`;
  return {
    code: 'XCK-005',
    subjects: met,
    sql: `SELECT source, source_row, key, cell, modalities FROM ${met} WHERE len(modalities) > 1 OR modalities[1] <> cell`,
    draft: (row) => draftModality(meeting, column, row, table.schema?.listSeparator ?? ','),
  };
}

function draftModality({ table }: MeetingTable, column: ColumnSchema, { cell, modalities, ...row }: ModalityRow, separator: string): Omit<FindingDraft, 'code'> | null {
  const named = new Set(column.type === 'array' ? cell.split(separator).map((part) => part.trim()) : [cell]);
  const extra = [...named].filter((name) => !modalities.includes(name));
  const left = modalities.filter((name) => !named.has(name));
  if (extra.length + left.length === 0) return null;
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
