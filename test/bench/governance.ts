/**
 * Measures the rules of governance and security on generated text: `node dist/test/bench/governance.js [ROWS]`. A table of
 * 20 text columns with long notes, keys and digests, one case in ten withdrawn. Prints seconds a group and peak memory.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Catalog } from '../../src/catalog/catalog.js';
import { GOVERNANCE_CHECKS } from '../../src/checks/governance.js';
import { checkCatalog, type CheckOptions } from '../../src/checks/run.js';
import { SECURITY_CHECKS } from '../../src/checks/security.js';

const options: CheckOptions = {
  pack: null,
  config: { dataset: { id: 'bench', title: 'Bench', license: 'CC-BY-4.0' }, sources: [{ name: 'tables', kind: 'tables', path: 'tables' }] },
  waivers: [],
  today: '2026-03-01',
};

const CASE = "format('{:06d}-{:06d}', (i * 7919) % 1000003, i)";

/** Name and SQL of each column: keys, digests, UIDs, codes, signed numbers as text, and notes that no two rows share. */
const COLUMNS: [string, string][] = [
  ['submitter_id', CASE],
  ['datasets.submitter_id', "'Open-A1'"],
  ['sex', "['Male', 'Female', 'Not Reported'][1 + i % 3]"],
  ['token_record_id', "'T' || md5(i::VARCHAR)"],
  ['md5sum', 'md5((i + 1)::VARCHAR)'],
  ['study_uid', "'2.25.' || (hash(i)::HUGEINT * 1000003)::VARCHAR"],
  ['days_to_study', '((i % 2000) - 1000)::VARCHAR'],
  ['offset', "format('{:.3f}', (i % 99991) / -7.0)"],
  ['result', "['Positive', 'Negative', 'Not detected', 'Indeterminate'][1 + i % 4]"],
  ['file_name', `${CASE} || '/cr-1-1/0001.dcm'`],
  ...Array.from({ length: 10 }, (_, at): [string, string] => [`note_${at}`, `'chest film of day ' || (i % ${3 + at * 977}) || ', no change since the study before, keyhole view, row ' || (i + ${at})`]),
];

async function generate(catalog: Catalog, rows: number): Promise<void> {
  const columns = COLUMNS.map(([name, sql]) => `${sql} AS "${name}"`).join(', ');
  await catalog.run(`CREATE TABLE raw_case AS SELECT 'tables' AS source, (i + 2)::BIGINT AS source_row, ${columns} FROM range(${rows}) AS r(i)`);
  await catalog.run('INSERT INTO clinical_table VALUES (?, ?, ?)', ['case', COLUMNS.map(([name]) => name), 'submitter_id']);
  await catalog.run("INSERT INTO case_ SELECT submitter_id, CASE WHEN source_row % 10 = 0 THEN 'withdrawn' ELSE 'accepted' END, '' FROM raw_case");
  await catalog.run("INSERT INTO row_case SELECT 'case', source, source_row, submitter_id FROM raw_case");
  await catalog.run(`
    INSERT INTO instance BY NAME SELECT 'images' AS source, submitter_id || '.dcm' AS path, 1 AS size_bytes, 0 AS mtime_ns, md5sum AS sha256, 'ok' AS status, submitter_id AS case_id, submitter_id AS PatientID,
      study_uid AS StudyInstanceUID, study_uid || '.1' AS SeriesInstanceUID, study_uid || '.1.1' AS SOPInstanceUID, 'CR' AS Modality, 'CHEST' AS BodyPartExamined, "offset" || '\\1.5\\-2' AS ImagePositionPatient
    FROM raw_case`);
}

async function main(): Promise<void> {
  const rows = Number(process.argv[2] ?? 1_000_000);
  const folder = mkdtempSync(join(tmpdir(), 'bench-governance-'));
  const catalog = await Catalog.open(join(folder, 'catalog.duckdb'));
  try {
    await generate(catalog, rows);
    process.stdout.write(`${rows.toLocaleString('en')} rows of ${COLUMNS.length} columns and as many images; peak memory ${peak()}\n`);
    for (const [name, programme] of [['security', SECURITY_CHECKS], ['governance', GOVERNANCE_CHECKS]] as const)
      for (const check of programme) {
        const [started, cpu] = [performance.now(), process.cpuUsage()];
        const { summary } = await checkCatalog(catalog, { ...options, programme: [check] });
        const used = process.cpuUsage(cpu);
        process.stdout.write(`${name} ${check.codes.join(' ')}: ${((performance.now() - started) / 1000).toFixed(2)} s, CPU ${((used.user + used.system) / 1e6).toFixed(2)} s, ${summary.errors} errors, peak memory ${peak()}\n`);
      }
  } finally {
    catalog.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function peak(): string {
  return `${Math.round(process.resourceUsage().maxRSS / 1024)} MB`;
}

await main();
