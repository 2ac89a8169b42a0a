import { join } from 'node:path';
import { writeFileAtomic } from '../fixity/atomic-file.js';
import { FileDigester } from '../fixity/digest.js';
import { HashingCopier } from '../fixity/hashing-copier.js';
import { BAG_DECLARATION } from '../release/bag-text.js';
import { ListWriter } from '../release/list-writer.js';
import { clearFile, exportFolder, type FolderExport, type FolderOutcome } from './folder-export.js';
import type { FilePlacer } from './file-placer.js';
import type { ReleaseFiles } from './release-files.js';

/** A manifest for every algorithm that the bag has. */
type Manifests = Map<'sha256' | 'sha512', ListWriter>;

/**
 * Writes the payload of a release as a BagIt 1.0 bag (RFC 8493) with nothing in it that is ours alone, optionally with sha512
 * manifests beside those of sha256. Images that a release does not carry are not in it, so there is no fetch.txt.
 * @throws {CurationError} RELEASE_INVALID, USAGE, DISK_FULL, IO_FAILED, INTERRUPTED
 */
export function exportPlainBag(release: ReleaseFiles, options: FolderExport): Promise<FolderOutcome> {
  return exportFolder(options, async (placer, folder) => {
    const names = options.sha512 ? (['sha256', 'sha512'] as const) : (['sha256'] as const);
    const manifests: Manifests = new Map();
    try {
      for (const name of folder === null ? [] : names) manifests.set(name, newList(join(folder ?? '', `manifest-${name}.txt`)));
      await fillPayload(release, placer, folder, manifests);
      for (const manifest of manifests.values()) manifest.close();
    } finally {
      for (const manifest of manifests.values()) manifest.abandon();
    }
    if (folder !== null) writeTagFiles(release, folder, [...names], placer);
  });
}

function newList(path: string): ListWriter {
  clearFile(path);
  return new ListWriter(path);
}

async function fillPayload(release: ReleaseFiles, placer: FilePlacer, folder: string | null, manifests: Manifests): Promise<void> {
  for (const file of release.payload()) {
    const { sha256, sha512 } = folder === null ? placer.digest(release, file) : placer.place(release, file, join(folder, file.path));
    manifests.get('sha256')?.add(`${sha256}  ${file.path}\n`);
    if (sha512 !== null) manifests.get('sha512')?.add(`${sha512}  ${file.path}\n`);
    await placer.pause();
  }
}

function writeTagFiles({ entry }: ReleaseFiles, folder: string, algorithms: readonly ('sha256' | 'sha512')[], { files, bytes }: FilePlacer): void {
  const { document, digest } = entry;
  const info = [
    `External-Identifier: ${document.dataset.id}/${document.version}`,
    `External-Description: ${document.dataset.title.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()}`,
    `Internal-Sender-Identifier: sha256:${digest}`,
    `Bagging-Date: ${document.date}`,
    `Payload-Oxum: ${bytes}.${files}`,
  ];
  writeFileAtomic(join(folder, 'bagit.txt'), BAG_DECLARATION);
  writeFileAtomic(join(folder, 'bag-info.txt'), `${info.join('\n')}\n`);
  const tagFiles = ['bag-info.txt', 'bagit.txt', ...algorithms.map((name) => `manifest-${name}.txt`)];
  for (const name of algorithms) {
    const lines = tagFiles.map((file) => `${digestOf(join(folder, file), name)}  ${file}\n`);
    writeFileAtomic(join(folder, `tagmanifest-${name}.txt`), lines.join(''));
  }
}

function digestOf(path: string, algorithm: 'sha256' | 'sha512'): string {
  if (algorithm === 'sha256') return new FileDigester().digestFile(path).sha256;
  return new HashingCopier(true).copy(path, null).sha512 ?? '';
}
