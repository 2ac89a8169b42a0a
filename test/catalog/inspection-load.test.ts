import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Catalog, quoteLiteral } from '../../src/catalog/catalog.js';
import { InspectionLoad } from '../../src/catalog/inspection-load.js';

/** A file as the catalog has it, and what was said of it before. */
interface File {
  wanted: boolean;
  /** Digest of the bytes now; null: not read. */
  sha256: string | null;
  /** Null: never looked at. */
  judged: { sha256: string; inspector: string; outcome: string } | null;
  facts: boolean;
}

const file: fc.Arbitrary<File> = fc.record({
  wanted: fc.boolean(),
  sha256: fc.constantFrom('a', 'a', 'a', 'b', null),
  judged: fc.option(fc.record({ sha256: fc.constantFrom('a', 'a', 'b'), inspector: fc.constantFrom('now', 'now', 'before'), outcome: fc.constantFrom('judged', 'judged', 'failed') }), { nil: null }),
  facts: fc.boolean(),
});

async function openWith(files: readonly File[]): Promise<Catalog> {
  const catalog = await Catalog.open(':memory:');
  const literal = (text: string | null): string => (text === null ? 'NULL' : quoteLiteral(text));
  for (const [at, { wanted, sha256, judged, facts }] of files.entries()) {
    await catalog.run(`INSERT INTO instance (source, path, size_bytes, mtime_ns, sha256, status) VALUES ('s', '${at}', 1, 1, ${literal(sha256)}, '${wanted ? 'ok' : 'unreadable'}')`);
    if (judged !== null) await catalog.run(`INSERT INTO inspected VALUES ('header', 's', '${at}', '${judged.sha256}', '${judged.inspector}', '${judged.outcome}', NULL, ''), ('pixels', 's', '${at}', 'a', 'now', 'judged', NULL, '')`);
    await catalog.run(`INSERT INTO inspection_finding SELECT stage, 's', '${at}', 'DCM-001', NULL, 'm', NULL, NULL, NULL, NULL, NULL FROM (VALUES ('header'), ('pixels')) AS v(stage)`);
    if (facts) await catalog.run(`INSERT INTO header_facts VALUES ('s', '${at}', [], [], false)`);
  }
  return catalog;
}

/** Whether what was said is said of these bytes, by this inspector. */
function isCurrent({ sha256, judged }: File): boolean {
  return judged !== null && judged.outcome === 'judged' && judged.inspector === 'now' && judged.sha256 === sha256;
}

async function pathsOf(catalog: Catalog, from: string): Promise<string[]> {
  return (await catalog.all<{ path: string }>(`SELECT path FROM ${from} ORDER BY path::INTEGER`)).map(({ path }) => path);
}

function pathsWhere(files: readonly File[], holds: (file: File) => boolean): string[] {
  return files.flatMap((each, at) => (holds(each) ? [String(at)] : []));
}

describe('an inspection', () => {
  test('looks at wanted files that are new, changed or judged by another; drops what is stale, and nothing of other stages', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(file, { maxLength: 7 }), fc.boolean(), async (files, some) => {
        const catalog = await openWith(files);
        const load = await InspectionLoad.begin(catalog, { stage: 'header', inspector: 'now', wanted: "i.status = 'ok'", among: some ? "SELECT source, path FROM instance WHERE path <> '1'" : null, factsTable: 'header_facts' });
        const pending: string[] = [];
        for (const source of await load.sources()) for await (const { path, sha256 } of load.pendingOf(source)) pending.push(`${path} ${sha256}`);
        await load.end();
        const wanted = (each: File): boolean => each.sha256 !== null && each.wanted && !isCurrent(each);
        expect(pending).toEqual(pathsWhere(files, wanted).filter((path) => !some || path !== '1').map((path) => `${path} ${files[Number(path)]?.sha256}`));
        expect(load.pending.files).toBe(pending.length);
        const current = pathsWhere(files, isCurrent);
        expect(await pathsOf(catalog, "inspected WHERE stage = 'header'")).toEqual(current);
        expect(await pathsOf(catalog, "inspected WHERE stage = 'pixels'")).toEqual(pathsWhere(files, ({ judged }) => judged !== null));
        // facts and findings without a word of the stage are looked for only when there is a reason
        const left = await pathsOf(catalog, 'header_facts');
        if (files.some((each) => each.judged !== null && !isCurrent(each)) || pending.length > 0) expect(left).toEqual(pathsWhere(files, (each) => each.facts && isCurrent(each)));
        expect(await pathsOf(catalog, "inspection_finding WHERE stage = 'pixels'")).toHaveLength(files.length);
        catalog.close();
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  test.each([['most', 4], ['few', 1]])('where %s files were judged, one of other bytes is looked at again, and what was said of it and of one that is gone is dropped', async (_, current) => {
    const word = { sha256: 'a', inspector: 'now', outcome: 'judged' };
    const files: File[] = [
      { wanted: true, sha256: 'b', judged: word, facts: true },
      { wanted: true, sha256: null, judged: word, facts: true },
      ...Array.from({ length: current }, (): File => ({ wanted: true, sha256: 'a', judged: word, facts: true })),
      ...Array.from({ length: 5 - current }, (): File => ({ wanted: false, sha256: 'a', judged: null, facts: false })),
    ];
    const catalog = await openWith(files);
    const load = await InspectionLoad.begin(catalog, { stage: 'header', inspector: 'now', wanted: "i.status = 'ok'", among: null, factsTable: 'header_facts' });
    const pending: string[] = [];
    for (const source of await load.sources()) for await (const { path } of load.pendingOf(source)) pending.push(path);
    await load.end();
    const kept = pathsWhere(files, isCurrent);
    expect([pending, await pathsOf(catalog, "inspected WHERE stage = 'header'"), await pathsOf(catalog, 'header_facts')]).toEqual([['0'], kept, kept]);
    catalog.close();
  });
});
