import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { OverlapKey } from '../../src/model/split-overlap.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { parseIdList, type IdListOptions } from '../../src/splits/lists/id-list.js';
import { parseIdManifest } from '../../src/splits/lists/id-manifest.js';
import { measureOverlap, RESERVED_PARTS } from '../../src/splits/lists/overlap.js';
import { PartedIds, type OverlapInput } from '../../src/splits/lists/overlap-ids.js';

const FIXTURES = join(PACKAGE_ROOT, 'test/fixtures/overlap');

function source(name: string, rows: readonly (readonly [id: string, part: string | null])[], changes: Partial<OverlapInput> = {}): OverlapInput {
  const ids = new PartedIds();
  for (const [id, part] of rows) ids.add(id, part);
  return { name, kind: 'list', ids: new Map([['case', ids]]), origin: null, within: [], ...changes };
}

const measure = (inputs: OverlapInput[], limit = 10) => measureOverlap(inputs, { reserved: RESERVED_PARTS, limit });

describe('two manifests of earlier challenges', () => {
  /** The ids of the fixture as a Gen3 manifest with object ids of the usual form. */
  function manifest(name: string): [string, OverlapInput] {
    const ids = readFileSync(join(FIXTURES, `${name}.txt`), 'utf8').replaceAll('\n', '').match(/.{5}/g)!;
    const uuid = (id: string): string => Buffer.from(id).toString('hex').padEnd(32, '0').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    const text = JSON.stringify(ids.map((id) => ({ object_id: `dg.MD1R/${uuid(id)}` })));
    return [text, { name, kind: 'manifest', ids: parseIdManifest(Buffer.from(text), `${name}.json`), origin: null, within: [] }];
  }

  test('of which only object ids are known share 2,297 of them', () => {
    const report = measure([manifest('covidx_2022')[1], manifest('mrale_2023')[1]]);
    expect(report.sources).toMatchObject([{ cases: null, objects: 22_883, repeated: 0 }, { cases: null, objects: 2568, repeated: 0 }]);
    expect(report.pairs).toMatchObject([{ key: 'object', shared: 2297, judged: false, contaminated: 0, alike: 0 }]);
    expect(report.pairs[0]!.share_of_smaller).toBeCloseTo(2297 / 2568, 12);
    expect(report.memberships.map(({ ids }) => ids)).toEqual([20_586, 2297, 271]);
  });

  test('are met whatever prefix their ids have', () => {
    const [text, first] = manifest('mrale_2023');
    const bare = parseIdManifest(Buffer.from(text.replaceAll('dg.MD1R/', '').toUpperCase().replaceAll('OBJECT_ID', 'object_id')), 'bare.json');
    expect(measure([first, { ...first, name: 'bare', ids: bare }]).pairs).toMatchObject([{ key: 'object', shared: 2568 }]);
  });
});

describe('contamination', () => {
  const a = source('a', [['1', 'train'], ['2', 'test'], ['3', 'open'], ['4', 'Test'], ['5', null]]); // prettier-ignore
  const b = source('b', [['1', 'test'], ['2', 'test'], ['3', 'train'], ['4', 'validation'], ['5', 'test'], ['6', 'train']]); // prettier-ignore

  test('is what one keeps back and the other shows, either way round', () => {
    const [pair] = measure([a, b]).pairs;
    expect(pair).toMatchObject({ key: 'case', shared: 5, share_of_smaller: 1, judged: true, contaminated: 2 });
    expect(pair!.crossings.filter(({ contaminates }) => contaminates)).toEqual([
      { part_a: 'Test', part_b: 'validation', shared: 1, contaminates: true, examples: ['4'] },
      { part_a: 'train', part_b: 'test', shared: 1, contaminates: true, examples: ['1'] },
    ]);
    expect(pair!.crossings.find(({ part_a }) => part_a === null)).toEqual({ part_a: null, part_b: 'test', shared: 1, contaminates: false, examples: [] });
  });

  test('is none between a split and the one that it lies within', () => {
    const inner = { ...b, origin: { dataset: 'd', split: 'inner' }, within: ['outer'] };
    expect(measure([{ ...a, origin: { dataset: 'd', split: 'outer' } }, inner]).pairs).toMatchObject([{ nested: true, judged: true, contaminated: 0 }]);
    expect(measure([{ ...a, origin: { dataset: 'other', split: 'outer' } }, inner]).pairs).toMatchObject([{ nested: false, contaminated: 2 }]);
  });

  test('cannot be judged without parts, or without one that is kept back', () => {
    expect(measure([a, source('c', [['1', null]])]).pairs).toMatchObject([{ judged: false, contaminated: 0 }]);
    expect(measure([source('c', [['1', 'x']]), source('d', [['1', 'y']])])).toMatchObject({ not_judged: 1, contaminated: 0 });
    expect(measureOverlap([source('c', [['1', 'x']]), source('d', [['1', 'y']])], { reserved: ['Y'], limit: 0 })).toMatchObject({ contaminated: 1, reserved: ['y'] });
  });

  test('is seen within one source, and for an id of two parts once a pair', () => {
    const torn = source('t', [['1', 'train'], ['1', 'test'], ['2', 'train'], ['2', 'open']]); // prettier-ignore
    const report = measure([torn, b], 1);
    expect(report.sources[0]).toMatchObject({ repeated: 2, torn: { ids: 2, contaminated: 1, examples: ['1'] } });
    expect(report.pairs[0]).toMatchObject({ shared: 2, contaminated: 2 });
    expect(report.contaminated).toBe(3);
  });

  test('is not hidden by another spelling of the ids', () => {
    expect(measure([source('a', [['Case-01', 'train'], ['x', 'train']]), source('b', [['case 01', 'test'], ['x', 'train']])]).pairs).toMatchObject([{ shared: 1, alike: 1 }]);
  });
});

test('sources that name nothing of one kind are not compared', () => {
  const objects: OverlapInput = { ...source('o', []), ids: new Map<OverlapKey, PartedIds>([['object', new PartedIds()]]) };
  expect(measure([source('c', [['1', 'test']]), objects]).pairs).toEqual([
    { a: 'c', b: 'o', key: null, nested: false, shared: 0, share_of_smaller: 0, alike: 0, judged: false, crossings: [], contaminated: 0 },
  ]);
});

test('counts are those of sets, in any order', () => {
  const rows = fc.array(fc.tuple(fc.constantFrom('1', '2', '3', '4', '5', '6'), fc.constantFrom('train', 'test', 'x', null)), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(fc.array(rows, { minLength: 2, maxLength: 4 }), (lists) => {
      const report = measure(lists.map((list, index) => source(String(index), list)));
      expect(measure(lists.map((list, index) => source(String(index), list.toReversed())))).toEqual(report);
      for (const { a, b, shared, contaminated, crossings } of report.pairs) {
        const [one, other] = [lists[Number(a)]!, lists[Number(b)]!];
        const common = new Set(one.map(([id]) => id).filter((id) => other.some(([known]) => known === id)));
        const spoilt = [...common].filter((id) =>
          one.some(([x, p]) => x === id && other.some(([y, q]) => y === id && p !== null && q !== null && (p === 'test') !== (q === 'test'))),
        );
        expect([shared, contaminated]).toEqual([common.size, spoilt.length]);
        expect(crossings.reduce((sum, crossing) => sum + crossing.shared, 0)).toBeGreaterThanOrEqual(shared);
      }
      const all = new Set(lists.flat().map(([id]) => id));
      expect(report.memberships.reduce((sum, { ids }) => sum + ids, 0)).toBe(all.size);
    }),
    { numRuns: 200 },
  );
});

describe('lists of ids', () => {
  const defaults: IdListOptions = { columns: [], partColumns: [], key: null };
  const read = (text: string, name: string, options: Partial<IdListOptions> = {}) =>
    [...parseIdList(Buffer.from(text), name, { ...defaults, ...options })].map(([key, { partsOf }]) => [key, [...partsOf].map(([id, parts]) => [id, ...parts])]);

  test.each([
    ['byte order mark and CRLF', '\uFEFFcase_ids,dataset\r\na,Open\r\n"b, c",Seq\r\n\r\n', 'l.csv', ['case', [['a', 'Open'], ['b, c', 'Seq']]]], // prettier-ignore
    ['tabs and no last line end', 'part\tcase_id\nOpen\ta\n\tb', 'l.TSV', ['case', [['a', 'Open'], ['b']]]], // prettier-ignore
    ['lines', 'a\r\n\r\n b \r\n', 'l.txt', ['case', [['a'], ['b']]]], // prettier-ignore
    ['data GUIDs', 'dg.X/F78C142C-f4ef-4449-b630-e0cc359e63a7\n', 'l.txt', ['object', [['f78c142c-f4ef-4449-b630-e0cc359e63a7']]]],
    ['objects by their column', 'object_id\no1\n', 'l.csv', ['object', [['o1']]]],
  ])('%s', (_what, text, name, expected) => {
    expect(read(text, name)).toEqual([expected]);
  });

  test('columns and key can be named', () => {
    const text = 'case_id,who,arm,part\na,1,x,y\n';
    expect(read(text, 'l.csv', { columns: ['patient', 'who'], partColumns: ['arm'], key: 'object' })).toEqual([['object', [['1', 'x']]]]);
  });

  test.each([
    ['all rows without id at once', 'case_id,part\n,x\na,x\n,y\n', 'l.csv', /line 2: it names no id[^]*line 4: it names no id/],
    ['a ragged row', 'case_id,part\na,x\nb\n', 'l.csv', /l.csv:3: the row has 1 cells/],
    ['a quote that is never closed', 'part,case_id\nx,"a\nx,b\nx,c\n', 'l.csv', /l.csv:2: a quoted cell is never closed/],
    ['a cell over several lines', 'part,case_id\nx,"a\nx,b"\nx,c\n', 'l.csv', /line 2: a cell goes over several lines/],
    ['no known column', 'name\na\n', 'l.csv', /has no column `case_ids` or/],
    ['no ids', 'case_id\n', 'l.csv', /it names no id/],
    ['nothing', '', 'l.csv', /the file is empty/],
  ])('%s is refused', (_what, text, name, message) => {
    expect(() => read(text, name)).toThrow(message);
  });

  test('a column that is named and not there is not replaced by a usual one', () => {
    expect(() => read('case_id,part\na,x\n', 'l.csv', { columns: ['who'] })).toThrow('has no column `who`');
    expect(() => read('case_id,part\na,x\n', 'l.csv', { partColumns: ['arm'] })).toThrow('has no column `arm`');
  });

  test('other encodings are refused', () => {
    expect(() => parseIdList(Buffer.from([0x61, 0xff, 0x0a]), 'l.txt', defaults)).toThrow('it is not UTF-8 text');
  });
});

describe('manifests', () => {
  const read = (text: string) => [...parseIdManifest(Buffer.from(text), 'm.json')].map(([key, { partsOf }]) => [key, [...partsOf.keys()]]);

  test('may name cases, objects or both', () => {
    expect(read('[{"object_id":"o1","case_ids":["a","b"]},{"object_id":"o2","case_ids":"a"}]')).toEqual([['case', ['a', 'b']], ['object', ['o1', 'o2']]]); // prettier-ignore
    expect(read('[{"object_id":"o1","case_id":"a"},{"object_id":"o2"}]')).toEqual([['object', ['o1', 'o2']]]);
  });

  test.each([
    ['{"object_id":"o1"}', 'it is no array'],
    ['[]', 'it names no id'],
    ['[{"object_id":"o1"},{"md5sum":"x"}]', 'entry 2 of 2 names no object and no case'],
    ['[{"object_id":"o1"},{"case_id":"x"}]', 'some entries name only objects and others only cases'],
    ['[{"object_id":""}]', 'entry 1 of 1'],
    ['["o1"]', 'entry 1 of 1'],
    ['nothing', 'the text is not JSON'],
  ])('%s is refused', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});
