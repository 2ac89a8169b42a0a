import type { Check, CheckInput, Coverage, FindingDraft } from './check.js';
import { slices, ORIENTATION_TOLERANCE } from './slices.js';

type Kind = 'missing' | 'irregular' | 'doubled' | 'unordered' | 'other-spacing' | 'thin';

interface GeometryRow {
  kind: Kind;
  series: string;
  file: string;
  images: number;
  /** Slices, gaps or images that the finding is about. */
  n: number;
  /** Distance of slices that is usual in the series, in mm. */
  usual: number;
  /** What a header says, in mm; of other kinds 0. */
  said: number;
}

/** Slices nearer than this are at one place, in mm. */
const SAME_PLACE_MM = 0.01;
/** A gap differs from the usual one when it is off by more than this share of it, and by more than this many mm. */
const GAP_SHARE = 0.05;
const GAP_MM = 0.05;
/** Slices that are further apart than this many times their thickness leave out most of what is between them. */
const THIN_TIMES = 1.5;
/** Fewest places that make a stack. */
const FEWEST = 3;

/**
 * DCM-015: the slices of a series, by their place along the normal of their plane. Every place may hold several images of a
 * series over time or echo, but then all places hold as many.
 */
export const seriesGeometryCheck: Check = {
  codes: ['DCM-015'],
  async *run({ catalog, images }: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    if (images === 0) return coverage.notApplicable('DCM-015', 'there are no image files');
    const [count] = await catalog.all<{ n: number }>(`SELECT count(DISTINCT series) AS n FROM ${slices(['CT', 'MR'])} WHERE p1 IS NOT NULL`);
    if ((count?.n ?? 0) === 0) return coverage.notApplicable('DCM-015', 'there is no CT or MR series of single slices with positions');
    coverage.looked('DCM-015', count?.n ?? 0);
    for await (const rows of catalog.stream<GeometryRow>(GEOMETRY)) for (const row of rows) yield { code: 'DCM-015', ...draft(row) };
  },
};

const off = (value: string, usual: string): string => `abs(${value} - ${usual}) > greatest(${GAP_MM}, ${GAP_SHARE} * ${usual})`;
/** A gap of two, three or more usual distances: slices are missing in it. */
const MULTIPLE = `(round(gap / usual) >= 2 AND NOT (${off('gap / round(gap / usual)', 'usual')}))`;
const spread = [1, 2, 3, 4, 5, 6].map((at) => `max(o${at}) - min(o${at})`).join(', ');

/** Planes of a series that has several: components to a tenth, which no rounding of headers reaches. */
const PLANE = `CASE WHEN s.turned THEN concat_ws(' ', ${[1, 2, 3, 4, 5, 6].map((at) => `round(o${at}, 1)`).join(', ')}) ELSE '' END`;

const GEOMETRY = `
  WITH placed AS (SELECT * FROM ${slices(['CT', 'MR'])} WHERE p1 + p2 + p3 + o1 + o2 + o3 + o4 + o5 + o6 IS NOT NULL),
  series_ AS (
    SELECT row_number() OVER (ORDER BY series) AS id, series, min(source || '/' || path) AS file, greatest(${spread}) > ${ORIENTATION_TOLERANCE} AS turned
    FROM placed GROUP BY series HAVING count(*) >= ${FEWEST}),
  along AS (
    SELECT s.id, ${PLANE} AS plane, number, thickness, spacing, p1 * (o2 * o6 - o3 * o5) + p2 * (o3 * o4 - o1 * o6) + p3 * (o1 * o5 - o2 * o4) AS d
    FROM placed AS p JOIN series_ AS s ON s.series = p.series),
  ordered AS (
    SELECT *, coalesce(d - lag(d) OVER stack > ${SAME_PLACE_MM}, true) AS begins, sign(number - lag(number) OVER stack) AS step
    FROM along WINDOW stack AS (PARTITION BY id, plane ORDER BY d, number)),
  numbered AS (SELECT *, sum(begins::BIGINT) OVER (PARTITION BY id, plane ORDER BY d, number ROWS UNBOUNDED PRECEDING) AS place FROM ordered),
  places AS (
    SELECT id, plane, place, min(d) AS d, count(*) AS here, max(thickness) AS thickness, max(spacing) AS spacing,
      count(*) FILTER (step > 0) AS up, count(*) FILTER (step < 0) AS down, count(*) FILTER (step = 0) AS level
    FROM numbered GROUP BY id, plane, place),
  gaps AS (SELECT *, d - lag(d) OVER (PARTITION BY id, plane ORDER BY place) AS gap FROM places),
  stacks AS (
    SELECT id, plane, sum(here)::BIGINT AS images, min(here) AS least, max(here) AS most, median(gap) AS usual, median(thickness) AS thickness,
      median(spacing) AS spacing, sum(up) AS up, sum(down) AS down, sum(level) AS level
    FROM gaps GROUP BY id, plane HAVING count(*) >= ${FEWEST}),
  counted AS (
    SELECT g.id, g.plane, count(*) FILTER (${off('gap', 'usual')} AND ${MULTIPLE}) AS missing, count(*) FILTER (${off('gap', 'usual')} AND NOT ${MULTIPLE}) AS irregular,
      count(*) FILTER (here > least) AS doubled
    FROM gaps AS g JOIN stacks AS s ON s.id = g.id AND s.plane = g.plane GROUP BY g.id, g.plane),
  judged AS (SELECT s.*, c.missing, c.irregular, c.doubled FROM stacks AS s JOIN counted AS c ON c.id = s.id AND c.plane = s.plane),
  said AS (
    SELECT id, 'missing' AS kind, images, missing AS n, usual, 0.0 AS said FROM judged WHERE missing > 0
    UNION ALL SELECT id, 'irregular', images, irregular, usual, 0.0 FROM judged WHERE irregular > 0
    UNION ALL SELECT id, 'doubled', images, doubled, usual, 0.0 FROM judged WHERE most > least
    UNION ALL SELECT id, 'unordered', images, least(up, down) + level, usual, 0.0 FROM judged WHERE most = 1 AND least(up, down) + level > 0
    UNION ALL SELECT id, 'other-spacing', images, 1, usual, abs(spacing) FROM judged WHERE spacing <> 0 AND ${off('abs(spacing)', 'usual')}
    UNION ALL SELECT id, 'thin', images, 1, usual, thickness FROM judged WHERE thickness > 0 AND usual > ${THIN_TIMES} * thickness)
  SELECT kind, series, file, sum(images)::BIGINT AS images, sum(n)::BIGINT AS n, min(usual) AS usual, min(said) AS said
  FROM said JOIN series_ USING (id) GROUP BY kind, series, file`;

const MESSAGES: Record<Kind, string> = {
  missing: 'Slices of the series are missing: there are gaps of several times the usual distance.',
  irregular: 'The slices of the series are not at regular distances.',
  doubled: 'Some places of the series have more images than others.',
  unordered: 'InstanceNumber does not follow the places of the slices.',
  'other-spacing': 'SpacingBetweenSlices is not the distance of the slices.',
  thin: 'The slices are much thinner than they are apart.',
};

const TAGS: Record<Kind, string> = {
  missing: 'ImagePositionPatient',
  irregular: 'ImagePositionPatient',
  doubled: 'ImagePositionPatient',
  unordered: 'InstanceNumber',
  'other-spacing': 'SpacingBetweenSlices',
  thin: 'SliceThickness',
};

function draft(row: GeometryRow): Omit<FindingDraft, 'code'> {
  return {
    message: MESSAGES[row.kind],
    location: { kind: 'file', path: row.file, key: row.series, tag: TAGS[row.kind] },
    ...wordsOf(row),
    content: `${row.kind} ${row.n} ${millimetres(row.usual)} ${millimetres(row.said)}`,
  };
}

function wordsOf({ kind, n, images, usual, said }: GeometryRow): { expected: string; found: string } {
  switch (kind) {
    case 'missing':
    case 'irregular':
      return { expected: `${millimetres(usual)} from slice to slice`, found: `${n} other ${n === 1 ? 'gap' : 'gaps'} in ${images} images` };
    case 'doubled':
      return { expected: 'as many images at each place', found: `${n} ${n === 1 ? 'place' : 'places'} with more, in ${images} images` };
    case 'unordered':
      return { expected: 'numbers that rise or fall along the series', found: `${n} of ${images} out of order` };
    case 'other-spacing':
      return { expected: millimetres(usual), found: millimetres(said) };
    case 'thin':
      return { expected: `slices about ${millimetres(usual)} thick`, found: millimetres(said) };
  }
}

function millimetres(value: number): string {
  return `${Math.round(value * 1000) / 1000} mm`;
}
