import { readDrawLog } from '../splits/draw-log.js';
import { readDescription } from '../splits/history.js';
import type { Config, SplitConfig } from '../model/config.js';
import { hiddenParts } from '../model/hidden-parts.js';
import type { SplitSource } from '../release/candidate-splits.js';
import type { CaseContext } from './case-rules.js';
import { publishedSources } from './hidden-release.js';
import type { Session } from './session.js';
import { splitOptions } from './split.js';

/**
 * The splits that a release publishes, each with what its last draw was made from where that tells nothing of cases outside
 * the release: counts and digests of a draw are over all cases that it placed.
 * @throws {CurationError} SPLIT_RECORD_TAMPERED when the file beside a record cannot be understood
 */
export async function publishedSplitSources({ workspace, catalog }: Session, context: CaseContext): Promise<SplitSource[]> {
  const sources: SplitSource[] = [];
  for (const source of publishedSources(workspace)) {
    const { config, recordPath } = splitOptions(workspace, context, source.name);
    const told = source.seed !== null && drawsReleasedCases(workspace.config, config);
    sources.push(told ? { ...source, ...(await lastDraw(catalog, source.name, recordPath)) } : source);
  }
  return sources;
}

/** Whether all cases that a split draws are released: nothing is hidden, and it lies within the part that releases hold. */
function drawsReleasedCases(config: Config, { within = {} }: SplitConfig): boolean {
  if (hiddenParts(config).length > 0) return false;
  return Object.entries(config.release?.within ?? {}).every(([split, part]) => within[split] === part);
}

/** What the last draw of a split was made from, and the batches of its record: of what is not frozen yet, else of the record's last draw. */
export async function lastDraw(catalog: Session['catalog'], name: string, recordPath: string): Promise<Partial<SplitSource>> {
  const [rows] = await catalog.all<{ frozen: number; drawn: number }>(
    'SELECT count(*) FILTER (frozen) AS frozen, count(*) FILTER (NOT frozen) AS drawn FROM assignment WHERE split = ?',
    [name],
  );
  const { frozen = 0, drawn = 0 } = rows ?? {};
  const log = readDrawLog(recordPath, frozen);
  const batches = log.map(({ batch, first, last }) => ({ batch, first, last }));
  if (drawn === 0) {
    const last = log.findLast(({ draw }) => draw !== null);
    const draw = last?.draw ?? null;
    return { batches, ...(draw === null || last === undefined ? {} : { algorithm: draw.algorithm, draw: { ...draw, batch: last.batch } }) };
  }
  const batch = (log.at(-1)?.batch ?? 0) + 1;
  const draw = await readDescription(catalog, name);
  return { batches: [...batches, { batch, first: frozen + 1, last: frozen + drawn }], draw: draw === null ? null : { ...draw, batch } };
}
