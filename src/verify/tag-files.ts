import { FileDigester, sha256Hex } from '../fixity/digest.js';
import { UnreadableFileError, describeDefect, readRegularFile } from '../fixity/file.js';
import { readLateRegion } from '../fixity/late-region.js';
import { RELEASE_FILES, type ReleaseDocument } from '../model/release.js';
import type { ProblemKind } from '../model/verification.js';
import type { Inspection } from './inspection.js';

/** Root files a release cannot be without. */
const REQUIRED: string[] = [
  RELEASE_FILES.bagit,
  RELEASE_FILES.bagInfo,
  RELEASE_FILES.manifest,
  RELEASE_FILES.tagManifest,
  RELEASE_FILES.sizes,
  RELEASE_FILES.release,
];

/** Root files that no manifest lists: the tag manifest itself, and what may come after publication. */
const UNLISTED = new Set<string>([RELEASE_FILES.tagManifest, RELEASE_FILES.signature, RELEASE_FILES.minisig, RELEASE_FILES.keys, RELEASE_FILES.notice]);

/** Root files that say what the release is; a change in them is tampering with the lists, not damage to content. */
const LISTS = new Set<string>([...REQUIRED, RELEASE_FILES.fetch]);

/** Where release.json holds the digest of a root file. */
const ANCHORED: Record<string, keyof ReleaseDocument['digests']> = {
  [RELEASE_FILES.manifest]: 'manifest',
  [RELEASE_FILES.bagit]: 'bagit',
  [RELEASE_FILES.bagInfo]: 'bag_info',
  [RELEASE_FILES.fetch]: 'fetch',
  [RELEASE_FILES.sizes]: 'sizes',
  [RELEASE_FILES.changes]: 'changes',
  [RELEASE_FILES.page]: 'page',
};

/** A bag may have more manifests, of digests that its reader does not know (RFC 8493 2.4); a release has these two. */
const OTHER_MANIFEST = /^(?:tag)?manifest-(?!sha256\.txt$).*\.txt$/;

/** Longest page that is read, in bytes; it is read as a whole. */
const MAX_PAGE_BYTES = 64 << 20;

/**
 * Reads one root file by `read` and keeps its digest; a file that cannot be read is a problem, unless it is only absent
 * (`checkTagFiles` decides about that). True when it was read.
 */
export function readTagFile(inspection: Inspection, name: string, read: (path: string) => { size_bytes: number; sha256: string }): boolean {
  try {
    const { size_bytes, sha256 } = read(inspection.resolve(name));
    inspection.tagDigests.set(name, sha256);
    inspection.files += 1;
    inspection.bytes += size_bytes;
    return true;
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    if (error.defect !== 'missing') {
      const kind = error.defect === 'link' || error.defect === 'special' ? error.defect : 'unreadable';
      inspection.unusable.add(name);
      inspection.report(kind, name, `A file of the release is ${describeDefect(error.defect)}.`, error.systemCode === null ? {} : { found: error.systemCode });
    }
    return false;
  }
}

/** Compares every root file with the two that vouch for it: the tag manifest and, for the lists, release.json. */
export function checkTagFiles(inspection: Inspection): void {
  const digester = new FileDigester();
  const names = new Set([...REQUIRED, ...(inspection.tagLines?.keys() ?? []), ...Object.values(RELEASE_FILES)]);
  for (const name of names) {
    if (!inspection.tagDigests.has(name) && !inspection.unusable.has(name)) {
      readTagFile(inspection, name, (path) => (name === RELEASE_FILES.page && anchorOf(inspection, name) !== undefined ? readPage(inspection, path) : digester.digestFile(path)));
    }
    if (OTHER_MANIFEST.test(name) && inspection.tagDigests.has(name)) reportOtherManifest(inspection, name);
    if (UNLISTED.has(name)) continue;
    if (inspection.tagDigests.has(name)) checkTagFile(inspection, name);
    else reportAbsent(inspection, name);
  }
  if (inspection.tagLines === null && !inspection.unusable.has(RELEASE_FILES.tagManifest)) {
    inspection.report('missing', RELEASE_FILES.tagManifest, 'The list that vouches for release.json, index.html and the other files beside data/ is gone.');
  }
}

/** Reads a page that release.json pins: what is compared is the page without the release digest in it (DOC-8). */
function readPage(inspection: Inspection, path: string): { size_bytes: number; sha256: string } {
  const bytes = readRegularFile(path, MAX_PAGE_BYTES);
  inspection.page = readLateRegion(bytes);
  return { size_bytes: bytes.length, sha256: sha256Hex(bytes) };
}

function reportOtherManifest(inspection: Inspection, name: string): void {
  inspection.report('manifest-malformed', name, `A release has no other manifest than ${RELEASE_FILES.manifest}: what this one lists was not compared.`);
}

function reportAbsent(inspection: Inspection, name: string): void {
  if (inspection.unusable.has(name)) return;
  const listed = inspection.tagLines?.has(name) === true;
  const anchored = anchorOf(inspection, name) !== undefined;
  if (!listed && !anchored && !REQUIRED.includes(name)) return;
  const why = listed ? `${RELEASE_FILES.tagManifest} lists it` : anchored ? `${RELEASE_FILES.release} gives its digest` : 'no release is without it';
  inspection.report('missing', name, `It is not there, but ${why}.`);
}

function checkTagFile(inspection: Inspection, name: string): void {
  const found = inspection.tagDigests.get(name);
  const listed = inspection.tagLines?.get(name);
  const anchor = anchorOf(inspection, name);
  const isAnchored = fitsAnchor(inspection, name);
  if (inspection.tagLines !== null && listed === undefined) return reportUnlisted(inspection, name, isAnchored);
  const matchesList = listed === undefined || listed === found;
  if (anchor !== undefined && !isAnchored) {
    const message = matchesList ? 'It is not the file that release.json describes.' : 'Neither release.json nor the tag manifest vouches for these bytes.';
    inspection.report(kindOf(name), name, describePage(inspection, name) ?? message, { expected: anchor, found: foundFor(inspection, name) ?? found });
  } else if (!matchesList && anchor === undefined) {
    inspection.report(kindOf(name), name, `Its bytes, or its line in ${RELEASE_FILES.tagManifest}, were changed.`, { expected: listed, found });
  } else if (!matchesList) {
    inspection.report('manifest-tampered', RELEASE_FILES.tagManifest, `Its line for ${name} was changed: the file is as release.json describes it.`, {
      expected: found,
      found: listed,
    });
  }
}

function reportUnlisted(inspection: Inspection, name: string, anchored: boolean): void {
  if (REQUIRED.includes(name) || anchored) {
    inspection.report('manifest-tampered', RELEASE_FILES.tagManifest, `Its line for ${name} is gone.`);
  } else {
    inspection.report('extra', name, `${RELEASE_FILES.tagManifest} does not list it: nothing vouches for its bytes.`);
  }
}

function anchorOf(inspection: Inspection, name: string): string | undefined {
  const key = ANCHORED[name];
  return key === undefined ? undefined : inspection.document?.digests[key];
}

/** Whether release.json vouches for a file as it is; for a page, also that it shows the digest of this very release. */
function fitsAnchor(inspection: Inspection, name: string): boolean {
  const anchor = anchorOf(inspection, name);
  const { page, digest } = inspection;
  if (name === RELEASE_FILES.page) return page !== null && page.digest !== null && page.digest === digest && page.fixed_sha256 === anchor;
  return anchor !== undefined && anchor === inspection.tagDigests.get(name);
}

function foundFor(inspection: Inspection, name: string): string | undefined {
  return name === RELEASE_FILES.page ? inspection.page?.fixed_sha256 : undefined;
}

/** What is wrong with a page that release.json does not vouch for: null for other files, and for other bytes. */
function describePage({ page, digest }: Inspection, name: string): string | null {
  if (name !== RELEASE_FILES.page || page === null) return null;
  if (page.digest === null) return 'The place of the release digest in it holds something else: it is not the page that was published. Do not open it.';
  return page.digest === digest ? 'It is not the page that release.json describes. Do not open it.' : `It shows another release digest than that of this release: sha256:${page.digest}.`;
}

/** True when one of the two that can vouch for a root file does, and neither objects. */
export function isVouchedFor(inspection: Inspection, name: string): boolean {
  const found = inspection.tagDigests.get(name);
  const vouchers = [inspection.tagLines?.get(name), anchorOf(inspection, name)].filter((digest) => digest !== undefined);
  return vouchers.length > 0 && vouchers.every((digest) => digest === found);
}

function kindOf(name: string): ProblemKind {
  return LISTS.has(name) ? 'manifest-tampered' : 'corrupt';
}
