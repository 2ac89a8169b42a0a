import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FreezeReport, Repeated, SplitReport } from '../../src/model/split.js';
import { runCli } from '../support/cli.js';
import { writeFiles } from './pull-workspace.js';

const CONFIG = `dataset: {id: d, title: D, license: CC0-1.0}
sources: [{name: clinical, kind: tables, path: tables}]
tables: {case: {key: case_id}}
schema: none
splits:
  cv: {folds: 3, repeats: 2, balance: [sex], seed: 7, assign: lists/forced.csv}
  inner: {parts: {a: 0.5, b: 0.5}, seed: 7, within: {cv.2: fold-1}}
`;

/** Sixty cases, and a file that forces two of them, as a spreadsheet saves it. */
const FILES = {
  'colophon.yaml': CONFIG,
  'lists/forced.csv': '\uFEFFcase_id,part,why\r\nc00,fold-2,"pilot, 2025"\r\nc01,fold-3,\r\n',
  'tables/case.csv': ['case_id,sex', ...Array.from({ length: 60 }, (_, number) => `c${String(number).padStart(2, '0')},${number % 3 === 0 ? 'F' : 'M'}`), ''].join('\n'),
};

let root: string;

async function run<T>(args: string[], status = 0): Promise<T> {
  const result = await runCli([...args, '--json'], root);
  expect({ status: result.status, stderr: status === 0 ? result.stderr : '' }).toEqual({ status, stderr: '' });
  return JSON.parse(result.stdout) as T;
}

async function placesOf(split: string): Promise<Map<string, string>> {
  const { rows } = await run<{ rows: { case_id: string; part: string }[] }>(['query', `SELECT case_id, part FROM assignments WHERE split = '${split}' ORDER BY case_id`]);
  return new Map(rows.map(({ case_id, part }) => [case_id, part]));
}

describe('a split that is drawn several times', () => {
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'colophon-repeats-'));
    writeFiles(root, FILES);
    await run(['pull']);
  });

  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test('comes as so many draws, each another and each on target, with its forced cases', async () => {
    const { split, repeats } = await run<Repeated<SplitReport>>(['split', 'assign', 'cv']);
    expect([split, repeats.map((report) => [report.split, report.seed])]).toEqual(['cv', [['cv.1', '7/repeat-1'], ['cv.2', '7/repeat-2']]]);
    for (const { parts } of repeats) expect(Object.values(parts).map(({ cases }) => cases)).toEqual([20, 20, 20]);
    const [first, second] = [await placesOf('cv.1'), await placesOf('cv.2')];
    for (const places of [first, second]) expect([places.get('c00'), places.get('c01')]).toEqual(['fold-2', 'fold-3']);
    expect([...first].filter(([id, part]) => second.get(id) !== part).length).toBeGreaterThan(20);
    expect(await run<SplitReport>(['split', 'report', 'cv.2', '--permutations', '0'])).toMatchObject({ split: 'cv.2', parts: repeats[1]!.parts });
  });

  test('one repeat may hold another split, and is drawn again by itself', async () => {
    const { input_digest } = await run<SplitReport>(['split', 'assign', 'cv.2']);
    expect((await run<SplitReport>(['split', 'report', 'cv.2', '--permutations', '0'])).input_digest).toBe(input_digest);
    const inner = await run<SplitReport>(['split', 'assign', 'inner']);
    expect(Object.values(inner.parts).map(({ cases }) => cases)).toEqual([10, 10]);
    const outer = await placesOf('cv.2');
    for (const id of (await placesOf('inner')).keys()) expect(outer.get(id)).toBe('fold-1');
  });

  test('freezes each into a record of its own, in a workspace that had no folder of records', async () => {
    expect(await run<FreezeReport>(['split', 'freeze', 'cv.2'])).toMatchObject({ split: 'cv.2', added: 60 });
    expect(await run<Repeated<FreezeReport>>(['split', 'freeze', 'cv'])).toMatchObject({ split: 'cv', repeats: [{ split: 'cv.1', added: 60 }, { split: 'cv.2', added: 0 }] });
    expect(readdirSync(join(root, 'splits')).filter((name) => name.endsWith('.csv'))).toEqual(['cv.1.csv', 'cv.2.csv']);
  });

  test('a name that is none is answered with one that is', async () => {
    expect(await run(['split', 'assign', 'cv.3'], 2)).toMatchObject({ error: { code: 'SPLIT_UNKNOWN', suggestions: ['Did you mean `cv.1`?'] } });
  });

  test('a seed that is no number, and a case that is not there, are told with the place', async () => {
    writeFiles(root, { 'colophon.yaml': CONFIG.replace('seed: 7, assign', 'seed: seven, assign') });
    expect(await run(['split', 'assign', 'cv'], 3)).toMatchObject({ error: { code: 'CONFIG_INVALID', message: expect.stringContaining('splits.cv.seed: expected a whole number, found "seven"') } });
    writeFiles(root, { ...FILES, 'lists/forced.csv': 'case_id,part\nc0,fold-1\n' });
    expect(await run(['split', 'assign', 'cv'], 3)).toMatchObject({ error: { code: 'CONFIG_INVALID', message: expect.stringContaining('lists/forced.csv, line 2: there is no case "c0"') } });
  });
});
