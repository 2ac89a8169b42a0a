import { quoteLiteral } from '../catalog/catalog.js';
import { hiddenParts } from '../model/hidden-parts.js';
import { publishedSplits, type ExpandedSplit } from '../model/split-repeats.js';
import type { SplitSource } from '../release/candidate-splits.js';
import { ALGORITHM } from '../splits/algorithm.js';
import { readDrawLog } from '../splits/draw-log.js';
import { readDescription } from '../splits/history.js';
import type { CaseContext } from './case-rules.js';
import { readSeedRecord, secretSeed } from './seed-record.js';
import type { Session } from './session.js';
import { splitOptions } from './split.js';

/**
 * The splits that a release publishes, each with its seed and what its last draw was made from. A split that was drawn over
 * hidden cases says neither: with the seed the draw can be made again, and digests and counts of what it was made from can be
 * guessed. One that was drawn over other cases that are not released does not say what it was drawn from.
 * @throws {CurationError} SPLIT_RECORD_TAMPERED when the file beside a record cannot be understood
 */
export async function publishedSplitSources(session: Session, context: CaseContext): Promise<SplitSource[]> {
  const { workspace, catalog } = session;
  const sources: SplitSource[] = [];
  for (const split of publishedSplits(workspace.config)) {
    const { config, recordPath, secretSeed: secret } = splitOptions(workspace, context, split.name);
    const overHidden = await isDrawnOverHidden(session, split);
    // what was revealed is public, whatever it tells
    const isTold = secretSeed(config) === null ? !overHidden : readSeedRecord(workspace.paths, split.base)?.revealed === true;
    const source = { name: split.name, algorithm: ALGORITHM, seed: isTold ? (secret ?? String(config.seed)) : null };
    if (overHidden || (await isDrawnOver(session, split.name, "SELECT case_id FROM case_ WHERE status = 'withheld'"))) sources.push(source);
    else sources.push({ ...source, ...(await lastDraw(catalog, split.name, recordPath)) });
  }
  return sources;
}

/** Whether a split hides a part itself, or places cases that another one hides. */
async function isDrawnOverHidden(session: Session, { name, base }: ExpandedSplit): Promise<boolean> {
  for (const { split, part } of hiddenParts(session.workspace.config)) {
    if (split === base) return true;
    if (await isDrawnOver(session, name, `SELECT case_id FROM assignments WHERE split = ${quoteLiteral(split)} AND part = ${quoteLiteral(part)}`)) return true;
  }
  return false;
}

/** Whether a split places, or was drawn from, any of some cases. @param cases SQL of their ids */
async function isDrawnOver({ catalog }: Session, name: string, cases: string): Promise<boolean> {
  const [row] = await catalog.all<{ drawn: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM (SELECT case_id FROM assignment WHERE split = $name UNION ALL SELECT case_id FROM split_member WHERE split = $name) WHERE case_id IN (${cases})) AS drawn`,
    { name },
  );
  return row?.drawn === true;
}

async function lastDraw(catalog: Session['catalog'], name: string, recordPath: string): Promise<Partial<SplitSource>> {
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
