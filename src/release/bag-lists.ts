import { join } from 'node:path';
import type { Catalog } from '../catalog/catalog.js';
import { formatFetchLine, formatManifestLine, formatSizeLine } from '../fixity/manifest.js';
import { compareBytewise } from '../fixity/order.js';
import { RELEASE_FILES } from '../model/release.js';
import { ListWriter } from './list-writer.js';
import type { PayloadFile } from './payload.js';

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

/**
 * Writes manifest-sha256.txt, payload-sizes.txt and, given a base URL, fetch.txt: one line a payload file, in the bytewise
 * order of the paths. Images are streamed from the candidate and handed to `place`, chunk by chunk, before they are listed.
 */
export async function writeLists(
  catalog: Catalog,
  folder: string,
  files: readonly ListedFile[],
  fetchBase: string | null,
  place: (images: PayloadFile[]) => Promise<void>,
): Promise<ListTotals> {
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
    const images = catalog.stream<PayloadFile>('SELECT path, size_bytes, sha256, source, source_path, mtime_ns FROM candidate_instance ORDER BY path');
    for await (const chunk of images) {
      await place(chunk);
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
