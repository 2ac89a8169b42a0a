import { deflateRawSync } from 'node:zlib';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { parseReference, readReference } from '../../src/splits/reference/reference.js';
import { packZip, unpackZip } from '../../src/splits/reference/zip-archive.js';

const FOLDER = join(PACKAGE_ROOT, 'test/fixtures/midrc-representativeness');
const LIMITS = { entries: 256, bytes: 1 << 24 };
const csv = (text: string, row: string | null = null) => parseReference(Buffer.from(text), 'population.csv', row);

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'colophon-reference-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

describe('workbooks of MIDRC', () => {
  test('census: a sheet a variable, one row of percentages', async () => {
    const { source, sha256, variables, dates } = await readReference(join(FOLDER, 'census_all.xlsx'));
    expect(source).toBe('census_all.xlsx');
    expect(sha256.slice(0, 16)).toBe('38cdb956a6c84a0b');
    expect([...variables.keys()]).toEqual(['Age at Index', 'Race', 'Ethnicity', 'Sex', 'Race and Ethnicity']);
    expect(Object.fromEntries(variables.get('Sex')!)).toEqual({ Female: 50.75, Male: 49.25, 'Not reported': 0 });
    expect(variables.get('Age at Index')!.get('85+ Years')).toBe(2);
    expect(dates.size).toBe(0);
  });

  test('cumulative counts by date: the last date, counts and not their rounded percentages', async () => {
    const { variables, dates } = await readReference(join(FOLDER, 'midrc_open_a1_and_r1_cumulative_by_batch.xlsx'));
    const total = [...variables.get('Sex')!.values()].reduce((sum, count) => sum + count, 0);
    expect(total).toBe(70261);
    expect([...variables.get('Sex')!.keys()]).toEqual(['Female', 'Male', 'Not reported']);
    expect(dates.get('Sex')).toBe('2024-03-04');
  });

  test('a date behind # takes that row; texts are dates too', async () => {
    const { source, variables, dates } = await readReference(`${join(FOLDER, 'cdc_covidpos_cumulative_by_month.xlsx')}#2020-02-29`);
    expect(Object.fromEntries(variables.get('Sex')!)).toEqual({ Female: 926, Male: 719, 'Not reported': 5691 });
    expect(dates.get('Sex')).toBe('2020-02-29');
    expect(source).toBe('cdc_covidpos_cumulative_by_month.xlsx#2020-02-29');
    await expect(readReference(`${join(FOLDER, 'cdc_covidpos_cumulative_by_month.xlsx')}#2019-01-01`)).rejects.toThrow(/no row is named 2019-01-01.*2020-01-31/);
  });

  test('task-based sampling: a long table whose intervals are quoted', async () => {
    const { variables } = await readReference(join(FOLDER, 'tbs_target_specification_demo.xlsx'));
    expect([...variables.values()].map(({ size }) => size)).toEqual([9, 7, 4, 3, 3]);
    expect(variables.get('Age Group')!.get('[18, 30)')).toBe(0.26);
  });

  test('headers that are numbers', async () => {
    const { variables } = await readReference(join(FOLDER, 'test_file_1.xlsx'));
    expect(Object.fromEntries(variables.get('10')!)).toEqual({ 1: 29594, 2: 48394, 3: 49650, 4: 53770, 5: 58725 });
  });
});

describe('CSV', () => {
  test('long and wide, Windows line ends, byte order mark, percent signs', async () => {
    const long = await csv('\ufeffvariable,category,percent\r\nsex,Female,51%\r\nsex,Male,49 %\r\n');
    expect(Object.fromEntries(long.variables.get('sex')!)).toEqual({ Female: 51, Male: 49 });
    const wide = await csv('sex,Female (CUSUM),Male (CUSUM),Female (%)\n2024-01-01,3,1,75\n2023-01-01,1,1,50\n');
    expect(Object.fromEntries(wide.variables.get('sex')!)).toEqual({ Female: 3, Male: 1 });
    expect((await csv('sex,Female,Male\nopen,3,1\nclosed,1,1\n', 'closed')).variables.get('sex')!.get('Female')).toBe(1);
  });

  test.each([
    ['variable,category,value\nsex,F,many\n sex,M,1\n', /row 2 \(F\) holds no number, but "many"/],
    ['variable,category,value\nsex,F,\nsex,M,1\n', /row 2 \(F\) holds no number, but nothing/],
    ['variable,category,value\nsex,F,-1\nsex,M,1\n', /row 2 \(F\) is below 0/],
    ['variable,category,value\nsex,F,1\nsex,F,2\n', /row 3 gives the category "F" a second time/],
    ['variable,category,value\nsex,F,0\n', /the values of sex sum to 0/],
    ['variable,category,value\nsex,F,1e999\nsex,M,1\n', /holds no number/],
    ['variable,category,value\n,F,1\n', /row 2 names no variable/],
    ['sex,F,M\n1,2\n', /column 3 \(M\) holds no number/],
    ['sex,F,M\na,1,2\nb,1,2\n', /2 rows that are not all dated/],
    ['sex,F,M\n2020-01-01,1,2\n2020-01-01,1,2\n', /two rows of 2020-01-01/],
    ['', /no table with numbers/],
    ['a note\n', /no table with numbers/],
  ])('%j is refused', async (text, reason) => {
    await expect(csv(text)).rejects.toThrow(reason);
    await expect(csv(text)).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' });
  });

  test('bytes that are no UTF-8, unknown endings and missing files are refused', async () => {
    await expect(parseReference(Buffer.from([0x61, 0xff]), 'a.csv')).rejects.toThrow(/not UTF-8/);
    await expect(parseReference(Buffer.from('x'), 'a.ods')).rejects.toThrow(/neither in .csv nor in .xlsx/);
    await expect(readReference(join(scratch, 'none.csv'))).rejects.toMatchObject({ code: 'SOURCE_MISSING' });
    writeFileSync(join(scratch, 'sex#2.csv'), 'variable,category,value\nsex,F,1\n');
    expect((await readReference(join(scratch, 'sex#2.csv'))).source).toBe('sex#2.csv');
  });
});

describe('hostile workbooks', () => {
  const files = () => unpackZip(readFileSync(join(FOLDER, 'census_all.xlsx')), LIMITS);
  const read = (bytes: Buffer) => parseReference(bytes, 'a.xlsx');
  const withSheet = (change: (text: string) => string) => {
    const changed = files();
    changed.set('xl/worksheets/sheet1.xml', Buffer.from(change(changed.get('xl/worksheets/sheet1.xml')!.toString())));
    return packZip(changed);
  };

  test('packing and unpacking agree', async () => {
    expect(unpackZip(packZip(files()), LIMITS)).toEqual(files());
    expect((await read(withSheet((text) => text))).variables.size).toBe(5);
  });

  test.each([
    ['r="C2"', 'r="C99999999"'],
    ['r="C2"', 'r="ZZZ2"'],
    ['r="C2"', "r='C9&#57;999999'"],
    ['<row r="2"', '<row r="4000000"'],
    ['<row r="2"', '<row x:r="1e9"'],
  ])('a cell far away (%s as %s) is refused before it is read', async (from, to) => {
    const hostile = withSheet((text) => {
      expect(text).toContain(from);
      return text.replace(from, to);
    });
    await expect(read(hostile)).rejects.toThrow(/below row|beyond column|no plain address/);
  });

  test('rows without number count as well', async () => {
    const hostile = withSheet((text) => text.replace('</sheetData>', `${'<row/>'.repeat(10_001)}</sheetData>`));
    await expect(read(hostile)).rejects.toThrow(/more than 10000 rows/);
  });

  test('an archive that unpacks beyond the limit, and one that lies about its length', async () => {
    const bomb = packedEntry('xl/workbook.xml', Buffer.alloc(17 << 20), 17 << 20);
    await expect(read(bomb)).rejects.toThrow(/too large/);
    const liar = packedEntry('xl/workbook.xml', Buffer.alloc(17 << 20), 10);
    await expect(read(liar)).rejects.toThrow(/damaged/);
  });

  test('damage anywhere is told, whatever it hits', async () => {
    const whole = readFileSync(join(FOLDER, 'census_all.xlsx'));
    for (let at = 0; at < whole.length; at += 97) {
      const damaged = Buffer.from(whole);
      damaged[at] = damaged[at]! ^ 0x55;
      const told = await read(damaged).then(({ variables }) => variables.size, (error: { code?: string }) => error.code);
      expect([5, 'SOURCE_UNREADABLE']).toContain(told);
    }
    await expect(read(whole.subarray(0, 4000))).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' });
    await expect(read(packZip(new Map([['xl/workbook.xml', Buffer.from('<workbook/>')]])))).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' });
  });
});

/** One deflated entry that claims `length` bytes. */
function packedEntry(name: string, content: Buffer, length: number): Buffer {
  const packed = deflateRawSync(content);
  const archive = packZip(new Map([[name, packed]]));
  const central = archive.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
  archive.writeUInt16LE(8, central + 10);
  archive.writeUInt32LE(length, central + 24);
  return archive;
}

test('a quote that is never closed is told with its line: read on, it would swallow the rows below', async () => {
  await expect(csv('variable,category,value\nsex,F,50\nrace,"White,60\nrace,Black,40\n')).rejects.toThrow(/line 3: a quoted cell is never closed/);
});
