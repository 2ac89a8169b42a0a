import type { CheckInput } from '../check.js';
import { ClassTableBuilder, type ClassTable } from './class-table.js';
import { publicView } from './public-view.js';
import type { ViewColumn } from './view-column.js';

/** How many values a sensitive column takes in the classes of the quasi-identifiers. */
export interface Uniformity {
  classes: number;
  /** Classes with 1 to l-1 values that hold fewer than l cases, so that they cannot hold l values. */
  few: { classes: number; cases: number };
  /** The other classes with 1 to l-1 values. */
  uniform: { classes: number; cases: number };
  /** The largest of these, in this order. */
  largest: { classes: ClassTable; values: number[] };
}

/** Counts the values of a sensitive column in each class; missing values are none. At most `limit` classes are given. */
export async function readUniformity(input: CheckInput, quasi: readonly ViewColumn[], column: ViewColumn, l: number, limit: number): Promise<Uniformity> {
  const names = quasi.map((_, at) => `q${at}`).join(', ');
  const classes = `
    WITH cell AS (SELECT ${names}, s0, count(*) AS n FROM ${publicView(input, { q: quasi, s: [column] })} GROUP BY ALL),
    class AS (SELECT ${names}, sum(n)::BIGINT AS n, count(s0) AS held FROM cell GROUP BY ${names})`;
  const failing = `held BETWEEN 1 AND ${l - 1}`;
  const [counts] = await input.catalog.all<Record<'classes' | 'few' | 'few_cases' | 'uniform' | 'uniform_cases', number>>(`${classes}
    SELECT count(*) AS classes,
      count(*) FILTER (${failing} AND n < ${l}) AS few, coalesce(sum(n) FILTER (${failing} AND n < ${l}), 0)::BIGINT AS few_cases,
      count(*) FILTER (${failing} AND n >= ${l}) AS uniform, coalesce(sum(n) FILTER (${failing} AND n >= ${l}), 0)::BIGINT AS uniform_cases FROM class`);
  const builder = new ClassTableBuilder(quasi.length);
  const values: number[] = [];
  for await (const rows of input.catalog.stream<Record<string, string | number | null>>(`${classes}
    SELECT ${names}, n, held FROM class WHERE ${failing} AND n >= ${l} ORDER BY n DESC, ${names} LIMIT ${limit}`))
    for (const row of rows) {
      builder.add(quasi.map((_, at) => row[`q${at}`] as string | null), row['n'] as number);
      values.push(row['held'] as number);
    }
  return {
    classes: counts?.classes ?? 0,
    few: { classes: counts?.few ?? 0, cases: counts?.few_cases ?? 0 },
    uniform: { classes: counts?.uniform ?? 0, cases: counts?.uniform_cases ?? 0 },
    largest: { classes: builder.build(), values },
  };
}
