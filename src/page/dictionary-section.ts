import type { DataDictionary, DictionaryColumn, DictionaryTable } from '../model/dictionary.js';
import type { PageFacts } from '../model/page.js';
import { shortenText } from '../report/escape.js';
import { htmlText as text } from '../report/html-text.js';
import { scrolled, table } from '../report/split-html-table.js';
import { formatCount, formatNumber } from '../report/units.js';

/** A page describes so many tables, columns of each and allowed values; the dictionary itself has all. */
const MAX_TABLES = 100;
const MAX_COLUMNS = 500;
const MAX_VALUES = 30;
const VALUE_CHARACTERS = 60;
const TEXT_CHARACTERS = 600;

/** Every table with its rows, and what the columns of the clinical ones mean. */
export function renderDictionary({ tables, dictionary }: PageFacts): string {
  const rows = tables.slice(0, MAX_TABLES).map(({ name, rows: count }) => [name, formatCount(count)]);
  return `<section aria-labelledby="dictionary"><h2 id="dictionary">Tables and data dictionary</h2>
<p class="muted">All tables are Parquet files in <code>data/tables/</code>; the same dictionary for programs: <code>data/dictionary.json</code>.</p>
<details><summary>${formatNumber(tables.length, 'table')} and their rows</summary>${scrolled('Tables', table('', ['table', 'rows'], rows))}</details>
${dictionary === null ? '' : renderTables(dictionary)}</section>`;
}

function renderTables({ pack, tables }: DataDictionary): string {
  const origin = pack.version === '' ? '' : `<p class="muted">By the schemas ${text(pack.name)} ${text(pack.version)}.</p>`;
  const more = tables.length > MAX_TABLES ? `<p class="muted">${formatCount(tables.length - MAX_TABLES)} more tables are in the dictionary.</p>` : '';
  return `${origin}${tables.slice(0, MAX_TABLES).map(renderTable).join('\n')}${more}`;
}

function renderTable({ table: name, description, key, columns }: DictionaryTable): string {
  const rows = columns.slice(0, MAX_COLUMNS).map((column) => [shortenText(column.column, TEXT_CHARACTERS), typeOf(column), meaningOf(column), valuesOf(column), missingOf(column)]);
  const more = columns.length > MAX_COLUMNS ? `<p class="muted">${formatCount(columns.length - MAX_COLUMNS)} more columns are in the dictionary.</p>` : '';
  return `<details><summary>${text(name)}: ${formatNumber(columns.length, 'column')}</summary>
${description === null ? '' : `<p>${text(shortenText(description, TEXT_CHARACTERS))}</p>`}${key === '' ? '' : `<p class="muted">A row is named by <code>${text(key)}</code>.</p>`}
${scrolled(`Columns of ${name}`, table('', ['column', 'type', 'meaning', 'allowed values', 'missing values'], rows, 'full dictionary'))}${more}</details>`;
}

function typeOf({ type, items, unit, required }: DictionaryColumn): string {
  return [type === 'array' ? `list of ${items ?? 'values'}` : type, ...(unit === null ? [] : [unit]), ...(required ? ['required'] : [])].join(', ');
}

function meaningOf({ description, dicom_tag, link }: DictionaryColumn): string {
  return [
    shortenText(description ?? '', TEXT_CHARACTERS),
    ...(dicom_tag === null ? [] : [`DICOM (${dicom_tag.slice(0, 4)},${dicom_tag.slice(4)}).`]),
    ...(link === null ? [] : [`Names a row of ${link.table}.`]),
  ].join(' ').trim();
}

/** Dictionaries of older releases say nothing of it. */
function missingOf({ missing }: Partial<Pick<DictionaryColumn, 'missing'>>): string {
  return shortenText(missing ?? '', TEXT_CHARACTERS);
}

function valuesOf({ enum: allowed, minimum, maximum, form }: DictionaryColumn): string {
  if (allowed !== null) {
    const shown = allowed.slice(0, MAX_VALUES).map((value) => shortenText(value, VALUE_CHARACTERS));
    return `${shown.join(', ')}${allowed.length > shown.length ? `, and ${formatCount(allowed.length - shown.length)} more` : ''}`;
  }
  if (minimum === null && maximum === null) return shortenText(form ?? '', VALUE_CHARACTERS);
  return minimum === null ? `at most ${maximum}` : maximum === null ? `at least ${minimum}` : `${minimum} to ${maximum}`;
}
