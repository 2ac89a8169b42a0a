/**
 * Measures the rules of disclosure on generated cases: `node dist/test/bench/disclosure.js [CASES]` (a million by default).
 * Five quasi-identifiers, three of them with missing values; sexes, races and places are as uneven as in life. Prints the
 * seconds of each rule alone, of all together, and the peak memory.
 */
import { Catalog } from '../../src/catalog/catalog.js';
import { builtInPackFolder, loadPack } from '../../src/clinical/pack.js';
import { DISCLOSURE_CHECKS } from '../../src/checks/disclosure.js';
import { checkCatalog, type CheckOptions } from '../../src/checks/run.js';
import { print, reportPeak } from './measure.js';

const OPTIONS: CheckOptions = {
  pack: loadPack(builtInPackFolder('midrc')),
  config: { dataset: { id: 'bench', title: 'Bench', license: 'CC-BY-4.0' }, sources: [{ name: 'tables', kind: 'tables', path: 'tables' }] },
  waivers: [],
  today: '2026-03-01',
};

/** An even number in [0, 1) that depends on the row and the column only. */
function draw(column: number): string {
  return `(hash(i, ${column}) % 1000003) / 1000003.0`;
}

/** One of the values, the first ones far more often than the last. */
function uneven(column: number, values: readonly string[], missing: number): string {
  const list = values.map((value) => `'${value}'`).join(', ');
  return `CASE WHEN ${draw(column + 100)} < ${missing} THEN NULL ELSE [${list}][1 + floor(pow(${draw(column)}, 2.5) * ${values.length})::INT] END`;
}

const CASE_COLUMNS: [string, string][] = [
  ['type', "'case'"],
  ['submitter_id', "format('{:08x}-{:07d}', hash(i) % 4294967296, i)"],
  ['datasets.submitter_id', "'Open-A1'"],
  ['sex', uneven(1, ['Female', 'Male', 'Not Reported'], 0)],
  ['race', uneven(2, ['White', 'Black or African American', 'Asian', 'Not Reported', 'Other', 'American Indian or Alaska Native', 'Native Hawaiian or other Pacific Islander'], 0.05)],
  ['ethnicity', uneven(3, ['Not Hispanic or Latino', 'Hispanic or Latino', 'Not Reported'], 0.05)],
  ['zip', `CASE WHEN ${draw(4)} < 0.1 THEN NULL ELSE lpad((pow(${draw(5)}, 3) * 1000)::INT::VARCHAR, 3, '0') END`],
  ['age_at_index', `CASE WHEN ${draw(6)} < 0.02 THEN NULL ELSE floor(sqrt(${draw(7)}) * 90)::INT::VARCHAR END`],
  ['covid19_positive', uneven(8, ['Yes', 'No', 'Not Reported', 'Indeterminate'], 0.02)],
  ['country_of_residence', uneven(9, ['USA', 'Canada', 'Mexico'], 0.3)],
  ['site_id', `'S' || (pow(${draw(10)}, 2) * 200)::INT`],
  ['race_ethnicity_write_in', `CASE WHEN ${draw(11)} < 0.01 THEN 'origin ' || (hash(i, 12) % 3000) END`],
];

const STUDY_COLUMNS: [string, string][] = [
  ['type', "'imaging_study'"],
  ['submitter_id', "'1.2.' || s"],
  ['cases.submitter_id', "format('{:08x}-{:07d}', hash(i) % 4294967296, i)"],
  ['days_to_study', `(pow(${draw(13).replaceAll('i,', 's,')}, 3) * 1000)::INT::VARCHAR`],
];

async function generate(catalog: Catalog, cases: number): Promise<void> {
  await addTable(catalog, 'case', CASE_COLUMNS, `range(${cases}) AS r(i)`, 'i');
  await addTable(catalog, 'imaging_study', STUDY_COLUMNS, `(SELECT s, s // 2 AS i FROM range(${cases * 2}) AS r(s))`, 's');
  await catalog.run(`INSERT INTO case_ SELECT submitter_id, 'accepted', '' FROM raw_case`);
  await catalog.run(`INSERT INTO row_case SELECT 'case', source, source_row, submitter_id FROM raw_case`);
  await catalog.run(`INSERT INTO row_case SELECT 'imaging_study', source, source_row, "cases.submitter_id" FROM raw_imaging_study`);
}

async function addTable(catalog: Catalog, name: string, columns: readonly [string, string][], from: string, row: string): Promise<void> {
  const cells = columns.map(([column, sql]) => `${sql} AS "${column}"`).join(', ');
  await catalog.run(`CREATE TABLE raw_${name} AS SELECT 'tables' AS source, (${row} + 2)::BIGINT AS source_row, ${cells} FROM ${from}`);
  await catalog.run('INSERT INTO clinical_table VALUES (?, ?, ?)', [name, columns.map(([column]) => column), 'submitter_id']);
}

async function measure(catalog: Catalog, name: string, options: Partial<CheckOptions>): Promise<void> {
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  const { groups } = await checkCatalog(catalog, { ...OPTIONS, programme: DISCLOSURE_CHECKS, ...options });
  const findings = groups.reduce((sum, { count }) => sum + count, 0);
  const used = process.cpuUsage(cpu);
  const seconds = (performance.now() - started) / 1000;
  print(`${name.padEnd(24)} ${seconds.toFixed(2).padStart(6)} s  CPU ${((used.user + used.system) / 1e6).toFixed(2).padStart(6)} s  ${findings} findings`);
}

const catalog = await Catalog.open(':memory:');
try {
  await generate(catalog, Number(process.argv[2] ?? 1_000_000));
  for (const check of DISCLOSURE_CHECKS) await measure(catalog, check.codes.join(' '), { only: [...check.codes] });
  await measure(catalog, 'all', {});
  reportPeak();
} finally {
  catalog.close();
}
