import { Catalog } from '../../../src/catalog/catalog.js';
import type { FindingDraft, PublishedRelease } from '../../../src/checks/check.js';
import { DISCLOSURE_CHECKS } from '../../../src/checks/disclosure.js';
import { EXCLUDED_ROWS, EXCLUDED_ROWS_SQL, readInput } from '../../../src/checks/input.js';
import { CoverageBook } from '../../../src/checks/outcome.js';
import { checkCatalog } from '../../../src/checks/run.js';
import type { CheckReport } from '../../../src/model/check.js';
import type { Config, GateConfig } from '../../../src/model/config.js';
import type { SchemaPack } from '../../../src/model/clinical.js';
import { completePolicy } from '../../../src/model/policy-profiles.js';
import { CONFIG, loadFixture, midrcPack, OPTIONS, type Fixture, type Table } from '../catalog-fixture.js';

export interface Gate {
  gate?: GateConfig;
  config?: Partial<Config>;
  /** Statuses of cases; default: all rows of the case table are accepted. */
  cases?: Record<string, string>;
  /** Null: no schema. */
  pack?: SchemaPack | null;
  only?: string[];
  /** Run before the checks. */
  prepare?: (catalog: Catalog) => Promise<unknown>;
}

/** A case table of rows of cells, each repeated; the key is added in front: `C1`, `C2`, ... */
export function caseTable(header: string[], rows: readonly (readonly [times: number, ...cells: string[]])[]): Table {
  const cells = rows.flatMap(([times, ...row]) => Array.from({ length: times }, () => row));
  return [['submitter_id', ...header], ...cells.map((row, at) => [`C${at + 1}`, ...row])];
}

async function withCatalog<T>(tables: Record<string, Table>, options: Gate, work: (catalog: Catalog) => Promise<T>): Promise<T> {
  const catalog = await Catalog.open(':memory:');
  try {
    const fixture: Fixture = { tables, images: [], ...(options.cases === undefined ? {} : { cases: options.cases }) };
    await loadFixture(catalog, fixture, packOf(options));
    await options.prepare?.(catalog);
    return await work(catalog);
  } finally {
    catalog.close();
  }
}

function packOf({ pack }: Gate): SchemaPack | null {
  return pack === undefined ? midrcPack() : pack;
}

function configOf({ gate, config }: Gate): Config {
  // The profile of other tests, internal, would turn these rules off.
  return { ...CONFIG, ...config, gate: gate ?? {} };
}

/** Runs the rules of disclosure as the gate does. */
export function judge(tables: Record<string, Table>, options: Gate = {}): Promise<CheckReport> {
  const { only } = options;
  return withCatalog(tables, options, (catalog) =>
    checkCatalog(catalog, { ...OPTIONS, pack: packOf(options), config: configOf(options), programme: DISCLOSURE_CHECKS, ...(only === undefined ? {} : { only }) }),
  );
}

/** The findings of one rule. */
export async function findingsOf(code: string, tables: Record<string, Table>, options: Gate = {}): Promise<CheckReport['findings']> {
  const report = await judge(tables, { only: [code], ...options });
  const broken = report.findings.filter((finding) => finding.code === 'GATE-INCOMPLETE');
  if (broken.length > 0) throw new Error(JSON.stringify(broken));
  return report.findings.filter((finding) => finding.code === code);
}

/** An earlier release to be, from a table with `case_id`. */
export interface EarlierTable {
  version: string;
  table: Table;
}

/** Findings of one rule where releases were published before. */
export function draftsAfter(code: string, releases: readonly EarlierTable[], tables: Record<string, Table>, options: Gate = {}): Promise<FindingDraft[]> {
  return withCatalog(tables, options, async (catalog) => {
    const published = await Promise.all(releases.map((release) => publish(catalog, release)));
    await catalog.run(`CREATE TABLE ${EXCLUDED_ROWS} AS ${EXCLUDED_ROWS_SQL}`);
    const config = configOf(options);
    const input = await readInput(catalog, packOf(options), config, completePolicy(config.gate), OPTIONS.today, { releases: published });
    const drafts: FindingDraft[] = [];
    for (const check of DISCLOSURE_CHECKS.filter(({ codes }) => codes.some((each) => each === code)))
      for await (const draft of check.run(input, new CoverageBook().page())) drafts.push(draft);
    return drafts.filter((draft) => draft.code === code);
  });
}

/** Columns are texts, but for ages, which a release holds as numbers. */
async function publish(catalog: Catalog, { version, table: [header = [], ...rows] }: EarlierTable): Promise<PublishedRelease> {
  const name = `"earlier_${version}"`;
  const columns = new Map(header.map((column) => [column, column.startsWith('age') ? 'DOUBLE' : column === 'race_ethnicity' ? 'VARCHAR[]' : 'VARCHAR']));
  await catalog.run(`CREATE TABLE ${name} (${[...columns].map(([column, type]) => `"${column}" ${type}`).join(', ')})`);
  for (const row of rows) {
    const cells = header.map((column, at) => (columns.get(column) === 'VARCHAR[]' ? `string_split(?, ',')` : row[at] === '' ? 'nullif(?, \'\')' : '?'));
    await catalog.run(`INSERT INTO ${name} VALUES (${cells.join(', ')})`, row);
  }
  return { version, tables: new Map(), cases: name, columns };
}
