import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sha256Hex } from '../../src/fixity/digest.js';
import { fillLateRegion, LATE_REGION, readLateRegion } from '../../src/fixity/late-region.js';
import { parseManifestLine, parseSizeLine } from '../../src/fixity/manifest.js';
import { unsafePathReason } from '../../src/fixity/safe-path.js';
import { browserScript } from '../../src/page/browser-script.js';
import { findReleaseRoot } from '../../src/page/browser/release-root.js';
import { CopyCheck } from '../../src/page/browser/copy-check.js';
import { isSafePath, parseListLine, readLines } from '../../src/page/browser/lists.js';
import { hashFixedPart } from '../../src/page/browser/page-region.js';
import { Sha256 } from '../../src/page/browser/sha256.js';

describe('SHA-256 in plain JavaScript', () => {
  test.each([0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 1000, 1 << 20])('of %i bytes is what node:crypto says', (length) => {
    const bytes = randomBytes(length);
    expect(new Sha256().update(bytes).hex()).toBe(sha256Hex(bytes));
  });

  test('law: in whatever pieces the bytes come', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 12 }), (pieces) => {
        const hash = new Sha256();
        for (const piece of pieces) hash.update(piece);
        expect(hash.hex()).toBe(sha256Hex(Buffer.concat(pieces)));
      }),
    );
  });
});

describe('lists', () => {
  test('law: a line is read as verify reads it, or is malformed', () => {
    const digest = fc.stringMatching(/^[0-9a-f]{64}$/);
    const path = fc.string({ minLength: 1, maxLength: 20, unit: 'binary' }).filter((text) => !/[\n\r]/.test(text));
    fc.assert(
      fc.property(digest, path, fc.constantFrom('  ', ' ', ' *', '\t', '   '), (value, name, between) => {
        const ours = parseListLine('digests', `${value}${between}${name}`);
        const theirs = parseManifestLine(`${value}${between}${name}`);
        if (ours !== null) expect(theirs).toEqual({ digest: ours.value, path: ours.path, deviation: null });
        else expect(theirs === null || theirs.deviation !== null || !/^[^ \t*]/.test(name)).toBe(true);
      }),
    );
    fc.assert(fc.property(fc.nat(), path, (size, name) => expect(parseListLine('sizes', `${size}  ${name}`)?.path).toBe(parseSizeLine(`${size}  ${name}`)?.path)));
  });

  test('law: a path is safe exactly when verify says so', () => {
    const element = fc.constantFrom('a', '..', '.', '', '~', 'C:', 'b\\c', 'd\0', 'ü', 'x.dcm', '-');
    fc.assert(
      fc.property(fc.array(element, { minLength: 1, maxLength: 5 }), (elements) => {
        const path = elements.join('/');
        expect(isSafePath(path)).toBe(unsafePathReason(path) === null);
      }),
    );
  });

  test('lines across slices, without end, and in another encoding', async () => {
    const long = 'x'.repeat((1 << 20) - 3);
    const lines: (string | null)[] = [];
    await readLines(new Blob([`${long}\n`, 'über\n', new Uint8Array([0xff, 10]), 'cut']), (line) => lines.push(line));
    expect(lines).toEqual([long, 'über', null, null]);
  });
});

describe('the late region', () => {
  const digest = 'ab'.repeat(32);
  const page = `<p>${LATE_REGION}</p>\n`;

  test('holds the digest, and the rest is what release.json gives the digest of', () => {
    const filled = Buffer.from(fillLateRegion(page, digest));
    expect(readLateRegion(filled)).toEqual({ fixed_sha256: sha256Hex(page), digest });
    expect(hashFixedPart(filled, digest)).toBe(sha256Hex(page));
  });

  test.each([
    ['a script', '<script>alert(1)</script>'],
    ['upper case', 'AB'.repeat(32)],
    ['nothing', ''],
    ['a digit too few', digest.slice(1)],
    ['a digest and more', `${digest}<b>`],
  ])('that holds %s is part of the page', (_name, content) => {
    const bytes = Buffer.from(page.replace(LATE_REGION, `${LATE_REGION.slice(0, 21)}${content}${LATE_REGION.slice(21)}`));
    expect(readLateRegion(bytes)).toEqual({ fixed_sha256: sha256Hex(bytes), digest: null });
    expect(hashFixedPart(bytes, digest)).toBeNull();
  });

  test('is one: of two, both are part of the page', () => {
    const bytes = Buffer.from(`${fillLateRegion(page, digest)}${fillLateRegion(page, digest)}`);
    expect(readLateRegion(bytes).digest).toBeNull();
    expect(hashFixedPart(bytes, digest)).toBeNull();
  });

  test('of a page without one there is none', () => {
    expect(readLateRegion(Buffer.from('<p>'))).toEqual({ fixed_sha256: sha256Hex('<p>'), digest: null });
    expect(() => fillLateRegion('<p>', digest)).toThrow();
  });
});

describe('a copy', () => {
  const digestOf = (letter: string): string => letter.repeat(64);

  function checkOf(files: [path: string, size: number][], listed: [path: string, digest: string, size: number][]): CopyCheck {
    const beside = ['bagit.txt', 'bag-info.txt', 'manifest-sha256.txt', 'payload-sizes.txt', 'release.json', 'tagmanifest-sha256.txt'];
    const check = new CopyCheck([...beside.map((path) => ({ path, size: 1 })), ...files.map(([path, size]) => ({ path, size }))]);
    for (const name of beside.slice(0, 5)) check.takeLine('tagmanifest-sha256.txt', `${digestOf('0')}  ${name}`, 1);
    for (const [path, digest] of listed) check.takeLine('manifest-sha256.txt', `${digest}  ${path}`, 1);
    for (const [path, , size] of listed) check.takeLine('payload-sizes.txt', `${size}  ${path}`, 1);
    return check;
  }

  test('sizes are told apart before a byte is read; what is left is hashed', () => {
    const check = checkOf([['data/a', 3], ['data/b', 9], ['data/c', 5]], [['data/a', digestOf('a'), 5], ['data/b', digestOf('b'), 5], ['data/c', digestOf('c'), 5]]);
    expect(check.compare().map(({ path }) => path)).toEqual(['data/c']);
    check.judgePayload('data/c', digestOf('f'));
    expect(check.problems.map(({ kind, path }) => `${kind} ${path}`)).toEqual(['truncated data/a', 'corrupt data/b', 'corrupt data/c']);
  });

  test('sizes of a list that nobody vouches for count for nothing', () => {
    const check = checkOf([['data/a', 3]], [['data/a', digestOf('a'), 5]]);
    check.judgeTagFile('payload-sizes.txt', digestOf('9'));
    expect(check.compare().map(({ path }) => path)).toEqual(['data/a']);
  });

  test('a missing file that is there under another name was renamed', () => {
    const check = checkOf([['data/z', 5], ['data/other', 7]], [['data/a', digestOf('a'), 5]]);
    check.compare();
    expect(check.possiblyMoved().map(({ path }) => path)).toEqual(['data/z']);
    check.reportMoved(new Map([['data/z', digestOf('a')]]));
    expect(check.problems.map(({ kind, path }) => `${kind} ${path}`)).toEqual(['renamed data/a', 'extra data/other']);
  });

  test('a path that leads out is told and never looked for; garbage is one fault, not a million', () => {
    const check = checkOf([], [['data/a', digestOf('a'), 1]]);
    check.takeLine('manifest-sha256.txt', `${digestOf('a')}  data/../../x`, 2);
    check.takeLine('manifest-sha256.txt', `${digestOf('a')}  release.json`, 3);
    for (let line = 0; line < 1000; line++) check.takeLine('manifest-sha256.txt', 'garbage', line);
    expect(check.problems.filter(({ kind }) => kind === 'unsafe-path')).toHaveLength(2);
    expect(check.problems.filter(({ kind }) => kind === 'manifest-malformed')).toHaveLength(21);
  });

  test('members of release.json are taken by name, whatever else is there', () => {
    const check = checkOf([], []);
    check.takePins(JSON.parse(`{"manifest":"${digestOf('a')}","__proto__":{"sizes":"x"},"sizes":7,"page":"${digestOf('p')}"}`));
    expect([check.pinOf('manifest-sha256.txt'), check.pinOf('payload-sizes.txt'), check.pinOf('index.html')]).toEqual([digestOf('a'), undefined, undefined]);
  });
});

test('the folder of the release is found within what was dropped, when there is one', () => {
  expect(findReleaseRoot(['x/1.0.0/release.json', 'x/1.0.0/data/release.json'])).toBe('x/1.0.0/');
  expect(findReleaseRoot(['release.json'])).toBe('');
  expect(findReleaseRoot(['x/1.0.0/release.json', 'x/2.0.0/release.json'])).toBeNull();
  expect(findReleaseRoot(['x/a.dcm'])).toBeNull();
});

test('the program is one classic script that stands in a page as it is', () => {
  const script = browserScript();
  expect(script).not.toMatch(/<\/script|<!--/i);
  expect(() => new Function(script)).not.toThrow();
});
