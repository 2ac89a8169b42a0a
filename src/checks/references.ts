import type { TableLink, TableSchema } from '../model/clinical.js';
import type { Check, CheckInput, ClinicalTable, FindingDraft } from './check.js';
import { tableLocation } from './columns.js';
import { showLink } from './mask.js';
import { identifier, judgedRows, literal, rowLocation, sqlCheck, type SqlQuery } from './sql.js';

/** A link that the file has a column for, with the table it leads to (null when that table is not loaded). */
interface UsedLink {
  table: ClinicalTable;
  schema: TableSchema;
  link: TableLink;
  target: ClinicalTable | null;
}

/** A link cell, one row a key that it names. */
interface LinkRow {
  source: string;
  source_row: number;
  key: string | null;
  link: string | null;
  n: number;
}

/** Links of the loaded tables to tables that the pack knows. */
function usedLinks(input: CheckInput): UsedLink[] {
  return input.tables.flatMap((table) => {
    const { schema } = table;
    if (schema === null) return [];
    return schema.links
      .filter((link) => table.columns.includes(link.column) && input.pack?.tables.has(link.target) === true)
      .map((link) => ({ table, schema, link, target: input.tables.find(({ name }) => name === link.target) ?? null }));
  });
}

/** REF-001: every key that a link names exists; keys of rows that are not released do not count. */
export const parentCheck = sqlCheck<LinkRow>('REF-001', (input) => {
  const links = usedLinks(input);
  if (links.length === 0) return input.pack === null ? 'no schema is configured' : 'no loaded table links to another';
  return links.map((used) => (used.target === null || !used.target.columns.includes(used.link.targetKey) ? absentTarget(used) : absentParents(used, used.target)));
});

function absentParents(used: UsedLink, target: ClinicalTable): SqlQuery<LinkRow> {
  const { table, link } = used;
  const targetKey = identifier(link.targetKey);
  return {
    subjects: `${linkCells(used)}`,
    sql: `SELECT source, source_row, key, link, 1 AS n FROM ${linkCells(used)} AS cell
      WHERE NOT EXISTS (SELECT 1 FROM ${judgedRows(target)} AS parent WHERE parent.${targetKey} = cell.link)`,
    draft: (row) => ({
      message: `The ${target.name} that the row names does not exist${target.where === 'true' ? '' : ' or is not released'}.`,
      location: rowLocation(table, row, link.column),
      expected: `${link.targetKey} of a row of ${target.name}`,
      found: showLink(row.link ?? ''),
      content: row.link ?? '',
    }),
  };
}

/** The table that a link leads to was not delivered: said once a link, not once a row. */
function absentTarget(used: UsedLink): SqlQuery<LinkRow> {
  const { table, link } = used;
  return {
    subjects: `${linkCells(used)}`,
    sql: `SELECT '' AS source, 0 AS source_row, NULL::VARCHAR AS key, NULL::VARCHAR AS link, count(*) AS n FROM ${linkCells(used)} HAVING count(*) > 0`,
    draft: (row) => ({
      message: `The rows name a ${link.target}, but there is no table ${link.target} with a column ${link.targetKey}.`,
      location: { ...tableLocation(table), column: link.column },
      hint: `Put ${link.target}.tsv or .csv beside the other tables.`,
      expected: `a table ${link.target}`,
      found: `${row.n} links to it`,
      content: link.target,
    }),
  };
}

/** (source, source_row, key, link): one row a key that a link cell names. */
function linkCells({ table, schema, link }: UsedLink): string {
  const column = identifier(link.column);
  const isList = schema.columns.find(({ name }) => name === link.column)?.type === 'array';
  const key = table.key !== null && table.columns.includes(table.key) ? identifier(table.key) : 'NULL::VARCHAR';
  const value = isList ? `unnest(string_split(${column}, ${literal(schema.listSeparator)}))` : column;
  return `(SELECT source, source_row, ${key} AS key, ${value} AS link FROM ${judgedRows(table)} WHERE ${column} IS NOT NULL AND ${column} <> '')`;
}

interface ParentsRow extends LinkRow {
  kind: 'parents' | 'children';
}

const MANY_PARENTS = new Set(['many_to_many', 'one_to_many']);
const ONE_CHILD = new Set(['one_to_one', 'one_to_many']);

/**
 * REF-002 across rows and cells: one parent where the link allows one, one child where the parent allows one. Links
 * that are required or exclude each other are judged with the row.
 */
export const multiplicityCheck: Check = sqlCheck<ParentsRow>('REF-002', (input) => {
  const queries = usedLinks(input).flatMap((used) => [
    ...(MANY_PARENTS.has(used.link.multiplicity) ? [] : [manyParents(used)]),
    ...(ONE_CHILD.has(used.link.multiplicity) ? [sharedParents(used)] : []),
  ]);
  return queries.length > 0 ? queries : 'no loaded table has a link that is limited to one';
});

function manyParents(used: UsedLink): SqlQuery<ParentsRow> {
  const { table, schema, link } = used;
  const parts = `len(list_distinct(string_split(link, ${literal(schema.listSeparator)})))`;
  const isList = schema.columns.find(({ name }) => name === link.column)?.type === 'array';
  const cells = isList ? `(SELECT source, source_row, any_value(key) AS key, NULL AS link, count(DISTINCT link) AS n FROM ${linkCells(used)} GROUP BY ALL)` : null;
  return {
    subjects: linkCells(used),
    sql:
      cells === null
        ? `SELECT source, source_row, key, link, ${parts} AS n, 'parents' AS kind FROM ${linkCells(used)} WHERE ${parts} > 1 AND ${isNoKey(used)}`
        : `SELECT source, source_row, key, NULL::VARCHAR AS link, n, 'parents' AS kind FROM ${cells} WHERE n > 1`,
    draft: (row) => draftMultiplicity(table, link, row, `A row of ${table.name} has one ${link.target}, this one names ${row.n}.`),
  };
}

/** A key may hold the separator: only what names no single row is read as a list. */
function isNoKey({ target, link }: UsedLink): string {
  if (target === null || !target.columns.includes(link.targetKey)) return 'true';
  return `link NOT IN (SELECT ${identifier(link.targetKey)} FROM ${identifier(target.raw)} WHERE ${identifier(link.targetKey)} IS NOT NULL)`;
}

function sharedParents(used: UsedLink): SqlQuery<ParentsRow> {
  const { table, link } = used;
  return {
    subjects: linkCells(used),
    sql: `SELECT source, source_row, key, link, n, 'children' AS kind FROM ${linkCells(used)}
      JOIN (SELECT link, count(*) AS n FROM ${linkCells(used)} GROUP BY link HAVING count(*) > 1) USING (link)`,
    draft: (row) => draftMultiplicity(table, link, row, `A ${link.target} has one row of ${table.name}, this one has ${row.n}.`),
  };
}

function draftMultiplicity(table: ClinicalTable, link: TableLink, row: ParentsRow, message: string): Omit<FindingDraft, 'code'> {
  return {
    message,
    location: rowLocation(table, row, link.column),
    expected: `one (${link.multiplicity})`,
    found: String(row.n),
    content: `${row.kind} ${row.link ?? ''} ${row.n}`,
  };
}
