import type { HashFinding, HashItem } from '../hash-task.js';
import type { Inspection } from '../inspection.js';
import type { ArchiveTree } from './archive-tree.js';

/** Answers for the payload of a release in an archive what worker threads answer for a folder: it was hashed when the archive was read. */
export function lookUpFiles(inspection: Inspection, archive: ArchiveTree, items: Iterable<HashItem>, onFinding: (finding: HashFinding) => void): void {
  for (const [path, size, expected] of items) {
    const file = archive.find(path);
    inspection.files += 1;
    if (file === null) onFinding({ path, size: 0, sha256: null, defect: 'missing', code: null });
    else if (size !== undefined && size !== file.size_bytes) onFinding({ path, size: file.size_bytes, sha256: null, defect: 'wrong-size', code: null });
    else {
      inspection.bytes += file.size_bytes;
      if (file.sha256 !== expected) onFinding({ path, size: file.size_bytes, sha256: file.sha256, defect: null, code: null });
    }
  }
}
