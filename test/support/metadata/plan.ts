import type { Catalog } from '../../../src/catalog/catalog.js';

/** SQL that draws one of `n` whole numbers from 0, the same for the same row and salt. */
export function pick(row: string, salt: string, n: number): string {
  // the last bits of two such hashes of one row hang together
  return `(hash(${row}, '${salt}') // 1009 % ${n})::BIGINT`;
}

/**
 * SQL of a UID that nobody else has (PS3.5 B.2): a number below 2^128 out of a digest, written in two halves because DuckDB
 * takes 160 us to write one of 128 bits.
 */
export function uid(row: string): string {
  return `'2.25.' || (1 + (md5_number_upper(${row}) >> 3)) || lpad(md5_number_lower(${row})::VARCHAR, 20, '0')`;
}

/** Fewer images than a case has on average: a few too many cases are planned, and the rest is cut off. */
const IMAGES_A_CASE = 100;
/** Sites that sent the cases, each with a number of its own in their ids. */
const SITES = 5;

/**
 * Plans so many images, in scratch tables: `plan_case`, `plan_study` and `plan_series`. As in a collection of chests: one to
 * three studies a case; two in five are CT of one to four series of 20 to 180 slices, the others are radiographs.
 */
export async function planImages(catalog: Catalog, instances: number): Promise<void> {
  await planSeries(catalog, instances);
  await catalog.run(`CREATE OR REPLACE TEMP TABLE plan_case AS
    SELECT number, format('{:06d}-{:06d}', site_id, number) AS case_id, * EXCLUDE (number) FROM (
      SELECT number, 100000 + number % ${SITES} * 7919 AS site_id, ['Male', 'Female'][1 + ${pick('number', 'sex', 2)}] AS sex, 20 + ${pick('number', 'age', 65)} AS age,
        DATE '2020-02-01' + ${pick('number', 'index', 300)}::INTEGER AS index_day, ['Asian', 'Black or African American', 'White', 'Other'][1 + ${pick('number', 'race', 4)}] AS race,
        ['Yes', 'No'][1 + ${pick('number', 'covid', 2)}] AS covid
      FROM (SELECT DISTINCT number FROM plan_series)) ORDER BY number`);
  await catalog.run(`CREATE OR REPLACE TEMP TABLE plan_study AS
    SELECT study, any_value(s.number) AS number, any_value(ct) AS ct, any_value(study_uid) AS study_uid, any_value(case_id) AS case_id, any_value(age) AS age,
      any_value(index_day) AS index_day, study % 3 * 50 + ${pick('study', 'day', 40)} AS day
    FROM plan_series AS s JOIN plan_case AS c ON c.number = s.number GROUP BY study ORDER BY study`);
}

async function planSeries(catalog: Catalog, instances: number): Promise<void> {
  const cases = Math.ceil(instances / IMAGES_A_CASE) + 50;
  const count = (row: string, salt: string, most: number): string => `1 + ${pick(row, salt, most)}`;
  await catalog.run(`CREATE OR REPLACE TEMP TABLE plan_series AS
    WITH studies AS (SELECT number, number * 3 + unnest(range(${count('number', 'studies', 3)})) AS study FROM range(${cases}) AS r(number)),
    kinds AS (SELECT *, ${pick('study', 'modality', 5)} < 2 AS ct FROM studies),
    listed AS (SELECT *, study * 4 + unnest(range(CASE WHEN ct THEN ${count('study', 'series', 4)} ELSE ${count('study', 'series', 2)} END)) AS series FROM kinds),
    counted AS (SELECT *, CASE WHEN ct THEN 20 + ${pick('series', 'slices', 161)} ELSE ${count('series', 'views', 2)} END AS wanted FROM listed),
    placed AS (SELECT *, (sum(wanted) OVER (ORDER BY series))::BIGINT - wanted AS first FROM counted)
    SELECT * EXCLUDE (wanted), least(wanted, ${instances} - first) AS images, ${uid("'study ' || study")} AS study_uid, ${uid("'series ' || series")} AS series_uid
    FROM placed WHERE first < ${instances} ORDER BY series`);
}
