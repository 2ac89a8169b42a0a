import { join } from 'node:path';
import { CurationError } from '../errors.js';
import { sha256Hex } from '../fixity/digest.js';
import { readRegularFile, UnreadableFileError } from '../fixity/file.js';
import type { LogEntry } from '../release/release-log.js';
import { textJob, type ExportJob } from './export-target.js';
import { ReleaseFiles } from './release-files.js';

/** The documents that describe a release to other systems. */
export type DocumentName = 'croissant' | 'datacite' | 'datapackage' | 'ro-crate';

const PATHS: Readonly<Record<DocumentName, string>> = {
  croissant: 'data/croissant.json',
  datacite: 'data/datacite.json',
  datapackage: 'data/datapackage.json',
  'ro-crate': 'data/ro-crate-metadata.json',
};

const MAX_DOCUMENT_BYTES = 256 << 20;

/**
 * A document of a release, after its bytes were found to be those that were published. DataCite's record also tells what came after:
 * the version that followed, which the release itself could not know.
 * @param log releases of the workspace, oldest first; empty when the release is from elsewhere
 * @throws {CurationError} RELEASE_INVALID when it was changed, EXPORT_IMPOSSIBLE when the release has none
 */
export function exportDocuments(name: DocumentName, entry: LogEntry, log: readonly LogEntry[]): { text: string; job: ExportJob; notes: string[] } {
  const published = readDocument(name, entry);
  const text = name === 'datacite' ? relateNext(published, entry, log) : published;
  const file = PATHS[name].slice('data/'.length);
  const job = textJob(file, async (sink) => {
    sink.add(text);
    return 1;
  });
  const notes = name === 'datacite' && text !== published ? ['The record also names the version that followed, which the one in the release could not know.'] : [];
  return { text, job, notes };
}

function readDocument(name: DocumentName, entry: LogEntry): string {
  const release = new ReleaseFiles(entry);
  const path = PATHS[name];
  let digest: string | null = null;
  for (const file of release.payload()) if (file.path === path) digest = file.sha256;
  if (digest === null)
    throw new CurationError('EXPORT_IMPOSSIBLE', `The release ${entry.document.version} has no ${path}: an older Colophon wrote it.`, { suggestions: ['Releases that are cut from now on have it.'] });
  try {
    const bytes = readRegularFile(join(release.folder, path), MAX_DOCUMENT_BYTES);
    if (sha256Hex(bytes) !== digest) throw release.changed({ path, sha256: digest }, sha256Hex(bytes));
    return bytes.toString('utf8');
  } catch (error) {
    if (error instanceof UnreadableFileError) throw release.unreadable(path, error);
    throw error;
  }
}

/** Adds IsPreviousVersionOf, by the page of the version that followed; without a page there is nothing to point at. */
function relateNext(text: string, entry: LogEntry, log: readonly LogEntry[]): string {
  const next = log.find(({ document }) => document.previous?.digest === entry.digest);
  const record = JSON.parse(text) as { url?: unknown; relatedIdentifiers?: unknown };
  const { version } = entry.document;
  if (next === undefined || typeof record.url !== 'string' || !record.url.endsWith(`/${version}`) || !Array.isArray(record.relatedIdentifiers)) return text;
  const page = record.url.slice(0, -version.length) + next.document.version;
  const relation = { relatedIdentifier: page, relatedIdentifierType: 'URL', relationType: 'IsPreviousVersionOf', resourceTypeGeneral: 'Dataset' };
  return `${JSON.stringify({ ...record, relatedIdentifiers: [...(record.relatedIdentifiers as unknown[]), relation] }, null, 2)}\n`;
}
