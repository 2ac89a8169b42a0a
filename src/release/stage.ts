import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { quoteLiteral, type Catalog } from '../catalog/catalog.js';
import { exportParquet } from '../catalog/parquet.js';
import type { Effects } from '../effects.js';
import { CurationError, wrapSystemError } from '../errors.js';
import { fsyncFolder, writeFileAtomic } from '../fixity/atomic-file.js';
import { canonicalJson } from '../fixity/canonical-json.js';
import { FileDigester, sha256Hex } from '../fixity/digest.js';
import { fillLateRegion } from '../fixity/late-region.js';
import { formatManifestLine } from '../fixity/manifest.js';
import { compareBytewise } from '../fixity/order.js';
import { COMMITMENT_FOLDER } from '../model/commitment.js';
import type { DataDictionary } from '../model/dictionary.js';
import { RELEASE_FILES, type ReleaseDocument } from '../model/release.js';
import { writeLists, type ListedFile, type ListTotals } from './bag-lists.js';
import { BAG_DECLARATION, formatBagInfo } from './bag-text.js';
import type { DocumentResource, OtherResources, TableResource } from './standards/datapackage.js';
import { holdKeys } from './standards/held-keys.js';
import { flushFiles, PayloadWriter, type PayloadFile, type PayloadMode } from './payload.js';
import { arrowPath, tablePath, type ReleaseTable } from './release-table.js';
import { exportColumns, tableMetadata } from './standards/table-metadata.js';
import { assertSpace } from './staging.js';

/** release.json before the files that it vouches for are written. */
export type ReleaseDraft = Omit<ReleaseDocument, 'digests'> & { digests: Pick<ReleaseDocument['digests'], 'content' | 'content_md5'> };

/** Renders index.html, its late region empty, from the draft and from what is in the folder: all but the files beside data/. */
export type RenderPage = (folder: string, draft: ReleaseDraft) => Promise<string>;

/** What a release is written from, besides the `candidate_*` tables. */
export interface StageInput {
  draft: ReleaseDraft;
  /** In the order in which they are written. */
  tables: readonly ReleaseTable[];
  payload: PayloadMode;
  /** Whether every table is written as an Arrow file too. */
  arrow: boolean;
  /** Where the files of this release can be fetched, ending in `/`; null unless `payload` is `none`. */
  fetchBase: string | null;
  /** Absolute folder of each source. */
  roots: ReadonlyMap<string, string>;
  /** Runs `work` over images, some at a time, while their files are in the folders of their sources; absent when they always are. */
  during?: ((images: readonly PayloadFile[], work: (some: readonly PayloadFile[]) => Promise<void>) => Promise<void>) | undefined;
  /** Sources whose files are not on this machine. */
  elsewhere?: ReadonlySet<string> | undefined;
  creators: readonly string[];
  /** data/gate.json: what judged this release; null for none. */
  gate: string | null;
  /** data/dictionary.json, which also says of every column what the other records repeat. */
  dictionary: DataDictionary;
  /** data/dictionary.md */
  dictionaryText: string;
  /** Files with the row commitments of hidden parts. */
  commitments: readonly { path: string; text: string }[];
  /** data/datapackage.json, from the tables and commitments as they were written. */
  datapackage(tables: readonly TableResource[], others: OtherResources): string;
  /** More documents of data/, from the tables as they were written: path and text of each. */
  records(tables: readonly TableResource[]): readonly (readonly [path: string, text: string])[];
  /** data/ro-crate-metadata.json, from the tables and all other files of data/ but the images. */
  crate(tables: readonly TableResource[], files: readonly ListedFile[]): string;
  /** CHANGES.md */
  changes: string;
  /** index.html; none when absent. */
  page?: RenderPage | undefined;
  signal?: AbortSignal | undefined;
}

/** A release that is whole and durable, though not yet published. */
export interface StagedRelease {
  folder: string;
  document: ReleaseDocument;
  /** The bytes of release.json. */
  bytes: string;
}

/** Bytes that lists and tables need at most for each image, besides the image itself. */
const LISTED_BYTES = 1024;

/** Images that are placed between two looks at the signal. */
const PLACED_AT_ONCE = 256;

/**
 * Writes a release into an empty folder: tables, images, lists, tag files, release.json; every file and folder is durable.
 * The only writer of releases.
 * @throws {CurationError} DISK_FULL, IO_FAILED, RELEASE_INVALID, INTERRUPTED; what was written is left for the caller to remove
 */
export async function stageRelease(catalog: Catalog, folder: string, input: StageInput, effects: Effects): Promise<StagedRelease> {
  const { counts } = input.draft;
  assertSpace(folder, (input.payload === 'copy' ? counts.bytes : 0) + counts.instances * LISTED_BYTES);
  makeFolder(dirname(tablePath(folder, 'any')));
  const tables = await writeTables(catalog, folder, input);
  if (input.commitments.length > 0) makeFolder(join(folder, COMMITMENT_FOLDER));
  const commitments = input.commitments.map(({ path, text }) => writeText(folder, path, text));
  const dictionaries = writeDictionaries(folder, input);
  const payload = [
    ...commitments,
    ...tables.flatMap(listTable),
    ...dictionaries,
    ...(input.gate === null ? [] : [writeText(folder, 'data/gate.json', input.gate)]),
    writeText(folder, 'data/datapackage.json', input.datapackage(tables, { commitments, documents: dictionaries })),
    ...input.records(tables).map(([path, text]) => writeText(folder, path, text)),
  ];
  payload.push(writeText(folder, 'data/ro-crate-metadata.json', input.crate(tables, payload)));
  const folders = new Set<string>();
  const writer = payloadWriter(folder, input, effects);
  const place = (await areAllElsewhere(catalog, input)) ? null : placeImages(writer, input, folders, effects);
  const totals = await writeLists(catalog, { folder, files: payload, fetchBase: input.fetchBase, sorted: `read_parquet(${quoteLiteral(tablePath(folder, 'instances'))})`, place });
  await writer.finish();
  const page = (await input.page?.(folder, input.draft)) ?? null;
  const release = writeTagFiles(folder, input, totals, page);
  flushFolders(folder, [...folders, dirname(tablePath(folder, 'any')), ...commitments.map(({ path }) => dirname(join(folder, path)))]);
  return { folder, ...release };
}

function writeDictionaries(folder: string, { dictionary, dictionaryText }: StageInput): DocumentResource[] {
  const description = 'What every table and column means';
  return [
    { ...writeText(folder, 'data/dictionary.json', `${JSON.stringify(dictionary, null, 2)}\n`), name: 'dictionary', description: `${description}.`, mediatype: 'application/json' },
    { ...writeText(folder, 'data/dictionary.md', dictionaryText), name: 'dictionary-text', description: `${description}, for people.`, mediatype: 'text/markdown' },
  ];
}

async function writeTables(catalog: Catalog, folder: string, { tables, dictionary, draft, arrow, signal }: StageInput): Promise<TableResource[]> {
  const digester = new FileDigester();
  const origin = { format: draft.format, dataset: draft.dataset, version: draft.version, content: draft.digests.content };
  const written: TableResource[] = [];
  for (const table of tables) {
    throwIfAborted(signal);
    const { name, description, query, orderBy, unique } = table;
    const columns = dictionary.tables.find(({ resource }) => resource === name)?.columns ?? [];
    const [path, beside] = [tablePath(folder, name), arrow ? arrowPath(folder, name) : null];
    const { rows } = await exportParquet(catalog, { query, orderBy, unique, path, metadata: tableMetadata(origin, table, columns), columns: exportColumns(columns), arrowPath: beside });
    const [{ size_bytes, sha256 }, second] = [digester.digestFile(path), beside === null ? null : digester.digestFile(beside)];
    const described = columns.map((about) => ({ name: about.column, sqlType: about.sql_type, about }));
    written.push({ name, description, size_bytes, sha256, rows, columns: described, arrow: second === null ? null : { size_bytes: second.size_bytes, sha256: second.sha256 } });
  }
  await flushFiles(written.flatMap(listTable).map(({ path }) => join(folder, path)));
  return holdKeys(catalog, tables, written);
}

/** The files of a table. */
function listTable({ name, size_bytes, sha256, arrow }: TableResource): ListedFile[] {
  return [{ path: tablePath('', name), size_bytes, sha256 }, ...(arrow === null ? [] : [{ path: arrowPath('', name), ...arrow }])];
}

function payloadWriter(folder: string, { draft, payload, roots, elsewhere }: StageInput, effects: Effects): PayloadWriter {
  if (payload === 'hardlink')
    effects.warn('The images of this release are the source files themselves, read-only from now on. Whoever writes into one changes the release, and verify will say so.');
  const notes = {
    onCopied(code: string) {
      assertSpace(folder, draft.counts.bytes);
      effects.warn(`The file system of the releases cannot share blocks with the sources (${code}): the images are copied.`);
    },
    onWritable: (path: string) => effects.warn(`Some linked source files belong to somebody else and stay writable, the first: ${path}`),
  };
  return new PayloadWriter(folder, payload, roots, notes, elsewhere);
}

/** Whether the release carries no image and there is none on this machine to look at. */
async function areAllElsewhere(catalog: Catalog, { payload, elsewhere = new Set() }: StageInput): Promise<boolean> {
  if (payload !== 'none' || elsewhere.size === 0) return false;
  const here = await catalog.all('SELECT 1 FROM candidate_instance WHERE source NOT IN (SELECT unnest(?::VARCHAR[])) LIMIT 1', [[...elsewhere]]);
  return here.length === 0;
}

function placeImages(writer: PayloadWriter, { draft, payload, during, signal }: StageInput, folders: Set<string>, effects: Effects): (images: PayloadFile[]) => Promise<void> {
  const stage = payload === 'none' ? 'looking at images' : 'copying images';
  const done = { files: 0, bytes: 0 };
  return async (images) => {
    for (let at = 0; at < images.length; at += PLACED_AT_ONCE) {
      throwIfAborted(signal);
      const some = images.slice(at, at + PLACED_AT_ONCE);
      if (payload === 'none' || during === undefined) await writer.write(some);
      else await during(some, (here) => writer.write(here));
      for (const { path, size_bytes } of some) {
        if (payload !== 'none') folders.add(dirname(join(writer.staging, path)));
        done.bytes += size_bytes;
      }
      done.files += some.length;
      effects.progress({ stage, ...done, totalFiles: draft.counts.instances, totalBytes: draft.counts.bytes });
    }
  };
}

/** Writes the files beside data/, each before the one that vouches for it. */
function writeTagFiles(folder: string, { draft, creators, changes, fetchBase }: StageInput, totals: ListTotals, page: string | null): { document: ReleaseDocument; bytes: string } {
  const { dataset, version, date, tool } = draft;
  const info = { datasetId: dataset.id, title: dataset.title, creators, version, date, payloadBytes: totals.bytes, payloadFiles: totals.files, tool: `${tool.name} ${tool.version}` };
  const bagit = writeText(folder, RELEASE_FILES.bagit, BAG_DECLARATION);
  const bagInfo = writeText(folder, RELEASE_FILES.bagInfo, formatBagInfo(info));
  const changesFile = writeText(folder, RELEASE_FILES.changes, changes);
  const [manifest, sizes] = [RELEASE_FILES.manifest, RELEASE_FILES.sizes].map((name) => digestFile(folder, name)) as [ListedFile, ListedFile];
  const fetch = fetchBase === null ? null : digestFile(folder, RELEASE_FILES.fetch);
  const digests: ReleaseDocument['digests'] = {
    ...draft.digests,
    manifest: manifest.sha256,
    bagit: bagit.sha256,
    bag_info: bagInfo.sha256,
    sizes: sizes.sha256,
    changes: changesFile.sha256,
    ...(page === null ? {} : { page: sha256Hex(page) }),
    ...(fetch === null ? {} : { fetch: fetch.sha256 }),
  };
  const document: ReleaseDocument = { ...draft, digests };
  const bytes = canonicalJson(document);
  const release = writeText(folder, RELEASE_FILES.release, bytes);
  const pageFile = page === null ? [] : [writeText(folder, RELEASE_FILES.page, fillLateRegion(page, release.sha256))];
  const tagFiles = [bagit, bagInfo, changesFile, manifest, sizes, release, ...pageFile, ...(fetch === null ? [] : [fetch])].sort((a, b) => compareBytewise(a.path, b.path));
  writeText(folder, RELEASE_FILES.tagManifest, tagFiles.map(({ sha256, path }) => formatManifestLine(sha256, path)).join(''));
  return { document, bytes };
}

/** Writes a text, and reads back what was written. */
function writeText(folder: string, path: string, text: string): ListedFile {
  writeFileAtomic(join(folder, path), text);
  return digestFile(folder, path);
}

function digestFile(folder: string, path: string): ListedFile {
  const { size_bytes, sha256 } = new FileDigester().digestFile(join(folder, path));
  return { path, size_bytes, sha256 };
}

/** Makes the entries of every folder durable: those given, and all above them up to the root. */
function flushFolders(root: string, leaves: readonly string[]): void {
  const all = new Set<string>([root]);
  for (const leaf of leaves) for (let folder = leaf; folder.length > root.length; folder = dirname(folder)) all.add(folder);
  for (const folder of all) fsyncFolder(folder);
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw wrapSystemError(error, 'making a folder', path);
  }
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new CurationError('INTERRUPTED', 'Interrupted; nothing was published.');
}
