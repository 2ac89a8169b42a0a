import { recurs, sqlCheck } from '../sql.js';
import { DIGESTED } from './pixel-facts.js';

interface LeakRow {
  split: string;
  case_id: string;
  part: string;
  /** What is shared, ascending: patient, study, image, pixels, likeness. */
  kinds: string[];
  other_case: string;
  other_part: string;
}

/** Cases that a draw places: those that a release withholds too, since the open part must not meet the sequestered one. */
const PLACED = `(SELECT case_id FROM case_ WHERE status IN ('accepted', 'withheld'))`;

/** Images of the cases that a draw places. */
const IMAGES = `(SELECT i.case_id, PatientID, StudyInstanceUID, SOPInstanceUID, sha256 FROM instance AS i JOIN ${PLACED} AS p ON p.case_id = i.case_id)`;

/**
 * What a column of the images says in two cases: mostly nothing, and only of that the cases are looked at.
 * @param where first cut, cheaper than the grouping
 */
function sharedBy(column: string, kind: string, prefix: string, where = 'true'): string {
  return `SELECT DISTINCT '${kind}' AS kind, '${prefix}' || ${column} AS key, case_id FROM ${IMAGES}
    WHERE ${column} IN (SELECT ${column} FROM ${IMAGES} WHERE ${column} <> '' AND ${where} GROUP BY ${column} HAVING min(case_id) <> max(case_id))`;
}

/** What two cases may share, as (kind, key, case_id). */
const SHARED = `(
  ${sharedBy('PatientID', 'patient', '')}
  UNION ALL ${sharedBy('StudyInstanceUID', 'study', '')}
  UNION ALL ${sharedBy('SOPInstanceUID', 'image', 'U', recurs('SOPInstanceUID', IMAGES))}
  UNION ALL ${sharedBy('sha256', 'image', 'B', recurs('sha256', IMAGES))}
  UNION ALL SELECT 'pixels', pixel_digest, i.case_id FROM ${DIGESTED} AS i JOIN ${PLACED} AS p ON p.case_id = i.case_id
  UNION ALL SELECT why, case_a || chr(31) || case_b, unnest([case_a, case_b]) FROM case_link)`;

/**
 * Each case that shares something with a case in another part of a split, once a split; the least such case stands for
 * all. What is compared is what the files say now, not what the draw believed.
 */
const LEAKS = `
  WITH shared AS (SELECT * FROM ${SHARED}),
  tied AS (SELECT * FROM shared WHERE (kind, key) IN (SELECT (kind, key) FROM shared GROUP BY kind, key HAVING min(case_id) <> max(case_id))),
  held AS (SELECT DISTINCT a.split, t.kind, t.key, a.case_id, a.part FROM tied AS t JOIN assignments AS a ON a.case_id = t.case_id JOIN ${PLACED} AS p ON p.case_id = t.case_id),
  torn AS (SELECT split, kind, key, min({case_id: case_id, part: part}) AS first FROM held GROUP BY split, kind, key HAVING min(part) <> max(part))
  SELECT h.split, h.case_id, h.part, list_sort(list(DISTINCT h.kind)) AS kinds, min(t.first).case_id AS other_case, min(t.first).part AS other_part
  FROM held AS h JOIN torn AS t ON t.split = h.split AND t.kind = h.kind AND t.key = h.key AND t.first.part <> h.part
  GROUP BY h.split, h.case_id, h.part ORDER BY h.split, h.case_id`;

const WORDS = new Map([
  ['patient', 'a patient'],
  ['study', 'a study'],
  ['image', 'an image'],
  ['pixels', 'the pixels of an image'],
  ['likeness', 'pictures that look the same'],
]);

/** DUP-009: what one part of a split shares with another. */
export const splitLeakCheck = sqlCheck<LeakRow>('DUP-009', (input) => {
  if (Object.keys(input.config.splits ?? {}).length === 0) return 'no split is configured';
  return [
    {
      subjects: `(SELECT a.case_id FROM assignments AS a JOIN ${PLACED} AS p ON p.case_id = a.case_id)`,
      sql: LEAKS,
      draft: ({ split, case_id, part, kinds, other_case, other_part }) => ({
        message: `The case shares ${kinds.map((kind) => WORDS.get(kind) ?? kind).join(', ')} with a case in another part of the split.`,
        location: { kind: 'case', table: 'splits', key: case_id, column: split },
        expected: `${other_part}, with ${other_case}`,
        found: part,
        hint: `The choices: colophon split assign ${split}`,
        content: JSON.stringify([part, kinds, other_case, other_part]),
      }),
    },
  ];
});
