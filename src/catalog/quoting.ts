import assert from 'node:assert';

/** Quotes an identifier that comes from data, e.g. a column called `cases.submitter_id`. */
export function quoteIdentifier(name: string): string {
  assert(!name.includes('\0'), 'an identifier holds no NUL');
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes text as an SQL literal, for places that take no parameter. */
export function quoteLiteral(text: string): string {
  assert(!text.includes('\0'), 'a literal holds no NUL');
  return `'${text.replaceAll("'", "''")}'`;
}
