import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Catalog } from '../../src/catalog/catalog.js';
import { canonicalJson } from '../../src/fixity/canonical-json.js';
import { contentDigest } from '../../src/fixity/content-hash.js';
import { md5Hex, sha256Hex } from '../../src/fixity/digest.js';
import { gatherCandidate, type Candidate } from '../../src/release/candidate/candidate.js';
import { hashContent } from '../../src/release/candidate/content.js';
import { compileRowDigest } from '../../src/release/candidate/row-hash.js';
import { fillCatalog, image, openStoreCatalog, row, smallStore, type Store } from '../support/release-store.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
let catalog: Catalog;
let root: string;
beforeEach(async () => {
  root = temporaryFolder();
  catalog = await openStoreCatalog(root);
});
afterEach(() => catalog.close());

async function gather(store: Store, reversed = false): Promise<Candidate> {
  await fillCatalog(catalog, store, root, { reversed });
  return gatherCandidate(catalog, { datasetId: 'demo|%', wholeTables: new Set(['dataset']), splits: ['fold', 'other'].map((name) => ({ name, algorithm: 'test/1', seed: '1' })), hiddenParts: [], hiddenColumns: [], md5: true, withdrawals: [], announced: [], previous: null });
}

/** The specification (releases/README.md, CONTENT) written down once more, with the generic functions of fixity. */
function expectedRoot(store: Store): { content: string; md5: string } {
  const accepted = Object.keys(store.cases).filter((name) => store.cases[name] === 'accepted');
  const isAccepted = (name: string): boolean => accepted.includes(name);
  const loose: string[] = [];
  const rows = Object.entries(store.tables).flatMap(([table, { rows: all }]) =>
    all.flatMap(({ cells, cases }) => {
      const present = Object.fromEntries(Object.entries(cells).filter(([, cell]) => cell !== null));
      const digest = contentDigest('row', table, [sha256Hex(canonicalJson(present))]);
      if (table === 'dataset') loose.push(digest);
      return table !== 'dataset' && cases.length > 0 && cases.every(isAccepted) ? cases.map((name) => ({ name, digest })) : [];
    }),
  );
  const md5s: string[] = [];
  const cases = accepted.map((name) => {
    const images = store.images.filter(({ case_id }) => case_id === name);
    const level = (of: typeof images, key: 'study' | 'series'): string[] => [...new Set(of.map((each) => each[key] ?? ''))];
    const studyMd5s: string[] = [];
    const studies = level(images, 'study').map((study) => {
      const inStudy = images.filter((each) => each.study === study);
      const seriesMd5s: string[] = [];
      const series = level(inStudy, 'series').map((uid) => {
        const inSeries = inStudy.filter((each) => each.series === uid);
        seriesMd5s.push(md5Hex(inSeries.map(({ text }) => md5Hex(text)).sort().join('')));
        return contentDigest('series', uid, inSeries.map(({ instance, text }) => contentDigest('instance', instance ?? '', [sha256Hex(text)])));
      });
      studyMd5s.push(md5Hex(seriesMd5s.sort().join('')));
      return contentDigest('study', study, series);
    });
    md5s.push(md5Hex(studyMd5s.sort().join('')));
    const assignments = store.assignments
      .filter(([, case_id]) => case_id === name)
      .map(([split, , part]) => contentDigest('assignment', split, [contentDigest('part', part, [sha256Hex(name)])]));
    return contentDigest('case', name, [...studies, ...rows.filter((each) => each.name === name).map(({ digest }) => digest), ...assignments]);
  });
  return { content: contentDigest('release', 'demo|%', [...cases, ...loose]), md5: md5Hex(md5s.sort().join('')) };
}

test('the digests computed in SQL are those of the specification', async () => {
  const store = smallStore();
  store.cases['a|b%c'] = 'accepted';
  store.images.push(image('a|b%c'.replace(/[|%]/g, '_'), '1.2.5', '1.2.5.1', '1.2.5.1.1', 'x'));
  store.assignments.push(['fold', 'a|b%c', 'tr|ain%']);
  const { content, contentMd5 } = await gather(store);
  expect({ content, md5: contentMd5 }).toEqual(expectedRoot(store));
});

test('they do not depend on how many images are looked at at once', async () => {
  const { content, contentMd5, tables } = await gather(smallStore());
  const series = await catalog.all('FROM candidate_series ORDER BY ALL');
  for (const name of ['series', 'study', 'case', 'child']) await catalog.run(`DROP TABLE candidate_${name}`);
  expect(await hashContent(catalog, 'demo|%', tables, true, 1)).toEqual({ content, contentMd5 });
  expect(await catalog.all('FROM candidate_series ORDER BY ALL')).toEqual(series);
});

test('they do not depend on the order of anything', async () => {
  const forward = await gather(smallStore());
  const backward = await gather(smallStore(), true);
  expect(backward.content).toBe(forward.content);
  expect(backward.contentMd5).toBe(forward.contentMd5);
});

describe('any change of any leaf changes the root', () => {
  const changes: [string, (store: Store) => void][] = [
    ['an image', (store) => (store.images[0]!.text = 'First image of a')],
    ['a SOPInstanceUID', (store) => (store.images[0]!.instance = '1.2.1.1.9')],
    ['a series', (store) => (store.images[0]!.series = '1.2.1.9')],
    ['a study', (store) => (store.images[0]!.study = '1.2.9')],
    ['the case of an image', (store) => (store.images[3]!.case_id = 'case-c')],
    ['an added image', (store) => store.images.push(image('case-c', '1.2.3', '1.2.3.1', '1.2.3.1.1', 'c'))],
    ['a removed image', (store) => store.images.splice(0, 1)],
    ['a text cell', (store) => (store.tables.case!.rows[0]!.cells.sex = 'Other')],
    ['a number', (store) => (store.tables.case!.rows[0]!.cells.age_at_index = 42)],
    ['a fraction, in its last digit', (store) => (store.tables.case!.rows[0]!.cells.score = 0.1 + Number.EPSILON / 4)],
    ['a cell that is filled in', (store) => (store.tables.case!.rows[2]!.cells.sex = 'Male')],
    ['a cell that is emptied', (store) => (store.tables.case!.rows[1]!.cells.sex = null)],
    ['two labels that are swapped', (store) => {
      const [a, b] = store.tables.case!.rows;
      [a!.cells.covid19_positive, b!.cells.covid19_positive] = [b!.cells.covid19_positive!, a!.cells.covid19_positive!];
    }],
    ['two columns that are swapped', (store) => {
      const { cells } = store.tables.case!.rows[0]!;
      [cells.sex, cells.covid19_positive] = [cells.covid19_positive!, cells.sex!];
    }],
    ['a row of nobody', (store) => store.tables.dataset!.rows.push(row([], { submitter_id: 'Open-R1' }))],
    ['a row that is there twice', (store) => store.tables.annotation!.rows.push(row(['case-a', 'case-b'], { submitter_id: 'n1', note: 'of two cases' }))],
    ['an assignment', (store) => (store.assignments[0]![2] = 'test')],
    ['two assignments that are swapped', (store) => ([store.assignments[0]![2], store.assignments[1]![2]] = ['test', 'train'])],
    ['the name of a split', (store) => (store.assignments[4]![0] = 'fold')],
    ['a rejected case', (store) => (store.cases['case-c'] = 'rejected')],
  ]; // prettier-ignore

  test.each(changes)('%s', async (_what, change) => {
    const before = (await gather(smallStore())).content;
    const store = smallStore();
    change(store);
    expect((await gather(store)).content).not.toBe(before);
  });

  test('but not what stays out, nor an empty column', async () => {
    const before = (await gather(smallStore())).content;
    const store = smallStore();
    store.images[4]!.text = 'another image of a rejected case';
    store.tables.annotation!.rows[1]!.cells.note = 'other words about a rejected case';
    store.tables.case!.columns.added = 'VARCHAR';
    expect((await gather(store)).content).toBe(before);
  });
});

test('law: a row is digested by its canonical JSON without the empty cells', () => {
  const cell = fc.oneof(fc.string({ unit: 'grapheme' }), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null), fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant(null))));
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'grapheme', minLength: 1 }), cell), fc.string(), (cells, table) => {
      const columns = Object.keys(cells);
      const present = Object.fromEntries(Object.entries(cells).filter(([, value]) => value !== null));
      const expected = contentDigest('row', table, [sha256Hex(canonicalJson(present))]);
      return compileRowDigest(table, columns)((at) => cells[columns[at]!]) === expected;
    }),
  );
});

test('numbers that JSON has no form for are told apart', () => {
  const digest = compileRowDigest('t', ['x']);
  const digests = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, null].map((value) => digest(() => value));
  expect(new Set(digests).size).toBe(5);
});
