import { CurationError } from '../errors.js';
import type { ColumnMending } from '../model/mending.js';
import type { Withdrawal } from '../model/workspace-files.js';
import { type Catalog, quoteIdentifier, quoteLiteral } from './catalog.js';
import { textTables, type TextTable } from './mended-table.js';
import { readPatientIds } from './patient-ids.js';

/** A table with the column that holds the key of a case. */
export interface CaseTable {
  table: string;
  key: string;
}

/** How cases are found, linked to images, and accepted. */
export interface CaseRules {
  /** The table with one row a case; null: there are no tables, every PatientID is a case. */
  cases: CaseTable | null;
  /** Where PatientID is looked up: `key` names the column of the case key in that table; null: PatientID is the case key. */
  link: { table: string; column: string; key: string } | null;
  /** Cases with at least one row in `table` that meets `where`; null: all. */
  accept: { table: string; key: string; where: string } | null;
  withdrawals: readonly Withdrawal[];
  /** How PatientID is mended before it is looked up, as the column that it meets is; null or absent: not. */
  patientId?: ColumnMending | null;
}

/** Where the mended texts of the tables are, and SQL of the PatientID of an image as it is looked up. */
interface Mended {
  texts: TextTable;
  patientId: string;
}

/** Reasons that a case is not in; for withdrawn cases the reason is the class of the withdrawal. */
export const CASE_REASON = {
  notMet: 'does not meet the acceptance rule',
  noRow: 'no row in the table of the acceptance rule',
  imagesOnly: 'images only, no row in the case table',
} as const;

/**
 * Fills `case_` and `instance.case_id` anew from the loaded tables, the headers and the withdrawals. A PatientID that
 * two cases claim is linked to neither and becomes a defect (REF-002).
 * @throws {CurationError} CONFIG_INVALID for an acceptance rule or a link that the tables do not bear
 */
export async function refreshCases(catalog: Catalog, rules: CaseRules): Promise<void> {
  await assertRules(catalog, rules);
  const mended: Mended = { texts: await textTables(catalog), patientId: await readPatientIds(catalog, rules.patientId ?? null) };
  await catalog.transaction(async () => {
    await linkImages(catalog, mended, rules);
    await catalog.run('DELETE FROM case_');
    await catalog.run(
      `INSERT INTO case_
       WITH named AS (${namedCases(mended, rules)}), withdrawal AS (SELECT unnest(?::VARCHAR[]) AS case_id, unnest(?::VARCHAR[]) AS reason)
       SELECT case_id, status, reason FROM named WHERE case_id NOT IN (SELECT case_id FROM withdrawal)
       UNION ALL SELECT case_id, 'withdrawn', min(reason) FROM withdrawal GROUP BY case_id
       ORDER BY case_id`,
      [rules.withdrawals.map(({ case_id }) => case_id), rules.withdrawals.map(({ reason }) => reason)],
    );
  });
}

/** One part of a split, to which releases are restricted. */
export interface ReleasedPart {
  split: string;
  part: string;
  /** Whether cases that are in no part yet are withheld too: yes for a release, no for a gate that looks ahead. */
  undrawnToo: boolean;
}

/**
 * Marks accepted cases outside the released part as withheld: the gate does not judge them and no release holds them.
 * Undone by the next `refreshCases`.
 */
export async function withholdCases(catalog: Catalog, { split, part, undrawnToo }: ReleasedPart): Promise<void> {
  const assigned = 'SELECT case_id FROM assignments WHERE split = $split AND part';
  await catalog.run(
    `UPDATE case_ SET status = 'withheld', reason = $reason
     WHERE status = 'accepted' AND ${undrawnToo ? `case_id NOT IN (${assigned} = $part)` : `case_id IN (${assigned} <> $part)`}`,
    { split, part, reason: `not in the part ${part} of the split ${split}` },
  );
}

/** A hidden part of a split, as far as it decides which cases are released. */
export interface HiddenCases {
  split: string;
  part: string;
  /** Whether its cases are withheld; else only cells of theirs are, which is the matter of the release. */
  casesToo: boolean;
  /** Whether cases that may still be drawn into it are withheld too: what was released once cannot be hidden. */
  undrawnToo: boolean;
  /** The splits that this one lies within: a case in another part of one of them is never drawn into it. */
  around: readonly { split: string; part: string }[];
}

/** Marks accepted cases of a hidden part as withheld. Undone by the next `refreshCases`. */
export async function withholdHidden(catalog: Catalog, { split, part, casesToo, undrawnToo, around }: HiddenCases): Promise<void> {
  const withhold = (reason: string, where: string) =>
    catalog.run(`UPDATE case_ SET status = 'withheld', reason = ${quoteLiteral(reason)} WHERE status = 'accepted' AND ${where}`);
  const assigned = (name: string, condition: string) => `case_id IN (SELECT case_id FROM assignments WHERE split = ${quoteLiteral(name)} AND ${condition})`;
  if (casesToo) await withhold(`in the hidden part ${part} of the split ${split}`, assigned(split, `part = ${quoteLiteral(part)}`));
  if (!undrawnToo) return;
  const elsewhere = [assigned(split, 'true'), ...around.map((outer) => assigned(outer.split, `part <> ${quoteLiteral(outer.part)}`))];
  await withhold(`not drawn yet into the split ${split}, which has a hidden part`, elsewhere.map((condition) => `NOT ${condition}`).join(' AND '));
}

/** One row (case_id, status, reason) a case, before withdrawals. */
function namedCases({ texts, patientId }: Mended, { cases, accept }: CaseRules): string {
  const patients = "SELECT DISTINCT PatientID AS case_id FROM instance WHERE PatientID <> ''";
  if (cases === null) return `SELECT case_id, 'accepted' AS status, '' AS reason FROM (${patients})`;
  const rows = `SELECT DISTINCT ${quoteIdentifier(cases.key)} AS case_id FROM ${texts(cases.table)} WHERE ${quoteIdentifier(cases.key)} <> ''`;
  const unknown = `SELECT case_id, 'unknown', '${CASE_REASON.imagesOnly}' FROM (
      SELECT DISTINCT PatientID AS case_id FROM instance WHERE PatientID <> '' AND case_id IS NULL
        AND ${patientId} NOT IN (SELECT patient_id FROM claim WHERE cases > 1))
    WHERE case_id NOT IN (SELECT case_id FROM (${rows}))`;
  if (accept === null) return `SELECT case_id, 'accepted' AS status, '' AS reason FROM (${rows}) UNION ALL ${unknown}`;
  return `
    SELECT case_id,
      CASE WHEN met THEN 'accepted' ELSE 'rejected' END AS status,
      CASE WHEN met THEN '' WHEN met IS NULL THEN '${CASE_REASON.noRow}' ELSE '${CASE_REASON.notMet}' END AS reason
    FROM (${rows}) LEFT JOIN (${acceptedRows(texts, accept)}) USING (case_id)
    UNION ALL ${unknown}`;
}

/** (case_id, met) of every case with a row in the acceptance table; the condition sees the typed columns. */
function acceptedRows(texts: TextTable, accept: { table: string; key: string; where: string }): string {
  const key = quoteIdentifier(accept.key);
  return `
    SELECT keys.case_id, bool_or(coalesce(meets.met, false)) AS met
    FROM (SELECT source, source_row, ${key} AS case_id FROM ${texts(accept.table)} WHERE ${key} <> '') AS keys
    LEFT JOIN (SELECT source, source_row, true AS met FROM ${typed(accept.table)} WHERE (${accept.where}\n)) AS meets
      USING (source, source_row)
    GROUP BY keys.case_id`;
}

async function linkImages(catalog: Catalog, { texts, patientId }: Mended, { cases, link }: CaseRules): Promise<void> {
  await catalog.run(`CREATE OR REPLACE TEMP TABLE claim AS ${claims(texts, cases, link)}`);
  // two passes over the images, instead of one that meets them with themselves by their paths: those do not fit into memory
  const met = `claim.patient_id = ${patientId} AND claim.cases = 1`;
  await catalog.run(`UPDATE instance SET case_id = claim.case_id FROM claim WHERE ${met} AND instance.case_id IS DISTINCT FROM claim.case_id`);
  await catalog.run(`UPDATE instance SET case_id = NULL WHERE instance.case_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM claim WHERE ${met})`);
  await catalog.run(`DELETE FROM source_defect WHERE code = 'REF-002'`);
  if (link === null) return;
  await catalog.run(
    `INSERT INTO source_defect
     SELECT rows.source, coalesce(file.path, ''), $table, 'REF-002', NULL, $column,
       'A PatientID is claimed by ' || claim.cases || ' cases (data row ' || rows.source_row || ').', 'one case', claim.cases || ' cases'
     FROM ${texts(link.table)} AS rows JOIN claim ON claim.patient_id = rows.${quoteIdentifier(link.column)} AND claim.cases > 1
     LEFT JOIN table_file AS file ON file.source = rows.source AND file.table_name = $table
     ORDER BY rows.source, rows.source_row`,
    { table: link.table, column: link.column },
  );
}

/** One row (patient_id, case_id, cases) a PatientID that meets a case; `cases` counts how many claim it. */
function claims(texts: TextTable, cases: CaseTable | null, link: CaseRules['link']): string {
  if (cases === null)
    return "SELECT DISTINCT PatientID AS patient_id, PatientID AS case_id, 1 AS cases FROM instance WHERE PatientID <> ''";
  const { table, column, key } = link ?? { table: cases.table, column: cases.key, key: cases.key };
  return `
    SELECT ${quoteIdentifier(column)} AS patient_id, min(${quoteIdentifier(key)}) AS case_id, count(DISTINCT ${quoteIdentifier(key)}) AS cases
    FROM ${texts(table)}
    WHERE ${quoteIdentifier(column)} <> '' AND ${quoteIdentifier(key)} IN (SELECT ${quoteIdentifier(cases.key)} FROM ${texts(cases.table)})
    GROUP BY 1`;
}

async function assertRules(catalog: Catalog, { cases, link, accept }: CaseRules): Promise<void> {
  if (cases !== null) await assertColumns(catalog, cases.table, [cases.key]);
  if (link !== null) await assertColumns(catalog, link.table, [link.column, link.key]);
  if (accept === null) return;
  await assertColumns(catalog, accept.table, [accept.key]);
  try {
    await catalog.describeSelect(`SELECT source FROM ${typed(accept.table)} WHERE (${accept.where}\n)`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CurationError('CONFIG_INVALID', `accept.where is no condition over the table ${accept.table}: ${reason}`, { cause: error });
  }
}

/** Column names that an error repeats, in characters. */
const FOUND_CHARS = 300;

/** A table that is there and was refused is another trouble than one that is not there. */
async function refuseDefective(catalog: Catalog, table: string): Promise<void> {
  const [defect] = await catalog.all<{ source: string; path: string; line: number | null; code: string; message: string; expected: string | null; found: string | null }>(
    'SELECT source, path, line, code, message, expected, found FROM source_defect WHERE table_name = ? ORDER BY ALL LIMIT 1',
    [table],
  );
  if (defect === undefined) return;
  throw new CurationError('CONFIG_INVALID', `The configuration needs the table ${table}, but its file was refused: ${defect.source}/${defect.path}${defect.line === null ? '' : `:${defect.line}`}: ${defect.message} (${defect.code})`, {
    ...(defect.expected === null ? {} : { expected: defect.expected }),
    ...(defect.found === null ? {} : { found: defect.found }),
    suggestions: [`Mend the file, then run: colophon pull. Why it is refused: colophon checks show ${defect.code}`],
  });
}

async function assertColumns(catalog: Catalog, table: string, columns: readonly string[]): Promise<void> {
  const rows = await catalog.all<{ name: string }>(
    'SELECT column_name AS name FROM duckdb_columns() WHERE table_name = ? AND column_index > 2 ORDER BY column_index',
    [`raw_${table}`],
  );
  const names = rows.map(({ name }) => name);
  if (names.length === 0) await refuseDefective(catalog, table);
  if (names.length === 0)
    throw new CurationError('CONFIG_INVALID', `The configuration needs the table ${table}, but no source has it.`, {
      suggestions: [`Put ${table}.csv, .tsv, .json, .ndjson or .parquet into a source of kind tables, or change accept and link in colophon.yaml.`],
    });
  for (const column of columns) {
    if (names.includes(column)) continue;
    throw new CurationError('CONFIG_INVALID', `The configuration needs the column ${column} of the table ${table}, which has none of that name.`, {
      expected: column,
      found: names.join(', ').slice(0, FOUND_CHARS),
      suggestions: [`Is the file of ${table} the right one? A page that asks for a login may have come in its place.`, 'Or change `tables`, `accept` and `link` in colophon.yaml.'],
    });
  }
}

function typed(table: string): string {
  return quoteIdentifier(`clinical_${table}`);
}
