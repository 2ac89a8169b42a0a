import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Catalog, quoteLiteral } from '../../src/catalog/catalog.js';
import type { CheckReport } from '../../src/model/check.js';
import type { PullReport } from '../../src/model/pull.js';
import type { ReleaseDocument } from '../../src/model/release.js';
import type { CutReport } from '../../src/model/release-reports.js';
import { makeSampleWorkspace, runJson } from '../support/sample-workspace.js';

const DATE = '2026-03-02';

let clean: string;
let mended: string;
beforeAll(async () => {
  [clean, mended] = [await makeSampleWorkspace(), await makeSampleWorkspace()];
  for (const root of [clean, mended]) dropSplits(join(root, 'colophon.yaml'));
  appendFileSync(join(mended, 'colophon.yaml'), '\nharmonize:\n  sets: [midrc]\n');
  for (const [table, spell] of SPELLINGS) respell(join(mended, 'incoming/tables', table), spell);
});
afterAll(() => {
  for (const root of [clean, mended]) rmSync(root, { recursive: true, force: true });
});

type Spell = (column: string, cell: string, row: number) => string;

/** The splits of the sample are proven elsewhere. */
function dropSplits(path: string): void {
  writeFileSync(path, `${readFileSync(path, 'utf8').replace(/^splits:[^]*$/m, '')}release: {payload: none, base_url: "https://example.org/demo"}\n`);
}

/** The tables of the sample as sites write them; mended, they say the same again. */
const SPELLINGS: readonly [string, Spell][] = [
  [
    'case.tsv',
    (column, cell, row) => {
      if (column === 'submitter_id') return `Case_${cell}`;
      if (column === 'sex') return row % 2 === 0 ? cell.charAt(0) : cell.toUpperCase();
      if (column === 'age_at_index' && cell !== '') return row % 3 === 0 ? `${cell.padStart(3, '0')}Y` : cell;
      if (column === 'icu_indicator') return cell === 'true' ? '1' : '0';
      return column === 'age_at_index_gt89' ? cell.charAt(0) : cell;
    },
  ],
  [
    'imaging_study.tsv',
    (column, cell, row) => {
      if (column === 'cases.submitter_id') return row % 2 === 0 ? `Case_${cell}` : cell;
      return column === 'study_modality' ? [`${cell}\\${cell}`, cell.toLowerCase(), ` ${cell} `, `${cell}; ${cell}`][row % 4] ?? cell : cell;
    },
  ],
  [
    'ct_series_file.tsv',
    (column, cell) => {
      if (column === 'lossy_image_compression') return cell.replace(/^0/, '');
      return ['image_type', 'pixel_spacing'].includes(column) ? cell.replaceAll(',', '\\') : cell;
    },
  ],
];

function respell(path: string, spell: Spell): void {
  const [header = [], ...rows] = readFileSync(path, 'utf8').trimEnd().split('\n').map((line) => line.split('\t'));
  const lines = [header, ...rows.map((cells, row) => cells.map((cell, at) => spell(header[at] ?? '', cell, row)))];
  writeFileSync(path, `${lines.map((cells) => cells.join('\t')).join('\n')}\n`);
}

async function release(root: string): Promise<[PullReport, CheckReport, CutReport]> {
  return [await runJson<PullReport>(root, ['pull']), await runJson<CheckReport>(root, ['check']), await runJson<CutReport>(root, ['release', 'cut', '--date', DATE])];
}

const documentOf = (root: string) => JSON.parse(readFileSync(join(root, 'releases/1.0.0/release.json'), 'utf8')) as ReleaseDocument;

/** Rows of a released table that the other release does not have. */
async function differences(table: string): Promise<number> {
  const catalog = await Catalog.open(':memory:', { folders: [clean, mended] });
  try {
    const [a, b] = [clean, mended].map((root) => `read_parquet(${quoteLiteral(join(root, 'releases/1.0.0/data/tables', `${table}.parquet`))})`);
    const [row] = await catalog.all<{ n: number }>(`SELECT count(*) AS n FROM ((FROM ${a} EXCEPT ALL FROM ${b}) UNION ALL (FROM ${b} EXCEPT ALL FROM ${a}))`);
    return row?.n ?? -1;
  } finally {
    catalog.close();
  }
}

test('tables as sites write them make the release that clean tables make, and it says by which rules', async () => {
  await release(clean);
  const [pull, check] = await release(mended);
  expect(pull.cases.accepted).toBe(31);
  expect(pull.harmonization).toMatchObject({ sets: [{ name: 'midrc', version: '1.0.0' }] });
  for (const table of ['cases', 'studies', 'series', 'instances', 'clinical_case', 'clinical_imaging_study', 'clinical_ct_series_file']) expect([table, await differences(table)]).toEqual([table, 0]);
  expect(documentOf(mended).digests.content).toBe(documentOf(clean).digests.content);
  expect(documentOf(clean).harmonization).toBeUndefined();
  expect(documentOf(mended).harmonization).toEqual({ sets: [{ name: 'midrc', version: '1.0.0' }], digest: pull.harmonization?.digest, loinc_table: pull.harmonization?.loinc_table });
  expect(check.findings.filter(({ code }) => code === 'SCH-022').map(({ location }) => `${location.table}.${location.column}`)).toEqual(expect.arrayContaining(['case.submitter_id', 'imaging_study.study_modality']));
  // other rules: neither the tables nor the verdict hold any longer
  appendFileSync(join(mended, 'colophon.yaml'), '  rules: {case.zip: [{kind: missing, missing: {"000": not recorded}}]}\n');
  expect(await runJson(mended, ['release', 'cut', '--date', DATE], 3)).toMatchObject({ error: { code: 'CATALOG_STALE' } });
  await runJson<PullReport>(mended, ['pull']);
  expect(await runJson(mended, ['release', 'cut', '--date', DATE], 3)).toMatchObject({ error: { code: 'GATE_STALE' } });
}, 480_000);
