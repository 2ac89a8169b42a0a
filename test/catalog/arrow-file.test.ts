import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import * as arrow from 'apache-arrow';
import { ARROW_SCHEMA_KEY, type ExportColumn } from '../../src/catalog/arrow-schema.js';
import { Catalog } from '../../src/catalog/catalog.js';
import { exportParquet } from '../../src/catalog/parquet.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();

/** One column of every type that a release can have, with values at the edges of each. */
const CELLS: Record<string, [sqlType: string, values: string[]]> = {
  id: ['BIGINT', []],
  text: ['VARCHAR', ["''", "'naïve 😀 日本'", "'a' || chr(10) || 'b'", 'NULL', "repeat('x', 300)"]],
  category: ['VARCHAR', ["'No'", "'Yes'", 'NULL', "'unheard of'"]],
  big: ['BIGINT', ['9223372036854775807', '-9223372036854775808', '0', 'NULL']],
  small: ['INTEGER', ['2147483647', '-1', 'NULL']],
  real: ['DOUBLE', ["'nan'", "'inf'", "'-0.0'", '0.1', '1e-300', 'NULL']],
  truth: ['BOOLEAN', ['true', 'false', 'NULL']],
  day: ['DATE', ["'1900-02-28'", "'2026-11-26'", "'0001-01-01'", 'NULL']],
  moment: ['TIMESTAMP WITH TIME ZONE', ["'2026-01-02 03:04:05.678901+00'", 'NULL']],
  money: ['DECIMAL(18,3)', ['-123456789012345.678', '0.001', 'NULL']],
  words: ['VARCHAR[]', ["['a', NULL, '']", '[]', 'NULL', "['é']"]],
  numbers: ['DOUBLE[]', ['[1.5, -2]', 'NULL', '[]']],
  counts: ['BIGINT[]', ['[1, NULL, 3]', '[9007199254740993]']],
};

const COLUMNS: ExportColumn[] = Object.entries(CELLS).map(([name, [sqlType]]) => ({
  name,
  sqlType,
  categories: name === 'category' ? ['Yes', 'No', 'Never met'] : null,
  metadata: [['description', `What ${name} means; "quoted", é.`], ...(name === 'real' ? ([['unit', 'mm']] as const) : [])],
}));

/** 20,000 rows, which are two batches, in the order of insertion asked for. */
async function fill(catalog: Catalog, order: string, rows = 20_000): Promise<void> {
  const cells = Object.entries(CELLS).map(([name, [type, values]], at) => (values.length === 0 ? `i::BIGINT AS ${name}` : `(CASE ((i + ${at}) % ${values.length}) ${values.map((value, n) => `WHEN ${n} THEN (${value})::${type}`).join(' ')} END)::${type} AS ${name}`));
  await catalog.run(`CREATE TABLE t AS SELECT ${cells.join(', ')} FROM range(${rows}) AS r(i) ORDER BY ${order}`);
}

async function write(order: string, threads: number, rows?: number): Promise<{ parquet: string; file: string }> {
  const folder = temporaryFolder();
  const [parquet, file] = [join(folder, 't.parquet'), join(folder, 't.arrow')];
  const catalog = await Catalog.open(':memory:', { threads });
  await fill(catalog, order, rows);
  await exportParquet(catalog, { query: 'FROM t', orderBy: ['id'], path: parquet, columns: COLUMNS, metadata: { 'colophon:table': 't', a: "it's" }, arrowPath: file });
  catalog.close();
  return { parquet, file };
}

test('an Arrow file has the rows of the Parquet file: every type, in order', async () => {
  const { parquet, file } = await write('i', 2);
  const table = arrow.tableFromIPC(readFileSync(file));
  expect(table.numRows).toBe(20_000);
  expect(table.batches.map(({ numRows }) => numRows)).toEqual([16_384, 3616]);
  const catalog = await Catalog.open(':memory:', { bare: true, files: [parquet] });
  // as texts, because the two readers make other objects of one value
  const texts = `SELECT id, text, category, big::VARCHAR AS big, small, real::VARCHAR AS real, truth, epoch_ms(day::TIMESTAMP)::VARCHAR AS day, epoch_us(moment)::VARCHAR AS moment,
    replace(money::VARCHAR, '.', '')::BIGINT::VARCHAR AS money, words, numbers, to_json(counts::VARCHAR[])::VARCHAR AS counts FROM '${parquet}'`;
  let row = 0;
  const column = (name: string) => table.getChild(name)!;
  const list = (value: unknown) => (value === null ? null : [...(value as Iterable<unknown>)]);
  const real = (value: unknown) => (value === null ? null : Number.isNaN(value) ? 'nan' : value === Infinity ? 'inf' : Object.is(value, -0) ? '-0.0' : value === 0 ? '0.0' : String(value));
  for await (const rows of catalog.stream(texts)) {
    for (const expected of rows) {
      if (row % 37 === 0) {
        const micros = column('moment').get(row) as number | null;
        expect({
          id: Number(column('id').get(row)), text: column('text').get(row), category: column('category').get(row), big: column('big').get(row)?.toString() ?? null,
          small: column('small').get(row), real: real(column('real').get(row)), truth: column('truth').get(row), day: column('day').get(row)?.toString() ?? null,
          moment: micros === null ? null : 'told', money: decimal(column('money').get(row) as Uint32Array | null),
          words: list(column('words').get(row)), numbers: list(column('numbers').get(row)),
          counts: JSON.stringify(list(column('counts').get(row))?.map((each) => each?.toString() ?? null)),
        }).toEqual({ ...expected, moment: expected.moment === null ? null : 'told' }); // prettier-ignore
      }
      row += 1;
    }
  }
  catalog.close();
  expect(row).toBe(20_000);
  // Arrow's own reader gives milliseconds; the file has what DuckDB has
  const raw = (table.getChild('moment')!.data[0]!.values as BigInt64Array).find((value) => value !== 0n);
  expect(raw).toBe(1_767_323_045_678_901n);
});

/** The unscaled value of a decimal of 128 bits. */
function decimal(words: Uint32Array | null): string | null {
  return words === null ? null : String(BigInt.asIntN(128, words.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n)));
}

test('the bytes depend on the rows alone, and so do those of the Parquet file', async () => {
  const [one, other] = [await write('i', 1), await write('hash(i)', 3)];
  expect(readFileSync(other.file).equals(readFileSync(one.file))).toBe(true);
  expect(readFileSync(other.parquet).equals(readFileSync(one.parquet))).toBe(true);
});

test('fields carry their metadata and categories in both files, and a table without rows has them too', async () => {
  const { parquet, file } = await write('i', 1, 0);
  const table = arrow.tableFromIPC(readFileSync(file));
  expect(table.numRows).toBe(0);
  expect([...table.schema.metadata]).toEqual([['a', "it's"], ['colophon:table', 't']]);
  const catalog = await Catalog.open(':memory:', { bare: true, files: [parquet] });
  const entries = await catalog.all<{ key: string; value: string }>(`SELECT decode(key) AS key, decode(value) AS value FROM parquet_kv_metadata('${parquet}') ORDER BY 1`);
  catalog.close();
  expect(entries.map(({ key }) => key)).toEqual([ARROW_SCHEMA_KEY, 'a', 'colophon:table']);
  const { schema } = arrow.tableFromIPC(Buffer.concat([Buffer.from(entries[0]!.value, 'base64'), Buffer.from([255, 255, 255, 255, 0, 0, 0, 0])]));
  for (const fields of [schema.fields, table.schema.fields]) {
    expect(fields.map(({ name, metadata }) => [name, metadata.get('description'), metadata.get('unit')])).toEqual(COLUMNS.map(({ name }) => [name, `What ${name} means; "quoted", é.`, name === 'real' ? 'mm' : undefined]));
    expect(fields.map(({ type }) => String(type))).toEqual([
      'Int64', 'Utf8', 'Dictionary<Int32, Utf8>', 'Int64', 'Int32', 'Float64', 'Bool', 'Date32<DAY>', 'Timestamp<MICROSECOND, UTC>', 'Decimal[18e+3]', 'List<Utf8>', 'List<Float64>', 'List<Int64>',
    ]); // prettier-ignore
  }
});

const python = process.env.COLOPHON_TEST_PYTHON;
const has = (...modules: string[]) => python !== undefined && existsSync(python) && spawnSync(python, ['-c', `import ${modules.join(', ')}`]).status === 0;

(has('pyarrow') ? test : test.skip)('pyarrow reads the same values and metadata from both files (needs COLOPHON_TEST_PYTHON with pyarrow)', async () => {
  const { parquet, file } = await write('i', 2);
  const script = `
import sys, json, pyarrow as pa, pyarrow.parquet as pq
p, a = pq.read_table(sys.argv[1]), pa.ipc.open_file(sys.argv[2]).read_all()
p.validate(full=True); a.validate(full=True)
same = {n: p[n].cast(pa.string() if n == 'category' else p[n].type).to_pylist() == a[n].cast(pa.string() if n == 'category' else a[n].type).to_pylist() for n in p.column_names if n != 'real'}
same['real'] = [repr(v) for v in p['real'].to_pylist()] == [repr(v) for v in a['real'].to_pylist()]
print(json.dumps([p.schema.equals(a.schema, check_metadata=False), same, [str(f.type) for f in p.schema], [f.metadata[b'description'].decode() for f in p.schema], sorted(set(filter(None, p['category'].to_pylist()))), a['category'].chunk(0).dictionary.to_pylist()]))`;
  const run = spawnSync(python!, ['-c', script, parquet, file], { encoding: 'utf8' });
  expect(run.stderr).toBe('');
  const [schemas, same, types, descriptions, met, dictionary] = JSON.parse(run.stdout) as [boolean, Record<string, boolean>, string[], string[], string[], string[]];
  expect([schemas, Object.entries(same).filter(([, equal]) => !equal)]).toEqual([true, []]);
  expect(types).toEqual([
    'int64', 'string', 'dictionary<values=string, indices=int32, ordered=0>', 'int64', 'int32', 'double', 'bool', 'date32[day]', 'timestamp[us, tz=UTC]', 'decimal128(18, 3)',
    'list<element: string>', 'list<element: double>', 'list<element: int64>',
  ]); // prettier-ignore
  expect(descriptions).toEqual(COLUMNS.map(({ metadata }) => metadata[0]![1]));
  expect([met, dictionary]).toEqual([['No', 'Yes', 'unheard of'], ['Yes', 'No', 'Never met', 'unheard of']]);
}, 60_000);
