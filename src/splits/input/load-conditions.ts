import { CurationError } from '../../errors.js';
import type { CatalogReader, LoadContext } from './catalog-reader.js';
import { conditionStatement, findConditionDefect, showCondition } from './condition.js';
import type { BoundCase } from './problem.js';
import { identifier, joinCases, literal } from './sql.js';

/** Cases that meet a hold-out rule; a rule that is NULL for a case does not hold it out. */
export async function readHoldOuts(context: LoadContext): Promise<BoundCase[]> {
  const held: BoundCase[] = [];
  for (const { part, condition } of context.settings.holdOuts) {
    const where = `splits.${context.settings.name}.hold_out.${part}`;
    const rule = `hold_out.${part}: ${showCondition(condition)}`;
    for (const case_id of await casesThatMeet(context, where, condition)) held.push({ case_id, part, rule });
  }
  return held;
}

/**
 * Ids of the cases with a row of the case table for which a condition is true.
 * @throws {CurationError} CONFIG_INVALID, with `where` as the place in colophon.yaml
 */
export async function casesThatMeet({ reader, tables, source: { caseTable } }: LoadContext, where: string, condition: string): Promise<string[]> {
  if (caseTable === null) throw new CurationError('CONFIG_INVALID', `${where} needs a case table, and there is none.`);
  await checkCondition(reader, where, condition, tables.get(caseTable) ?? []);
  const sql = `SELECT DISTINCT link.case_id
    FROM (SELECT source, source_row, (${condition}\n)::BOOLEAN AS met FROM ${identifier(`clinical_${caseTable}`)}) AS rows ${joinCases(caseTable)}
    WHERE rows.met`;
  const ids: string[] = [];
  try {
    for await (const rows of reader.stream<{ case_id: string }>(sql)) for (const { case_id } of rows) ids.push(case_id);
  } catch (error) {
    throw conditionError(where, error instanceof Error ? error.message : String(error), error);
  }
  return ids;
}

async function checkCondition(reader: CatalogReader, where: string, condition: string, columns: readonly string[]): Promise<void> {
  const [parse] = await reader.all<{ parsed: string }>(`SELECT json_serialize_sql(${literal(conditionStatement(condition))})::VARCHAR AS parsed`);
  const unstable = await reader.all<{ name: string }>(
    "SELECT DISTINCT lower(function_name) AS name FROM duckdb_functions() WHERE stability IN ('VOLATILE', 'CONSISTENT_WITHIN_QUERY')",
  );
  const defect = findConditionDefect(parse!.parsed, new Set(unstable.map(({ name }) => name)), columns);
  if (defect !== null) throw conditionError(where, defect);
}

function conditionError(where: string, reason: string, cause?: unknown): CurationError {
  return new CurationError('CONFIG_INVALID', `${where} is no condition over the case table: ${reason}`, {
    cause,
    expected: 'one true-or-false expression over its columns',
    suggestions: ["Write it as after WHERE in SQL, e.g. site_id = 'S7'."],
  });
}
