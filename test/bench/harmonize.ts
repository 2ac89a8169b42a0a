/**
 * Measures what the rules that mend spellings cost: a pull of 1,000,000 studies and 200,000 cases as sites write them, with MIDRC's
 * rules and without, as processes in the same rounds. Run through main.ts; `node harmonize.js FOLDER on|off` is one measured run.
 */
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Catalog, quoteLiteral } from '../../src/catalog/catalog.js';
import { builtInPackFolder, loadPack } from '../../src/clinical/pack.js';
import { defaultEffects } from '../../src/effects.js';
import type { Config } from '../../src/model/config.js';
import { pullSources } from '../../src/workflow/pull.js';
import { workspacePaths } from '../../src/workspace/workspace.js';
import { measureAll, nodeSubject, print, printTable, reportPeak, type BenchOptions } from './measure.js';

const SELF = new URL('./harmonize.js', import.meta.url);
const CASES = 200_000;
const STUDIES = 1_000_000;
const TABLES = ['case.csv', 'imaging_study.csv'];
const OFF = 'pull without rules';
const ON = 'pull, spellings mended';

/** Of every value that rules are about, how often it is written in a way that they mend: nearly always. */
const MODALITIES = ['DX, CR', 'CR\\DX', 'cr', 'CT', 'CT; CT', 'DX,CR,CT', 'CT, CR', 'DX'];
const DESCRIPTIONS = ['XR PORT CHEST 1V', 'xr chest 1 view ap', 'CT CHEST WO CONTRAST', 'CT  CHEST WO', 'OUR OWN', ''];

export async function bench(options: BenchOptions): Promise<void> {
  const folder = join(options.folder, 'harmonize');
  await makeTables(folder);
  const check = (stdout: string): void => {
    if (!stdout.includes(`rows=${CASES + STUDIES}`)) throw new Error(`expected all rows, found ${stdout}`);
  };
  const prepare = (): void => rmSync(join(folder, '.colophon'), { recursive: true, force: true });
  const subjects = [nodeSubject(ON, SELF, [folder, 'on'], { check, prepare }), nodeSubject(OFF, SELF, [folder, 'off'], { check, prepare })];
  const measurements = await measureAll(subjects, options.rounds);
  const bytes = TABLES.reduce((sum, name) => sum + statSync(join(folder, 'tables', name)).size, 0);
  printTable(`harmonize ${CASES + STUDIES} rows`, measurements, [OFF], { files: TABLES.length, bytes });
  print(measurements.map(({ name, stdout }) => `${name}: ${stdout.trim()}`).join('\n'));
}

async function makeTables(folder: string): Promise<void> {
  const tables = join(folder, 'tables');
  if (existsSync(join(tables, 'imaging_study.csv'))) return;
  mkdirSync(tables, { recursive: true });
  const catalog = await Catalog.open(':memory:', { folders: [tables] });
  const one = (values: readonly string[], salt: number): string => `[${values.map(quoteLiteral).join(', ')}][1 + (hash(i, ${salt}) % ${values.length})::INT]`;
  try {
    await catalog.run(`COPY (SELECT 'case' AS type, 'Case_' || i AS submitter_id, ${one(['M', 'F', 'female', 'Male'], 1)} AS sex,
      ${one(['45', '999', '890', '90', '067Y', '12'], 2)} AS age_at_index, ${one(['', 'Y', ''], 3)} AS age_at_index_gt89, ${one(['0', '1', 'Yes'], 4)} AS icu_indicator
      FROM range(${CASES}) AS r(i)) TO ${quoteLiteral(join(tables, 'case.csv'))} (HEADER)`);
    await catalog.run(`COPY (SELECT 'imaging_study' AS type, '1.2.' || i AS submitter_id, 'Case_' || (i % ${CASES}) AS "cases.submitter_id", '1.2.' || i AS study_uid,
      ${one(DESCRIPTIONS, 5)} AS study_description, ${one(MODALITIES, 6)} AS study_modality, ${one(['45', '999', '90', '33'], 7)} AS age_at_imaging, '' AS age_at_imaging_gt89,
      (i % 300) AS days_to_study, '' AS loinc_code, '' AS loinc_long_common_name, ${one(['0', '1'], 8)} AS image_data_modified
      FROM range(${STUDIES}) AS r(i)) TO ${quoteLiteral(join(tables, 'imaging_study.csv'))} (HEADER)`);
  } finally {
    catalog.close();
  }
}

/** One pull of the tables in a folder, by the built-in pack and its rules. */
async function run(folder: string, rules: string): Promise<void> {
  const pack = builtInPackFolder('midrc');
  const config: Config = {
    dataset: { id: 'bench', title: 'Bench', license: 'CC-BY-4.0' },
    sources: [{ name: 'tables', kind: 'tables', path: 'tables' }],
    schema: pack,
    ...(rules === 'on' ? { harmonize: { sets: ['midrc'] } } : {}),
  };
  const paths = workspacePaths(folder);
  const catalog = await Catalog.open(paths.catalog);
  try {
    const report = await pullSources({ workspace: { root: folder, config, paths }, catalog, pack: loadPack(pack) }, {}, defaultEffects);
    const rows = report.tables.flatMap(({ tables }) => tables).reduce((sum, table) => sum + table.rows, 0);
    const cells = (report.harmonization?.rules ?? []).reduce((sum, each) => sum + each.cells, 0);
    process.stdout.write(`rows=${rows} cells=${cells}\n`);
  } finally {
    catalog.close();
  }
  reportPeak();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await run(process.argv[2] as string, process.argv[3] as string);
