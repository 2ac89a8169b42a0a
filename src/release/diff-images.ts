import type { Catalog } from '../catalog/catalog.js';
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
 * added or removed is told only when it moved. Fills `candidate_told`: cases that something moved out of.
 */
export async function diffImages(catalog: Catalog, before: Side, after: Side, insert: InsertChanges): Promise<void> {
  await catalog.run('CREATE OR REPLACE TABLE candidate_told (case_id VARCHAR)');
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

/** What of a level is not the same on both sides, by the pair of its parents (NULL: the parent has none). */
async function gatherLevel(catalog: Catalog, { table, depth, digest }: ImageLevel, before: Side, after: Side): Promise<void> {
  const [above, uid] = [PATH.slice(0, depth), PATH[depth]];
  for (const [side, prefix, parents, name] of [[before, 'before', 'candidate_gone', 'candidate_before'], [after, 'after', 'candidate_come', 'candidate_after']] as const) {
    const on = above.map((column) => `p.${prefix}_${column} = s.${column}`).join(' AND ');
    const pairs = `(SELECT DISTINCT pair, after_case_id AS kept_case${above.map((column) => `, ${prefix}_${column}`).join('')} FROM candidate_pair)`;
    await catalog.run(`CREATE OR REPLACE TABLE ${name} AS
      SELECT p.pair, p.kept_case, ${above.map((column) => `s.${column}`).join(', ')}, s.${uid} AS uid, s.${digest} AS digest
      FROM (SELECT ${[...above, uid, digest].join(', ')} FROM ${side.own(table)} SEMI JOIN ${parents} AS parent USING (${above.join(', ')})) AS s LEFT JOIN ${pairs} AS p ON ${on}`);
  }
  const same = 'y.pair = x.pair AND y.uid = x.uid AND y.digest IS NOT DISTINCT FROM x.digest';
  await catalog.run(`CREATE OR REPLACE TABLE candidate_gone AS SELECT x.* FROM candidate_before AS x ANTI JOIN candidate_after AS y ON ${same}`);
  await catalog.run(`CREATE OR REPLACE TABLE candidate_come AS SELECT x.* FROM candidate_after AS x ANTI JOIN candidate_before AS y ON ${same}`);
}

/** `candidate_moved`: one UID that is at one place on each side, below parents that do not belong together. */
async function tellMoved(catalog: Catalog, { what, depth }: ImageLevel, insert: InsertChanges): Promise<void> {
  const alone = (one: string, other: string): string =>
    `(SELECT uid, count(*) OVER (PARTITION BY uid) AS twins, COLUMNS(* EXCLUDE (uid)) FROM ${one} AS x ANTI JOIN ${other} AS y ON y.pair = x.pair AND y.uid = x.uid)`;
  const place = (row: string): string => PATH.slice(0, depth).map((column) => `${row}.${column}`).join(" || '/' || ");
  const places = PATH.slice(0, depth).map((column) => `x.${column} AS before_${column}, y.${column} AS after_${column}`).join(', ');
  await catalog.run(`CREATE OR REPLACE TABLE candidate_moved AS
    SELECT x.uid, ${places}, ${place('x')} AS before_place, ${place('y')} AS after_place, x.digest AS before_digest, y.digest AS after_digest
    FROM ${alone('candidate_gone', 'candidate_come')} AS x JOIN ${alone('candidate_come', 'candidate_gone')} AS y ON y.uid = x.uid WHERE x.twins = 1 AND y.twins = 1`);
  await insert(change(`${what}-moved`, { case_id: 'after_case_id', key: 'uid', before: 'before_place', after: 'after_place' }, 'FROM candidate_moved'));
  await catalog.run('INSERT INTO candidate_told SELECT DISTINCT before_case_id FROM candidate_moved');
}

async function tellRest({ what, depth }: ImageLevel, insert: InsertChanges): Promise<void> {
  const still = (prefix: string): string => `ANTI JOIN candidate_moved AS m ON m.uid = x.uid AND ${PATH.slice(0, depth).map((column) => `m.${prefix}_${column} = x.${column}`).join(' AND ')}`;
  const alone = (one: string, other: string, prefix: string): string => `FROM ${one} AS x ANTI JOIN ${other} AS y ON y.pair = x.pair AND y.uid = x.uid ${still(prefix)} WHERE x.pair IS NOT NULL`;
  const at = { case_id: 'x.kept_case', key: 'x.uid' };
  await insert(change(`${what}-removed`, { ...at, before: 'x.digest' }, alone('candidate_gone', 'candidate_come', 'before')));
  await insert(change(`${what}-added`, { ...at, after: 'x.digest' }, alone('candidate_come', 'candidate_gone', 'after')));
  if (what !== 'instance') return;
  await insert(change('instance-changed', { ...at, before: 'x.digest', after: 'y.digest' }, 'FROM candidate_gone AS x JOIN candidate_come AS y ON y.pair = x.pair AND y.uid = x.uid'));
  await insert(change('instance-changed', { case_id: 'after_case_id', key: 'uid', before: 'before_digest', after: 'after_digest' }, 'FROM candidate_moved WHERE before_digest IS DISTINCT FROM after_digest'));
}

/** The parents of the next level: what differs on each side, under the names of its columns, and which of it belongs together. */
async function descend(catalog: Catalog, { what, depth }: ImageLevel): Promise<void> {
  if (what === 'instance') return;
  const [above, uid] = [PATH.slice(0, depth), PATH[depth]];
  const both = [...above.map((column) => `x.${column} AS before_${column}, y.${column} AS after_${column}`), `x.uid AS before_${uid}, y.uid AS after_${uid}`].join(', ');
  const moved = [...above.map((column) => `before_${column}, after_${column}`), 'uid, uid'].join(', ');
  const order = [...above, uid].map((column) => `after_${column}`).join(', ');
  await catalog.run(`CREATE OR REPLACE TABLE candidate_pair AS SELECT dense_rank() OVER (ORDER BY ${order}) AS pair, * FROM (
    SELECT ${both} FROM candidate_gone AS x JOIN candidate_come AS y ON y.pair = x.pair AND y.uid = x.uid
    UNION ALL SELECT ${moved} FROM candidate_moved WHERE before_digest IS DISTINCT FROM after_digest)`);
  // what moved unchanged is the same all the way down
  for (const [name, prefix] of [['candidate_gone', 'before'], ['candidate_come', 'after']] as const) {
    const same = `ANTI JOIN (FROM candidate_moved WHERE before_digest IS NOT DISTINCT FROM after_digest) AS m ON m.uid = x.uid AND ${above.map((column) => `m.${prefix}_${column} = x.${column}`).join(' AND ')}`;
    await catalog.run(`CREATE OR REPLACE TABLE ${name} AS SELECT ${above.map((column) => `x.${column}`).join(', ')}, x.uid AS ${uid} FROM ${name} AS x ${same}`);
  }
}
