import type { QueryReport } from '../model/query.js';
import { renderTable } from './table.js';
import { formatNumber } from './units.js';

/** The rows of a query as a table, with their number. */
export function renderQuery({ columns, rows }: QueryReport): string {
  const aligned = columns.map((title) => ({ title, align: rows.every((row) => isNumber(row[title])) ? ('right' as const) : ('left' as const) }));
  const cells = rows.map((row) => columns.map((name) => showCell(row[name])));
  return [...renderTable(aligned, cells), formatNumber(rows.length, 'row')].join('\n');
}

function isNumber(value: unknown): boolean {
  return value === null || value === undefined || typeof value === 'number';
}

function showCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
