import type { Catalog } from '../../catalog/catalog.js';
import { change, type InsertChanges } from './change-row.js';
import type { Side } from './side.js';

/** What names an image, from the case down. */
const PATH = ['case_id', 'StudyInstanceUID', 'SeriesInstanceUID', 'SOPInstanceUID'] as const;

/** A level of images: its table, how deep it lies in `PATH`, and the column that says whether anything below differs. */
interface ImageLevel {
  what: 'study' | 'series' | 'instance';
  table: 'studies' | 'series' | 'instances';
  depth: number;
  digest: string;
}

const LEVELS: readonly ImageLevel[] = [
  { what: 'study', table: 'studies', depth: 1, digest: 'digest' },
  { what: 'series', table: 'series', depth: 2, digest: 'digest' },
  { what: 'instance', table: 'instances', depth: 3, digest: 'sha256' },
];

/**
 * Compares studies, then series, then images, and reads at each level only what lies below something that differs above:
 * content digests lead the way down. What has the same UID below another parent has moved; what is below something that was
 * added or removed is told only when it moved. Begins `candidate_told`: cases that something moved out of, or that others were
 * merged into.
 */
export async function diffImages(catalog: Catalog, before: Side, after: Side, insert: InsertChanges): Promise<void> {
  await catalog.run("CREATE OR REPLACE TABLE candidate_told AS SELECT target AS case_id FROM candidate_fate WHERE rule = 'case-merged'");
  await beginAtCases(catalog, before, after);
  for (const level of LEVELS) {
    await gatherLevel(catalog, level, before, after);
    await tellMoved(catalog, level, insert);
    await tellRest(level, insert);
    await descend(catalog, level);
  }
}

/** `candidate_gone` and `candidate_come`: cases that differ or are on one side alone; `candidate_pair`: which of them belong together. */
async function beginAtCases(catalog: Catalog, before: Side, after: Side): Promise<void> {
  for (const [side, name] of [[before, 'candidate_gone'], [after, 'candidate_come']] as const)
    await catalog.run(`CREATE OR REPLACE TABLE ${name} AS SELECT case_id FROM ${side.own('cases')}
      WHERE case_id NOT IN (SELECT case_id FROM candidate_common WHERE NOT differs) AND case_id NOT IN (SELECT case_id FROM candidate_withdrawn)`);
  await catalog.run(`CREATE OR REPLACE TABLE candidate_pair AS
    SELECT dense_rank() OVER (ORDER BY after_case) AS pair, before_case AS before_case_id, after_case AS after_case_id FROM candidate_case_map
    WHERE after_case IN (SELECT case_id FROM candidate_come)`);
}

/**
 * `candidate_level`: what of a level is not the same on both sides, matched by the pair of its parents and its UID. `x_` is
 * before, `y_` after; both are there when the digest differs.
 */
async function gatherLevel(catalog: Catalog, { what, table, depth, digest }: ImageLevel, before: Side, after: Side): Promise<void> {
  const [above, uid] = [PATH.slice(0, depth), PATH[depth]];
  const side = (own: Side, prefix: string, parents: string): string => `
    (SELECT p.pair, p.kept_case, ${above.map((column) => `s.${column}`).join(', ')}, s.${uid} AS uid, s.${digest} AS digest
     FROM (SELECT ${[...above, uid, digest].join(', ')} FROM ${own.own(table)} SEMI JOIN ${parents} AS parent USING (${above.join(', ')})) AS s
     LEFT JOIN (SELECT DISTINCT pair, after_case_id AS kept_case${above.map((column) => `, ${prefix}_${column}`).join('')} FROM candidate_pair) AS p
       ON ${above.map((column) => `p.${prefix}_${column} = s.${column}`).join(' AND ')})`;
  // Where an image is needs to be known only of one that is on one side alone; of all others that would fill the memory.
  const place = (row: string, column: string): string => (what === 'instance' ? `CASE WHEN x.uid IS NULL OR y.uid IS NULL THEN ${row}.${column} END` : `${row}.${column}`);
  const places = above.map((column) => `${place('x', column)} AS x_${column}, ${place('y', column)} AS y_${column}`).join(', ');
  await catalog.run(`CREATE OR REPLACE TABLE candidate_level AS
    SELECT coalesce(x.pair, y.pair) AS pair, coalesce(x.kept_case, y.kept_case) AS kept_case, coalesce(x.uid, y.uid) AS uid, ${places},
      x.uid IS NOT NULL AS is_before, y.uid IS NOT NULL AS is_after, x.digest AS x_digest, y.digest AS y_digest
    FROM ${side(before, 'before', 'candidate_gone')} AS x FULL JOIN ${side(after, 'after', 'candidate_come')} AS y ON x.pair = y.pair AND x.uid = y.uid
    WHERE x.digest IS DISTINCT FROM y.digest`);
}

/** `candidate_moved`: one UID that is at one place on each side, below parents that do not belong together. */
async function tellMoved(catalog: Catalog, { what, depth }: ImageLevel, insert: InsertChanges): Promise<void> {
  const above = PATH.slice(0, depth);
  const alone = (side: string, other: string): string => `(SELECT *, count(*) OVER (PARTITION BY uid) AS twins FROM candidate_level WHERE is_${side} AND NOT is_${other})`;
  const place = (row: string): string => above.map((column) => `${row}.${row}_${column}`).join(" || '/' || ");
  const places = above.map((column) => `x.x_${column}, y.y_${column}`).join(', ');
  await catalog.run(`CREATE OR REPLACE TABLE candidate_moved AS
    SELECT x.uid, ${places}, ${place('x')} AS x_place, ${place('y')} AS y_place, x.x_digest, y.y_digest
    FROM ${alone('before', 'after')} AS x JOIN ${alone('after', 'before')} AS y ON y.uid = x.uid WHERE x.twins = 1 AND y.twins = 1`);
  await insert(change(`${what}-moved`, { case_id: 'y_case_id', key: 'uid', before: 'x_place', after: 'y_place' }, 'FROM candidate_moved'));
  await catalog.run('INSERT INTO candidate_told SELECT DISTINCT x_case_id FROM candidate_moved');
}

async function tellRest({ what }: ImageLevel, insert: InsertChanges): Promise<void> {
  const alone = (side: string, other: string): string => `FROM candidate_level AS x ANTI JOIN candidate_moved AS m ON m.uid = x.uid WHERE x.is_${side} AND NOT x.is_${other} AND x.pair IS NOT NULL`;
  const at = { case_id: 'kept_case', key: 'uid' };
  await insert(change(`${what}-removed`, { ...at, before: 'x_digest' }, alone('before', 'after')));
  await insert(change(`${what}-added`, { ...at, after: 'y_digest' }, alone('after', 'before')));
  if (what !== 'instance') return;
  await insert(change('instance-changed', { ...at, before: 'x_digest', after: 'y_digest' }, 'FROM candidate_level WHERE is_before AND is_after'));
  await insert(change('instance-changed', { case_id: 'y_case_id', key: 'uid', before: 'x_digest', after: 'y_digest' }, 'FROM candidate_moved WHERE x_digest IS DISTINCT FROM y_digest'));
}

/** The parents of the next level: what differs on each side, under the names of its columns, and which of it belongs together. */
async function descend(catalog: Catalog, { what, depth }: ImageLevel): Promise<void> {
  if (what === 'instance') return;
  const [above, uid] = [PATH.slice(0, depth), PATH[depth]];
  const named = (side: 'x' | 'y', prefix: string): string => [...above.map((column) => `${side}_${column} AS ${prefix}${column}`), `uid AS ${prefix}${uid}`].join(', ');
  await catalog.run(`CREATE OR REPLACE TABLE candidate_pair AS SELECT dense_rank() OVER (ORDER BY ${[...above, uid].map((column) => `after_${column}`).join(', ')}) AS pair, * FROM (
    SELECT ${named('x', 'before_')}, ${named('y', 'after_')} FROM candidate_level WHERE is_before AND is_after
    UNION ALL SELECT ${named('x', 'before_')}, ${named('y', 'after_')} FROM candidate_moved WHERE x_digest IS DISTINCT FROM y_digest)`);
  // What moved unchanged is the same all the way down.
  const unchanged = '(SELECT uid FROM candidate_moved WHERE x_digest IS NOT DISTINCT FROM y_digest)';
  const lone = 'is_before = is_after';
  await catalog.run(`CREATE OR REPLACE TABLE candidate_gone AS SELECT DISTINCT ${named('x', '')} FROM candidate_level WHERE is_before AND (${lone} OR uid NOT IN ${unchanged})`);
  await catalog.run(`CREATE OR REPLACE TABLE candidate_come AS SELECT DISTINCT ${named('y', '')} FROM candidate_level WHERE is_after AND (${lone} OR uid NOT IN ${unchanged})`);
}
