import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { readFileIds, type IdColumns } from '../../src/splits/overlap-file.js';
import { fileSet, objectName, type CaseLookup } from '../../src/splits/overlap-set.js';
import { compareSources, USUAL_ROLES, type OverlapSet } from '../../src/splits/overlap.js';

const FIXTURES = join(PACKAGE_ROOT, 'test/fixtures/challenge-manifests');

function split(name: string, parts: Record<string, string[]>): OverlapSet {
  const ids = new Map(Object.entries(parts).flatMap(([part, cases]) => cases.map((id) => [id, part] as const)));
  return { name, kind: 'split', ids: new Map([['case', ids]]), unmatched: 0, repeated: 0, notes: [] };
}

function file(name: string, text: string | Uint8Array, options: { lookUp?: CaseLookup; only?: string; columns?: IdColumns } = {}): Promise<OverlapSet> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  return fileSet(name, readFileIds(bytes, name, options.columns ?? {}), options.lookUp ?? null, options.only ?? null);
}

describe('two manifests of challenges that name objects only', () => {
  const read = (name: string): Promise<OverlapSet> => file(name, readFileSync(join(FIXTURES, `${name}_part.json`)));

  test('are compared by object', async () => {
    const report = compareSources([await read('covidx_2022'), await read('mrale_2023')]);
    expect(report.pairs).toEqual([
      { a: 'covidx_2022', b: 'mrale_2023', key: 'object', size_a: 80, size_b: 50, shared: 30, share_of_smaller: 0.6, parts: [{ part_a: '', part_b: '', shared: 30 }] },
    ]);
    expect(report.contamination).toEqual([]);
    expect(report.sources).toMatchObject([{ kind: 'manifest', sizes: [{ key: 'object', size: 80 }], parts: {} }, { sizes: [{ key: 'object', size: 50 }] }]);
  });

  test('share 2,297 objects as published', async () => {
    const published = (name: string): Promise<OverlapSet> => file(name, JSON.stringify(readPrefixes(name).map((prefix) => ({ object_id: `dg.MD1R/${prefix}-0000-4000-8000-000000000000` }))));
    const [pair] = compareSources([await published('covidx_2022'), await published('mrale_2023')]).pairs;
    expect(pair).toMatchObject({ size_a: 22_883, size_b: 2_568, shared: 2_297 });
    expect(pair!.share_of_smaller).toBeCloseTo(0.8945, 4);
  });

  test('are compared by case too where the catalog leads from objects to cases', async () => {
    const objects = readFileIds(readFileSync(join(FIXTURES, 'covidx_2022_part.json')), '', {}).rows.get('object')!;
    // the catalog knows 40 objects, two of each case
    const caseOf = new Map(objects.slice(10, 50).map(({ id }, index) => [objectName(id), `c${index >> 1}`]));
    const lookUp: CaseLookup = (key, ids) => Promise.resolve(new Map(key === 'object' ? ids.flatMap((id) => (caseOf.has(id) ? [[id, caseOf.get(id)!]] : [])) : []));
    const manifest = await file('covidx.json', readFileSync(join(FIXTURES, 'covidx_2022_part.json')), { lookUp, only: 'train' });
    const report = compareSources([manifest, split('benchmark', { train: ['c0', 'c1'], test: ['c2', 'c3', 'x'] })]);
    expect(report.sources[0]).toMatchObject({ sizes: [{ key: 'case', size: 20 }, { key: 'object', size: 80 }], parts: { train: 20 }, unmatched: 40 });
    expect(report.pairs).toMatchObject([{ key: 'case', shared: 4 }]);
    expect(report.contamination).toEqual([
      { train: { source: 'covidx.json', part: 'train' }, test: { source: 'benchmark', part: 'test' }, key: 'case', shared: 2, share_of_test: 2 / 3, examples: ['c2', 'c3'] },
    ]);
  });
});

/** The first 32 bits of the GUIDs of a manifest; see SOURCES.md. */
function readPrefixes(name: string): string[] {
  const prefixes: string[] = [];
  let [sum, difference, shift] = [0, 0, 1];
  for (const byte of gunzipSync(readFileSync(join(FIXTURES, `${name}.prefixes.gz`)))) {
    difference += (byte & 127) * shift;
    shift *= 128;
    if (byte >= 128) continue;
    sum += difference;
    prefixes.push(sum.toString(16).padStart(8, '0'));
    [difference, shift] = [0, 1];
  }
  return prefixes;
}

describe('what is trained on here and tested on there', () => {
  test('is found both ways, by the names of parts, and open is neither', () => {
    const a = split('a', { train: ['1', '2', '3'], test: ['4', '5'] });
    const b = split('b', { Training: ['4'], sequestered: ['1', '2', '9'], open: ['5', '3'] });
    const { contamination, pairs } = compareSources([a, b]);
    expect(contamination).toEqual([
      { train: { source: 'a', part: 'train' }, test: { source: 'b', part: 'sequestered' }, key: 'case', shared: 2, share_of_test: 2 / 3, examples: ['1', '2'] },
      { train: { source: 'b', part: 'Training' }, test: { source: 'a', part: 'test' }, key: 'case', shared: 1, share_of_test: 0.5, examples: ['4'] },
    ]);
    expect(pairs[0]!.parts).toEqual([
      { part_a: 'test', part_b: 'Training', shared: 1 },
      { part_a: 'test', part_b: 'open', shared: 1 },
      { part_a: 'train', part_b: 'open', shared: 1 },
      { part_a: 'train', part_b: 'sequestered', shared: 2 },
    ]);
  });

  test('by names that somebody gives', () => {
    const sets = [split('a', { learn: ['1'] }), split('b', { exam: ['1'] })];
    expect(compareSources(sets).contamination).toEqual([]);
    expect(compareSources(sets, { train: new Set(['learn']), test: new Set(['exam']) }).contamination).toMatchObject([{ shared: 1 }]);
    expect(USUAL_ROLES.train.has('open')).toBe(false);
  });
});

describe('files come in many forms', () => {
  test.each([
    ['MIDRC columns, CRLF, byte order mark', '\uFEFFcase_ids,dataset\r\na,Open\r\nb,Seq\r\n', { case: [['a', 'Open'], ['b', 'Seq']] }],
    ['tabs, other columns', 'part\tx\tcase_id\ntrain\t1\ta\n', { case: [['a', 'train']] }],
    ['a manifest with cases', '[{"object_id": "dg.X/F", "case_ids": ["a", "b"], "md5sum": "0"}]', { case: [['a', ''], ['b', '']], object: [['f', '']] }],
    ['a table of series files', 'submitter_id,object_id\ns1,dg.X/G1\n', { object: [['g1', '']] }],
    ['a case table', 'type,submitter_id\ncase,a\n', { case: [['a', '']] }],
    ['studies', 'study_uid\n1.2.3\n', { study: [['1.2.3', '']] }],
  ])('%s', async (_what, text, expected) => {
    const { ids } = await file('f', text);
    expect(Object.fromEntries([...ids].map(([key, placed]) => [key, [...placed]]))).toEqual(expected);
  });

  test('one id a line is what the catalog knows it as, a GUID an object, else what another source has', async () => {
    const lookUp: CaseLookup = (key, ids) => Promise.resolve(new Map(key === 'study' ? ids.filter((id) => id !== '1.2.9').map((id) => [id, `case of ${id}`]) : []));
    const known = await file('f', '1.2.1\n1.2.2\n1.2.9\n', { lookUp });
    expect([...known.ids.get('case')!.keys()]).toEqual(['case of 1.2.1', 'case of 1.2.2']);
    expect(known.unmatched).toBe(1);
    const guids = await file('f', 'dg.X/0D4D9BE0-0000-4000-8000-000000000000\n');
    expect([...guids.ids.get('object')!.keys()]).toEqual(['0d4d9be0-0000-4000-8000-000000000000']);
    const report = compareSources([await file('f', 'a\nb\n'), split('s', { train: ['a'] })]);
    expect(report.pairs).toMatchObject([{ key: 'case', shared: 1 }]);
    expect(report.sources[0]!.notes).toEqual(['Its ids are taken for cases: 1 of 2 are in another source.']);
  });

  test('what cannot be compared is said', async () => {
    const report = compareSources([await file('m', '[{"object_id": "x"}]'), split('s', { train: ['a'] })]);
    expect(report).toMatchObject({ pairs: [], not_comparable: [{ a: 'm', b: 's', reason: expect.stringContaining('m names objects, s names cases') }] });
  });

  test('an id in two parts counts once, and is told', async () => {
    const set = await file('f', 'case_id,part\na,train\na,test\na,train\nb,test\n');
    expect([...set.ids.get('case')!]).toEqual([['a', 'train'], ['b', 'test']]);
    expect(set).toMatchObject({ repeated: 1, notes: ['1 ids are in two parts; the first counts.'] });
  });

  test.each([
    ['JSON that is none', '[{', /no JSON manifest/],
    ['an object', '{"a": 1}', /no manifest/],
    ['objects without an id', '[{"name": "x"}]', /not known which column/],
    ['columns that say nothing', 'a,b\n1,2\n', /not known which column/],
    ['a part that is not there', 'case_id,part\na,train\n', /no row is in the part test/],
  ])('%s is refused', async (_what, text, told) => {
    const reading = (async () => file('f', text, { only: 'test' }))();
    await expect(reading).rejects.toThrow(told);
    await expect(reading).rejects.toMatchObject({ code: 'SPLIT_LIST_INVALID' });
  });

  test('a column that somebody names', async () => {
    const { ids } = await file('f', 'patient,case_id,set\np,x,train\n', { columns: { id: 'case_id', part: 'set' } });
    expect([...ids.get('case')!]).toEqual([['x', 'train']]);
    expect([...(await file('f', 'patient,set\np,train\n', { columns: { id: 'patient' } })).ids.keys()]).toEqual(['id']);
  });
});
