import { afterEach, expect, test } from '@jest/globals';
import type { Catalog } from '../../src/catalog/catalog.js';
import { chooseObserved } from '../../src/splits/input/observed-columns.js';
import { readSettings } from '../../src/splits/input/settings.js';
import { makeSplitCatalog } from '../support/split-catalog.js';

let catalog: Catalog;
afterEach(() => catalog.close());

const SETTINGS = readSettings('s', { parts: { a: 0.5, b: 0.5 }, balance: ['site_id'], seed: 1 });

test('looks at columns that tell site, date or scanner, unless they are balanced, constant or keys', async () => {
  const cases = Array.from({ length: 150 }, (_, at) => ({
    case_id: `c${at}`,
    cells: { site_id: `S${at % 3}`, study_year: String(2019 + (at % 4)), batch: 'one', enrolment_date: `d${at}`, sex: 'F', state_of_mind: 'x', insight: String(at % 2) },
  }));
  catalog = await makeSplitCatalog(cases);
  const choose = (asked: string[], telling = true) => chooseObserved(catalog, SETTINGS, 'case', { asked, telling });
  expect(await choose([])).toEqual([{ column: 'study_year' }]);
  expect(await choose(['sex', 'site_id'], false)).toEqual([{ column: 'sex' }]);
  await expect(choose(['nope'])).rejects.toThrow('--observe names nope');
});

test('looks at the attributes of images where they vary', async () => {
  catalog = await makeSplitCatalog([{ case_id: 'a', instances: [{ StudyInstanceUID: '1' }, { StudyInstanceUID: '2' }] }]);
  const choose = () => chooseObserved(catalog, SETTINGS, null, { asked: [], telling: true });
  expect(await choose()).toEqual([]);
  await catalog.run("UPDATE instance SET Manufacturer = 'M' || StudyInstanceUID, StudyDate = '2020010' || StudyInstanceUID");
  expect(await choose()).toEqual([{ column: 'Manufacturer' }, { column: 'StudyDate', quantiles: 10 }]);
});
