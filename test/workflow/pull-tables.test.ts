import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Catalog, quoteLiteral } from '../../src/catalog/catalog.js';
import { exportParquet } from '../../src/catalog/parquet.js';
import { builtInPackFolder, loadPack } from '../../src/clinical/pack.js';
import { defaultEffects } from '../../src/effects.js';
import type { TableReport } from '../../src/model/pull.js';
import { pullTables } from '../../src/workflow/pull-tables.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';
import { makeConfig, pullAt, slice, TABLES_ONLY, writeFiles } from './pull-workspace.js';

const makeFolder = useTemporaryFolders();
const config = makeConfig(TABLES_ONLY);

const raw = (catalog: Catalog, table = 'case') => catalog.all(`SELECT * EXCLUDE (source, source_row) FROM raw_${table} ORDER BY source, source_row`);
const tableOf = (report: { tables: { tables: TableReport[] }[] }, table = 'case') => report.tables.flatMap(({ tables }) => tables).find((one) => one.table === table)!;

let memory: Catalog;
beforeAll(async () => {
  memory = await Catalog.open(':memory:');
});
afterAll(() => memory.close());

/** Pulls one file as the table `case` and gives its report and, when it was loaded, its raw rows. */
async function load(name: string, content: string | Uint8Array): Promise<TableReport & { raw: Record<string, unknown>[] | null }> {
  const root = makeFolder();
  writeFiles(root, { [name]: content });
  const report = await pullTables(memory, { source: 'clinical', folder: root, batch: 1, pack: null, keys: {}, rehash: true }, defaultEffects);
  const table = report.tables[0]!;
  return { ...table, raw: table.status === 'loaded' ? await raw(memory) : null };
}

const defectsOf = ({ defects }: TableReport) => defects.map(({ code, line, column }) => [code, line, column]);

describe('formats', () => {
  const expected = [
    { case_id: '0042', uid: '1.20', note: 'a "quoted", cell\nof two lines' },
    { case_id: '7', uid: null, note: 'ü' },
  ];

  test.each([
    ['case.csv', '\ufeffcase_id,uid,note\r\n0042,1.20,"a ""quoted"", cell\nof two lines"\r\n7,,"ü"\r\n'],
    ['case.CSV', 'case_id,"uid",note\n0042,1.20,"a ""quoted"", cell\nof two lines"\n7,"",ü'],
    ['case.tsv', 'case_id\tuid\tnote\n0042\t1.20\t"a ""quoted"", cell\nof two lines"\n7\t\tü\n'],
    ['case.json', '\ufeff[{"case_id": "0042", "uid": 1.20, "note": "a \\"quoted\\", cell\\nof two lines"},\n {"note": "\\u00fc", "case_id": 7}]\n'],
    ['case.ndjson', '{"case_id":"0042","uid":1.20,"note":"a \\"quoted\\", cell\\nof two lines"}\n\n{"case_id":7,"uid":null,"note":"ü"}'],
    ['case.jsonl', '{"case_id":"0042","uid":"1.20","note":"a \\"quoted\\", cell\\nof two lines"}\r\n{"case_id":7,"uid":"","note":"ü"}\r\n'],
  ])('%s is read exactly, also gzipped', async (name, text) => {
    expect((await load(name, text)).raw).toEqual(expected);
    expect((await load(`${name}.gz`, gzipSync(text))).raw).toEqual(expected);
  });

  test('Parquet: text as it is, whole doubles as integers, lists joined, dates as ISO', async () => {
    const root = makeFolder();
    mkdirSync(join(root, 'tables'));
    const maker = await Catalog.open(':memory:');
    await exportParquet(maker, {
      query: `SELECT * FROM (VALUES ('01', 45.0::DOUBLE, 0.1::DOUBLE, ['a', 'b'], DATE '2026-01-02', 7::BIGINT, true, {'x': 1}), ('02', NULL, 1e300, NULL, NULL, NULL, false, NULL), ('', 1e15, 'NaN', [], NULL, NULL, NULL, NULL))
        AS t(case_id, age, ratio, list, day, n, yes, nested)`,
      orderBy: ['case_id'],
      path: join(root, 'tables/case.parquet'),
    });
    maker.close();
    await pullAt(root, config, async (catalog) =>
      expect(await catalog.all('SELECT * EXCLUDE (source, source_row) FROM raw_case ORDER BY case_id NULLS FIRST')).toEqual([
        { case_id: null, age: '1000000000000000', ratio: 'nan', list: null, day: null, n: null, yes: null, nested: null },
        { case_id: '01', age: '45', ratio: '0.1', list: 'a,b', day: '2026-01-02', n: '7', yes: 'true', nested: '{"x":1}' },
        { case_id: '02', age: null, ratio: '1e+300', list: null, day: null, n: null, yes: 'false', nested: null },
      ]),
    );
  });

  test('a table of one column keeps its empty rows; a header alone is a table without rows', async () => {
    expect((await load('case.csv', 'case_id\na\n\n""\r\nb\n'.replace('\r', ''))).raw).toEqual([{ case_id: 'a' }, { case_id: null }, { case_id: null }, { case_id: 'b' }]);
    expect(await load('case.csv', 'case_id,x')).toMatchObject({ status: 'loaded', rows: 0, columns: 2, raw: [] });
  });

  test('JSON: numbers keep their text, lists become list cells, nested values keep their JSON', async () => {
    expect((await load('case.json', '[{"a": 1e5, "b": 0.10, "c": 12345678901234567890, "d": ["x", "y"], "e": {"k": [1, {"z": null}]}, "f": [[1]], "g": true, "h": []}]')).raw).toEqual([
      { a: '1e5', b: '0.10', c: '12345678901234567890', d: 'x,y', e: '{"k": [1, {"z": null}]}', f: '[[1]]', g: 'true', h: null },
    ]);
  });
});

describe('what is refused', () => {
  test.each<[string, string, string | Uint8Array, unknown[]]>([
    ['text that is not UTF-8', 'case.csv', Buffer.from('a,b\n1,2\n3,\xe9\n', 'latin1'), [['SCH-001', 3, null]]],
    ['UTF-16', 'case.csv', Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'), expect.arrayContaining([['SCH-001', 1, null]]) as unknown as unknown[]],
    ['a NUL', 'case.csv', 'a,b\n1,x\0y\n', [['SCH-001', 2, 'b']]],
    ['a control character', 'case.csv', 'a,b\n"1\u001b[2J",2\n', [['SCH-001', 2, 'a']]],
    ['a quote inside a cell', 'case.csv', 'a,b\n1,5" tube\n', [['SCH-001', 2, 'b']]],
    ['text after a closing quote', 'case.csv', 'a,b\n"1"x,2\n', [['SCH-001', 2, 'a']]],
    ['an unclosed quote', 'case.csv', 'a,b\n1,"2\n3,4\n', [['SCH-001', 2, 'b'], ['SCH-003', 2, null]].slice(0, 1)],
    ['two kinds of line end', 'case.csv', 'a,b\r\n1,2\n', [['SCH-001', 2, null]]],
    ['a lone carriage return', 'case.csv', 'a,b\n1,\r2\n', [['SCH-001', 2, 'b']]],
    ['semicolons', 'case.csv', 'a;b\n1;2\n', [['SCH-001', 1, null]]],
    ['a missing cell', 'case.csv', 'a,b\n1,2\n3\n', [['SCH-003', 3, null]]],
    ['an extra cell', 'case.csv', 'a,b\n"1\n1",2\n1,2,3\n', [['SCH-003', 4, null]]],
    ['a blank line', 'case.csv', 'a,b\n1,2\n\n', [['SCH-003', 3, null]]],
    ['an empty file', 'case.csv', '', [['SCH-002', null, null]]],
    ['a blank label', 'case.csv', 'a,,b\n1,2,3\n', [['SCH-002', 1, null]]],
    ['labels that differ by case', 'case.csv', 'a,A\n1,2\n', [['SCH-002', 1, 'A']]],
    ['labels that differ by composition', 'case.csv', '\u00e9,e\u0301\n1,2\n', [['SCH-002', 1, 'e\u0301'], ['SCH-002', 1, 'e\u0301']]],
    ['a label with blanks', 'case.csv', 'a, b\n1,2\n', [['SCH-002', 1, ' b']]],
    ['a label of the catalog', 'case.csv', 'a,Source\n1,2\n', [['SCH-002', 1, 'Source']]],
    ['a JSON key that stands twice', 'case.json', '[{"a": 1, "a": 2}]', [['SCH-001', 1, 'a']]],
    ['JSON keys that differ by case', 'case.ndjson', '{"a": 1}\n{"A": 2}\n', [['SCH-002', 1, 'A']]],
    ['JSON that is no array', 'case.json', '{"a": 1}', [['SCH-001', 1, null]]],
    ['an array of other things', 'case.json', '[1, 2]', [['SCH-001', 1, null]]],
    ['cut JSON', 'case.json', '[{"a": 1},\n{"a": ', [['SCH-001', 2, null]]],
    ['broken JSON', 'case.ndjson', '{"a": 1}\n{"a": 01}\n{"a" 1}\n', [['SCH-001', 2, null], ['SCH-001', 3, null]]],
    ['two objects on a line', 'case.ndjson', '{"a": 1} {"a": 2}\n', [['SCH-001', 1, null]]],
    ['JSON escapes of NUL', 'case.ndjson', '{"a": "x\\u0000"}\n', [['SCH-001', 1, 'a']]],
    ['half a surrogate pair', 'case.ndjson', '{"a": "\\ud800"}\n', [['SCH-001', 1, 'a']]],
    ['a list member with the separator', 'case.ndjson', '{"a": ["x,y", "z"]}\n', [['SCH-001', 1, 'a']]],
    ['JSON nested too deep', 'case.ndjson', `{"a": ${'['.repeat(50)}${']'.repeat(50)}}\n`, [['SCH-001', 1, null]]],
    ['text called Parquet', 'case.parquet', 'a,b\n1,2\n', [['SCH-001', null, null]]],
    ['broken Parquet', 'case.parquet', 'PAR1 this is not a Parquet footer PAR1', [['SCH-001', null, null]]],
    ['a cut gzip file', 'case.csv.gz', gzipSync('a,b\n1,2\n'.repeat(1000)).subarray(0, 40), [['SCH-001', null, null]]],
    ['a gzip file that is none', 'case.csv.gz', 'a,b\n1,2\n', [['SCH-001', null, null]]],
  ])('%s', async (_, name, content, defects) => {
    const table = await load(name, content);
    expect(table).toMatchObject({ status: 'refused', rows: 0, raw: null });
    expect(defectsOf(table)).toEqual(defects);
  });

  test('defects are counted in full, kept in part, and never repeat a cell', async () => {
    const table = await load('case.csv', `a,b\n${'SECRET\n'.repeat(500)}`);
    expect(table.defect_count).toBe(500);
    expect(table.defects).toHaveLength(20);
    expect(JSON.stringify(table)).not.toContain('SECRET');
  });

  test('a case table that is refused is told with its line, one of the wrong columns with what it has', async () => {
    const root = makeFolder();
    writeFiles(root, { 'tables/case.csv': 'case_id,sex\nA,"never closed\n' });
    await expect(pullAt(root, makeConfig(TABLES_ONLY), async () => {})).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining('clinical/case.csv:2: A quoted cell is never closed.') });
    writeFiles(root, { 'tables/case.csv': '<html><body>Log in</body></html>\n' });
    await expect(pullAt(root, makeConfig(TABLES_ONLY), async () => {})).rejects.toMatchObject({ code: 'CONFIG_INVALID', expected: 'case_id', found: '<html><body>Log in</body></html>', suggestions: [expect.stringContaining('asks for a login'), expect.any(String)] });
  });

  test('a refused table loses its former rows, its defects stand for the gate, the others go on; a repair clears them', async () => {
    const root = makeFolder();
    const write = (text: string) => writeFiles(join(root, 'tables'), { 'case.csv': 'case_id\nc1\n', 'visit.csv': text });
    write('case_id,x\nc1,1\n');
    await pullAt(root, config, async (_, report) => expect(report.ok).toBe(true));
    write('case_id,x\nc1\n');
    await pullAt(root, config, async (catalog, report) => {
      expect(report.ok).toBe(false);
      expect(await catalog.all("SELECT table_name FROM duckdb_tables() WHERE table_name LIKE '%visit'")).toEqual([]);
      expect(await catalog.all('SELECT table_name FROM clinical_table')).toEqual([{ table_name: 'case' }]);
      expect(await catalog.all('SELECT path, table_name, code, line, expected, found FROM source_defect')).toEqual([
        { path: 'visit.csv', table_name: 'visit', code: 'SCH-003', line: 2, expected: '2 cells', found: '1 cells' },
      ]);
      expect(await catalog.all("SELECT status, row_count FROM table_file WHERE table_name = 'visit'")).toEqual([{ status: 'refused', row_count: 0 }]);
    });
    write('case_id,x\nc1,2\n');
    await pullAt(root, config, async (catalog, report) => {
      expect(report.ok).toBe(true);
      expect(await catalog.all('SELECT * FROM source_defect')).toEqual([]);
      expect(await raw(catalog, 'visit')).toEqual([{ case_id: 'c1', x: '2' }]);
    });
  });
});

describe('the folder', () => {
  test('two files for one table load neither; what is no table is listed', async () => {
    const root = makeFolder();
    writeFiles(join(root, 'tables'), {
      'other.csv': 'case_id\nc1\n', 'case.csv': 'case_id\nc1\n', 'Case.tsv': 'case_id\nc1\n', 'case.v2.csv': 'x', 'notes.txt': 'x', '.DS_Store': 'x', '1st.csv': 'x',
      'sub/case.csv': 'x', "o'dd.csv": 'x', 'p.parquet.gz': 'x',
    }); // prettier-ignore
    symlinkSync('/etc/passwd', join(root, 'tables/link.csv'));
    await pullAt(root, { ...config, link: { patient_id: 'other.case_id' }, tables: { other: { key: 'case_id' } } }, async (catalog, report) => {
      expect(report.ok).toBe(false);
      expect(tableOf(report, 'Case')).toMatchObject({ status: 'refused', defects: [{ code: 'GATE-INCOMPLETE', message: expect.stringContaining('Case.tsv, case.csv') }] });
      expect(report.tables[0]!.ignored.map(({ path }) => path)).toEqual(['.DS_Store', '1st.csv', 'case.v2.csv', 'link.csv', 'notes.txt', "o'dd.csv", 'p.parquet.gz', 'sub']);
      expect(await catalog.all("SELECT table_name FROM duckdb_tables() WHERE lower(table_name) LIKE 'raw\\_%' ESCAPE '\\'")).toEqual([{ table_name: 'raw_other' }]);
    });
  });

  test('unchanged files are not read again, changed ones are, gone ones leave', async () => {
    const root = makeFolder();
    writeFiles(join(root, 'tables'), { 'case.csv': 'case_id,n\nc1,1\n', 'visit.csv': 'case_id\nc1\n' });
    const status = async (changes = {}) => pullAt(root, config, async (_, report) => [report.tables[0]!.removed, ...report.tables[0]!.tables.map((table) => table.status)], changes);
    expect(await status()).toEqual([[], 'loaded', 'loaded']);
    expect(await status()).toEqual([[], 'unchanged', 'unchanged']);
    expect(await status({ rehash: true })).toEqual([[], 'loaded', 'loaded']);
    const path = join(root, 'tables/case.csv');
    writeFileSync(path, 'case_id,n\nc1,2\n');
    utimesSync(path, 5, 5);
    expect(await status()).toEqual([[], 'loaded', 'unchanged']);
    expect(await status({ pack: loadPack(builtInPackFolder('midrc')) })).toEqual([[], 'loaded', 'loaded']);
    rmSync(join(root, 'tables/visit.csv'));
    expect(await status()).toEqual([['visit'], 'loaded']);
    await pullAt(root, config, async (catalog) => expect(await catalog.all("SELECT * FROM duckdb_tables() WHERE table_name LIKE '%visit'")).toEqual([]));
  });

  test('an empty folder, one without tables and a file in its place are errors', async () => {
    const root = makeFolder();
    mkdirSync(join(root, 'tables'));
    await expect(pullAt(root, config, async () => undefined)).rejects.toMatchObject({ code: 'SOURCE_MISSING', message: expect.stringContaining('empty') });
    writeFiles(join(root, 'tables'), { 'notes.txt': '' });
    await expect(pullAt(root, config, async () => undefined)).rejects.toMatchObject({ code: 'SOURCE_MISSING', message: expect.stringContaining('no table') });
  });

  test('a fifo called case.csv does not block', async () => {
    const root = makeFolder();
    writeFiles(join(root, 'tables'), { 'other.csv': 'case_id\nc1\n' });
    execFileSync('mkfifo', [join(root, 'tables/case.csv')]);
    await pullAt(root, { ...config, link: { patient_id: 'other.case_id' }, tables: { other: { key: 'case_id' } } }, async (_, report) =>
      expect(report.tables[0]!.ignored).toMatchObject([{ path: 'case.csv' }]),
    );
  });

  test('two sources add their rows to one table, whichever is pulled first', async () => {
    const both = makeConfig({ sources: [{ name: 's1', kind: 'tables', path: 'one' }, { name: 's2', kind: 'tables', path: 'two' }] }); // prettier-ignore
    const results = [];
    for (const order of [['s1', 's2'], ['s2', 's1']]) {
      const root = makeFolder();
      writeFiles(root, { 'one/case.csv': 'case_id,age\nc1,5\n', 'two/case.csv': 'sex,case_id\nF,c2\n' });
      for (const source of order) await pullAt(root, both, async () => undefined, { sources: [source] });
      results.push(await pullAt(root, both, async (catalog) => [await catalog.all('SELECT * FROM clinical_case'), await catalog.all('SELECT * FROM clinical_table')]));
      writeFileSync(join(root, 'one/case.csv'), 'case_id,age\nc1\n');
      await pullAt(root, both, async (catalog) => expect(await raw(catalog)).toEqual([{ sex: 'F', case_id: 'c2' }]));
      await pullAt(root, { ...both, sources: both.sources.slice(1) }, async (catalog) => {
        expect(await raw(catalog)).toEqual([{ sex: 'F', case_id: 'c2' }]);
        expect(await catalog.all('SELECT * FROM source_defect')).toEqual([]);
      });
    }
    expect(results[0]).toEqual([
      [{ source: 's1', source_row: 1, case_id: 'c1', age: 5, sex: null }, { source: 's2', source_row: 1, case_id: 'c2', age: null, sex: 'F' }],
      [{ table_name: 'case', columns: ['case_id', 'age', 'sex'], key_column: 'case_id' }],
    ]); // prettier-ignore
    expect(results[1]).toEqual(results[0]);
  });
});

describe('hostile names', () => {
  test('column names are quoted wherever they go', async () => {
    const names = [`a"b`, `x'); DROP TABLE instance; --`, '__proto__', 'cases.submitter_id', '*?[a]', '$x', 'c0', 'rows'];
    const text = `${names.map((name) => `"${name.replaceAll('"', '""')}"`).join(',')}\n${names.map((_, n) => n).join(',')}\n`;
    const root = makeFolder();
    writeFiles(join(root, 'tables'), { 'case.csv': text });
    await pullAt(root, { ...config, tables: { case: { key: `a"b` } } }, async (catalog, report) => {
      expect(tableOf(report)).toMatchObject({ status: 'loaded', columns: names.length });
      for (const prefix of ['raw', 'clinical']) {
        const columns = await catalog.all<{ n: string }>(`SELECT column_name AS n FROM duckdb_columns() WHERE table_name = '${prefix}_case' AND column_index > 2 ORDER BY column_index`);
        // DuckDB is told the star that Gen3 templates put before a name is none of it.
        expect(columns.map(({ n }) => n)).toEqual(names.map((name) => name.replace(/^\*/, '')));
      }
      expect(await catalog.all('SELECT count(*) AS n FROM instance')).toEqual([{ n: 0 }]);
    });
  });

  test('a workspace in a folder called like a glob works', async () => {
    const root = join(makeFolder(), `it's [a] *`);
    writeFiles(join(root, 'tables'), { 'case.csv': 'case_id\nc1\n' });
    await pullAt(root, config, async (catalog) => expect(await raw(catalog)).toEqual([{ case_id: 'c1' }]));
  });
});

describe('cases', () => {
  test('images without row, rows without images, rejected cases: counted and listed', async () => {
    const root = makeFolder();
    writeFiles(root, {
      'tables/case.csv': 'case_id,status\nc1,accepted\nc2,accepted\nc3,pending\n',
      'dicom/1.dcm': slice('c1', 1), 'dicom/2.dcm': slice('c3', 2), 'dicom/3.dcm': slice('stranger', 3), 'dicom/4.txt': 'x',
    }); // prettier-ignore
    await pullAt(root, makeConfig({ accept: { table: 'case', where: "status = 'accepted'" } }), async (catalog, report) => {
      expect(report.cases).toEqual({
        accepted: 2, rejected: { 'does not meet the acceptance rule': 1 }, unknown: 1, withdrawn: 0, accepted_images: 1, images_without_case: 2,
      }); // prettier-ignore
      expect(await catalog.all('SELECT case_id, status FROM case_ ORDER BY case_id')).toEqual([
        { case_id: 'c1', status: 'accepted' }, { case_id: 'c2', status: 'accepted' }, { case_id: 'c3', status: 'rejected' }, { case_id: 'stranger', status: 'unknown' },
      ]); // prettier-ignore
    });
  });
});

test('a million rows are loaded whole, in little memory', async () => {
  const root = makeFolder();
  mkdirSync(join(root, 'tables'));
  const maker = await Catalog.open(':memory:', { folders: [root] });
  await maker.run(`COPY (SELECT 'c' || lpad(i::VARCHAR, 8, '0') AS case_id, i % 90 AS age, 'text, "quoted" ' || i AS note, md5(i::VARCHAR) AS digest FROM range(1_000_000) AS r(i))
    TO ${quoteLiteral(join(root, 'tables/case.csv'))} (FORMAT csv, HEADER)`);
  maker.close();
  let most = 0;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
  const before = process.memoryUsage().heapUsed;
  await pullAt(root, config, async (catalog, report) => {
    clearInterval(timer);
    expect(tableOf(report)).toMatchObject({ rows: 1_000_000, status: 'loaded' });
    expect(await catalog.all("SELECT count(*) AS n, sum(age) AS ages, count(DISTINCT case_id) AS cases, max(note) AS note FROM clinical_case")).toEqual([
      { n: 1_000_000, ages: 44_499_600, cases: 1_000_000, note: 'text, "quoted" 999999' },
    ]);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(200e6);
  });
  expect(statSync(join(root, 'tables/case.csv')).size).toBeGreaterThan(60e6);
});

describe('laws', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', '0', ' ', '"', ',', '\t', '\n', '\r', ';', '#', '\\', "'", 'ü', '\u{1F600}', 'null', '\u00a0', '\u2028'), maxLength: 6 });
  const table = fc.integer({ min: 1, max: 4 }).chain((columns) => fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { maxLength: 12 }).map((rows) => ({ columns, rows })));
  const labelsOf = (columns: number) => Array.from({ length: columns }, (_, n) => `label ${n}`);

  function writeText(rows: readonly (readonly string[])[], delimiter: string, lineEnd: string, quoteAll: boolean): string {
    const write = (value: string) => (quoteAll || /["\n\r\t,]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
    return rows.map((row) => row.map(write).join(delimiter) + lineEnd).join('');
  }

  const asRows = (columns: number, rows: readonly (readonly string[])[]) => rows.map((row) => Object.fromEntries(labelsOf(columns).map((label, n) => [label, row[n] === '' ? null : row[n]])));

  test('a well-formed table comes through exactly, in every dialect', async () => {
    await fc.assert(
      fc.asyncProperty(table, fc.constantFrom('csv', 'tsv'), fc.constantFrom('\n', '\r\n'), fc.boolean(), async ({ columns, rows }, format, lineEnd, quoteAll) => {
        const text = writeText([labelsOf(columns), ...rows], format === 'csv' ? ',' : '\t', lineEnd, quoteAll);
        expect((await load(`case.${format}`, text)).raw).toEqual(asRows(columns, rows));
      }),
      { numRuns: 150 },
    );
  }, 480_000);

  test('the same table as NDJSON and as a JSON array comes through exactly', async () => {
    await fc.assert(
      fc.asyncProperty(table, fc.boolean(), async ({ columns, rows }, lines) => {
        fc.pre(rows.length > 0);
        const objects = rows.map((row) => JSON.stringify(Object.fromEntries(labelsOf(columns).map((label, n) => [label, row[n]]))));
        const text = lines ? objects.join('\n') : `[${objects.join(',')}]`;
        expect((await load(lines ? 'case.ndjson' : 'case.json', text)).raw).toEqual(asRows(columns, rows));
      }),
      { numRuns: 80 },
    );
  }, 480_000);

  test('a mutated byte never crashes, and never changes the number of rows in silence', async () => {
    const text = 'case_id,age,note\nc1,5,"a, ""b"""\nc2,,x\nc3,7,"two\nlines"\n';
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), fc.nat(255), async (at, byte) => {
        const bytes = Buffer.from(text);
        bytes[at] = byte;
        const result = await load('case.csv', bytes);
        if (result.status === 'loaded') expect(result.raw).toHaveLength(result.rows);
        else expect(result.defect_count).toBeGreaterThan(0);
      }),
      { numRuns: 200 },
    );
  }, 480_000);
});

test('the MIDRC pack types what fits and leaves NULL where a cell does not; the file is read as UTF-8', async () => {
  const root = makeFolder();
  writeFiles(join(root, 'tables'), { 'case.tsv': '*submitter_id\tage_at_index\tsex\nc1\t45\tFemale\nc2\t45 years\tMale\nc3\t\tMale\n' });
  await pullAt(root, { ...config, tables: {} }, async (catalog) => {
    expect(await catalog.all('SELECT submitter_id, age_at_index, sex FROM clinical_case ORDER BY 1')).toEqual([
      { submitter_id: 'c1', age_at_index: 45, sex: 'Female' }, { submitter_id: 'c2', age_at_index: null, sex: 'Male' }, { submitter_id: 'c3', age_at_index: null, sex: 'Male' },
    ]); // prettier-ignore
    expect(await catalog.all('SELECT key_column FROM clinical_table')).toEqual([{ key_column: 'submitter_id' }]);
  }, { pack: loadPack(builtInPackFolder('midrc')) }); // prettier-ignore
  expect(readFileSync(join(root, 'tables/case.tsv'), 'utf8')).toContain('*submitter_id');
});
