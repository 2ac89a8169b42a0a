import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CurationError } from '../../src/errors.js';
import { imageSelection } from '../../src/workflow/image-selection.js';
import { writeSelectionTables } from '../support/selection-tables.js';

let folder: string;
let tables: Map<string, string>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'colophon-test-'));
  tables = await writeSelectionTables(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The images that are selected, as `C1/1`. */
async function select(text: string): Promise<string[]> {
  const found: string[] = [];
  for await (const paths of imageSelection(text).select(tables)) found.push(...paths);
  return found.map((path) => path.slice('data/images/'.length, -'.dcm'.length)).sort();
}

const ALL = ['C1/1', 'C1/2', 'C2/1', 'C2/2', 'C3/1', 'C3/2', 'C4/1', 'C4/2'];

describe('what is selected', () => {
  test.each([
    ["split = 'train' and modality = 'CT'", 'C1/1'],
    ["split != 'test'", 'C1/1 C1/2'],
    ["not split = 'test'", 'C1/1 C1/2 C3/1 C3/2 C4/1 C4/2'],
    ["split.fold = 'one'", 'C1/1 C1/2 C2/1 C2/2'],
    ["split = 'fold' and part = 'two'", 'C3/1 C3/2'],
    ["split = 'benchmark'", 'C1/1 C1/2 C2/1 C2/2'],
    ["split.benchmark is null and modality = 'CT'", 'C3/1 C4/1'],
    ["Modality is null", 'C4/2'],
    ["modality != 'CT'", 'C1/2 C2/2 C3/2'],
    ["modality not in ('CT', 'MR')", 'C1/2 C2/2 C3/2'],
    ["imagetype = 'PRIMARY' and case.sex = 'F'", 'C1/1'],
    ["imagetype is null and sex = 'F'", 'C1/2'],
    ["modalities like 'C_' and case_id = 'C1'", 'C1/1 C1/2'],
    ['age between 40 and 60', 'C1/1 C1/2'],
    ['age not between 40 and 60', 'C2/1 C2/2'],
    ['positive = true', 'C1/1 C1/2'],
    ["born >= '2021-01-01'", 'C2/1 C2/2'],
    ['slicethickness = 0.5 and size_bytes < 1e2 and case_id = \'C3\'', 'C3/1'],
    ["sex is null and modality = 'CT'", 'C3/1 C4/1'],
    // of one row both, not one each of two rows
    ["measurement.kind = 'crp' and value > 50", 'C2/1 C2/2'],
    ["measurement.kind = 'crp' and not value > 50", ''],
    ["measurement.kind = 'crp' and value <= 50", 'C1/1 C1/2'],
    ["measurement.kind = 'ldh' or modality is null", 'C1/1 C1/2 C4/2'],
    ["path like '%/C4/1.dcm'", 'C4/1'],
    ["nested is not null", 'C1/1 C1/2'],
    ["sex = 'F'' OR 1=1 --'", ''],
  ])('%s', async (text, images) => {
    expect((await select(text)).join(' ')).toBe(images);
  });
});

describe('what the tables do not have', () => {
  test.each([
    ["splt = 'a'", 'no column', 'split'],
    ["modalty = 'CT'", 'no column', 'Modality'],
    ["mesurement.kind = 'a'", 'no table', 'measurement'],
    ["kind = 'a'", 'several columns', 'clinical_measurement.kind, clinical_visit.kind'],
    ["split = 'trian'", 'no case is in such a part', "'train'"],
    ["part = 'two'", 'more than one split', 'split.fold, split.other'],
    ["split in ('train', 'one')", 'no split has all', 'split.benchmark'],
    ["split.bench = 'train'", 'no split of the name', 'benchmark'],
    ["tombstones.reason = 'phi'", 'not about images', 'Tables'],
    ['sex = 1', 'not compared with this', "'1'"],
    ["age = '50'", 'not compared with this', ''],
    ["born = '2021-02-30'", 'not compared with this', ''],
    ["age like '5%'", 'is no text', ''],
    ["nested = 'a'", 'structures', ''],
  ])('%s', async (text, message, hint) => {
    const error = await select(text).then(() => new Error('selected'), (thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CurationError);
    expect(error).toMatchObject({ code: 'USAGE', message: expect.stringContaining(message) });
    expect((error as CurationError).suggestions.join('\n')).toContain(hint);
  });
});

test('law: not selects exactly what is left', async () => {
  const leaf = fc.constantFrom("modality = 'CT'", 'modality is null', "split = 'train'", 'age > 60', "sex != 'F'", "measurement.kind = 'crp'", 'value > 50', "split.fold is null", 'positive = false', "ImageType = 'PRIMARY'");
  const { expression } = fc.letrec<{ expression: string }>((tie) => ({
    expression: fc.oneof({ depthSize: 'small' }, leaf, fc.tuple(tie('expression'), fc.constantFrom('and', 'or'), tie('expression')).map(([a, word, b]) => `(${a} ${word} ${b})`), tie('expression').map((inner) => `not ${inner}`)),
  }));
  await fc.assert(
    fc.asyncProperty(expression, async (text) => {
      const [one, other] = [await select(text), await select(`not (${text})`)];
      expect([...one, ...other].sort()).toEqual(ALL);
    }),
    { numRuns: 40 },
  );
}, 30_000);
