import { relative } from 'node:path';
import { FileDigester } from '../fixity/digest.js';
import { UnreadableFileError } from '../fixity/file.js';
import { readLines } from '../fixity/lines.js';
import { parseManifestLine } from '../fixity/manifest.js';
import { maskedCase } from '../model/amendment.js';
import { RELEASE_FILES, type ReleaseDocument, type Tombstone } from '../model/release.js';
import type { AmendmentPlace } from './amendment-places.js';
import { readDocument } from './document.js';
import { Inspection } from './inspection.js';
import { readKeyStatements } from './key-statements.js';
import { peekRelease } from './peek-release.js';
import { recogniseRelease } from './recognise.js';
import { checkSignatures } from './signatures.js';
import type { TableReader } from './table-reader.js';
import { checkTagFiles } from './tag-files.js';
import { readTagManifest } from './tag-manifest.js';
import type { Told } from './told.js';

const TOMBSTONES = 'data/tables/tombstones.parquet';

/** A later release of the dataset, by the little that is read of its release.json before it is checked. */
interface Later extends AmendmentPlace {
  version: string;
  sequence: number;
}

/**
 * What later releases of the dataset say of withdrawn cases by their tombstones. Each release has those of all before it, so of
 * those beside the copy the newest sound one is asked; one that the caller named is asked whatever lies there, and a problem when it
 * cannot be.
 * @returns null when none of the places is a release of this dataset
 */
export async function readLaterReleases(inspection: Inspection, release: ReleaseDocument, places: readonly AmendmentPlace[]): Promise<Told[] | null> {
  const own = places.flatMap((place) => recognise(place, release) ?? []);
  if (own.length === 0) return null;
  const told: Told[] = [];
  for (const later of own.filter(({ named }) => named !== null)) told.push(...((await ask(inspection, release, later)) ?? []));
  for (const later of own.filter(({ named }) => named === null).sort((a, b) => b.sequence - a.sequence)) {
    const answer = await ask(inspection, release, later);
    if (answer === null) continue;
    told.push(...answer);
    break;
  }
  return told;
}

/** Null for what is no release of this dataset that came later and knows of withdrawals. */
function recognise(place: AmendmentPlace, { dataset, sequence }: ReleaseDocument): Later | null {
  const peeked = peekRelease(place.path);
  return peeked === null || peeked.dataset !== dataset.id || peeked.sequence <= sequence ? null : { ...place, version: peeked.version, sequence: peeked.sequence };
}

/** Null, with the reason told, when the release cannot be relied on. */
async function ask(inspection: Inspection, release: ReleaseDocument, { path, shown, named, version, sequence }: Later): Promise<Told[] | null> {
  const refuse = (reason: string): null => {
    const message = `The later release ${version.slice(0, 40)} cannot be asked for withdrawn cases: ${reason}`;
    if (named !== null) inspection.report('amendment-invalid', shown, message);
    else inspection.notChecked.push(message);
    return null;
  };
  const reader = inspection.options.tables;
  if (reader === undefined) return refuse('its tables are read by the command line only.');
  const later = new Inspection(path, inspection.options, inspection.effects);
  recogniseRelease(later);
  readTagManifest(later);
  readDocument(later);
  checkTagFiles(later);
  readKeyStatements(later);
  checkSignatures(later);
  const [problem] = later.problems;
  if (problem !== undefined || later.document === null) return refuse(`${problem?.path ?? RELEASE_FILES.release}: ${problem?.message ?? 'it cannot be used.'}`);
  const { previous } = later.document;
  if (sequence === release.sequence + 1 && previous !== null && previous.digest !== inspection.digest)
    inspection.report('chain-broken', shown, `It was built upon another release ${release.version} than this one.`, { expected: previous.digest, ...(inspection.digest === null ? {} : { found: inspection.digest }) });
  if (later.document.counts.withdrawn === 0) return [];
  const reason = checkTombstones(later);
  return reason === null ? readTold(reader, later, shown) : refuse(reason);
}

/** A sentence when the table is not the one that the manifest lists. */
function checkTombstones(later: Inspection): string | null {
  let listed: string | null = null;
  readLines(later.resolve(RELEASE_FILES.manifest), ({ text }) => {
    const entry = text.endsWith(TOMBSTONES) ? parseManifestLine(text) : null;
    if (entry?.path === TOMBSTONES) listed = entry.digest;
  });
  try {
    const { sha256 } = new FileDigester().digestFile(later.resolve(TOMBSTONES));
    return sha256 === listed ? null : `${TOMBSTONES} is not the file that was published.`;
  } catch (error) {
    if (error instanceof UnreadableFileError) return `${relative(later.root, error.path)} cannot be read.`;
    throw error;
  }
}

async function readTold(reader: TableReader, later: Inspection, source: string): Promise<Told[]> {
  const tombstones = await reader.readTombstones(later.resolve(TOMBSTONES));
  return tombstones.map(({ case_id, ...rest }: Tombstone) => {
    const masked = case_id.startsWith(maskedCase(''));
    return { ...rest, case_id: masked ? null : case_id, name: case_id, digests: masked ? [case_id.slice(maskedCase('').length)] : [], held: false, source };
  });
}
