import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CurationError } from '../../src/errors.js';
import { sha256Hex } from '../../src/fixity/digest.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { appendRecord, parseRecord, readRecord, type RecordRow } from '../../src/splits/record/record.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'colophon-record-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const IDENTITY = { split: 'open-sequestered', seed: '2026' };
const ROWS: RecordRow[] = [
  { case_id: '419639-000001', group_id: '419639-000001', part: 'open', since: '2026-01-02' },
  { case_id: 'a "quoted", id', group_id: '419639-000001', part: 'open', since: '2026-01-02' },
  { case_id: 'two\nlines', group_id: 'two\nlines', part: 'sequestered', since: '2026-01-02' },
  { case_id: 'Zoë 山田', group_id: 'Zoë 山田', part: 'open', since: '2026-01-03' },
];

let files = 0;
function writeRecord(rows: readonly RecordRow[], batches = 1): string {
  const path = join(folder, `record-${files++}.csv`);
  const size = Math.max(1, Math.ceil(rows.length / batches));
  for (let from = 0; from < rows.length; from += size) appendRecord(path, readRecord(path, IDENTITY), IDENTITY, rows.slice(from, from + size));
  return path;
}

function tamperedWith(path: string): CurationError {
  try {
    readRecord(path, IDENTITY);
  } catch (error) {
    if (error instanceof CurationError && error.code === 'SPLIT_RECORD_TAMPERED') return error;
    throw error;
  }
  throw new Error('the record was taken for genuine');
}

describe('a record', () => {
  test('is plain CSV whose chain can be recomputed by hand', () => {
    const path = writeRecord(ROWS.slice(0, 2));
    const opening = sha256Hex('["colophon-split-record/1","open-sequestered","2026"]');
    const first = sha256Hex(`${opening}\n1,419639-000001,419639-000001,open,2026-01-02`);
    const second = sha256Hex(`${first}\n2,"a ""quoted"", id",419639-000001,open,2026-01-02`);
    expect(readFileSync(path, 'utf8')).toBe(
      `sequence,case_id,group_id,part,since,digest\n0,,,,,${opening}\n1,419639-000001,419639-000001,open,2026-01-02,${first}\n` +
        `2,"a ""quoted"", id",419639-000001,open,2026-01-02,${second}\n`,
    );
    expect(readRecord(path, IDENTITY)).toMatchObject({ rows: ROWS.slice(0, 2), digest: second });
  });

  test('gives back any rows, and its old bytes stay when it grows', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 });
    const row = fc.record({ case_id: text, group_id: text, part: text, since: fc.constantFrom('2026-01-02', '2027-12-31') });
    fc.assert(
      fc.property(fc.uniqueArray(row, { selector: ({ case_id }) => case_id, minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 12 }), (rows, cut) => {
        const path = writeRecord(rows.slice(0, cut));
        const before = readFileSync(path);
        appendRecord(path, readRecord(path, IDENTITY), IDENTITY, rows.slice(cut));
        expect(readRecord(path, IDENTITY).rows).toEqual(rows);
        expect(readFileSync(path).subarray(0, before.length)).toEqual(before);
        rmSync(path);
      }),
      { numRuns: 100 },
    );
  });

  test('that is not there is empty', () => {
    expect(readRecord(join(folder, 'none.csv'), IDENTITY)).toMatchObject({ rows: [], text: '' });
  });
});

describe('tampering is found', () => {
  test('any byte changed', () => {
    const path = writeRecord(ROWS);
    const bytes = readFileSync(path);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(bytes);
        changed[at] = changed[at]! ^ flip;
        writeFileSync(path, changed);
        expect(tamperedWith(path).code).toBe('SPLIT_RECORD_TAMPERED');
      }),
      { numRuns: 600 },
    );
  });

  test('cut off anywhere but between two rows', () => {
    const path = writeRecord(ROWS);
    const bytes = readFileSync(path);
    const whole = new Set<number>();
    for (let count = 1; count <= ROWS.length; count++) whole.add(readFileSync(writeRecord(ROWS.slice(0, count))).length);
    for (let length = 0; length < bytes.length; length++) {
      writeFileSync(path, bytes.subarray(0, length));
      // what is left is a shorter record in itself, or only its opening: the catalog and the releases know better
      if (whole.has(length) || length === bytes.indexOf('\n1,') + 1) expect(readRecord(path, IDENTITY).rows.length).toBeLessThan(ROWS.length);
      else expect(tamperedWith(path).found).toBeDefined();
    }
  });

  test('a row removed, swapped, doubled or edited is named by its line', () => {
    const path = writeRecord(ROWS);
    const lines = readFileSync(path, 'utf8').split('\n');
    const lineOf = (changed: string[]) => {
      writeFileSync(path, changed.join('\n'));
      return tamperedWith(path).message;
    };
    expect(lineOf(lines.toSpliced(2, 1))).toContain('line 3:');
    expect(lineOf(lines.toSpliced(2, 2, lines[3]!, lines[2]!))).toContain('line 3:');
    expect(lineOf(lines.toSpliced(3, 0, lines[2]!))).toContain('line 4:');
    expect(lineOf(lines.with(2, lines[2]!.replace('open', 'sequestered')))).toContain('line 3:');
    expect(lineOf(lines.with(7, lines[7]!.replace('2026-01-03', '2026-01-04')))).toContain('line 8:');
    expect(lineOf(lines.map((line) => `${line}\r`))).toContain('line 1:');
  });

  test('a record of another split or seed', () => {
    const path = writeRecord(ROWS);
    const text = readFileSync(path, 'utf8');
    expect(() => parseRecord(text, { ...IDENTITY, seed: '2027' }, path)).toThrow(/line 2:/);
    expect(() => parseRecord(text, { ...IDENTITY, split: 'benchmark' }, path)).toThrow(/line 2:/);
  });

  test('one case in two rows, however well they are chained', () => {
    const path = join(folder, 'twice.csv');
    appendRecord(path, readRecord(path, IDENTITY), IDENTITY, [ROWS[0]!, { ...ROWS[0]!, part: 'sequestered' }]);
    expect(tamperedWith(path).found).toBe('419639-000001 a second time');
  });
});

test('killed at any moment, the record is whole and holds every row that was reported as written', async () => {
  const path = join(folder, 'killed.csv');
  const script = `
    const { appendRecord, readRecord } = await import(${JSON.stringify(join(PACKAGE_ROOT, 'dist/src/splits/record/record.js'))});
    const identity = ${JSON.stringify(IDENTITY)};
    let record = readRecord(${JSON.stringify(path)}, identity);
    for (let number = record.rows.length; ; number++) {
      const id = 'case ' + number;
      record = appendRecord(${JSON.stringify(path)}, record, identity, [{ case_id: id, group_id: id, part: 'open', since: '2026-01-02' }]);
      process.stdout.write(number + 1 + '\\n');
    }`;
  let written = 0;
  for (const enough of [1, 7, 23]) {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      written = Math.max(written, ...text.trim().split('\n').map(Number));
      if (written >= enough) child.kill('SIGKILL');
    });
    await new Promise((resolve) => child.on('close', resolve));
    expect(written).toBeGreaterThanOrEqual(enough);
    expect(readRecord(path, IDENTITY).rows.length).toBeGreaterThanOrEqual(written);
  }
  expect(readdirSync(folder)).toContain('killed.csv');
});
