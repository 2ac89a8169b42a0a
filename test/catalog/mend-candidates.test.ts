import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Catalog, quoteLiteral } from '../../src/catalog/catalog.js';
import { candidateCondition } from '../../src/catalog/mend-candidates.js';
import { cellRule, type SingleCellRule } from '../../src/clinical/harmonization/cell-rules.js';
import type { HarmonizationSet } from '../../src/model/harmonization.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';

const SET = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'schemas/packs/midrc/harmonize.json'), 'utf8')) as HarmonizationSet;
const RULES: SingleCellRule[] = [...Object.values(SET.rules).flat().filter((rule) => rule.kind !== 'loinc'), { kind: 'date' }, { kind: 'date', forms: ['D-Mon-YYYY'] }];

/** Pieces that the rules look at, so that random texts meet them. */
const piece = fc.constantFrom('Case_', 'CR', 'dx', '\\', ',', '; ', '+', '89', '90', '045', 'Y', 'Yes', '0', '1', '/', '.', '-', '2020', 'Jan', 'March', ' ', '3', '12', "'", 'é', '\n');
const text = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''));

test('SQL asks the rules about every text that they would do something about', async () => {
  const catalog = await Catalog.open(':memory:');
  try {
    const texts = [...new Set(fc.sample(fc.oneof(text, fc.string().filter((each) => !each.includes('\0') && each !== '')), { numRuns: 4000, seed: 7 }))];
    await catalog.run(`CREATE TABLE t AS SELECT unnest([${texts.map(quoteLiteral).join(', ')}]) AS cell`);
    for (const [index, rule] of RULES.entries()) {
      const { read, candidates } = cellRule(`r${index}`, rule, ',');
      const rows = await catalog.all<{ cell: string }>(`SELECT cell FROM t WHERE ${candidates.map((each) => candidateCondition('cell', each)).join(' OR ')}`);
      const asked = new Set(rows.map(({ cell }) => cell));
      const reads = (each: string) => {
        const reading = read(each);
        return reading !== undefined && ('left' in reading || reading.to !== each);
      };
      expect([rule.kind, texts.filter((each) => reads(each) && !asked.has(each))]).toEqual([rule.kind, []]);
    }
  } finally {
    catalog.close();
  }
});
