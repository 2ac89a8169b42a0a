import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import { writeFileAtomic } from '../fixity/atomic-file.js';
import { sha256Base64, sha256Hex } from '../fixity/digest.js';
import { fillLateRegion } from '../fixity/late-region.js';
import { withdrawalsOf, type AmendmentDocument } from '../model/amendment.js';
import type { IndexEntry, PageReport } from '../model/page.js';
import { RELEASE_FILES } from '../model/release.js';
import { renderReleaseIndex } from '../page/index-page.js';
import { readNewestAmendment } from '../release/withdrawal/amendment-store.js';
import { findRelease, readLog, releaseStatus, type LogEntry } from '../release/release-log.js';
import type { Workspace } from '../workspace/workspace.js';
import { renderReleasePage } from './release-page.js';
import { configuredSigner } from './signer.js';

/** Name of the index of all releases, in the folder of the releases. */
const INDEX_NAME = 'index.html';

/** A page as text, with what there is to say of it. */
export interface RenderedPage {
  html: string;
  report: PageReport;
}

/**
 * Renders the page of a release anew, from the release as it is now.
 * @throws {CurationError} RELEASE_NOT_FOUND, RELEASE_INVALID
 */
export async function renderPage(workspace: Workspace, version: string | null): Promise<RenderedPage> {
  const { paths, config } = workspace;
  const log = await readLog(paths);
  const { folder, document, digest } = findRelease(log, version ?? log.at(-1)?.document.version ?? '', paths);
  const page = await renderReleasePage(folder, document, { splits: config.splits, signer: configuredSigner(workspace) });
  const sha256 = sha256Hex(page);
  const html = fillLateRegion(page, digest);
  const pin = document.digests.page;
  return { html, report: { version: document.version, path: null, bytes: Buffer.byteLength(html), sha256, as_published: pin === undefined ? null : pin === sha256 } };
}

/**
 * Renders the index of all releases.
 * @throws {CurationError} RELEASE_INVALID
 */
export async function renderIndex({ paths, config }: Workspace): Promise<RenderedPage> {
  const { id, title, description, license, url } = config.dataset;
  const amendment = readNewestAmendment(paths.releases, id)?.document ?? null;
  const entries = (await readLog(paths)).map((entry) => toIndexEntry(entry, amendment));
  const html = renderReleaseIndex({ dataset: { id, title, description: description ?? null, license, url: url ?? null }, entries, amendment: amendment?.number ?? null }, sha256Base64);
  return { html, report: { version: null, path: null, bytes: Buffer.byteLength(html), sha256: null, as_published: null } };
}

/**
 * Writes the index of all releases beside them: releases/index.html, which is part of no release.
 * @throws {CurationError} RELEASE_INVALID, IO_FAILED
 */
export async function writeIndex(workspace: Workspace): Promise<PageReport> {
  const { html, report } = await renderIndex(workspace);
  const path = join(workspace.paths.releases, INDEX_NAME);
  writeFileAtomic(path, html);
  return { ...report, path };
}

/**
 * Writes the index anew after something was published. It can be written again at any time: that it could not be must not make what
 * was done look like a failure.
 */
export async function refreshIndex(workspace: Workspace, effects: Effects): Promise<void> {
  try {
    await writeIndex(workspace);
  } catch (error) {
    if (!(error instanceof CurationError)) throw error;
    effects.warn(`The index of releases could not be written: ${error.message} Run: colophon release page --index`);
  }
}

function toIndexEntry(entry: LogEntry, amendment: AmendmentDocument | null): IndexEntry {
  const { version, sequence, date, counts } = entry.document;
  const found = releaseStatus(entry);
  const withdrawn_since = withdrawalsOf(amendment, version).length;
  const amended = found === 'published' && (withdrawn_since > 0 || existsSync(join(entry.folder, RELEASE_FILES.notice)));
  const has_page = found === 'published' && existsSync(join(entry.folder, RELEASE_FILES.page));
  return { version, sequence, date, digest: entry.digest, counts, withdrawn_since, status: amended ? 'amended' : found, has_page };
}
