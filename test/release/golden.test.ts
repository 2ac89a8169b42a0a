import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { planRelease } from '../../src/release/plan.js';
import { readLog } from '../../src/release/release-log.js';
import { readSigners } from '../../src/verify/signers-file.js';
import { verifyRelease } from '../../src/verify/verify.js';
import { releaseTableReader } from '../../src/workflow/release-tables.js';
import { cutOptions, fillCatalog, openStoreCatalog, smallStore } from '../support/release-store.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const GOLDEN = join(PACKAGE_ROOT, 'releases/golden');
const temporaryFolder = useTemporaryFolders();

/**
 * Release digests as they were when the releases were made: they never change. `1b` is the same format with what came to it later, all
 * optional: page, dictionary for people, Croissant, RO-Crate, native types, signatures, an amendment; packed, because it is text.
 */
const DIGESTS: Record<string, Record<string, string>> = {
  'colophon-release-1': {
    '1.0.0': '53c6c7a6c01cc01c12d766513204d33f90988e938e2dcafb17451ae7d8a1cbe4',
    '2.0.0': '88fb2bf127892905e6e150bebbd92ecca5b862d670b6a2d89ceb1c2f5ee60c6b',
  },
  'colophon-release-1b': {
    '1.0.0': '6940af700df46b6e651308fdb8a974b0aac8979dd5a607d85ecc0ac36eea862c',
    '2.0.0': 'b07bca99ad7c4f497e615a1a8f0824a0d03816afa1f6345d4b901174622b106f',
  },
};

/** Where the folders lie, unpacked where they are packed. */
let unpacked: string;
const folderOf = (format: string): string => join(format.endsWith('b') ? unpacked : GOLDEN, format);

beforeAll(() => {
  unpacked = mkdtempSync(join(tmpdir(), 'colophon-golden-'));
  mkdirSync(folderOf('colophon-release-1b'));
  execFileSync('tar', ['-xzf', join(GOLDEN, 'colophon-release-1b.tar.gz'), '-C', folderOf('colophon-release-1b')]);
});
afterAll(() => rmSync(unpacked, { recursive: true }));

/** The commands of a block of releases/README.md below a heading. */
function handCommands(block: number): string[] {
  const readme = readFileSync(join(PACKAGE_ROOT, 'releases/README.md'), 'utf8');
  const section = /## Verify by hand\n([\s\S]*?)\n## /.exec(readme)?.[1] ?? '';
  return [...section.matchAll(/```sh\n([\s\S]*?)```/g)][block]?.[1]?.trim().split('\n') ?? [];
}

test('there is a golden release of every published format, and nothing else', () => {
  expect(readdirSync(GOLDEN).map((name) => name.replace('.tar.gz', '')).sort()).toEqual(Object.keys(DIGESTS));
});

describe.each(Object.entries(DIGESTS))('%s', (format, digests) => {
  const releasesOf = (): string => folderOf(format);

  test.each(Object.entries(digests))('%s verifies, with the digest it was published under', async (version, digest) => {
    const report = await verifyRelease(join(releasesOf(), version), { jobs: 1, expect: `sha256:${digest}` });
    // a release with withdrawn cases is sound and yet no yes
    expect(report).toMatchObject({ problems: [], ok: report.withdrawn.length === 0 });
  });

  test('the log is whole and chained', async () => {
    const releases = releasesOf();
    const log = await readLog({ releases, releaseLog: join(releases, 'log') });
    expect(Object.fromEntries(log.map((entry) => [entry.document.version, entry.digest]))).toEqual(digests);
  });

  test.each(Object.keys(digests))('%s verifies by hand, as releases/README.md says', (version) => {
    const commands = handCommands(0);
    expect(commands).toHaveLength(4);
    const output = execFileSync('sh', ['-e', '-c', commands.join('\n')], { cwd: join(releasesOf(), version), encoding: 'utf8' });
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

describe('what came to the format later', () => {
  const verify = (version: string) =>
    verifyRelease(join(folderOf('colophon-release-1b'), version), { jobs: 1, tables: releaseTableReader, signers: readSigners(join(folderOf('colophon-release-1b'), 'allowed_signers')) });

  test('the signed amendment tells of the first release which case must go, by its digest alone', async () => {
    const report = await verify('1.0.0');
    expect(report).toMatchObject({ ok: false, problems: [], withdrawn: ['case-b'], amendments: [{ number: 1, accepted: true }] });
    expect(report.destroy).toMatchObject([{ case_id: 'case-b', reason: 'phi', since_version: '2.0.0', paths: expect.arrayContaining(['data/images/case-b/1.2.2/1.2.2.1/1.2.2.1.1.dcm']) }]);
    expect(await verify('2.0.0')).toMatchObject({ ok: true, withdrawn: [], signatures: [{ path: 'release.json.sig' }] });
  });

  test.each(['1.0.0', '2.0.0'])('the page of %s is checked by hand, as releases/README.md says', (version) => {
    const commands = handCommands(1);
    expect(commands).toHaveLength(2);
    expect(execFileSync('sh', ['-e', '-c', commands.join('\n')], { cwd: join(folderOf('colophon-release-1b'), version), encoding: 'utf8' })).toBe('1\n1\n');
  });

  test('columns have native types, and metadata that names dataset and version', async () => {
    const path = join(folderOf('colophon-release-1b'), '1.0.0/data/tables/clinical_visit.parquet');
    const catalog = await Catalog.open(':memory:', { bare: true, folders: [folderOf('colophon-release-1b')] });
    const rows = await catalog.all<{ column_name: string; column_type: string }>(`SELECT column_name, column_type FROM (DESCRIBE FROM '${path}')`);
    expect(Object.fromEntries(rows.map((row) => [row.column_name, row.column_type]))).toEqual({ case_id: 'VARCHAR', submitter_id: 'VARCHAR', day: 'DATE', tests: 'VARCHAR[]', admitted: 'BOOLEAN' });
    const metadata = await catalog.all<{ k: string; v: string }>(`SELECT decode(key) AS k, decode(value) AS v FROM parquet_kv_metadata('${path}') WHERE decode(key) IN ('colophon:dataset', 'colophon:version') ORDER BY k`);
    expect(metadata).toEqual([{ k: 'colophon:dataset', v: 'demo' }, { k: 'colophon:version', v: '1.0.0' }]);
    catalog.close();
  });
});

const python = process.env.COLOPHON_TEST_PYTHON;
const withBagit = python !== undefined && existsSync(python) ? test : test.skip;
withBagit.each(Object.keys(DIGESTS))('bagit-python accepts %s (needs COLOPHON_TEST_PYTHON with bagit)', (format) => {
  for (const version of Object.keys(DIGESTS[format] ?? {})) {
    const script = "import bagit, sys; bag = bagit.Bag(sys.argv[1]); bag.validate(); print(bag.info['External-Identifier'])";
    const output = execFileSync(python ?? '', ['-c', script, join(folderOf(format), version)], { encoding: 'utf8' });
    expect(output.trim()).toBe(`demo/${version}`);
  }
});
