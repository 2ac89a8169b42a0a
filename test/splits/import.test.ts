import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Catalog } from '../../src/catalog/catalog.js';
import type { Effects } from '../../src/effects.js';
import type { ImportReport } from '../../src/model/split-import.js';
import { parseList } from '../../src/splits/lists/delimited-list.js';
import { drawLogPath, readDrawLog } from '../../src/splits/record/draw-log.js';
import { importRecord, type ImportRequest, type ImportTarget } from '../../src/splits/record/import.js';
import { assignSplit, freezeSplit } from '../../src/splits/run.js';
import { makeSplitCatalog, type CatalogCase } from '../support/split-catalog.js';

let folder: string;
let catalog: Catalog;
const effects: Effects = { now: () => new Date('2026-03-04T05:06:07Z'), warn: () => {}, progress: () => {} };

const CASES: CatalogCase[] = Array.from({ length: 20 }, (_, index) => ({
  case_id: `c${String(index).padStart(2, '0')}`,
  cells: { sex: index % 2 === 0 ? 'F' : 'M' },
  instances: [{ StudyInstanceUID: index < 2 ? '1.2.0' : `1.2.${index}` }],
  status: index === 19 ? 'withdrawn' : 'accepted',
}));

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'colophon-import-'));
  catalog = await makeSplitCatalog(CASES);
});

afterEach(() => {
  catalog.close();
  rmSync(folder, { recursive: true, force: true });
});

function target(): ImportTarget {
  return { name: 's', config: { parts: { open: 0.8, sequestered: 0.2 }, balance: ['sex'], seed: 1 }, recordPath: join(folder, 's.csv'), caseTable: 'case', patientLink: null };
}

function importList(text: string | Uint8Array, changes: Partial<ImportRequest> = {}): Promise<ImportReport> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  return importRecord(catalog, target(), { path: 'master.csv', bytes, since: '2024-03-04', map: new Map([['Seq', 'sequestered']]), keepTorn: false, dryRun: false, ...changes });
}

const record = (): string => readFileSync(target().recordPath, 'utf8');

describe('a former master list', () => {
  test('becomes history that later draws keep and are balanced around', async () => {
    const report = await importList('case_ids,dataset\nc05,Open\nc06,Open\nc00,Seq\nc19,Open\nlost-1,Seq\nc05,Open\nc07,\n');
    expect(report).toMatchObject({
      rows: 7, added: 5, already: 0, repeated: 1, without_part: 1, parts: { open: 3, sequestered: 2 },
      accepted: 3, not_accepted: 1, unknown: 1, unknown_cases: ['lost-1'], torn: [], frozen: 5,
    }); // prettier-ignore
    const rows = record().trimEnd().split('\n').slice(2).map((line) => line.split(',').slice(0, 5).join(','));
    expect(rows).toEqual(['1,c00,c00,sequestered,2024-03-04', '2,c05,c05,open,2024-03-04', '3,c06,c06,open,2024-03-04', '4,c19,c19,open,2024-03-04', '5,lost-1,lost-1,sequestered,2024-03-04']);
    const bytes = record();
    const drawn = await assignSplit(catalog, target(), effects);
    // c01 shares a study with c00, which the list has in the small part
    expect(await catalog.all("SELECT part FROM assignments WHERE case_id = 'c01'")).toEqual([{ part: 'sequestered' }]);
    expect(drawn.parts.open!.cases).toBe(15);
    await freezeSplit(catalog, target(), effects);
    expect(record().startsWith(bytes)).toBe(true);
    const batches = readDrawLog(target().recordPath, 21);
    expect(batches).toMatchObject([
      { batch: 1, first: 1, last: 5, since: '2024-03-04', draw: null, imported: report.list_sha256 },
      { batch: 2, first: 6, last: 21, since: '2026-03-04', imported: null, draw: { cases: 19, frozen: 3, departed: true } },
    ]);
  });

  test('read twice adds nothing, and a longer one adds the rest', async () => {
    await importList('case_ids,dataset\nc05,Open\n');
    const bytes = record();
    expect(await importList('case_ids,dataset\nc05,Open\n')).toMatchObject({ added: 0, already: 1, frozen: 1 });
    expect(record()).toBe(bytes);
    expect(await importList('case_ids,dataset\nc05,Open\nc04,Seq\n')).toMatchObject({ added: 1, already: 1, frozen: 2 });
    expect(record().startsWith(bytes)).toBe(true);
  });

  test('tells what it would do, and does nothing, in a dry run', async () => {
    expect(await importList('case_ids,dataset\nc05,Open\n', { dryRun: true })).toMatchObject({ dry_run: true, added: 1, frozen: 1 });
    expect(existsSync(target().recordPath)).toBe(false);
    expect(existsSync(drawLogPath(target().recordPath))).toBe(false);
    expect(await catalog.all('SELECT * FROM assignment')).toEqual([]);
  });

  test('replaces what was drawn and not frozen', async () => {
    await assignSplit(catalog, target(), effects);
    const [one] = await catalog.all<{ case_id: string }>("SELECT case_id FROM assignments WHERE part = 'open' AND case_id > 'c01' ORDER BY case_id");
    await importList(`case_ids,dataset\n${one!.case_id},Seq\n`);
    expect(await catalog.all('SELECT part, frozen FROM assignments WHERE case_id = ?', [one!.case_id])).toEqual([{ part: 'sequestered', frozen: true }]);
    await expect(freezeSplit(catalog, target(), effects)).rejects.toMatchObject({ code: 'SPLIT_STALE' });
  });
});

describe('a list that cannot be history is refused whole, with its lines', () => {
  const cases: [string, string, string[]][] = [
    ['a case in two parts', 'case_ids,dataset\nc05,Open\nc06,Open\nc05,Seq\n', ['master.csv:4: c05 is in sequestered here, and in open in line 2']],
    ['an unknown part', 'case_ids,dataset\nc05,Open\nc06,Unassigned\n', ['master.csv:3: no part is called Unassigned']],
    ['a row without case', 'case_ids,dataset\n,Open\n', ['master.csv:2: the row names no case']],
    ['no such column', 'patient,dataset\nc05,Open\n', ['no column `case_ids`']],
    ['a ragged row', 'case_ids,dataset\nc05,Open,x\n', ['master.csv:2: the row has 3 cells']],
    ['an open quote', 'case_ids,dataset\n"c05,Open\n', ['master.csv:2: a quoted cell is never closed']],
    ['an empty file', '', ['master.csv:1: the file is empty']],
    ['a column twice', 'dataset,dataset\n', ['dataset is there twice']],
  ];
  test.each(cases)('%s', async (_what, text, told) => {
    const failed = importList(text);
    await expect(failed).rejects.toMatchObject({ code: 'SPLIT_LIST_INVALID', exitCode: 3 });
    for (const line of told) await expect(failed).rejects.toThrow(line);
    expect(existsSync(target().recordPath)).toBe(false);
  });

  test('what the record has in another part', async () => {
    await importList('case_ids,dataset\nc05,Open\n');
    const bytes = record();
    await expect(importList('case_ids,dataset\nc06,Open\nc05,Seq\n')).rejects.toThrow('master.csv:3: c05 is in sequestered here, and frozen in open');
    expect(record()).toBe(bytes);
  });

  test('linked cases in two parts, unless they are taken as they were', async () => {
    const text = 'case_ids,dataset\nc00,Open\nc05,Open\nc01,Seq\n';
    await expect(importList(text)).rejects.toMatchObject({ code: 'SPLIT_CONFLICT', exitCode: 1, message: expect.stringContaining('c00 is in open (line 2), c01 is in sequestered (line 4)') });
    expect(existsSync(target().recordPath)).toBe(false);
    const report = await importList(text, { keepTorn: true });
    expect(report.torn).toEqual([{ cases: [{ case_id: 'c00', part: 'open', line: 2 }, { case_id: 'c01', part: 'sequestered', line: 4 }] }]);
    expect((await assignSplit(catalog, target(), effects)).conflicts).toMatchObject([{ kind: 'frozen-apart' }]);
  });

  test('linked cases of which one is withdrawn contradict nothing', async () => {
    await catalog.run("UPDATE case_ SET status = 'withdrawn' WHERE case_id = 'c01'");
    expect(await importList('case_ids,dataset\nc00,Open\nc01,Seq\n')).toMatchObject({ added: 2, torn: [] });
  });
});

describe('lists come as spreadsheets write them', () => {
  const plain = [['case_ids', 'dataset'], ['a', 'Open'], ['b "x", y', 'Seq']];
  test.each([
    ['comma, LF', 'case_ids,dataset\na,Open\n"b ""x"", y",Seq\n'],
    ['byte order mark, CRLF, no last line end', '\uFEFFcase_ids,dataset\r\na,Open\r\n"b ""x"", y",Seq'],
    ['tabs, blanks, an empty line', 'case_ids\tdataset\n a \tOpen\n\t\n"b ""x"", y"\tSeq\n'],
    ['semicolons, CR', 'case_ids;dataset\ra;Open\r"b ""x"", y";Seq\r'],
  ])('%s', (_what, text) => {
    const { columns, rows } = parseList(Buffer.from(text), 'list');
    expect([columns, ...rows.map(({ cells }) => cells)]).toEqual(plain);
  });

  test('lines are counted over line breaks in cells', () => {
    expect(parseList(Buffer.from('a,b\n"x\r\ny",1\nz,2\n'), 'list').rows.map(({ line }) => line)).toEqual([2, 4]);
  });

  test('other encodings are refused', () => {
    expect(() => parseList(Buffer.from([0x61, 0xff, 0x0a]), 'list')).toThrow('list is not UTF-8 text.');
  });
});
