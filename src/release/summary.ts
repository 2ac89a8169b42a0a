import type { Catalog } from '../catalog/catalog.js';
import type { ReleaseDocument } from '../model/release.js';
import type { SplitSource } from './candidate/splits.js';
import { assignmentDigest, joined, node } from './candidate/content.js';

/** The counts of release.json for the candidate, which has so many tables. */
export async function countCandidate(catalog: Catalog, tables: number): Promise<ReleaseDocument['counts']> {
  const [row] = await catalog.all<Omit<ReleaseDocument['counts'], 'tables'>>(`
    SELECT (SELECT count(*) FROM candidate_case) AS cases, (SELECT count(*) FROM candidate_study) AS studies,
      (SELECT count(*) FROM candidate_series) AS series, (SELECT count(*) FROM candidate_instance) AS instances,
      (SELECT coalesce(sum(size_bytes), 0)::BIGINT FROM candidate_instance) AS bytes, (SELECT count(*) FROM candidate_tombstone) AS withdrawn`);
  if (row === undefined) throw new Error('a SELECT without FROM has one row');
  return { ...row, tables };
}

/** What release.json says of every published split: parts with their cases, and the digest over its assignments. */
export async function describeSplits(catalog: Catalog, published: readonly string[], sources: readonly SplitSource[]): Promise<ReleaseDocument['splits']> {
  const digests = await catalog.all<{ split: string; digest: string }>(`
    SELECT split, ${node("'split'", 'split', joined('digest'))} AS digest
    FROM (SELECT split, ${assignmentDigest('split', 'part', 'case_id')} AS digest FROM candidate_split) GROUP BY split`);
  const parts = await catalog.all<{ split: string; part: string; n: number }>('SELECT split, part, count(*) AS n FROM candidate_split GROUP BY ALL ORDER BY ALL');
  return published.map((name) => {
    const source = sources.find((each) => each.name === name) ?? { name, algorithm: 'unknown', seed: null };
    const { draw = null } = source;
    return {
      name,
      algorithm: draw?.algorithm ?? source.algorithm,
      seed: source.seed,
      digest: digests.find(({ split }) => split === name)?.digest ?? '',
      parts: Object.fromEntries(parts.filter(({ split }) => split === name).map(({ part, n }) => [part, n])),
      ...(draw === null ? {} : { draw }),
    };
  });
}
