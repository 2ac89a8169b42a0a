import { CurationError } from '../../errors.js';
import type { CatalogReader, LoadContext } from './catalog-reader.js';
import type { Tie } from './groups.js';
import { resolveColumn, type Resolved } from './resolution.js';
import { identifier, joinCases } from './sql.js';

/** What ties cases: a patient, a study, the bytes, pixels or looks of an image, equal values of the columns in `group_by`. */
export async function readAllTies(context: LoadContext): Promise<Tie[]> {
  const { reader, settings, source, tables, models } = context;
  const ties: Tie[] = [];
  for (const [kind, column] of [['patient', 'PatientID'], ['study', 'StudyInstanceUID'], ['instance', 'sha256']] as const) {
    const pairs = `SELECT DISTINCT case_id, ${column} AS key FROM instance WHERE case_id IS NOT NULL AND ${column} <> ''`;
    for await (const tie of readTies(reader, kind, pairs)) ties.push(tie);
  }
  // What the gate found to be the same picture, or to look the same, under two cases.
  const links = `SELECT c.case_id, l.why || ' ' || l.case_a || ' ' || l.case_b AS key FROM case_link AS l, (SELECT unnest([l.case_a, l.case_b]) AS case_id) AS c`;
  for await (const tie of readTies(reader, 'image', links)) ties.push(tie);
  const where = `splits.${settings.name}.group_by`;
  const columns = settings.groupBy.map((name) => ({ kind: name, ...columnOf(name, where, resolveColumn(name, where, tables, source.caseTable, models)) }));
  const mended = await reader.all<{ table_name: string }>('SELECT table_name FROM mended_table WHERE changed');
  const texts = (table: string): string => identifier(`${mended.some(({ table_name }) => table_name === table) ? 'mended' : 'raw'}_${table}`);
  for (const column of columns) await warnOfUngrouped(context, texts, column);
  if (source.patientLink !== null) columns.push({ kind: 'patient', ...source.patientLink });
  for (const { kind, table, column } of columns) {
    if (table === null || tables.get(table)?.includes(column) !== true) continue;
    const cell = `rows.${identifier(column)}`;
    const pairs = `SELECT DISTINCT link.case_id, ${cell} AS key FROM ${texts(table)} AS rows ${joinCases(table)} WHERE ${cell} <> ''`;
    for await (const tie of readTies(reader, kind, pairs)) ties.push(tie);
  }
  return ties;
}

function columnOf(name: string, where: string, resolved: Resolved): { table: string | null; column: string } {
  if (resolved.kind === 'attribute' || resolved.kind === 'tag') throw new CurationError('CONFIG_INVALID', `${where} names ${name}, which ties no cases.`);
  return resolved.kind === 'case' ? { table: null, column: name } : { table: resolved.table, column: resolved.column };
}

/** A case without a value in a column of `group_by` is tied to nobody by it: a person should know how many there are. */
async function warnOfUngrouped({ reader, indexOf, warn }: LoadContext, texts: (table: string) => string, { kind, table, column }: { kind: string; table: string | null; column: string }): Promise<void> {
  if (table === null) return;
  const cell = `rows.${identifier(column)}`;
  const sql = `SELECT case_id FROM case_ WHERE status = 'accepted' EXCEPT SELECT link.case_id FROM ${texts(table)} AS rows ${joinCases(table)} WHERE ${cell} <> ''`;
  let without = 0;
  for await (const rows of reader.stream<{ case_id: string }>(sql)) for (const { case_id } of rows) if (indexOf.has(case_id)) without++;
  if (without > 0) warn(`${without} of ${indexOf.size} cases have no value of ${kind} (group_by): it ties them to no other case.`);
}

/** Only keys that two cases hold: the others tie nothing. */
async function* readTies(reader: CatalogReader, kind: string, pairs: string): AsyncGenerator<Tie> {
  const sql = `WITH pair AS (${pairs}) SELECT case_id, key FROM pair WHERE key IN (SELECT key FROM pair GROUP BY key HAVING count(*) > 1)`;
  for await (const rows of reader.stream<{ case_id: string; key: string }>(sql)) for (const { case_id, key } of rows) yield { kind, key, case_id };
}
