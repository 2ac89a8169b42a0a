import type { LoincMending } from '../model/mending.js';
import { type Catalog, quoteIdentifier, quoteLiteral } from './catalog.js';

/** Modality and description of the studies without a code, with the code that the table of study descriptions gives them. */
export const LOINC_READING = 'loinc_reading';

/** One line of the table of study descriptions, with a single modality. */
export interface LoincMapping {
  modality: string;
  /** Upper case, runs of blanks as one. */
  description: string;
  code: string;
  name: string;
}

/** Puts the table of study descriptions into the catalog, unless it is there. */
export async function loadLoincTable(catalog: Catalog, version: string, mappings: Iterable<LoincMapping>): Promise<void> {
  const [row] = await catalog.all<{ loaded: boolean }>('SELECT count(*) > 0 AND bool_and(version = ?) AS loaded FROM loinc_mapping', [version]);
  if (row?.loaded === true) return;
  await catalog.transaction(async () => {
    await catalog.run('DELETE FROM loinc_mapping');
    const appender = await catalog.appender('loinc_mapping');
    for (const { modality, description, code, name } of mappings) appender.appendRow([modality, description, code, name, version]);
    appender.close();
  });
}

/** Reads each pair of modality and description by the table, and writes down the pairs that it does not map. */
export async function readLoinc(catalog: Catalog, relation: string, table: string, { code, modality, description }: LoincMending, listSeparator: string): Promise<void> {
  const [kind, words] = [modality, description].map((column) => `coalesce(${quoteIdentifier(column)}, '')`);
  await catalog.run(`CREATE OR REPLACE TABLE ${LOINC_READING} AS
    WITH pair AS (SELECT ${kind} AS modality, ${words} AS description, count(*) AS n FROM ${quoteIdentifier(relation)} WHERE ${quoteIdentifier(code)} IS NULL GROUP BY ALL),
    told AS (SELECT DISTINCT modality, description, fold_description(description) AS folded, trim(unnest(string_split(modality, ${quoteLiteral(listSeparator)}))) AS single FROM pair),
    known AS (
      SELECT t.modality, t.description, count(DISTINCT m.loinc_code) AS codes, min(m.loinc_code) AS loinc_code, min(m.loinc_long_common_name) AS loinc_long_common_name
      FROM told AS t JOIN loinc_mapping AS m ON m.modality = t.single AND m.description = t.folded GROUP BY ALL)
    SELECT p.*, coalesce(k.codes, 0) AS codes, k.loinc_code, k.loinc_long_common_name
    FROM pair AS p LEFT JOIN known AS k ON k.modality = p.modality AND k.description = p.description`);
  await catalog.run(
    `INSERT INTO unmapped SELECT ?, modality, fold_description(description) AS folded, codes, sum(n)::BIGINT FROM ${LOINC_READING} WHERE codes <> 1 GROUP BY ALL ORDER BY ALL`,
    [table],
  );
}

/** Joins the codes as `l` to `rows`; a study that has another long name already is left to SCH-016. */
export function joinLoinc(loinc: LoincMending | null): string {
  if (loinc === null) return '';
  const { code, modality, description, longName } = loinc;
  const named = longName === null ? '' : `AND coalesce(rows.${quoteIdentifier(longName)}, l.loinc_long_common_name) = l.loinc_long_common_name`;
  return `LEFT JOIN ${LOINC_READING} AS l ON l.codes = 1 AND rows.${quoteIdentifier(code)} IS NULL
    AND l.modality = coalesce(rows.${quoteIdentifier(modality)}, '') AND l.description = coalesce(rows.${quoteIdentifier(description)}, '') ${named}`;
}

/** Puts code and name of the joined table into the columns. */
export function replaceLoinc(loinc: LoincMending | null): string {
  if (loinc === null) return '';
  const { code, longName } = loinc;
  const name = longName === null ? '' : `, coalesce(rows.${quoteIdentifier(longName)}, l.loinc_long_common_name) AS ${quoteIdentifier(longName)}`;
  return `REPLACE (coalesce(rows.${quoteIdentifier(code)}, l.loinc_code) AS ${quoteIdentifier(code)}${name})`;
}
