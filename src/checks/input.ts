import type { SchemaPack } from '../model/clinical.js';
import type { Config } from '../model/config.js';
import type { GatePolicy } from '../model/policy.js';
import { isImageSource } from '../model/source-config.js';
import type { CatalogReader, CheckInput, ClinicalTable, Governance } from './check.js';
import { identifier, literal } from './sql.js';

/** The case table unless the configuration links PatientID to another one. */
const DEFAULT_CASE_TABLE = 'case';

/** Rows that are not judged, by table: all their cases are rejected, withdrawn or withheld. Filled by the run, dropped after it. */
export const EXCLUDED_ROWS = 'check_excluded_row';

/** SQL that lists the rows whose cases are all rejected, withdrawn or withheld; one pass, however many there are. */
export const EXCLUDED_ROWS_SQL = `
  SELECT r.table_name, r.source, r.source_row FROM row_case AS r LEFT JOIN case_ AS c ON c.case_id = r.case_id
  GROUP BY ALL HAVING bool_and(coalesce(c.status IN ('rejected', 'withdrawn', 'withheld'), false))`;

/** A workspace without withdrawals, waivers and releases. */
const NO_GOVERNANCE: Governance = { withdrawals: [], waivers: [], log: [] };

/**
 * Looks at the catalog once to tell the checks what is there.
 * @param given what comes from the workspace's own files
 */
export async function readInput(
  catalog: CatalogReader,
  pack: SchemaPack | null,
  config: Config,
  policy: GatePolicy,
  today: string,
  given: Partial<Pick<CheckInput, 'governance' | 'releases'>> = {},
): Promise<CheckInput> {
  const [counts] = await catalog.all<{ images: number; accepted: number }>(
    "SELECT (SELECT count(*) FROM instance) AS images, (SELECT count(*) FROM case_ WHERE status = 'accepted') AS accepted",
  );
  return {
    catalog,
    pack,
    config,
    policy,
    today,
    tables: await readTables(catalog, pack, config),
    acceptedCases: counts?.accepted ?? 0,
    images: counts?.images ?? 0,
    imageSource: config.sources.some(isImageSource),
    governance: given.governance ?? NO_GOVERNANCE,
    releases: given.releases ?? [],
  };
}

/** Rows of a table that were left out, for the report. */
export async function countExcluded(catalog: CatalogReader): Promise<number> {
  const [row] = await catalog.all<{ n: number }>(`SELECT count(*) AS n FROM ${EXCLUDED_ROWS}`);
  return row?.n ?? 0;
}

async function readTables(catalog: CatalogReader, pack: SchemaPack | null, config: Config): Promise<ClinicalTable[]> {
  const loaded = await catalog.all<{ table_name: string; columns: string[]; key_column: string | null }>(
    'SELECT table_name, columns, key_column FROM clinical_table ORDER BY table_name',
  );
  const files = await catalog.all<{ table_name: string; source: string; path: string }>('SELECT table_name, source, path FROM table_file ORDER BY ALL');
  const mended = await catalog.all<{ table_name: string }>('SELECT table_name FROM mended_table WHERE changed');
  const linked = await catalog.all<{ table_name: string }>('SELECT DISTINCT table_name FROM row_case');
  const excluded = await catalog.all<{ table_name: string }>(`SELECT DISTINCT table_name FROM ${EXCLUDED_ROWS}`);
  const caseTable = config.link?.patient_id.split('.')[0] ?? DEFAULT_CASE_TABLE;
  const has = (rows: { table_name: string }[], name: string): boolean => rows.some(({ table_name }) => table_name === name);
  const tables: ClinicalTable[] = [];
  for (const { table_name: name, columns, key_column } of loaded) {
    const raw = `${has(mended, name) ? 'mended' : 'raw'}_${name}`;
    const where = has(excluded, name) ? notExcluded(name, raw) : 'true';
    const [count] = await catalog.all<{ n: number }>(`SELECT count(*) AS n FROM ${identifier(raw)} WHERE ${where}`);
    tables.push({
      name,
      columns,
      key: key_column,
      role: name === caseTable ? 'case' : has(linked, name) ? 'fact' : 'other',
      schema: pack?.tables.get(name) ?? null,
      raw,
      where,
      paths: new Map(files.filter(({ table_name }) => table_name === name).map(({ source, path }) => [source, `${source}/${path}`])),
      rows: count?.n ?? 0,
    });
  }
  return tables;
}

function notExcluded(table: string, raw: string): string {
  const row = `x.source = ${identifier(raw)}.source AND x.source_row = ${identifier(raw)}.source_row`;
  return `NOT EXISTS (SELECT 1 FROM ${EXCLUDED_ROWS} AS x WHERE x.table_name = ${literal(table)} AND ${row})`;
}
