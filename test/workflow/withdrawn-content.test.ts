import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import type { AmendedCase, AmendmentDocument } from '../../src/model/amendment.js';
import type { Withdrawal } from '../../src/model/workspace-files.js';
import { openRelease } from '../../src/release/open-release.js';
import type { LogEntry } from '../../src/release/release-log.js';
import { findWithdrawn, refuseWithdrawn } from '../../src/workflow/withdrawn-content.js';
import { workspacePaths, type WorkspacePaths } from '../../src/workspace/workspace.js';
import { amendedCase, amendment, writeAmendment } from '../support/amendment-file.js';
import { cutSeries } from '../support/release-series.js';
import { goldenSecond, smallStore } from '../support/release-store.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
let made: string;
let digestOfB: string;
let paths: WorkspacePaths;
/** A folder elsewhere, to which copies of releases are brought. */
let downloads: string;

/** Releases 1.0.0 and 2.0.0, the second without case-b: in `consent` told by its id, in `phi` by its digest. */
beforeAll(async () => {
  made = mkdtempSync(join(tmpdir(), 'colophon-withdrawn-'));
  for (const reason of ['consent', 'phi'] as const) {
    const { store, options } = goldenSecond();
    const withdrawals: Withdrawal[] = [{ case_id: 'case-b', reason, date: '2026-02-20' }];
    await cutSeries(join(made, reason), [smallStore()]);
    await cutSeries(join(made, reason), [store], { ...options, withdrawals });
  }
  digestOfB = await caseDigest(join(made, 'phi/releases/1.0.0'), 'case-b');
}, 60_000);

afterAll(() => rmSync(made, { recursive: true }));

beforeEach(() => {
  const root = temporaryFolder();
  paths = workspacePaths(root);
  downloads = join(root, 'downloads');
  mkdirSync(downloads);
});

async function caseDigest(folder: string, case_id: string): Promise<string> {
  const catalog = await Catalog.open(':memory:', { bare: true, folders: [folder] });
  const [row] = await catalog.all<{ digest: string }>(`SELECT digest FROM '${folder}/data/tables/cases.parquet' WHERE case_id = ?`, [case_id]);
  catalog.close();
  return row!.digest;
}

function publish(version: string, reason: 'consent' | 'phi', log = [1]): Promise<LogEntry> {
  cpSync(join(made, reason, 'releases', version), join(paths.releases, version), { recursive: true });
  for (const sequence of log) cpSync(join(made, reason, 'releases/log', `${sequence}.json`), join(paths.releaseLog, `${sequence}.json`));
  return openRelease(version, paths);
}

function download(version: string, reason: 'consent' | 'phi' = 'consent'): Promise<LogEntry> {
  cpSync(join(made, reason, 'releases', version), join(downloads, version), { recursive: true });
  return openRelease(join(downloads, version), null);
}

const told = ({ digest }: LogEntry, cases: AmendedCase[], changes: Partial<AmendmentDocument> = {}) => amendment(digest, { dataset: 'demo', withdrawn: cases, ...changes });
const masked = (digest: string) => amendedCase(null, { releases: [{ version: '1.0.0', case_digest: digest }] });
const count = async (entry: LogEntry, workspace: WorkspacePaths | null = null) => (await findWithdrawn([entry], workspace))[0]?.cases ?? 0;

test('nothing is refused where nobody says that something was withdrawn', async () => {
  expect(await count(await download('1.0.0'))).toBe(0);
  await expect(refuseWithdrawn([await publish('1.0.0', 'consent')], paths)).resolves.toBeUndefined();
});

describe.each(['consent', 'phi'] as const)('withdrawn for %s', (reason) => {
  test('the tombstone of a later release, in the log or beside a copy that has none', async () => {
    const first = await publish('1.0.0', reason);
    const second = await publish('2.0.0', reason, [1, 2]);
    expect([await count(first, paths), await count(first), await count(second, paths)]).toEqual([1, 1, 0]);
    const copy = await download('1.0.0', reason);
    expect([await count(copy), await count(copy, paths)]).toEqual([0, 1]);
    const newer = await download('2.0.0', reason);
    expect([await count(copy), await count(newer)]).toEqual([1, 0]);
  });

  test.each(['releases/amendments', 'releases'])('an amendment in %s, before there is a release without the case', async (place) => {
    const first = await publish('1.0.0', reason);
    writeAmendment(join(paths.releases, '..', place, 'amendment-1.json'), told(first, [reason === 'phi' ? masked(digestOfB) : amendedCase('case-b')]));
    expect(await count(first)).toBe(1);
  });

  test('an amendment in a copy, and one of the workspace that a copy elsewhere is of', async () => {
    const copy = await download('1.0.0', reason);
    const document = told(copy, [reason === 'phi' ? masked(digestOfB) : amendedCase('case-b'), amendedCase('case-c')]);
    writeAmendment(join(copy.folder, 'amendments/amendment-3.json'), { ...document, number: 3 });
    expect(await count(copy)).toBe(2);
    rmSync(join(copy.folder, 'amendments'), { recursive: true });
    expect(await count(copy)).toBe(0);
    await publish('1.0.0', reason);
    writeAmendment(join(paths.releases, 'amendments/amendment-1.json'), document);
    expect(await count(copy, paths)).toBe(2);
  });

  test('withdrawals.yaml, before anything was published of it', async () => {
    const first = await publish('1.0.0', reason);
    writeFileSync(paths.withdrawals, `withdrawals:\n  - {case_id: case-b, reason: ${reason}, date: 2026-02-20}\n`);
    expect([await count(first, paths), await count(first)]).toEqual([1, 0]);
  });
});

test('the refusal names no case, has one code, and says what can be done', async () => {
  const first = await publish('1.0.0', 'consent');
  await publish('2.0.0', 'consent', [1, 2]);
  const failure: unknown = await refuseWithdrawn([first], paths, ['--remedy']).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'CONTENT_WITHDRAWN', exitCode: 5, suggestions: expect.arrayContaining(['--remedy']) });
  expect(JSON.stringify(failure) + String(failure)).not.toContain('case-b');
});

test('what is said of another dataset, or of cases that the release does not hold, refuses nothing', async () => {
  const first = await download('1.0.0');
  writeAmendment(join(downloads, 'amendments/amendment-1.json'), told(first, [amendedCase('case-b')], { dataset: 'other' }));
  writeAmendment(join(downloads, 'amendments/amendment-2.json'), told(first, [amendedCase('case-z'), masked('0'.repeat(64))], { number: 2 }));
  expect(await count(first)).toBe(0);
});

test('an amendment that cannot be read might be the one that tells: it is refused', async () => {
  const first = await download('1.0.0');
  mkdirSync(join(downloads, 'amendments'));
  writeFileSync(join(downloads, 'amendments/amendment-1.json'), '{');
  await expect(count(first)).rejects.toMatchObject({ code: 'RELEASE_INVALID' });
});

test('a later release whose tombstones were changed is not asked in silence', async () => {
  const first = await download('1.0.0');
  const { folder } = await download('2.0.0');
  writeFileSync(join(folder, 'data/tables/tombstones.parquet'), 'nothing');
  await expect(count(first)).rejects.toMatchObject({ code: 'RELEASE_INVALID' });
});
