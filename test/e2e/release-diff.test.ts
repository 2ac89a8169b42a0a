import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { ReleaseDiff } from '../../src/model/release-diff.js';
import { queryRelease } from '../../src/workflow/query.js';
import { runCli } from '../support/cli.js';
import { useReleases } from '../support/release-pair.js';

const releases = useReleases();
let from: string;
let to: string;
let away: string;
beforeAll(async () => {
  [from = '', to = ''] = await releases.cut([{}, {
    store: (store) => {
      store.tables.case!.rows[0]!.cells.sex = '<b onclick=x>\u202e=1+1';
      store.tables.case!.rows[1]!.cells.age_at_index = 71;
    },
  }]); // prettier-ignore
  away = join(releases.folder(), 'away');
  mkdirSync(away);
});

const diff = (...args: string[]) => runCli(['release', 'diff', ...args], away);

describe('release diff', () => {
  test('needs no workspace and no images, and tells by its status that there are differences', async () => {
    for (const folder of [from, to]) rmSync(join(folder, 'data/images'), { recursive: true });
    const { status, stdout } = await diff(from, to, '--limit', '1', '--json');
    const report = JSON.parse(stdout) as ReleaseDiff;
    expect([status, report.total, report.level, report.changes.length]).toEqual([1, 2, 'major', 1]);
    expect((await diff(from, from)).status).toBe(0);
  });

  test('writes what the ending says; data are text in each', async () => {
    for (const name of ['c.html', 'c.md', 'c.jsonl', 'c.parquet']) expect([name, (await diff(from, to, '-o', name)).status]).toEqual([name, 1]);
    const read = (name: string): string => readFileSync(join(away, name), 'utf8');
    expect(read('c.html')).not.toMatch(/<b |\u202e/);
    expect(read('c.md')).not.toContain('\u202e');
    expect(read('c.jsonl').trim().split('\n').map((line) => (JSON.parse(line) as { after: string }).after)).toEqual(['<b onclick=x>\u202e=1+1', '71']);
    expect(readFileSync(join(away, 'c.parquet')).subarray(0, 4).toString()).toBe('PAR1');
  });

  test('the table of all changes is that of the newer release, but for what the release may not repeat', async () => {
    const published = await queryRelease(to, 'SELECT rule, key, column_name, "after" FROM changes ORDER BY ALL');
    const lines = readFileSync(join(away, 'c.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Record<string, string>);
    expect(published.rows).toEqual(lines.map(({ rule, key, column_name, after }) => ({ rule, key, column_name, after })));
  });

  test('refuses what it cannot write, and a release whose tables were changed', async () => {
    expect(await diff(from, to, '-o', 'c.csv')).toMatchObject({ status: 2, stderr: expect.stringContaining('.parquet') });
    expect(existsSync(join(away, 'c.csv'))).toBe(false);
    expect(await diff(from, to, '-o', 'c.parquet', '--format', 'html')).toMatchObject({ status: 2 });
    expect(await diff(from, join(away, 'none'))).toMatchObject({ status: 3, stderr: expect.stringContaining('There is no release') });
    writeFileSync(join(to, 'data/dictionary.json'), '{}');
    expect(await diff(from, to)).toMatchObject({ status: 3, stderr: expect.stringContaining('was changed') });
  });
});
