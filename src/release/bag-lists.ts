import { join } from 'node:path';
import type { Catalog } from '../catalog/catalog.js';
import { formatFetchLine, formatManifestLine, formatSizeLine } from '../fixity/manifest.js';
import { compareBytewise } from '../fixity/order.js';
import { RELEASE_FILES } from '../model/release.js';
import { ListWriter } from './list-writer.js';
import type { PayloadFile } from './payload.js';
import { arePlain, writePlainLists } from './plain-lists.js';

/** A payload file that is written already. */
export interface ListedFile {
  path: string;
  size_bytes: number;
  sha256: string;
}

/** What the lists say in sum. */
export interface ListTotals {
  files: number;
  bytes: number;
}

/** What the lists are written of. */
export interface ListInput {
  folder: string;
  /** All payload files but the images. */
  files: readonly ListedFile[];
  /** Where the images can be fetched, ending in `/`; null: they are in the folder. */
  fetchBase: string | null;
  /** SQL relation (path, size_bytes, sha256) of the images in the bytewise order of their paths: the table of them that was written. */
  sorted: string;
  /** Brings images into the folder, or looks at them, before they are listed; null: there is nothing to do with them. */
  place: ((images: PayloadFile[]) => Promise<void>) | null;
}

/** In the bytewise order of the paths: DuckDB compares texts so. */
const IMAGES = 'SELECT path, size_bytes, sha256, source, source_path, mtime_ns FROM candidate_instance ORDER BY path';

/**
 * Writes manifest-sha256.txt, payload-sizes.txt and, given a base URL, fetch.txt: one line a payload file, in the bytewise
 * order of the paths. Images are streamed from the candidate and handed to `place`, chunk by chunk, before they are listed;
 * where their paths are plain, DuckDB writes the lines from the table of images, which takes a fifth of the time: nothing is sorted
 * once more.
 */
export async function writeLists(catalog: Catalog, input: ListInput): Promise<ListTotals> {
  const { place, fetchBase } = input;
  if (!(await arePlain(catalog, fetchBase))) return writeAnyLists(catalog, input);
  if (place !== null) for await (const images of catalog.stream<PayloadFile>(IMAGES)) await place(images);
  return writePlainLists(catalog, input);
}

/** Line by line, by the functions that know every rule of these lists. */
async function writeAnyLists(catalog: Catalog, { folder, files, fetchBase, place }: ListInput): Promise<ListTotals> {
  const manifest = new ListWriter(join(folder, RELEASE_FILES.manifest));
  const sizes = new ListWriter(join(folder, RELEASE_FILES.sizes));
  const fetch = fetchBase === null ? null : new ListWriter(join(folder, RELEASE_FILES.fetch));
  const totals = { files: 0, bytes: 0 };
  const list = ({ path, size_bytes, sha256 }: ListedFile): void => {
    manifest.add(formatManifestLine(sha256, path));
    sizes.add(formatSizeLine(size_bytes, path));
    totals.files += 1;
    totals.bytes += size_bytes;
  };
  try {
    const waiting = files.toSorted((a, b) => compareBytewise(a.path, b.path));
    for await (const chunk of catalog.stream<PayloadFile>(IMAGES)) {
      await place?.(chunk);
      for (const image of chunk) {
        while (waiting[0] !== undefined && compareBytewise(waiting[0].path, image.path) < 0) list(waiting.shift() as ListedFile);
        list(image);
        fetch?.add(formatFetchLine({ url: fetchBase + encodePath(image.path), size_bytes: image.size_bytes, path: image.path }));
      }
    }
    for (const file of waiting) list(file);
    for (const list of [manifest, sizes, fetch]) list?.close();
  } finally {
    for (const list of [manifest, sizes, fetch]) list?.abandon();
  }
  return totals;
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
