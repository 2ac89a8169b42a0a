import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sha256Hex } from '../../src/fixity/digest.js';
import { readLines, type Line } from '../../src/fixity/lines.js';
import { formatFetchLine, formatManifestLine, formatSizeLine, parseFetchLine, parseManifestLine, parseSizeLine } from '../../src/fixity/manifest.js';
import { unpublishablePathReason } from '../../src/fixity/safe-path.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
const HEX = sha256Hex('x');

describe('manifest lines', () => {
  test('law: a publishable path comes back as it was written, in all three lists', () => {
    const path = fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 4 }).map((elements) => `data/${elements.join('/')}`);
    const plain = fc.stringMatching(/^data\/[a-zA-Z0-9 ü*._=+-]{1,30}$/);
    fc.assert(
      fc.property(fc.oneof(path, plain), fc.maxSafeNat(), (name, size) => {
        fc.pre(unpublishablePathReason(name) === null);
        expect(parseManifestLine(formatManifestLine(HEX, name).slice(0, -1))).toEqual({ digest: HEX, path: name, deviation: null });
        expect(parseSizeLine(formatSizeLine(size, name).slice(0, -1))).toEqual({ size_bytes: size, path: name });
        const entry = { url: 'https://example.org/a%20b?c', size_bytes: size, path: name };
        expect(parseFetchLine(formatFetchLine(entry).slice(0, -1))).toEqual(entry);
      }),
      { numRuns: 500 },
    );
  });

  test('Debian\'s sha256sum reads what is published: spaces, stars, dashes, letters beyond ASCII', () => {
    const folder = temporaryFolder();
    const names = ['data/a b', 'data/ü', 'data/日本/😀', 'data/-x', "data/it's", 'data/a=b', 'data/a#b', 'data/$HOME', 'data/(1)'];
    for (const name of names) {
      expect(unpublishablePathReason(name)).toBeNull();
      mkdirSync(join(folder, dirname(name)), { recursive: true });
      writeFileSync(join(folder, name), name);
    }
    writeFileSync(join(folder, 'manifest'), names.map((name) => formatManifestLine(sha256Hex(name), name)).join(''));
    const run = spawnSync('sha256sum', ['--strict', '-c', 'manifest'], { cwd: folder, encoding: 'utf8' });
    expect([run.status, run.stdout.match(/: OK$/gm)?.length]).toEqual([0, names.length]);
  });

  test('what must not be published is a bug of the caller', () => {
    for (const path of ['../x', 'data/a\nb', 'data/100%', 'data/con']) expect(() => formatManifestLine(HEX, path)).toThrow();
    expect(() => formatManifestLine(HEX.toUpperCase(), 'data/x')).toThrow();
    expect(() => formatSizeLine(-1, 'data/x')).toThrow();
    expect(() => formatFetchLine({ url: 'no url', size_bytes: null, path: 'data/x' })).toThrow();
  });

  test.each([
    [`${HEX.toUpperCase()}  data/x`, { digest: HEX, path: 'data/x', deviation: 'upper-case' }],
    [`${HEX} *data/x`, { digest: HEX, path: 'data/x', deviation: 'separator' }],
    [`${HEX}\tdata/x`, { digest: HEX, path: 'data/x', deviation: 'separator' }],
    [`${HEX}  data/a%0Ab%0dc%25d`, { digest: HEX, path: 'data/a\nb\rc%d', deviation: null }],
    [`${HEX}  data/a%41%7Eb`, { digest: HEX, path: 'data/a%41%7Eb', deviation: null }],
  ])('%j is read', (line, entry) => expect(parseManifestLine(line)).toEqual(entry));

  test.each(['', HEX, `${HEX}  `, `${HEX}data/x`, `${HEX.slice(1)}  data/x`, `${HEX}0  data/x`, `\\${HEX}  data/x`, `z${HEX.slice(1)}  data/x`])('%j is none', (line) =>
    expect(parseManifestLine(line)).toBeNull(),
  );

  test.each(['x  data/x', '-1  data/x', '1 data/x', '01  data/x', '9007199254740993  data/x', '1e3  data/x', '1  '])('%j is no size line', (line) =>
    expect(parseSizeLine(line)).toBeNull(),
  );

  test.each(['https://x.org data/x', 'https://x.org 1', 'https://x.org 1.5 data/x', ''])('%j is no fetch line', (line) => expect(parseFetchLine(line)).toBeNull());

  test('a length that is not known', () => expect(parseFetchLine('https://x.org/a - data/x y')).toEqual({ url: 'https://x.org/a', size_bytes: null, path: 'data/x y' }));
});

describe('readLines', () => {
  const read = (content: string | Buffer): { lines: Line[]; digest: ReturnType<typeof readLines> } => {
    const path = join(temporaryFolder(), 'list');
    writeFileSync(path, content);
    const lines: Line[] = [];
    return { digest: readLines(path, (line) => lines.push(line)), lines };
  };

  test('law: the lines of a text, and its digest, wherever a chunk ends', () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'ü', '😀', ' ', '\r'), maxLength: 50 });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 60 }), (some, filler) => {
        // Long enough for two chunks of 1 MiB, cut at another place each time.
        const texts = Array.from({ length: 24 }, (_, at) => `${some[at % some.length]}${'x'.repeat(30_000 * 2 - filler)}`.slice(0, 30_000)).concat(some, Array.from({ length: 40 }, () => 'ü'.repeat(8_000 + filler)));
        const content = `${texts.join('\n')}\n`;
        const { lines, digest } = read(content);
        expect(lines.map(({ text, defect }) => (defect === 'crlf' ? `${text}\r` : text))).toEqual(texts);
        expect(lines.map(({ number }) => number)).toEqual(texts.map((_, at) => at + 1));
        expect(digest).toEqual({ size_bytes: Buffer.byteLength(content), sha256: sha256Hex(content), lines: texts.length });
      }),
      { numRuns: 10 },
    );
  });

  test('what is wrong with a line is told with it', () => {
    const content = Buffer.concat([Buffer.from('a\r\n'), Buffer.from([0xff, 10]), Buffer.alloc(3 << 20, 'l'), Buffer.from('\nb\nlast')]);
    const { lines } = read(content);
    expect(lines.map(({ number, defect, text }) => [number, defect, text.length])).toEqual([
      [1, 'crlf', 1],
      [2, 'not-utf8', 1],
      [3, 'too-long', 32_768],
      [4, null, 1],
      [5, 'cut', 4],
    ]);
  });

  test('an empty file has no lines', () => expect(read('').lines).toEqual([]));
});
