/**
 * Makes the folder of releases/golden that pins the format as the program writes it today: two chained and signed releases of
 * the small store, page, dictionary and native types included, and the amendment about the first. Run once when the
 * format has grown; what is there is verified for ever and never made again: `node dist/test/support/make-golden.js FOLDER`.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Catalog } from '../../src/catalog/catalog.js';
import { defaultEffects } from '../../src/effects.js';
import { AMENDMENT_NAMESPACE } from '../../src/model/amendment.js';
import type { Withdrawal } from '../../src/model/workspace-files.js';
import { nextAmendment } from '../../src/release/withdrawal/amendment.js';
import { publishAmendment } from '../../src/release/withdrawal/amendment-store.js';
import { cutRelease, type CutOptions } from '../../src/release/cut.js';
import { recordReleases } from '../../src/release/record.js';
import { readLog } from '../../src/release/release-log.js';
import { signRelease } from '../../src/release/signing/sign.js';
import { signWithKeygen } from '../../src/release/signing/ssh-keygen.js';
import { renderReleasePage } from '../../src/workflow/release-page.js';
import { cutOptions, fillCatalog, goldenSecond, openStoreCatalog, row, smallStore, storePaths, type Store } from './release-store.js';

/** The withdrawal that the second release and the amendment tell of, without the id. */
const WITHDRAWALS: Withdrawal[] = [{ case_id: 'case-b', reason: 'phi', date: '2026-02-20' }];

const GATE = {
  format: 'colophon-gate/1',
  policy: { k_anonymity: 1, small_cell: 1, quasi_identifiers: [], sensitive: [] },
  policy_digest: '0'.repeat(64),
  rules: ['SCH-001'],
  not_applicable: [],
  waivers: [],
};

const target = resolve(process.argv[2] ?? '');
if (process.argv[2] === undefined || existsSync(target)) throw new Error(`name a folder that is not there yet: ${target}`);
const root = mkdtempSync(join(tmpdir(), 'golden-'));
try {
  const key = join(root, 'key');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'steward@example.org', '-f', key]);
  const catalog = await openStoreCatalog(root);
  for (const [store, changes] of [[withNativeTypes(smallStore()), {}], [withNativeTypes(goldenSecond().store), { date: '2026-03-04', withdrawals: WITHDRAWALS }]] as const) {
    await fillCatalog(catalog, store, root);
    await cutRelease(catalog, { ...cutOptions(root, settings(key)), ...changes }, defaultEffects);
  }
  await amend(catalog, key);
  catalog.close();
  cpSync(join(root, 'releases'), target, { recursive: true });
  const [type, blob] = readFileSync(`${key}.pub`, 'utf8').split(' ');
  writeFileSync(join(target, 'allowed_signers'), `steward@example.org namespaces="colophon-*@v1" ${type} ${blob}\n`);
} finally {
  rmSync(root, { recursive: true });
}

function settings(key: string): Partial<CutOptions> {
  return {
    release: { md5: true },
    gateDocument: JSON.stringify(GATE),
    page: (folder, draft) => renderReleasePage(folder, draft, {}),
    sign: (folder) => void signRelease(folder, key),
  };
}

/** A day, a list and a flag; fewer tables, so that the folder stays small. */
function withNativeTypes(store: Store): Store {
  store.tables = {
    annotation: store.tables.annotation!,
    visit: {
      columns: { submitter_id: 'VARCHAR', day: 'DATE', tests: 'VARCHAR[]', admitted: 'BOOLEAN' },
      key: 'submitter_id',
      rows: [row(['case-a'], { submitter_id: 'v1', day: '1969-12-31', tests: '[PCR, antigen]', admitted: true }), row(['case-b'], { submitter_id: 'v2', day: null, tests: '[]', admitted: null })],
    },
    case: store.tables.case!,
  };
  return store;
}

async function amend(catalog: Catalog, key: string): Promise<void> {
  const paths = storePaths(root);
  const log = await readLog(paths);
  await recordReleases(catalog, log);
  const held = await catalog.all<{ version: string; digest: string }>("SELECT version, digest FROM release_item WHERE level = 'case' AND id = 'case-b' ORDER BY version");
  const facts = { dataset: 'demo', date: '2026-03-04', withdrawals: WITHDRAWALS, held: new Map([['case-b', held]]), published: new Set<string>() };
  const document = nextAmendment(null, { ...facts, log: log.map((entry) => ({ version: entry.document.version, sequence: entry.sequence, digest: entry.digest })) });
  if (document === null) throw new Error('there is nothing to amend');
  publishAmendment(paths.releases, document, (bytes) => signWithKeygen(bytes, key, AMENDMENT_NAMESPACE, 'The amendment').armored);
}
