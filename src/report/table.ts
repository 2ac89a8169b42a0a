import { shortenText } from './escape.js';

/** A column of a text table. */
export interface TableColumn {
  title: string;
  /** `right` for numbers; left otherwise. */
  align?: 'left' | 'right';
}

/** Cells longer than this are cut, in characters. */
const MAX_CELL = 64;

/** Lines of an aligned table: a head, a rule, the rows. Cells come from data and are escaped. */
export function renderTable(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string[] {
  const cells = rows.map((row) => columns.map((_, index) => shortenText(row[index] ?? '', MAX_CELL)));
  const widths = columns.map(({ title }, index) => cells.reduce((widest, row) => Math.max(widest, width(row[index] ?? '')), width(title)));
  const line = (row: readonly string[]) =>
    columns
      .map(({ align }, index) => {
        const cell = row[index] ?? '';
        const padding = ' '.repeat((widths[index] ?? 0) - width(cell));
        return align === 'right' ? padding + cell : cell + padding;
      })
      .join('  ')
      .trimEnd();
  return [line(columns.map(({ title }) => title)), widths.map((size) => '─'.repeat(size)).join('  '), ...cells.map(line)];
}

/** Columns on a terminal; wide (East Asian) characters take two. */
function width(text: string): number {
  let columns = 0;
  for (const character of text) columns += WIDE.test(character) ? 2 : 1;
  return columns;
}

const WIDE = /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u;
