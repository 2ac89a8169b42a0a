import type { Check, CheckInput, ClinicalTable } from '../check.js';
import { identifier, rowLocation } from '../sql.js';
import { crossCheck, isYes, NO_IMAGES, type CrossQuery, type PlacedRow } from './cross-check.js';
import { casesOf, headers, meetingRows, meetingTables, presentColumns, roleColumn, rowsOf, type MeetingTable } from './meeting.js';

/** Age above which an age identifies (45 CFR 164.514(b)(2)(i)(C)), in years. */
const OLDEST = 89;

/** Years that two statements of an age may lie apart: a birthday, or rounding, lies between. */
const TOLERANCE = 1;

/** PatientAge in years: AS is three digits and D, W, M or Y (P3.5 6.2). */
const HEADER_YEARS = `CASE WHEN regexp_full_match(PatientAge, '[0-9]{3}[DWMY]') THEN try_cast(PatientAge[1:3] AS DOUBLE)
  / CASE PatientAge[4] WHEN 'D' THEN 365.25 WHEN 'W' THEN 52.18 WHEN 'M' THEN 12 ELSE 1 END END`;

interface AgeRow extends PlacedRow {
  kind: 'old' | 'withheld' | 'apart';
  apart: number;
}

const MESSAGES: Record<AgeRow['kind'], (column: string) => string> = {
  old: () => `PatientAge of the images is above ${OLDEST} years.`,
  withheld: (column) => `${column} is withheld because it is above ${OLDEST}, but PatientAge of the images is given.`,
  apart: (column) => `${column} and PatientAge of the images are more than ${TOLERANCE} year apart.`,
};

/** XCK-003: the age at the study in table and header. */
export const headerAgeCheck: Check = crossCheck<AgeRow>(['XCK-003'], (input) => {
  if (input.images === 0) return NO_IMAGES;
  return meetingTables(input).flatMap((meeting) => {
    const age = ageColumn(meeting.table);
    return age === undefined ? [] : [headerAge(meeting, age)];
  });
});

function ageColumn(table: ClinicalTable): string | undefined {
  const tagged = presentColumns(table).find(({ dicomTag, type }) => dicomTag === '00101010' && (type === 'number' || type === 'integer'));
  return (roleColumn(table, 'age-at-study') ?? tagged)?.name;
}

function headerAge(meeting: MeetingTable, age: string): CrossQuery<AgeRow> {
  const over = roleColumn(meeting.table, 'age-at-study-over')?.name;
  const cells = [`try_cast(trim(${identifier(age)}) AS DOUBLE) AS age`, `${over === undefined ? 'false' : isYes(identifier(over))} AS withheld`];
  const header = `(SELECT uid, max(years) AS oldest, min(years) AS youngest FROM (SELECT uid, ${HEADER_YEARS} AS years FROM ${headers(meeting, ['PatientAge'])}) WHERE years IS NOT NULL GROUP BY uid)`;
  const met = `${meetingRows(meeting, cells)} AS r JOIN ${header} AS h USING (uid)`;
  const apart = `greatest(abs(age - floor(oldest)), abs(age - floor(youngest)))`;
  return {
    code: 'XCK-003',
    subjects: met,
    sql: `SELECT source, source_row, key, CASE WHEN floor(oldest) > ${OLDEST} THEN 'old' WHEN withheld THEN 'withheld' ELSE 'apart' END AS kind, coalesce(${apart}, 0) AS apart
      FROM ${met} WHERE floor(oldest) > ${OLDEST} OR withheld OR ${apart} > ${TOLERANCE}`,
    draft: ({ kind, apart: years, ...row }) => ({
      message: MESSAGES[kind](age),
      location: rowLocation(meeting.table, row, age),
      expected: kind === 'apart' ? `at most ${TOLERANCE} year apart` : 'an empty PatientAge and an empty cell',
      found: kind === 'apart' ? `${Math.floor(years)} years apart` : 'an age in the images',
      content: `${kind} ${years}`,
    }),
  };
}

interface AgedTable {
  table: ClinicalTable;
  age: string;
  over: string | null;
}

/** XCK-004: age at the study, age at the index event, and the days between. */
export const indexAgeCheck: Check = crossCheck<AgeRow>(['XCK-004'], (input) => {
  const index = withAge(input, 'age-at-index', 'age-at-index-over')[0];
  const studies = withAge(input, 'age-at-study', 'age-at-study-over').filter(({ table }) => roleColumn(table, 'days-to-study') !== undefined);
  if (index === undefined || studies.length === 0) return 'no tables give an age at the index event and at a study, with the days between';
  return studies.map((study) => indexAge(study, index));
});

function withAge(input: CheckInput, role: 'age-at-index' | 'age-at-study', overRole: 'age-at-index-over' | 'age-at-study-over'): AgedTable[] {
  return input.tables.flatMap((table) => {
    const age = roleColumn(table, role)?.name;
    return age === undefined ? [] : [{ table, age, over: roleColumn(table, overRole)?.name ?? null }];
  });
}

/** Nobody grows younger: who was above 89 at the index event has no age at a later study either. */
function indexAge(study: AgedTable, index: AgedTable): CrossQuery<AgeRow> {
  const { table, age } = study;
  const days = roleColumn(table, 'days-to-study')?.name ?? '';
  const over = index.over === null ? 'false' : isYes(identifier(index.over));
  const ages = `(SELECT case_id, min(start) AS start, bool_or(old) AS old
    FROM ${rowsOf(index.table, [`try_cast(trim(${identifier(index.age)}) AS DOUBLE) AS start`, `${over} AS old`])} JOIN ${casesOf(index.table)} USING (source, source_row) GROUP BY case_id)`;
  const rows = rowsOf(table, [`try_cast(trim(${identifier(age)}) AS DOUBLE) AS age`, `try_cast(trim(${identifier(days)}) AS DOUBLE) AS days`]);
  const met = `(SELECT source, source_row, key, age, days, start, old FROM ${rows} JOIN ${casesOf(table)} USING (source, source_row) JOIN ${ages} USING (case_id)
    WHERE age IS NOT NULL AND days IS NOT NULL AND (start IS NOT NULL OR old))`;
  const apart = 'abs(age - (start + floor(days / 365.25)))';
  return {
    code: 'XCK-004',
    subjects: met,
    sql: `SELECT source, source_row, any_value(key) AS key, CASE WHEN bool_or(${apart} > ${TOLERANCE}) THEN 'apart' ELSE 'old' END AS kind, max(coalesce(${apart}, 0)) AS apart
      FROM ${met} WHERE ${apart} > ${TOLERANCE} OR (start IS NULL AND old AND days >= 0) GROUP BY source, source_row`,
    draft: ({ kind, apart: years, ...row }) => ({
      message: kind === 'apart' ? `${age} does not follow from ${index.age} and ${days}.` : `${age} is given, but the age at the index event before it was above ${OLDEST}.`,
      location: rowLocation(table, row, age),
      expected: kind === 'apart' ? `within ${TOLERANCE} year of ${index.age} and the time between` : 'an empty cell',
      found: kind === 'apart' ? `${Math.floor(years)} years off` : 'an age',
      content: `${kind} ${years}`,
    }),
  };
}
