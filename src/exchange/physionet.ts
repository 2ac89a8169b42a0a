import { join } from 'node:path';
import { CurationError } from '../errors.js';
import { writeFileAtomic } from '../fixity/atomic-file.js';
import { sha256Hex } from '../fixity/digest.js';
import { licenseLink } from '../model/license.js';
import { ListWriter } from '../release/list-writer.js';
import { clearFile, exportFolder, type FolderExport, type FolderOutcome } from './folder-export.js';
import type { ReleaseFiles } from './release-files.js';

const SUMS = 'SHA256SUMS.txt';
const RECORDS = 'RECORDS';
const LICENSE = 'LICENSE.txt';

/** Names that this writes itself; no release of ours has them. */
const RESERVED = new Set([SUMS, RECORDS, LICENSE]);

/**
 * Writes a release as a project of PhysioNet: its payload without the folder data/, LICENSE.txt, RECORDS with the path of every
 * image, and SHA256SUMS.txt with one space between digest and path, as theirs has it; `sha256sum -c` reads it.
 * @throws {CurationError} RELEASE_INVALID, USAGE, DISK_FULL, IO_FAILED, INTERRUPTED
 */
export function exportPhysionet(release: ReleaseFiles, options: FolderExport): Promise<FolderOutcome> {
  return exportFolder(options, async (placer, folder) => {
    const license = licenseText(release);
    const lists = folder === null ? [] : [SUMS, RECORDS].map((name) => newList(join(folder, name)));
    const [sums, records] = lists;
    try {
      sums?.add(`${sha256Hex(license)} ${LICENSE}\n`);
      let recorded = '';
      for (const file of release.payload()) {
        const path = file.path.slice('data/'.length);
        if (RESERVED.has(path)) throw reserved(path);
        if (folder === null) placer.digest(release, file);
        else placer.place(release, file, join(folder, path));
        // A sum of RECORDS has its place in the order of the paths, but RECORDS is known at the end only: it comes last.
        sums?.add(`${file.sha256} ${path}\n`);
        if (path.startsWith('images/')) {
          records?.add(`${path}\n`);
          recorded = path;
        }
        await placer.pause();
      }
      records?.close();
      if (folder === null) return;
      if (recorded === '') clearFile(join(folder, RECORDS));
      else sums?.add(`${placer.digestFile(join(folder, RECORDS))} ${RECORDS}\n`);
      writeFileAtomic(join(folder, LICENSE), license);
      sums?.close();
    } finally {
      for (const list of lists) list.abandon();
    }
  });
}

function reserved(path: string): CurationError {
  return new CurationError('EXPORT_IMPOSSIBLE', `The release has a file data/${path}, a name that means something else to PhysioNet.`);
}

function newList(path: string): ListWriter {
  clearFile(path);
  return new ListWriter(path);
}

/** The licence by its name: its text is at its link, and a publisher puts it in place of this. */
function licenseText({ entry }: ReleaseFiles): string {
  const { title, license } = entry.document.dataset;
  const link = licenseLink(license);
  return `${title.replace(/\s+/g, ' ')}, version ${entry.document.version}\n\nLicence: ${license}\n${link === null ? '' : `${link}\n`}`;
}
