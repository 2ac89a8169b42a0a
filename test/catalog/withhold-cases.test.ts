import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import { withholdCases } from '../../src/catalog/cases.js';

let catalog: Catalog;
beforeEach(async () => {
  catalog = await Catalog.open(':memory:');
  await catalog.run(`INSERT INTO case_ VALUES ('a', 'accepted', ''), ('b', 'accepted', ''), ('c', 'accepted', ''), ('d', 'withdrawn', 'consent')`);
  await catalog.run(`INSERT INTO assignment VALUES ('s', 1, 'a', 'a', 'open', true, NULL), ('s', 2, 'b', 'b', 'kept', true, NULL), ('other', 1, 'c', 'c', 'open', true, NULL)`);
});
afterEach(() => catalog.close());

async function statuses(): Promise<string[]> {
  return (await catalog.all<{ s: string }>("SELECT case_id || ' ' || status AS s FROM case_ ORDER BY case_id")).map(({ s }) => s);
}

test('a release withholds every case that is not known to be in its part', async () => {
  await withholdCases(catalog, { split: 's', part: 'open', undrawnToo: true });
  expect(await statuses()).toEqual(['a accepted', 'b withheld', 'c withheld', 'd withdrawn']);
});

test('the gate looks ahead at cases that were not drawn yet', async () => {
  await withholdCases(catalog, { split: 's', part: 'open', undrawnToo: false });
  expect(await statuses()).toEqual(['a accepted', 'b withheld', 'c accepted', 'd withdrawn']);
});
