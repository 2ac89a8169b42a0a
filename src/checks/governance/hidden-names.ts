import type { CheckInput } from '../check.js';

/** Cases that are known and in no release. */
const HIDDEN = "('withdrawn', 'rejected', 'withheld')";

/** SQL relation (name, status) of what names a case that is in no release: its id, and the PatientID of its images. */
export const HIDDEN_NAMES = `(
  SELECT name, min(status) AS status FROM (
    SELECT case_id AS name, status FROM case_ WHERE status IN ${HIDDEN}
    UNION ALL SELECT DISTINCT i.PatientID, c.status FROM instance AS i JOIN case_ AS c ON c.case_id = i.case_id AND c.status IN ${HIDDEN} WHERE i.PatientID <> '' AND i.PatientID <> i.case_id)
  WHERE name NOT IN (SELECT case_id FROM case_ WHERE status = 'accepted') GROUP BY name)`;

/** Files of cases that are in no release, as a subquery with the `status` of the case. */
export const HIDDEN_IMAGES = `(SELECT i.*, c.status AS case_status FROM instance AS i JOIN case_ AS c ON c.case_id = i.case_id AND c.status IN ${HIDDEN})`;

/**
 * Names that mean something wherever they stand: long enough, of digits and something else, so that no number, code or
 * word is taken for one. SQL condition over `name`.
 */
const DISTINCT_NAME = `(strlen(name) >= 5 AND regexp_full_match(name, '[A-Za-z0-9](.*[A-Za-z0-9])?') AND regexp_matches(name, '[0-9]') AND (strlen(name) >= 9 OR regexp_matches(name, '[^0-9]')))`;

/** SQL relation (name, status, fold) of the names that are looked for in any text. */
export const DISTINCT_NAMES = `(SELECT name, status, ${foldedName('name')} AS fold FROM ${HIDDEN_NAMES} WHERE ${DISTINCT_NAME})`;

/** SQL of a text as names are compared in it: without case, and `_` as `-`, because it is no end of a word. */
export function foldedName(text: string): string {
  return `lower(replace(${text}, '_', '-'))`;
}

/** More shapes than this make no good expression. */
const SHAPES_MAX = 64;

/** Any word that could be a name, when the names have no few shapes. */
const ANY_WORD = '[a-z0-9][a-z0-9._-]{3,200}[a-z0-9]';

/** Expressions (RE2) for the distinct names, made of their shapes: six digits, hyphen, six digits. */
export interface NamePattern {
  /** Every name matches it as a whole word of a folded text. */
  words: string;
  /** Every text with a name matches it as it stands: for the first look at millions of cells. */
  coarse: string;
}

/** The expressions for the names that are hidden now; null when there is none. SQL then compares the few words that meet them. */
export async function namePattern({ catalog }: CheckInput): Promise<NamePattern | null> {
  for (const shape of ["regexp_replace(regexp_replace(fold, '[0-9]', '9', 'g'), '[a-z]', 'a', 'g')", "regexp_replace(fold, '[a-z0-9]', 'x', 'g')"]) {
    const rows = await catalog.all<{ shape: string }>(`SELECT DISTINCT ${shape} AS shape FROM ${DISTINCT_NAMES} LIMIT ${SHAPES_MAX + 1}`);
    if (rows.length === 0) return null;
    // Longest first: the first alternative that matches wins, and one name may begin another.
    const shapes = rows.map((row) => row.shape).sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
    if (shapes.length <= SHAPES_MAX) return patternOf(shapes.map(shapePattern).join('|'));
  }
  return patternOf(ANY_WORD);
}

function patternOf(names: string): NamePattern {
  // Folding made `-` of `_`, and small letters of all.
  return { words: `\\b(?:${names})\\b`, coarse: `(?i:${names.replaceAll('\\-', '[_-]')})` };
}

const CLASSES: Record<string, string> = { '9': '[0-9]', a: '[a-z]', x: '[a-z0-9]' };

function shapePattern(shape: string): string {
  return (shape.match(/9+|a+|x+|[^9ax]/gu) ?? [])
    .map((run) => {
      const known = CLASSES[run[0] ?? ''];
      if (known !== undefined) return `${known}{${Math.min(run.length, 500)}}`;
      return /^[\x21-\x7E ]$/.test(run) ? `\\${run}` : run;
    })
    .join('');
}
