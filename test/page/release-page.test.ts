import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Catalog } from '../../src/catalog/catalog.js';
import { sha256Hex } from '../../src/fixity/digest.js';
import type { ReleaseDocument } from '../../src/model/release.js';
import { countPopulation, countSplit } from '../../src/workflow/page-counts.js';
import { renderReleasePage } from '../../src/workflow/release-page.js';
import { cutPaged, gateOf, storeOf } from '../support/paged-release.js';
import { goldenSecond, smallStore } from '../support/release-store.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
const HOSTILE = '</script><img src=x onerror=alert(1)>\u202Egnp.exe<!--release-digest-->';

/** So many rows with these cells. */
const times = <T>(count: number, cells: T): T[] => Array.from({ length: count }, () => cells);

/** The table of a variable on the page: category and cases. */
function tableOf(html: string, label: string): [string, string][] {
  const region = new RegExp(`aria-label="${label}">(.*?)</div>`, 's').exec(html)?.[1] ?? '';
  return [...region.matchAll(/<tr><th scope="row">(.*?)<\/th><td>(.*?)<\/td>/g)].map(([, category, count]) => [category!, count!]);
}

test('the page of a release can be rendered again from the release alone, byte for byte', async () => {
  const { folder } = await cutPaged(temporaryFolder());
  const document = JSON.parse(readFileSync(join(folder, 'release.json'), 'utf8')) as ReleaseDocument;
  expect(sha256Hex(await renderReleasePage(folder, document, {}))).toBe(document.digests.page);
});

test('it fetches nothing and runs nothing but its own script', async () => {
  const { html } = await cutPaged(temporaryFolder());
  expect(html).toMatch(/content="default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; worker-src blob:; base-uri 'none'; form-action 'none'"/);
  expect(html).not.toMatch(/<(?:link|iframe|img|object|embed)\b|\ssrc=|@import|[\s:,]url\(|\sstyle=|\son[a-z]+=/i);
});

test('it says what changed and what was withdrawn since the release before', async () => {
  const root = temporaryFolder();
  await cutPaged(root);
  const { store, options } = goldenSecond();
  const { html } = await cutPaged(root, store, options);
  expect(html).toContain('<span class="level">major</span> 1 case was withdrawn');
  expect(tableOf(html, 'Withdrawn cases')).toEqual([['case-b', 'consent']]);
  expect(html.match(/case-b/g)).toHaveLength(1);
});

describe('small groups', () => {
  const columns = { sex: 'VARCHAR', race: 'VARCHAR' };
  const cells = [...times(40, { sex: 'Female', race: 'A' }), ...times(20, { sex: 'Male', race: 'A' }), ...times(12, { sex: 'Male', race: 'B' }), ...times(4, { sex: null, race: 'Rare' }), ...times(2, { sex: null, race: 'Rarest' })];

  test('are joined with others: neither they nor their names are told', async () => {
    const { html } = await cutPaged(temporaryFolder(), storeOf(cells, columns), { gateDocument: gateOf(11) });
    expect(tableOf(html, 'Cases by race')).toEqual([['A', '60'], ['3 other groups', '18']]);
    expect(tableOf(html, 'Cases by sex')).toEqual([['Female', '40'], ['2 other groups', '38']]);
    expect(html).not.toContain('Rare');
  });

  test('without a gate the usual eleven', async () => {
    const { html } = await cutPaged(temporaryFolder(), storeOf(cells, columns), { gateDocument: undefined });
    expect(html).toContain('fewer than 11 cases');
    expect(html).not.toContain('Rare');
  });

  test('a split whose parts are small is not counted', async () => {
    const { html } = await cutPaged(temporaryFolder(), storeOf(cells.slice(0, 8), columns), { gateDocument: gateOf(11) });
    expect(html).toContain('has fewer than 11 cases');
    expect(html).not.toContain('train');
  });
});

describe('what is hidden is not counted', () => {
  const store = storeOf([...times(30, { covid19_positive: 'Yes', sex: 'Male' }), ...times(30, { covid19_positive: 'No', sex: 'Female' })], { covid19_positive: 'VARCHAR', sex: 'VARCHAR' });
  const hidden = { seed: 1, parts: { train: 0.5, test: 0.5 }, hidden: { part: 'test', columns: ['covid19_positive'] } };

  test('neither a column with hidden cells nor the split', async () => {
    const { html } = await cutPaged(temporaryFolder(), store, {}, { splits: { fold: hidden } });
    expect(html).toContain('A part of it is hidden.');
    expect(html).not.toContain('covid19_positive by');
    expect(html).not.toContain('Cases by covid19_positive');
    expect(tableOf(html, 'Cases by sex')).toHaveLength(2);
  });

  test('a column that is named with its table', async () => {
    const { html } = await cutPaged(temporaryFolder(), store, {}, { splits: { fold: { ...hidden, hidden: { part: 'test', columns: ['case.covid19_positive'] } } } });
    expect(html).not.toContain('Cases by covid19_positive');
  });
});

describe('hostile data', () => {
  test('are text wherever they stand, also in JSON-LD', async () => {
    const store = storeOf(times(30, { sex: HOSTILE }), { sex: 'VARCHAR', [HOSTILE.slice(0, 9)]: 'VARCHAR' });
    const dataset = { id: 'demo', title: HOSTILE, description: HOSTILE, license: 'CC-BY-4.0', creators: [{ name: HOSTILE }], url: 'https://example.org/x' };
    const { html } = await cutPaged(temporaryFolder(), store, { dataset });
    expect(html).not.toContain('<img');
    expect(html).not.toContain('\u202E');
    expect(html.match(/<\/script>/g)).toHaveLength(2);
    expect(html.match(/<!--release-digest-->/g)).toHaveLength(1);
    const data = /<script type="application\/ld\+json">(.*?)<\/script>/s.exec(html)![1]!;
    expect(JSON.parse(data)).toMatchObject({ '@type': 'Dataset', name: HOSTILE });
  });

  test('ten thousand categories are a page as any other', async () => {
    const release = await Catalog.open(':memory:');
    try {
      await release.run("CREATE TABLE cases AS SELECT 'case-' || i AS case_id FROM range(10000) AS t(i)");
      await release.run("CREATE TABLE splits AS SELECT 'fold' AS split, case_id, CASE WHEN case_id < 'case-5' THEN 'train' ELSE 'test' END AS part FROM cases");
      const variable = { name: 'site_id', table: 'case', several: false, query: "SELECT case_id, 'site ' || case_id AS category FROM cases" };
      const counted = await countPopulation(release, [variable], 1);
      expect(counted[0]?.population.categories).toHaveLength(60);
      expect(counted[0]?.population.joined).toEqual({ categories: 9940, cases: 9940 });
      const split = await countSplit(release, { name: 'fold', algorithm: 'a', withheld: null, balance: [] }, counted, 1);
      expect(split.variables[0]?.joined).toMatchObject({ categories: 9940 });
    } finally {
      release.close();
    }
  });
});

test('numbers are counted in classes: those of the policy, and decades of age', async () => {
  const store = storeOf([...times(3, { age_at_index: 41, dose: 7 }), ...times(2, { age_at_index: 70, dose: 12 }), { age_at_index: null, dose: null }], { age_at_index: 'BIGINT', dose: 'BIGINT' });
  const { html } = await cutPaged(temporaryFolder(), store, { gateDocument: gateOf(1, [{ column: 'dose', width: 5 }]) });
  expect(tableOf(html, 'Cases by age_at_index')).toEqual([['40–49', '3'], ['70–79', '2'], ['not reported', '1']]);
  expect(tableOf(html, 'Cases by dose')).toEqual([['5–9', '3'], ['10–14', '2'], ['not reported', '1']]);
});

test('a release of next to nothing has a page', async () => {
  const store = { ...smallStore(), tables: {}, assignments: [] };
  const { html } = await cutPaged(temporaryFolder(), store, { splits: [] });
  expect(html).toContain('This is the first release.');
  expect(html).not.toContain('id="splits"');
});
