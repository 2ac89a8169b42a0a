import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { planRelease } from '../../src/release/plan.js';
import { readLog } from '../../src/release/release-log.js';
import { verifyRelease } from '../../src/verify/verify.js';
import { cutOptions, fillCatalog, openStoreCatalog, smallStore } from '../support/release-store.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const GOLDEN = join(PACKAGE_ROOT, 'releases/golden');
const temporaryFolder = useTemporaryFolders();

/** Release digests as they were when the releases were made: they never change. */
const DIGESTS: Record<string, Record<string, string>> = {
  'colophon-release-1': {
    '1.0.0': '53c6c7a6c01cc01c12d766513204d33f90988e938e2dcafb17451ae7d8a1cbe4',
    '2.0.0': '88fb2bf127892905e6e150bebbd92ecca5b862d670b6a2d89ceb1c2f5ee60c6b',
  },
};

test('there is a golden release of every published format, and nothing else', () => {
  expect(readdirSync(GOLDEN).sort()).toEqual(Object.keys(DIGESTS));
});

describe.each(Object.entries(DIGESTS))('%s', (format, digests) => {
  const releases = join(GOLDEN, format);

  test.each(Object.entries(digests))('%s verifies, with the digest it was published under', async (version, digest) => {
    const report = await verifyRelease(join(releases, version), { jobs: 1, expect: `sha256:${digest}` });
    expect(report).toMatchObject({ ok: true, problems: [] });
  });

  test('the log is whole and chained', async () => {
    const log = await readLog({ releases, releaseLog: join(releases, 'log') });
    expect(Object.fromEntries(log.map((entry) => [entry.document.version, entry.digest]))).toEqual(digests);
  });

  test.each(Object.keys(digests))('%s verifies by hand, as releases/README.md says', (version) => {
    const readme = readFileSync(join(PACKAGE_ROOT, 'releases/README.md'), 'utf8');
    const commands = /## Verify by hand[\s\S]*?```sh\n([\s\S]*?)```/.exec(readme)?.[1]?.trim().split('\n') ?? [];
    expect(commands).toHaveLength(4);
    const output = execFileSync('sh', ['-e', '-c', commands.join('\n')], { cwd: join(releases, version), encoding: 'utf8' });
    expect(output.trim().split('\n').at(-2)).toBe(`${digests[version]}  release.json`);
    expect(output.trim().split('\n').at(-1)).toBe('1');
  });
});

test('what the first golden release holds still has the content digest that it had', async () => {
  const root = temporaryFolder();
  const catalog = await openStoreCatalog(root);
  await fillCatalog(catalog, smallStore(), root);
  const { draft } = await planRelease(catalog, cutOptions(root, { release: { md5: true } }));
  catalog.close();
  const document = JSON.parse(readFileSync(join(GOLDEN, 'colophon-release-1/1.0.0/release.json'), 'utf8')) as { digests: Record<string, string>; splits: unknown };
  expect(draft?.digests).toEqual({ content: document.digests.content, content_md5: document.digests.content_md5 });
  expect(draft?.splits).toEqual(document.splits);
});

test('plain SQL reads its tables', async () => {
  const folder = join(GOLDEN, 'colophon-release-1/2.0.0/data/tables');
  const catalog = await Catalog.open(':memory:', { bare: true, folders: [folder] });
  const rows = await catalog.all(
    `SELECT part, count(*) AS cases, sum(age_at_index) AS ages FROM '${folder}/splits.parquet' JOIN '${folder}/clinical_case.parquet' USING (case_id)
     WHERE split = 'fold' GROUP BY part ORDER BY part`,
  );
  expect(rows).toEqual([{ part: 'train', cases: 3, ages: 74 }]);
  catalog.close();
});

const python = process.env.COLOPHON_TEST_PYTHON;
const withBagit = python !== undefined && existsSync(python) ? test : test.skip;
withBagit.each(Object.keys(DIGESTS))('bagit-python accepts %s (needs COLOPHON_TEST_PYTHON with bagit)', (format) => {
  for (const version of Object.keys(DIGESTS[format] ?? {})) {
    const script = "import bagit, sys; bag = bagit.Bag(sys.argv[1]); bag.validate(); print(bag.info['External-Identifier'])";
    const output = execFileSync(python ?? '', ['-c', script, join(GOLDEN, format, version)], { encoding: 'utf8' });
    expect(output.trim()).toBe(`demo/${version}`);
  }
});
