import type { Catalog } from '../catalog/catalog.js';
import type { Config } from '../model/config.js';
import type { DrawDescription } from '../model/split-draw.js';
import type { SplitSource } from '../release/candidate/splits.js';
import { readDrawLog } from '../splits/record/draw-log.js';
import { readDescription } from '../splits/record/history.js';
import type { CaseContext } from './case-rules.js';
import type { Session } from './session.js';
import { splitOptions } from './split.js';

/**
 * Adds to the published splits what the last draw of each was made from, where that tells nothing that the release keeps back.
 * Bring the status of the cases up to date first.
 * @throws {CurationError} SPLIT_RECORD_TAMPERED when the file beside a record cannot be understood
 */
export async function describeDraws({ workspace, catalog }: Session, context: CaseContext, sources: readonly SplitSource[]): Promise<SplitSource[]> {
  const described: SplitSource[] = [];
  for (const source of sources) {
    // the options of a split whose secret seed nobody drew yet cannot be had, and its draws are not told anyway
    const options = source.seed === null ? null : splitOptions(workspace, context, source.name);
    const last = options === null || options.config.hidden !== undefined ? {} : await lastDraw(catalog, source.name, options.recordPath);
    const draw = last.draw ?? null;
    const shown = draw !== null && !namesHidden(workspace.config, draw) && (await isReleased(catalog, source.name, draw, last.batches ?? []));
    described.push(shown ? { ...source, ...last } : { ...source, algorithm: draw?.algorithm ?? source.algorithm });
  }
  return described;
}

/** What the last draw of a split was made from, and the batches of its record: of what is not frozen yet, else of the record's last draw. */
export async function lastDraw(catalog: Catalog, name: string, recordPath: string): Promise<Partial<SplitSource>> {
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

/**
 * Whether every case of the draw is in the release. Of cases that are withheld or were withdrawn since, a release tells
 * neither how many there are, nor anything that a guess at their values could be checked with, and digests are that.
 */
async function isReleased(catalog: Catalog, split: string, draw: DrawDescription & { batch: number }, batches: NonNullable<SplitSource['batches']>): Promise<boolean> {
  const current = await readDescription(catalog, split);
  const last = batches.find(({ batch }) => batch === draw.batch)?.last ?? 0;
  const members =
    current?.input_digest === draw.input_digest ? 'SELECT case_id FROM split_member WHERE split = $split' : 'SELECT case_id FROM assignment WHERE split = $split AND sequence <= $last';
  const [row] = await catalog.all<{ n: number }>(
    `SELECT count(DISTINCT m.case_id) AS n FROM (${members}) AS m JOIN case_ AS c ON c.case_id = m.case_id AND c.status = 'accepted'${members.includes('$last') ? '' : ' WHERE $last >= 0'}`,
    { split, last },
  );
  return row?.n === draw.cases;
}

/** Whether the configuration of a draw speaks of a column that is hidden in some cases, by whatever name: to err here is safe. */
function namesHidden({ splits }: Config, { config }: DrawDescription): boolean {
  const hidden = Object.values(splits ?? {}).flatMap((split) => split.hidden?.columns ?? []);
  const text = JSON.stringify(config).toLowerCase();
  return hidden.some((column) => text.includes(column.slice(column.lastIndexOf('.') + 1).toLowerCase()));
}
