import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog } from '../catalog/catalog.js';
import { openReleaseTables } from '../catalog/query.js';
import { CurationError } from '../errors.js';
import { sha256Base64 } from '../fixity/digest.js';
import { readRegularFile, UnreadableFileError } from '../fixity/file.js';
import { parseJsonStrict } from '../fixity/json.js';
import { parseSshPublicKey } from '../fixity/ssh-public-key.js';
import { parseSshSignature, splitSshSignatures } from '../fixity/ssh-signature.js';
import type { DataDictionary } from '../model/dictionary.js';
import type { Config } from '../model/config.js';
import { hiddenParts } from '../model/hidden-parts.js';
import type { PageDocument, PageFacts, PageSplit } from '../model/page.js';
import type { GatePolicy } from '../model/policy.js';
import { RELEASE_FILES, type Tombstone } from '../model/release.js';
import type { ChangeRule } from '../model/release-diff.js';
import { renderLandingPage } from '../page/landing-page.js';
import { browserScript } from '../page/browser-script.js';
import { decideVersion } from '../release/diff/version.js';
import { describeAbout } from './page-about.js';
import { countPopulation, countSplit } from './page-counts.js';
import { findPageVariables } from './page-variables.js';

/** Small groups where a release does not say what its gate held them to. */
const LEAST_GROUP = 11;

/** Tombstones that a page lists. */
const MAX_TOMBSTONES = 200;

/** What of a workspace goes into a page besides the release itself. */
export interface PageConfig extends Pick<Config, 'splits'> {
  /** The key that is to sign, by its path; null or absent when none does. */
  signer?: string | null;
}

/**
 * Renders the landing page of a release, its late region empty, from what the release itself holds: what is hidden or withdrawn
 * is not there to be counted. The folder need not have its release.json yet.
 * @throws {CurationError} NOT_A_RELEASE, QUERY_FAILED, RELEASE_INVALID
 */
export async function renderReleasePage(folder: string, document: PageDocument, config: PageConfig): Promise<string> {
  const release = await openReleaseTables(folder);
  try {
    return renderLandingPage(await gatherPageFacts(release, folder, document, config), { script: browserScript(), sha256Base64 });
  } finally {
    release.close();
  }
}

async function gatherPageFacts(release: Catalog, folder: string, document: PageDocument, config: PageConfig): Promise<PageFacts> {
  const policy = readDocument<{ policy?: Partial<GatePolicy> }>(folder, 'data/gate.json')?.policy ?? {};
  const dictionary = readDocument<DataDictionary>(folder, 'data/dictionary.json');
  const least = Math.max(policy.k_anonymity ?? LEAST_GROUP, policy.small_cell ?? LEAST_GROUP);
  const hidden = hiddenParts(config);
  const columns = [...(document.commitments ?? []).flatMap((each) => each.columns), ...hidden.flatMap((each) => each.columns ?? [])];
  const variables = await findPageVariables(release, { dictionary, quasiIdentifiers: policy.quasi_identifiers ?? [], sensitive: policy.sensitive ?? [], hidden: columns });
  const counted = await countPopulation(release, variables, least);
  const splits: PageSplit[] = [];
  const secret = new Set([...(document.commitments ?? []), ...hidden].map(({ split }) => split));
  for (const { name, algorithm, draw } of document.splits) {
    const withheld = secret.has(name) ? 'A part of it is hidden.' : null;
    splits.push(await countSplit(release, { name, algorithm, withheld, balance: balancedColumns(draw?.config.balance) }, counted, least));
  }
  return {
    document,
    ...describeAbout(document, readDocument(folder, 'data/datacite.json'), readDocument(folder, 'data/datapackage.json')),
    least_group: least,
    population: counted.map(({ population }) => population),
    splits,
    reasons: await readReasons(release, document),
    tombstones: await release.all<Tombstone>(`SELECT case_id, reason, since_version, date, replacement FROM tombstones ORDER BY since_version DESC, case_id LIMIT ${MAX_TOMBSTONES}`),
    tables: await countTables(release),
    dictionary,
    signers: readSigners(folder, config),
    by_reference: existsSync(join(folder, RELEASE_FILES.fetch)),
  };
}

function balancedColumns(balance: unknown): string[] {
  if (!Array.isArray(balance)) return [];
  return balance.flatMap((each: unknown) => (typeof each === 'string' ? each : typeof each === 'object' && each !== null && 'column' in each ? String(each.column) : []));
}

/** What the number was computed from, out of the table of changes. */
async function readReasons(release: Catalog, { previous }: PageDocument): Promise<PageFacts['reasons']> {
  if (previous === null) return null;
  const rows = await release.all<{ rule: ChangeRule; n: number }>('SELECT rule, count(*) AS n FROM changes GROUP BY rule ORDER BY rule');
  return decideVersion(previous.version, Object.fromEntries(rows.map(({ rule, n }) => [rule, n])))?.reasons ?? [];
}

async function countTables(release: Catalog): Promise<PageFacts['tables']> {
  const views = await release.all<{ name: string }>('SELECT view_name AS name FROM duckdb_views() WHERE NOT internal ORDER BY view_name');
  const tables: PageFacts['tables'] = [];
  for (const { name } of views) {
    const [row] = await release.all<{ n: number }>(`SELECT count(*) AS n FROM "${name.replaceAll('"', '""')}"`);
    tables.push({ name, rows: row?.n ?? 0 });
  }
  return tables;
}

/** The keys that signed; before that, the one that is to sign. */
function readSigners(folder: string, { signer = null }: PageConfig): string[] {
  const signed = readBytes(folder, RELEASE_FILES.signature);
  if (signed !== null) return [...new Set(splitSshSignatures(signed.toString('latin1')).map((block) => parseSshSignature(block).key.fingerprint))].sort();
  if (signer === null) return [];
  for (const candidate of [`${signer}.pub`, signer]) {
    const blob = existsSync(candidate) ? /^(?:ssh|sk|ecdsa)-\S+ ([A-Za-z0-9+/=]+)/.exec(readFileSync(candidate, 'latin1'))?.[1] : undefined;
    if (blob !== undefined) return [parseSshPublicKey(Buffer.from(blob, 'base64')).fingerprint];
  }
  return [];
}

/** A JSON document of the release; null when it has none. */
function readDocument<T>(folder: string, path: string): T | null {
  const bytes = readBytes(folder, path);
  if (bytes === null) return null;
  const reading = parseJsonStrict(bytes);
  if (reading.ok) return reading.value as T;
  throw new CurationError('RELEASE_INVALID', `${join(folder, path)} cannot be read: ${reading.reason}.`, { suggestions: [`See what else is wrong: colophon verify ${folder}`] });
}

const MAX_DOCUMENT_BYTES = 64 << 20;

function readBytes(folder: string, path: string): Buffer | null {
  try {
    return readRegularFile(join(folder, path), MAX_DOCUMENT_BYTES);
  } catch (error) {
    if (error instanceof UnreadableFileError && error.defect === 'missing') return null;
    if (error instanceof UnreadableFileError) throw new CurationError('RELEASE_INVALID', error.message, { cause: error });
    throw error;
  }
}
