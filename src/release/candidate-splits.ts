import type { Catalog } from '../catalog/catalog.js';
import type { PublishedDraw } from '../model/split-draw.js';

/** A split to publish. */
export interface SplitSource {
  name: string;
  algorithm: string;
  seed: string;
  /** What its last draw was made from; absent when nobody knows, or when it would tell of a hidden part. */
  draw?: Omit<PublishedDraw, 'unplaced'> | null;
  /** Which rows of the record each batch holds. */
  batches?: readonly { batch: number; first: number; last: number }[];
}

/**
 * Gathers the assignments of accepted cases, in their current state, with the batch of the record that placed each and the
 * cases that it was linked to then. Returns the names of the splits that have any.
 */
export async function gatherSplits(catalog: Catalog, sources: readonly SplitSource[]): Promise<string[]> {
  const batches = sources.flatMap(({ name, batches: known = [] }) => known.map(({ batch, first, last }) => ({ name, batch, first, last })));
  await catalog.run(
    `CREATE TABLE candidate_split AS
     WITH batch AS (SELECT unnest(?::VARCHAR[]) AS split, unnest(?::VARCHAR[])::INTEGER AS batch, unnest(?::VARCHAR[])::BIGINT AS first, unnest(?::VARCHAR[])::BIGINT AS last),
     placed AS (
       SELECT a.split, a.case_id, arg_max(a.part, a.sequence) AS part, arg_max(a.group_id, a.sequence) AS group_id, max(a.sequence) AS sequence
       FROM assignment AS a JOIN case_ AS c ON c.case_id = a.case_id AND c.status = 'accepted'
       WHERE a.split IN (SELECT unnest(?::VARCHAR[])) GROUP BY a.split, a.case_id)
     SELECT p.split, p.case_id, p.part, coalesce(m.linked_to, p.group_id) AS linked_to, b.batch, coalesce(m.forced, false) AS forced
     FROM placed AS p
     LEFT JOIN split_member AS m ON m.split = p.split AND m.case_id = p.case_id
     LEFT JOIN batch AS b ON b.split = p.split AND p.sequence BETWEEN b.first AND b.last`,
    [batches.map(({ name }) => name), ...(['batch', 'first', 'last'] as const).map((key) => batches.map((row) => String(row[key]))), sources.map(({ name }) => name)],
  );
  const rows = await catalog.all<{ split: string }>('SELECT DISTINCT split FROM candidate_split ORDER BY split');
  return rows.map(({ split }) => split);
}

/**
 * The rows of the table `splits`. A group is named by the least case of it that is published: what it was called in the
 * record may be a case that was withdrawn.
 */
export const PUBLISHED_SPLITS = 'SELECT split, case_id, part, min(case_id) OVER (PARTITION BY split, linked_to) AS group_id, batch, forced FROM candidate_split';

/** The description of a draw with the accepted cases that it left in no part, each with the least case of its group. */
export async function completeDraw(catalog: Catalog, { name, draw = null }: SplitSource): Promise<PublishedDraw | null> {
  if (draw === null) return null;
  const unplaced = await catalog.all<{ case_id: string; group_id: string }>(
    `SELECT m.case_id, coalesce((SELECT min(s.case_id) FROM candidate_split AS s WHERE s.split = m.split AND s.linked_to = m.linked_to), m.linked_to) AS group_id
     FROM split_member AS m JOIN case_ AS c ON c.case_id = m.case_id AND c.status = 'accepted'
     WHERE m.split = ? AND m.case_id NOT IN (SELECT case_id FROM candidate_split WHERE split = ?) ORDER BY m.case_id`,
    [name, name],
  );
  return { ...draw, unplaced };
}
