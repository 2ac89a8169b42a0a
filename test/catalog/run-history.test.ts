import { expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import { beginRun, endRun } from '../../src/catalog/run-history.js';

test('the last thousand runs are kept, and their numbers go on', async () => {
  const catalog = await Catalog.open(':memory:');
  try {
    await catalog.run("INSERT INTO runs (number, run, command, doing, began, outcome, tool_version) SELECT n, '', 'pull', 'pulling', TIMESTAMP '2026-01-01', 'done', '1' FROM range(1, 1201) AS r(n)");
    const at = new Date('2026-02-03T04:05:06.789Z');
    const number = await beginRun(catalog, { id: 'ab', command: 'check', version: '2', engine: null, jobs: null }, 'checking', at);
    await endRun(catalog, number, { ended: at, seconds: 1.5, outcome: 'findings', exit_status: 1, error_code: null, files: 3, bytes: 2 ** 40, findings: { errors: 1, warnings: 2, infos: 3, waived: 4 } });
    expect(number).toBe(1201);
    expect(await catalog.all('SELECT count(*) AS runs, min(number) AS least FROM runs')).toEqual([{ runs: 1000, least: 202 }]);
    expect(await catalog.all("SELECT * EXCLUDE (began, ended), strftime(began, '%Y-%m-%dT%H:%M:%S.%g') AS began FROM runs WHERE number = 1201")).toEqual([
      { number: 1201, run: 'ab', command: 'check', doing: 'checking', seconds: 1.5, outcome: 'findings', exit_status: 1, error_code: null, engine: null, jobs: null, files: 3, bytes: 2 ** 40, errors: 1, warnings: 2, infos: 3, waived: 4, tool_version: '2', began: '2026-02-03T04:05:06.789' },
    ]);
  } finally {
    catalog.close();
  }
});
