import type { DefectLog } from './table-defect.js';

/** Columns that every raw and clinical table of the catalog has besides those of its file. */
const RESERVED = new Set(['source', 'source_row']);

const LABEL_CHARS_MAX = 255;
const COLUMNS_MAX = 4096;

/**
 * Notes what is wrong with the column names of a table (SCH-002): blank, with blanks around, not NFC, too long, reserved,
 * or the same as another but for case, blanks and composition.
 */
export function checkLabels(labels: readonly string[], defects: DefectLog): void {
  if (labels.length > COLUMNS_MAX) return defects.add('SCH-002', 'The table has too many columns.', { expected: `at most ${COLUMNS_MAX}`, found: `${labels.length}` });
  const places = new Map<string, number>();
  labels.forEach((label, index) => {
    const at = { line: 1, column: label, found: JSON.stringify(label.slice(0, LABEL_CHARS_MAX)) };
    const folded = foldLabel(label);
    const before = places.get(folded);
    places.set(folded, before ?? index);
    if (folded === '') return defects.add('SCH-002', `Column ${index + 1} has no name.`, { line: 1 });
    if (label !== label.trim()) defects.add('SCH-002', `The name of column ${index + 1} has blanks around it.`, { ...at, expected: JSON.stringify(label.trim()) });
    else if (label !== label.normalize('NFC')) defects.add('SCH-002', `The name of column ${index + 1} is not in Unicode's composed form (NFC).`, at);
    if (label.length > LABEL_CHARS_MAX) defects.add('SCH-002', `The name of column ${index + 1} is longer than ${LABEL_CHARS_MAX} characters.`, { line: 1 });
    if (before !== undefined) defects.add('SCH-002', `Columns ${before + 1} and ${index + 1} have the same name, case and blanks aside.`, at);
    if (RESERVED.has(folded)) defects.add('SCH-002', `A column cannot be called ${folded}: the catalog adds one of that name. Rename it at the source.`, at);
  });
}

/** Names that fold to the same text would be taken for one column by somebody. */
function foldLabel(label: string): string {
  return label.normalize('NFC').trim().toLowerCase();
}
