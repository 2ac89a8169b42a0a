import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { JsonAnswer } from '../../../src/sources/dicomweb/dicomweb-client.js';
import type { JsonDataSet } from '../../../src/sources/dicomweb/dicom-json.js';
import { searchAll, type Search, type SearchOutcome } from '../../../src/sources/dicomweb/search-pages.js';
import { SourceFailure } from '../../../src/network/source.js';

const KEY = '00080018';

function results(keys: string[]): JsonDataSet[] {
  return keys.map((key) => new Map([[KEY, { vr: 'UI', values: [key], elsewhere: false }]]));
}

const names = (count: number, from = 0): string[] => Array.from({ length: count }, (_, at) => `1.${from + at}`);

interface Listed extends SearchOutcome {
  keys: string[];
  /** `offset+limit` of each request. */
  asked: string[];
}

/** Lists all of what a server gives that answers a page like this. */
async function list(page: (offset: number, limit: number, request: number) => string[] | null, more: Partial<Search> & { warns?: (keys: string[], offset: number, limit: number) => boolean } = {}): Promise<Listed> {
  const asked: string[] = [];
  const search: Search = {
    name: 'The results of x',
    key: KEY,
    declared: null,
    longest: { results: 0 },
    max: 1_000_000,
    page: async (offset, limit): Promise<JsonAnswer | null> => {
      asked.push(`${offset}+${limit}`);
      if (asked.length > 5000) throw new Error('asks for ever');
      const keys = page(offset, limit, asked.length);
      return keys === null ? null : { dataSets: results(keys), more: more.warns?.(keys, offset, limit) ?? false };
    },
    ...more,
  };
  const keys: string[] = [];
  const all = searchAll(search);
  for (;;) {
    const step = await all.next();
    if (step.done === true) return { ...step.value, keys, asked };
    keys.push(String(step.value.get(KEY)?.values?.[0]));
  }
}

describe('a server that is paged as the standard says', () => {
  const server = (count: number, cap = Infinity) => (offset: number, limit: number) => names(count).slice(offset, offset + Math.min(limit, cap));

  test.each([0, 1, 2, 499, 500, 501, 999, 1000, 1200])('gives %d results, each once', async (count) => {
    const { keys, results: counted, repeated } = await list(server(count));
    expect(keys).toEqual(names(count));
    expect([counted, repeated]).toEqual([count, 0]);
  });

  test('is asked once where it says how many there are, or where a longer page was seen', async () => {
    expect((await list(server(40), { declared: 40 })).asked).toEqual(['0+500']);
    expect((await list(server(40), { longest: { results: 41 } })).asked).toEqual(['0+500']);
    expect((await list(server(40), { longest: { results: 40 } })).asked).toEqual(['0+500', '39+500']);
  });

  test.each([1, 2, 3, 100])('may cut its pages at %d, and say so or not', async (cap) => {
    expect((await list(server(300, cap))).keys).toEqual(names(300));
    expect((await list(server(300, cap), { warns: (keys, offset) => offset + keys.length < 300 })).keys).toEqual(names(300));
    // A page that is told to be cut is not the end, whatever was seen before.
    expect((await list(server(300, cap), { longest: { results: 400 }, warns: (keys, offset) => offset + keys.length < 300 })).keys).toEqual(names(300));
  });

  test.each([0, 1, 5, 299, 301, 9_000_000])('may lie about their number: %d of 300', async (declared) => {
    expect((await list(server(300), { declared })).keys).toEqual(names(300));
    expect((await list(server(300, 100), { declared })).keys).toEqual(names(300));
  });

  test('may answer nothing at all with 404', async () => expect((await list(() => null)).keys).toEqual([]));

  test('any number of results, cut anywhere', async () => {
    const law = fc.asyncProperty(fc.nat(40), fc.integer({ min: 1, max: 12 }), fc.option(fc.nat(50)), async (count, cap, declared) => {
      // A first page that is as long as the number that is declared is believed to be all.
      fc.pre(declared !== cap || count <= cap);
      expect((await list(server(count, cap), { declared })).keys).toEqual(names(count));
    });
    await fc.assert(law, { numRuns: 500 });
  });
});

describe('a server that cannot be paged', () => {
  test.each([1, 7, 500, 800, 4000])('may give all %d results at once, and again for each page', async (count) => {
    const { keys, repeated } = await list(() => names(count));
    expect([keys, repeated]).toEqual([names(count), 0]);
  });

  test('but knows limit, is asked for more at once', async () => {
    const { keys, asked } = await list((_offset, limit) => names(1200).slice(0, limit));
    expect(keys).toEqual(names(1200));
    expect(asked).toContain('0+5000');
  });

  test('and cuts its only page, is refused, not taken for whole', async () => {
    const same = /gives the same page of 100 results whatever part of the list is asked for/;
    await expect(list(() => names(100), { warns: () => true })).rejects.toThrow(same);
    await expect(list(() => names(100), { declared: 300 })).rejects.toThrow(same);
    await expect(list((_offset, limit) => names(60_000).slice(0, limit))).rejects.toThrow(/same page of 50000/);
  });

  test('and shuffles the same page for ever, ends', async () => {
    const { keys } = await list((_offset, _limit, request) => [...names(50).slice(request % 7), ...names(50).slice(0, request % 7)]);
    expect([...keys].sort()).toEqual([...names(50)].sort());
  });

  test('and never ends, is given up', async () => {
    await expect(list((offset, limit) => names(limit, offset), { max: 2000 })).rejects.toThrow(new SourceFailure('The results of x do not end: 2000 were listed', { retry: false, wide: true }));
  });
});

describe('a list that moves while it is read', () => {
  /** A list that changes before the request of that number. */
  const moving = (count: number, at: number, change: (keys: string[]) => string[]) => {
    let keys = names(count);
    return (offset: number, limit: number, request: number): string[] => {
      if (request === at) keys = change(keys);
      return keys.slice(offset, offset + limit);
    };
  };

  test('by what came in at its beginning: nothing behind is missed, what comes twice counts once', async () => {
    const { keys, repeated } = await list(moving(1200, 2, (before) => ['new', ...before]));
    expect(keys).toEqual(names(1200));
    expect(repeated).toBe(1);
  });

  test('by what was taken away: it is gone through once more, and nothing is missed', async () => {
    const { keys } = await list(moving(1200, 2, (before) => before.slice(3)));
    expect(keys.toSorted()).toEqual(names(1200).toSorted());
    const end = await list(moving(501, 2, () => names(100)));
    expect(end.keys).toEqual(names(500));
  });

  test('each time: that is told', async () => {
    const shuffled = (offset: number, limit: number, request: number): string[] => names(1200).map((key, at) => [(at * 7919 + request * 104_729) % 1200, key] as const).sort((a, b) => a[0] - b[0]).map(([, key]) => key).slice(offset, offset + limit);
    await expect(list(shuffled)).rejects.toThrow(/come in another order, or other ones, each time they are listed/);
  });
});
