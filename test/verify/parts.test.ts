import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { collisionKey } from '../../src/fixity/safe-path.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { findDefects, type Schema } from '../../src/fixity/document-schema.js';
import { NameCollisions } from '../../src/verify/name-collisions.js';
import { PayloadList } from '../../src/verify/payload-list.js';
import { sha256, writeRelease } from '../support/release-folder.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();

describe('the reader of printed schemas', () => {
  const schema = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'schemas/format/release.v1.schema.json'), 'utf8')) as Schema;
  const open = JSON.parse(JSON.stringify(schema, (key, value: unknown) => (key === 'additionalProperties' && value === false ? undefined : value))) as object;
  const ajv = new Ajv2020({ strict: false }).compile(open);

  test('law: gives the verdict that ajv gives, whatever member of a sound document is replaced or removed', () => {
    const folder = temporaryFolder();
    writeRelease(folder, { 'data/x': 'x' }, { sequence: 2, previous: { version: '1.0.0', digest: sha256('x') } });
    const text = readFileSync(join(folder, 'release.json'), 'utf8');
    expect(findDefects(JSON.parse(text), schema)).toEqual([]);
    expect(ajv(JSON.parse(text))).toBe(true);
    const paths = memberPaths(JSON.parse(text));
    const values = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(undefined, 0, -1, 1.5, '1.0', '1.0.0', '01.0.0', '2026-01-01', sha256('y'), sha256('y').toUpperCase(), [], {}, [{}], null));
    let refused = 0;
    fc.assert(
      fc.property(fc.constantFrom(...paths), values, (path, value) => {
        const document = JSON.parse(text) as Record<string, unknown>;
        let holder = document;
        for (const key of path.slice(0, -1)) holder = holder[key] as Record<string, unknown>;
        const last = path.at(-1) ?? '';
        if (value === undefined) delete holder[last];
        else holder[last] = value;
        const sound = ajv(document);
        if (!sound) refused += 1;
        expect({ path, value, sound: findDefects(document, schema).length === 0 }).toEqual({ path, value, sound });
      }),
      { numRuns: 1000 },
    );
    expect(refused).toBeGreaterThan(100);
  });

  test('a schema that says more than it knows is not read as saying less', () => {
    expect(() => findDefects(1, { maximum: 0 } as Schema)).toThrow('maximum');
  });
});

function memberPaths(value: unknown, path: string[] = []): string[][] {
  if (value === null || typeof value !== 'object') return [path];
  const below = Object.entries(value).flatMap(([key, member]) => memberPaths(member, [...path, key]));
  return path.length === 0 ? below : [path, ...below];
}

const somePaths = fc.array(fc.stringMatching(/^[aAbBüÜ]{1,2}(\/[aAbB]{1,2}){0,2}$/), { maxLength: 30 });

test('law: a list finds each of its paths, sorted or not, and no other', () => {
  fc.assert(
    fc.property(somePaths, fc.boolean(), (paths, sorted) => {
      const list = new PayloadList();
      const all = sorted ? [...paths].sort() : paths;
      const added = all.filter((path) => list.add(path, sha256(path)) !== null);
      expect(added).toEqual([...new Set(all)]);
      for (const [number, path] of [...added.entries()].reverse()) {
        expect([list.numberOf(path), list.pathOf(number), list.sha256Of(number)]).toEqual([number, path, sha256(path)]);
        expect(list.numberOf(`${path}x`)).toBeUndefined();
      }
    }),
  );
});

test('law: collisions are those that folding every path finds', () => {
  fc.assert(
    fc.property(somePaths, (paths) => {
      const list = new PayloadList();
      const names = new NameCollisions();
      for (const path of new Set(paths)) {
        list.add(path, sha256(path));
        names.add(path);
      }
      const groups = new Map<string, string[]>();
      for (const path of new Set(paths)) groups.set(collisionKey(path), [...(groups.get(collisionKey(path)) ?? []), path]);
      const expected = [...groups.values()].filter((group) => group.length > 1).map((group) => [...group].sort().join());
      const found = new Map<string, string[]>();
      for (const [first, other] of names.find(list)) found.set(first, [...(found.get(first) ?? [first]), other]);
      expect([...found.values()].map((group) => [...group].sort().join()).sort()).toEqual(expected.sort());
    }),
    { numRuns: 500 },
  );
});
