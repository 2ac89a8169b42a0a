import assert from 'node:assert';
import type { Catalog } from '../../catalog/catalog.js';
import type { PublishedDraw } from '../../model/split-draw.js';

/** A split to publish. */
export interface SplitSource {
  name: string;
  algorithm: string;
  /** Null when it is not told. */
  seed: string | null;
  /** What its last draw was made from; absent when nobody knows, or when it would tell of a hidden part. */
  draw?: PublishedDraw | null;
  /** Which rows of the record each batch holds. */
  batches?: readonly { batch: number; first: number; last: number }[];
}

/**
 * Gathers the assignments of accepted cases, in their current state. Returns the names of the splits that have any.
 * @param hiddenParts parts whose rows no release gives
 */
export async function gatherSplits(catalog: Catalog, sources: readonly SplitSource[], hiddenParts: readonly { split: string; part: string }[]): Promise<string[]> {
  await catalog.run(
    `CREATE TABLE candidate_split AS SELECT a.split, a.case_id, a.part FROM assignments AS a
     JOIN case_ AS c ON c.case_id = a.case_id AND c.status = 'accepted'
     WHERE a.split IN (SELECT unnest(?::VARCHAR[]))`,
    [sources.map(({ name }) => name)],
  );
  for (const { split, part } of hiddenParts) await assertHidden(catalog, split, part);
  const rows = await catalog.all<{ split: string }>('SELECT DISTINCT split FROM candidate_split ORDER BY split');
  return rows.map(({ split }) => split);
}

/** The cases of a hidden part are withheld, or their whole split is: a row that is here all the same must not get out. */
async function assertHidden(catalog: Catalog, split: string, part: string): Promise<void> {
  const rows = await catalog.all('SELECT 1 FROM candidate_split WHERE split = ? AND part = ? LIMIT 1', [split, part]);
  assert(rows.length === 0, `the hidden part of ${split} would be published`);
}

/**
 * Gathers who took part in the draws that the release describes: accepted cases, placed or not, with the batch of the record
 * that placed each and the case that it was linked to then. Returns whether there are any.
 */
export async function gatherDraws(catalog: Catalog, sources: readonly SplitSource[]): Promise<boolean> {
  const described = sources.filter(({ draw = null }) => draw !== null);
  const batches = described.flatMap(({ name, batches: known = [] }) => known.map(({ batch, first, last }) => ({ name, batch, first, last })));
  await catalog.run(
    `CREATE TABLE candidate_draw AS
     WITH batch AS (SELECT unnest(?::VARCHAR[]) AS split, unnest(?::VARCHAR[])::INTEGER AS batch, unnest(?::VARCHAR[])::BIGINT AS first, unnest(?::VARCHAR[])::BIGINT AS last),
     placed AS (SELECT split, case_id, arg_max(group_id, sequence) AS group_id, max(sequence) AS sequence FROM assignment GROUP BY split, case_id)
     SELECT coalesce(p.split, m.split) AS split, c.case_id, coalesce(m.linked_to, p.group_id) AS linked_to, b.batch, coalesce(m.forced, false) AS forced
     FROM placed AS p
     FULL JOIN split_member AS m ON m.split = p.split AND m.case_id = p.case_id
     JOIN case_ AS c ON c.case_id = coalesce(p.case_id, m.case_id) AND c.status = 'accepted'
     LEFT JOIN batch AS b ON b.split = p.split AND p.sequence BETWEEN b.first AND b.last
     WHERE coalesce(p.split, m.split) IN (SELECT unnest(?::VARCHAR[]))`,
    [batches.map(({ name }) => name), ...(['batch', 'first', 'last'] as const).map((key) => batches.map((row) => String(row[key]))), described.map(({ name }) => name)],
  );
  const [row] = await catalog.all<{ found: boolean }>('SELECT EXISTS (FROM candidate_draw) AS found');
  return row?.found === true;
}

/**
 * The rows of the table `draws`. A group is named by the least case of it that is published: what it is called in the record
 * may be a case that was withdrawn.
 */
export const PUBLISHED_DRAWS = 'SELECT split, case_id, min(case_id) OVER (PARTITION BY split, linked_to) AS group_id, batch, forced FROM candidate_draw';
