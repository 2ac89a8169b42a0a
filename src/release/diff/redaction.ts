import { quoteLiteral, type Catalog } from '../../catalog/catalog.js';
import type { SchemaPack } from '../../model/clinical.js';
import type { ClinicalSide, Side } from './side.js';

/**
 * Takes out of the changes to be published what a cell held before, where a release must not say it once more: a cell that
 * was emptied, and free text. Whoever mends a cell may do so because it named somebody. What a coded or numeric cell
 * held is told: that is how a corrected label is seen. `release diff` compares the two releases themselves and tells all.
 */
export async function redactChanges(catalog: Catalog, tables: ReadonlyMap<string, ClinicalSide>, pack: SchemaPack | null): Promise<void> {
  const coded = [...tables].flatMap(([table, { columns }]) =>
    [...columns].filter(([column, type]) => !type.startsWith('VARCHAR') || isCoded(pack, table, column)).map(([column]) => `(${quoteLiteral(table)}, ${quoteLiteral(column)})`),
  );
  const isTold = coded.length === 0 ? 'false' : `(table_name, column_name) IN (${coded.join(', ')})`;
  await catalog.run(`UPDATE candidate_change SET "before" = NULL WHERE rule = 'cell-changed' AND NOT ("after" IS NOT NULL AND ${isTold})`);
}

/**
 * Takes what a hidden cell held out of the changes, whichever side hides it: an older release may have shown what is
 * hidden now, and a comparison must not say it once more.
 */
export async function redactHidden(catalog: Catalog, sides: readonly Side[]): Promise<void> {
  const columns = [...new Set(sides.flatMap(({ about }) => (about.commitments ?? []).flatMap((each) => each.columns)))].sort();
  if (columns.length === 0) return;
  const hidden = columns.map((column) => quoteLiteral(column)).join(', ');
  await catalog.run(`UPDATE candidate_change SET "before" = NULL, "after" = NULL
    WHERE rule = 'cell-changed' AND ("before" IS NULL OR "after" IS NULL) AND (column_name IN (${hidden}) OR table_name || '.' || column_name IN (${hidden}))`);
}

function isCoded(pack: SchemaPack | null, table: string, column: string): boolean {
  return pack?.tables.get(table)?.columns.find(({ name }) => name === column)?.enum !== undefined;
}
