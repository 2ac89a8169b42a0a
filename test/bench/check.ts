/**
 * Measures the gate on generated case rows: `node dist/test/bench/check.js [ROWS]`. Prints rows per
 * second of the row pass (DuckDB to JSON Schema verdict, end to end), of the whole gate, CPU seconds and peak memory.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Catalog } from '../../src/catalog/catalog.js';
import { builtInPackFolder, loadPack } from '../../src/clinical/pack.js';
import { checkCatalog, type CheckOptions } from '../../src/checks/run.js';

const pack = loadPack(builtInPackFolder('midrc'));
const options: CheckOptions = {
  pack,
  config: { dataset: { id: 'bench', title: 'Bench', license: 'CC-BY-4.0' }, sources: [{ name: 'tables', kind: 'tables', path: 'tables' }] },
  waivers: [],
  today: '2026-03-01',
};

const COLUMNS: [string, string][] = [
  ['type', "'case'"],
  ['project_id', "'Open-A1'"],
  ['submitter_id', "format('{:06d}-{:06d}', (i * 7919) % 1000003, i)"],
  ['datasets.submitter_id', "'Open-A1'"],
  ['age_at_index', 'CASE WHEN i % 50 = 0 THEN NULL ELSE ((i * 31) % 90)::VARCHAR END'],
  ['age_at_index_gt89', "CASE WHEN i % 50 = 0 THEN 'Yes' ELSE 'No' END"],
  ['case_ids', 'NULL::VARCHAR'],
  ['country_of_residence', "'USA'"],
  ['covid19_positive', "['Yes', 'No', 'Indeterminate', 'Not Reported'][1 + i % 4]"],
  ['ethnicity', "['Hispanic or Latino', 'Not Hispanic or Latino', 'Not Reported'][1 + i % 3]"],
  ['gen3_linked_subjects_available', "'false'"],
  ['icu_indicator', "['true', 'false'][1 + i % 2]"],
  ['index_event', "['COVID-19 Test', 'First Imaging Study'][1 + i % 2]"],
  ['linked_external_data', 'NULL::VARCHAR'],
  ['race', "['White', 'Asian', 'Black or African American', 'Other', 'Not Reported'][1 + (i * 13) % 5]"],
  ['sex', "['Male', 'Female', 'Not Reported'][1 + (i * 7) % 3]"],
  ['site_id', "'S' || (i % 23)"],
  ['token_record_id', "'T' || md5(i::VARCHAR)"],
  ['treatment_info', "['true', 'false'][1 + i % 2]"],
  ['ventilator_indicator', "'false'"],
  ['zip', "lpad(((i * 37) % 1000)::VARCHAR, 3, '0')"],
];

async function generate(catalog: Catalog, rows: number): Promise<void> {
  const columns = COLUMNS.map(([name, sql]) => `${sql} AS "${name}"`).join(', ');
  await catalog.run(`CREATE TABLE raw_case AS SELECT 'tables' AS source, (i + 2)::BIGINT AS source_row, ${columns} FROM range(${rows}) AS r(i)`);
  await catalog.run('INSERT INTO clinical_table VALUES (?, ?, ?)', ['case', COLUMNS.map(([name]) => name), 'submitter_id']);
  await catalog.run(`INSERT INTO case_ SELECT submitter_id, 'accepted', '' FROM raw_case`);
  await catalog.run(`INSERT INTO row_case SELECT 'case', source, source_row, submitter_id FROM raw_case`);
  await catalog.run(`CREATE TABLE raw_dataset AS SELECT 'tables' AS source, 2::BIGINT AS source_row, 'dataset' AS type, 'Open-A1' AS submitter_id, 'Bench' AS data_description, 'demo' AS "projects.code"`);
  await catalog.run('INSERT INTO clinical_table VALUES (?, ?, ?)', ['dataset', ['type', 'submitter_id', 'data_description', 'projects.code'], 'submitter_id']);
}

async function measure(name: string, rows: number, work: () => Promise<string>): Promise<void> {
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  const words = await work();
  const seconds = (performance.now() - started) / 1000;
  const used = process.cpuUsage(cpu);
  const cpuSeconds = (used.user + used.system) / 1e6;
  const perSecond = Math.round(rows / seconds).toLocaleString('en');
  const perCore = Math.round(rows / cpuSeconds).toLocaleString('en');
  process.stdout.write(`${name}: ${seconds.toFixed(2)} s, CPU ${cpuSeconds.toFixed(2)} s, ${perSecond} rows/s, ${perCore} rows per CPU second; ${words}\n`);
}

async function main(): Promise<void> {
  const rows = Number(process.argv[2] ?? 1_000_000);
  const folder = mkdtempSync(join(tmpdir(), 'bench-check-'));
  const catalog = await Catalog.open(join(folder, 'catalog.duckdb'));
  try {
    await generate(catalog, rows);
    const rss = (): string => `peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`;
    process.stdout.write(`${rows.toLocaleString('en')} case rows of ${COLUMNS.length} columns; ${rss()} after generating\n`);
    const run = async (only: string[]): Promise<string> => {
      const { summary } = await checkCatalog(catalog, { ...options, only });
      return `${summary.errors} errors, ${rss()}`;
    };
    const rowRules = ['SCH-006', 'SCH-007', 'SCH-008', 'SCH-009', 'SCH-012'];
    await measure('row pass, cold', rows, () => run(rowRules));
    await measure('row pass', rows, () => run(rowRules));
    await measure('whole gate', rows, () => run([]));
  } finally {
    catalog.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
