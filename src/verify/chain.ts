import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256Hex } from '../fixity/digest.js';
import { readRegularFile, UnreadableFileError } from '../fixity/file.js';
import { DEFAULT_JSON_LIMITS, parseJsonStrict } from '../fixity/json.js';
import { RELEASE_FILES, type ReleaseDocument } from '../model/release.js';
import type { Inspection } from './inspection.js';

/** Compares the release digest with the one the reader was given: the only check that a rewritten release cannot pass. */
export function checkExpectedDigest(inspection: Inspection, expected: string | null): void {
  if (expected === null || inspection.digest === expected) return;
  inspection.report('manifest-tampered', RELEASE_FILES.release, 'This is not the release with the expected digest.', {
    expected: `sha256:${expected}`,
    ...(inspection.digest === null ? {} : { found: `sha256:${inspection.digest}` }),
  });
}

/**
 * Checks the hash chain as far as its links lie beside the release: the previous release, this one's claim in the log, and
 * the claim of the next one, which pins this one.
 */
export function checkChain(inspection: Inspection): void {
  const { document, digest, notChecked } = inspection;
  if (document === null || digest === null) return void notChecked.push('The chain of releases: release.json cannot be used.');
  const beside = new Surroundings(dirname(inspection.root), document.dataset.id);
  checkPrevious(inspection, document, beside);
  const claimed = beside.readLog();
  if (claimed === null) return void notChecked.push('The log of releases: there is none beside this copy.');
  const own = beside.read('log', `${document.sequence}.json`);
  if (own === null) {
    if (claimed.size > 0) inspection.report('chain-broken', `../log/${document.sequence}.json`, `Nothing claims the number of this release, but the log beside it has ${claimed.size} other claims.`);
  } else if (own !== 'foreign' && own.digest !== digest) {
    inspection.report('chain-broken', `../log/${document.sequence}.json`, 'The release that claimed this number is another one.', { expected: own.digest, found: digest });
  }
  checkNext(inspection, document, digest, beside);
}

function checkPrevious(inspection: Inspection, { previous, sequence }: ReleaseDocument, beside: Surroundings): void {
  if (previous === null) return;
  const places: [string, string][] = [
    [previous.version, RELEASE_FILES.release],
    ['log', `${sequence - 1}.json`],
  ];
  let checked = false;
  for (const [folder, name] of places) {
    const found = beside.read(folder, name);
    if (found === null || found === 'foreign') continue;
    checked = true;
    if (found.digest === previous.digest) continue;
    inspection.report('chain-broken', `../${folder}/${name}`, `It is not the release ${previous.version} that this one was built upon.`, {
      expected: previous.digest,
      found: found.digest,
    });
  }
  if (!checked) inspection.notChecked.push(`The previous release, ${previous.version}: it does not lie beside this copy.`);
}

function checkNext(inspection: Inspection, { sequence }: ReleaseDocument, digest: string, beside: Surroundings): void {
  const next = beside.read('log', `${sequence + 1}.json`);
  if (next === null || next === 'foreign' || next.previousDigest === digest) return;
  inspection.report('chain-broken', `../log/${sequence + 1}.json`, 'The next release was built upon another release.json than this one.', {
    ...(next.previousDigest === null ? {} : { expected: next.previousDigest }),
    found: digest,
  });
}

/** A release.json, or its copy in the log, found beside the release. */
interface Neighbour {
  digest: string;
  previousDigest: string | null;
}

/** The folder above the release, which may be a publisher's releases/ or somebody's download folder with other datasets. */
class Surroundings {
  constructor(
    readonly folder: string,
    readonly datasetId: string,
  ) {}

  /** Names of the claims in the log; null when there is no log. */
  readLog(): Set<string> | null {
    try {
      return new Set(readdirSync(join(this.folder, 'log')).filter((name) => /^[1-9][0-9]*\.json$/.test(name)));
    } catch {
      return null;
    }
  }

  /** Null when it is not there; `foreign` when it belongs to another dataset. */
  read(folder: string, name: string): Neighbour | 'foreign' | null {
    let bytes: Buffer;
    try {
      bytes = readRegularFile(join(this.folder, folder, name), DEFAULT_JSON_LIMITS.maxBytes);
    } catch (error) {
      if (error instanceof UnreadableFileError && error.defect === 'missing') return null;
      if (error instanceof UnreadableFileError) return { digest: error.defect, previousDigest: null };
      throw error;
    }
    const reading = parseJsonStrict(bytes);
    const value = reading.ok ? (reading.value as Partial<ReleaseDocument> | null) : null;
    const datasetId: unknown = value?.dataset?.id;
    if (typeof datasetId === 'string' && datasetId !== this.datasetId) return 'foreign';
    return { digest: sha256Hex(bytes), previousDigest: value?.previous?.digest ?? null };
  }
}
