import { basename, resolve } from 'node:path';
import type { Catalog } from '../catalog/catalog.js';
import { ManifestLoad } from '../catalog/manifest-load.js';
import { replaceManifestDefects, type ManifestDefect } from '../catalog/source-state.js';
import { CurationError } from '../errors.js';
import { UnreadableFileError } from '../fixity/file.js';
import type { EntrySink, ManifestLog } from '../manifests/entry-sink.js';
import { readGen3Manifest } from '../manifests/read-gen3.js';
import { readS5cmdManifest } from '../manifests/s5cmd-commands.js';
import { readTciaManifest } from '../manifests/tcia-manifest.js';
import type { ManifestSourceConfig } from '../model/source-config.js';
import { placeEntry } from './manifest-entry.js';

/** Defects that are kept; all are counted. */
const MAX_DEFECTS = 1000;

/** What reading the manifest of a source gave; its entries are in the catalog until `load.drop`. */
export interface ManifestReading {
  load: ManifestLoad;
  /** Entries, those that are there twice too. */
  entries: number;
  /** Distinct files or series. */
  items: number;
  /** Whether some entry says an md5. */
  claims_md5: boolean;
  defect_count: number;
  defects: ManifestDefect[];
  notes: string[];
}

/**
 * Reads the manifest of a source into the catalog. What is wrong with its lines becomes findings of the gate.
 * @throws {CurationError} SOURCE_MISSING, SOURCE_UNREADABLE, MANIFEST_INVALID
 */
export async function readManifest(catalog: Catalog, root: string, source: ManifestSourceConfig): Promise<ManifestReading> {
  const path = resolve(root, source.path);
  const load = await ManifestLoad.begin(catalog);
  const log = new DefectLog();
  const sink = new LoadSink(load, source);
  try {
    readEntries(path, source, sink, log);
    requireEntries(path, source, sink, log);
  } catch (error) {
    load.abandon();
    await load.drop();
    throw error instanceof UnreadableFileError ? unreadableManifest(path, source, error) : error;
  }
  const items = await load.finish();
  await replaceManifestDefects(catalog, source.name, basename(path), log.defects);
  const { total: defect_count, defects, notes } = log;
  const { entries, bundles, weak, claims_md5 } = sink;
  if (bundles > 0) notes.push(`${bundles} of its entries ${bundles === 1 ? 'is a bundle' : 'are bundles'} and no file; what is in them counts where it is listed itself.`);
  if (weak > 0) notes.push(`${weak} of its entries ${weak === 1 ? 'claims' : 'claim'} sha1 or sha512 alone, which are not computed: ${weak === 1 ? 'it is' : 'they are'} not held against the bytes.`);
  return { load, entries, items, claims_md5, defect_count, defects, notes };
}

function readEntries(path: string, { kind }: ManifestSourceConfig, sink: EntrySink, log: ManifestLog): void {
  if (kind === 'gen3-manifest') readGen3Manifest(path, sink, log);
  else if (kind === 'idc-manifest') readS5cmdManifest(path, sink, log);
  else readTciaManifest(path, sink, log);
}

function requireEntries(path: string, source: ManifestSourceConfig, { entries, named }: LoadSink, { defects: [first] }: DefectLog): void {
  if (named > 0) return;
  if (entries > 0)
    throw new CurationError('MANIFEST_INVALID', `The manifest of the source ${source.name} names no file by a name that could be looked for: ${path}`, {
      expected: source.kind === 'gen3-manifest' ? 'entries with file_name, or with a GUID as object_id' : 'safe relative paths',
      found: `${entries} ${entries === 1 ? 'entry' : 'entries'} without one`,
      suggestions: source.kind === 'gen3-manifest' ? ['Download the file manifest from the portal anew.'] : [],
    });
  throw new CurationError('MANIFEST_INVALID', `Nothing in the manifest of the source ${source.name} can be read as an entry: ${path}${first === undefined ? '' : `:${first.line}: ${first.message}`}`, {
    expected: first?.expected ?? 'at least one entry',
    ...(first?.found === undefined ? {} : { found: first.found }),
    suggestions: ['Download the manifest again from where it was made.'],
  });
}

function unreadableManifest(path: string, { name }: ManifestSourceConfig, cause: UnreadableFileError): CurationError {
  if (cause.defect !== 'missing') return new CurationError('SOURCE_UNREADABLE', `The manifest of the source ${name} cannot be read: ${cause.message}`, { cause });
  return new CurationError('SOURCE_MISSING', `The manifest of the source ${name} is not there: ${path}`, { cause, suggestions: [`Correct the path of the source ${name} in colophon.yaml.`] });
}

/** Hands entries on to the catalog. */
class LoadSink implements EntrySink {
  entries = 0;
  /** Entries that can be looked for. */
  named = 0;
  bundles = 0;
  /** Entries with a digest that is not computed, and no other. */
  weak = 0;
  claims_md5 = false;

  constructor(
    readonly load: ManifestLoad,
    readonly source: ManifestSourceConfig,
  ) {}

  add(entry: Parameters<EntrySink['add']>[0]): void {
    const { md5, sha1, sha256, sha512 } = entry;
    const placed = placeEntry(entry, this.source);
    this.entries += 1;
    if (placed.unusable === null) this.named += 1;
    if (md5 === null && sha256 === null && (sha1 !== null || sha512 !== null)) this.weak += 1;
    this.claims_md5 ||= md5 !== null;
    this.load.add(placed);
  }

  addBundle(): void {
    this.bundles += 1;
  }
}

class DefectLog implements ManifestLog {
  readonly notes: string[] = [];
  readonly defects: ManifestDefect[] = [];
  total = 0;

  defect(line: number, message: string, { expected, found }: { expected?: string; found?: string } = {}): void {
    this.total += 1;
    if (this.defects.length < MAX_DEFECTS) this.defects.push({ line, message, ...(expected === undefined ? {} : { expected }), ...(found === undefined ? {} : { found: found.slice(0, 200) }) });
  }
}
