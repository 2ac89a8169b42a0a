import type { ColumnMending, LoincMending, TableMending } from '../model/mending.js';
import { type Catalog, quoteIdentifier, quoteLiteral } from './catalog.js';
import { joinTexts, outcome, singleCell } from './mended-cell.js';
import { joinLoinc } from './mend-loinc.js';

/** Reasons of the cells that a rule reads, but that the rest of the row forbids to mend. */
const REASON = {
  noColumn: 'no column beside it can say that the age is above 89',
  otherwise: 'the column beside it says that the age is not above 89',
} as const;

/**
 * Writes into `harmonization` what rules do to the cells of a table, by rule and spelling.
 * @param mending the name of the relation with mended cells, for the codes that are filled
 */
export async function countMended(catalog: Catalog, raw: string, mended: string, table: string, { columns, loinc }: TableMending): Promise<void> {
  for (const index of columns.keys()) await countColumn(catalog, raw, table, columns, index);
  if (loinc !== null) await countLoinc(catalog, mended, table, loinc);
}

async function countColumn(catalog: Catalog, raw: string, table: string, columns: readonly ColumnMending[], index: number): Promise<void> {
  const { column, over } = columns[index] as ColumnMending;
  const beside = columns.findIndex((each) => each.column === over?.column);
  const joins = [index, ...(beside === -1 || beside === index ? [] : [beside])].map((each) => joinTexts(each, columns)).join(' ');
  const m = `m${index}`;
  const refused = over === undefined ? REASON.noColumn : REASON.otherwise;
  const from = `FROM ${quoteIdentifier(raw)} AS rows ${joins} WHERE ${m}.rule IS NOT NULL`;
  await catalog.run(
    `INSERT INTO harmonization
     SELECT ?, ?, rule, outcome, CASE WHEN outcome = 'mended' THEN shown_from END, CASE WHEN outcome = 'mended' THEN shown_to END,
       CASE WHEN outcome = 'left' AND above THEN ? ELSE reason END, outcome = 'mended' AND merges, count(*)
     FROM (SELECT ${m}.rule, ${outcome(index, columns)} AS outcome, ${m}.shown_from, ${m}.shown_to, ${m}.reason, ${m}.above, ${m}.merges ${from})
     GROUP BY ALL ORDER BY ALL`,
    [table, column, refused],
  );
  if (over !== undefined)
    await catalog.run(
      `INSERT INTO harmonization
       SELECT ?, ?, rule, 'mended', NULL, ?, '', false, count(*)
       FROM (SELECT ${m}.rule ${from} AND ${m}.above AND ${outcome(index, columns)} = 'mended' AND coalesce(${singleCell(over.column, columns)}, '') <> ${quoteLiteral(over.term)})
       GROUP BY ALL ORDER BY ALL`,
      [table, over.column, over.term],
    );
}

async function countLoinc(catalog: Catalog, mended: string, table: string, loinc: LoincMending): Promise<void> {
  const filled = [[loinc.code, 'loinc_code'], ...(loinc.longName === null ? [] : [[loinc.longName, 'loinc_long_common_name']])] as const;
  for (const [column, value] of filled)
    await catalog.run(
      `INSERT INTO harmonization
       SELECT ?, ?, ?, 'mended', NULL, l.${value}, '', false, count(*)
       FROM ${mended} AS rows ${joinLoinc(loinc)} WHERE l.codes = 1 AND rows.${quoteIdentifier(column as string)} IS NULL GROUP BY ALL ORDER BY ALL`,
      [table, column as string, loinc.rule],
    );
}

/** Cells that were mended, over all columns of a table. */
export async function countChanges(catalog: Catalog, table: string): Promise<number> {
  const [row] = await catalog.all<{ n: number }>("SELECT coalesce(sum(row_count), 0)::BIGINT AS n FROM harmonization WHERE table_name = ? AND outcome = 'mended'", [table]);
  return row?.n ?? 0;
}
