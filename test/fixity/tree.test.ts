import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fsyncFolder, writeFileAtomic } from '../../src/fixity/atomic-file.js';
import { contentDigest } from '../../src/fixity/content-hash.js';
import { parseJsonStrict, readJsonFile } from '../../src/fixity/json.js';
import { compareBytewise } from '../../src/fixity/order.js';
import { walkTree } from '../../src/fixity/walk.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();

test('law: bytewise order is the order of the UTF-8 bytes', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '/', '.', 'ü', '\uffff', '\ue000', '😀', '\u{10ffff}') });
  fc.assert(fc.property(text, text, (a, b) => expect(Math.sign(compareBytewise(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))));
});

describe('walkTree', () => {
  test('lists files, links and special files in the order of LC_ALL=C sort, and follows nothing', () => {
    const root = temporaryFolder();
    for (const folder of ['a', 'a b', 'a.b/c', 'empty', 'B']) mkdirSync(join(root, folder), { recursive: true });
    for (const file of ['a/z', 'a/0', 'a.txt', 'a b/x', 'a.b/c/d', 'B/x', '\uffff', '😀', '.hidden', 'ü']) writeFileSync(join(root, file), file);
    utimesSync(join(root, 'a/z'), 1_700_000_000.5, 1_700_000_000.5);
    symlinkSync(root, join(root, 'a/loop'));
    symlinkSync('a/z', join(root, 'link'));
    execFileSync('mkfifo', [join(root, 'fifo')]);
    const entries = [...walkTree(root)];
    const sorted = execFileSync('sh', ['-c', 'find . ! -type d | sed "s|^./||" | LC_ALL=C sort'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
    expect(entries.map(({ path }) => path)).toEqual(sorted);
    expect(entries.filter(({ kind }) => kind !== 'file').map(({ path, kind }) => `${kind} ${path}`)).toEqual(['link a/loop', 'special fifo', 'link link']);
    expect(entries.find(({ path }) => path === 'a/z')).toEqual({ path: 'a/z', kind: 'file', size_bytes: 3, mtime_ns: 1_700_000_000_500_000_000n });
  });

  test('what cannot be listed is one entry under its own name', () => {
    const root = temporaryFolder();
    expect([...walkTree(join(root, 'nothing'))]).toEqual([{ path: '.', kind: 'unreadable', size_bytes: 0, mtime_ns: 0n }]);
  });

  test('a name that is no UTF-8 is not lost', () => {
    const root = temporaryFolder();
    execFileSync('sh', ['-c', "printf x > \"$(printf 'a\\377')\""], { cwd: root });
    expect([...walkTree(root)].map(({ path, kind }) => [path, kind])).toEqual([['a\ufffd', 'unreadable']]);
  });

  test('a tree as deep as the system allows does not overflow the stack', () => {
    const root = temporaryFolder();
    const deep = join(root, ...Array.from({ length: 1900 }, () => 'd'));
    mkdirSync(deep, { recursive: true });
    writeFileSync(join(deep, 'f'), 'x');
    expect([...walkTree(root)].map(({ kind, path }) => [kind, path.length])).toEqual([['file', 2 * 1900 + 1]]);
    // Node's own rmSync does overflow it.
    execFileSync('rm', ['-rf', join(root, 'd')]);
  });
});

describe('contentDigest', () => {
  const [a, b] = ['a'.repeat(64), 'b'.repeat(64)];

  test('can be computed by hand', () => {
    const byHand = spawnSync('sh', ['-c', `printf 'series|1.2.3|${a}|${b}' | sha256sum`], { encoding: 'utf8' }).stdout.slice(0, 64);
    expect(contentDigest('series', '1.2.3', [b, a])).toBe(byHand);
  });

  test('order does not matter, multiplicity, level and id do, and no id imitates a child', () => {
    const distinct = [
      contentDigest('series', '1', [a, b]),
      contentDigest('series', '1', [a, a, b]),
      contentDigest('series', '1', [a]),
      contentDigest('series', '1', []),
      contentDigest('study', '1', [a, b]),
      contentDigest('series', '2', [a, b]),
      contentDigest('series', `1|${a}`, [b]),
      contentDigest('series', `1%7C${a}`, [b]),
    ];
    expect(new Set(distinct).size).toBe(distinct.length);
    expect(contentDigest('series', '1', [b, a])).toBe(distinct[0]);
  });
});

describe('writeFileAtomic', () => {
  test('writes and replaces, and leaves nothing beside the file', () => {
    const folder = temporaryFolder();
    writeFileAtomic(join(folder, 'file'), 'one');
    writeFileAtomic(join(folder, 'file'), Buffer.from('two'));
    fsyncFolder(folder);
    expect([readdirSync(folder), readFileSync(join(folder, 'file'), 'utf8')]).toEqual([['file'], 'two']);
  });

  test('a failure leaves the old bytes, and nothing beside them', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'taken'));
    expect(() => writeFileAtomic(join(folder, 'taken'), 'x')).toThrow(expect.objectContaining({ code: 'IO_FAILED' }));
    expect(() => writeFileAtomic(join(folder, 'no/such/folder'), 'x')).toThrow(expect.objectContaining({ code: 'IO_FAILED' }));
    expect(readdirSync(folder)).toEqual(['taken']);
  });
});

describe('strict JSON', () => {
  test.each([
    ['{"a":1,"a":2}', /"a" appears twice/],
    ['{"a":1,"\\u0061":2}', /"a" appears twice/],
    ['{"b":{"a":1,"c":[{"a":1,"a":1}]}}', /twice/],
    ['{"__proto__":1}', /__proto__/],
    ['{"x":{"constructor":1}}', /constructor/],
    ['[9007199254740993]', /beyond/],
    ['[1e999]', /beyond/],
    ['{"a":1', /not JSON/],
    ['[1,]', /not JSON/],
    ['', /not JSON/],
    ['\ufeff{}', /not JSON/],
    ['['.repeat(65) + ']'.repeat(65), /deeper than 64/],
    [Buffer.from([0x22, 0xc0, 0xaf, 0x22]), /UTF-8/],
  ])('%s is refused', (text, reason) => {
    const reading = parseJsonStrict(text);
    expect(reading.ok ? 'accepted' : reading.reason).toMatch(reason);
  });

  test('bounds on size, in a text and in a file', () => {
    const limits = { maxBytes: 10, maxDepth: 5 };
    expect(parseJsonStrict('"12345678"', limits)).toEqual({ ok: true, value: '12345678' });
    expect(parseJsonStrict('"ü234567\u00fc"', limits).ok).toBe(false);
    const path = join(temporaryFolder(), 'x.json');
    writeFileSync(path, '["123456789"]');
    expect(() => readJsonFile(path, limits)).toThrow(expect.objectContaining({ defect: 'too-large' }));
    expect(readJsonFile(path)).toEqual({ ok: true, value: ['123456789'] });
  });

  test('the same key in different objects, and keys that look like values, are fine', () => {
    const text = '{"a":{"a":"a"},"b":["a","a",{"a":"b"},{"a":"b"}],"c":"{\\"a\\":1,\\"a\\":2}","d":1.5e-3,"e":-0}';
    expect(parseJsonStrict(text)).toEqual({ ok: true, value: JSON.parse(text) });
  });

  test('law: agrees with JSON.parse on whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        const reading = parseJsonStrict(text);
        if (!reading.ok) expect(reading.reason).toMatch(/beyond|not allowed|twice/);
        else expect(reading.value).toEqual(JSON.parse(text));
      }),
    );
  });
});
