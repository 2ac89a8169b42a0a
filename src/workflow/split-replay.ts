import { Catalog } from '../catalog/catalog.js';
import { CurationError } from '../errors.js';
import type { ReleaseDocument } from '../model/release.js';
import type { PublishedDraw } from '../model/split-draw.js';
import type { ReplayReport } from '../model/split-replay.js';
import { findPublishedSplit, openRelease } from '../release/open-release.js';
import type { ReleasePaths } from '../release/release-log.js';
import { layOutRelease, readPlaces } from '../release/replay-tables.js';
import { releaseSide } from '../release/diff/side.js';
import { replayDraw } from '../splits/record/replay.js';

/** Differences that a report lists; all are counted. */
const MAX_LISTED = 1000;

/**
 * Makes the last draw of a split of a release again, from the tables of the release alone, and compares.
 * @param named the folder of a release, or a version of the workspace
 * @param paths of the workspace; null outside one
 * @throws {CurationError} RELEASE_NOT_FOUND, NOT_A_RELEASE, RELEASE_INVALID, SPLIT_UNKNOWN, SPLIT_NOT_REPLAYABLE
 */
export async function replaySplit(name: string, named: string, paths: ReleasePaths | null): Promise<ReplayReport> {
  const entry = await openRelease(named, paths);
  const { document, digest, folder } = entry;
  const split = findPublishedSplit(document, name);
  const { draw, seed } = requireDraw(split, name);
  const catalog = await Catalog.open(':memory:', { bare: true, folders: [folder] });
  try {
    const side = await releaseSide(catalog, entry);
    const places = (await readPlaces(catalog, side, name)).filter(({ batch }) => batch === null || batch <= draw.batch);
    await layOutRelease(catalog, side, places.map(({ case_id }) => case_id));
    const { cases, given, differences, input } = await replayDraw(catalog, { name, seed, draw, places });
    return {
      split: name,
      release: { dataset: document.dataset.id, version: document.version, digest: `sha256:${digest}` },
      algorithm: draw.algorithm,
      effort: draw.effort,
      seed,
      identical: differences.length === 0 && input.length === 0,
      cases,
      given,
      drawn: places.filter(({ part }) => part !== null).length - given,
      total_differences: differences.length,
      differences: differences.slice(0, MAX_LISTED),
      input,
      notes: listNotes(draw, given),
    };
  } finally {
    catalog.close();
  }
}

function requireDraw({ draw, seed }: ReleaseDocument['splits'][number], name: string): { draw: PublishedDraw; seed: string } {
  if (draw !== undefined && seed !== null) return { draw, seed };
  throw new CurationError('SPLIT_NOT_REPLAYABLE', `The release does not say what ${name} was drawn from.`, {
    suggestions: [
      'Nothing is told of draws while a part is hidden or a seed is secret: once they are revealed, see colophon split reveal.',
      'Nor of one whose draw had cases that the release keeps back or that were withdrawn since: replay the release before.',
      'Nor does one that was frozen before draws were described, or whose history was imported.',
    ],
  });
}

function listNotes(draw: PublishedDraw, given: number): string[] {
  const notes: string[] = [];
  if (given > 0) notes.push(`${given} cases were placed by earlier draws, or came from a list: they are taken as they are. Replay the releases before for theirs.`);
  if (draw.departed) notes.push('Frozen cases that had been withdrawn before the draw are not published: cases that were linked to them alone followed them, and may be drawn elsewhere now.');
  return notes;
}
