import type { CheckInput } from '../check.js';
import { ClassTableBuilder, type ClassTable } from './class-table.js';
import { publicView } from './public-view.js';
import { findColumn, type ViewColumn } from './view-column.js';

/** The sensitive columns of the policy that are in the public view; a quasi-identifier is what is known, so it is none. */
export function readSensitive(input: CheckInput, quasi: readonly ViewColumn[]): ViewColumn[] {
  const names = [...new Set(input.policy.sensitive)].filter((name) => !quasi.some((column) => column.name === name));
  return names.map((column) => findColumn(input, { column })).filter((column) => column !== null);
}

/** The classes of the quasi-identifiers with the values that a sensitive column takes in each. */
export interface SensitiveClasses {
  /** One class each, with all its cases. */
  classes: ClassTable;
  /** Values of the column over all cases, without the missing one: numbers ascending, texts in code unit order. */
  values: string[];
  /** Cases by value. */
  whole: number[];
  /** By class: cases of each value that it holds, by index into `values` ascending. Missing values are left out. */
  held: [value: number, cases: number][][];
  /** Whether the values are numbers, so that some are closer than others. */
  ordered: boolean;
}

/** Reads how a sensitive column is distributed in the classes that hold at least `least` cases. */
export async function readSensitiveClasses(input: CheckInput, quasi: readonly ViewColumn[], column: ViewColumn, least: number): Promise<SensitiveClasses> {
  const view = publicView(input, { q: quasi, s: [column] });
  const whole = await input.catalog.all<{ value: string; n: number }>(`SELECT s0 AS value, count(*) AS n FROM ${view} WHERE s0 IS NOT NULL GROUP BY s0 ORDER BY s0`);
  const ordered = whole.every(({ value }) => value.trim() !== '' && Number.isFinite(Number(value)));
  whole.sort((a, b) => (ordered ? Number(a.value) - Number(b.value) : 0) || (a.value < b.value ? -1 : 1));
  const indexOf = new Map(whole.map(({ value }, index) => [value, index]));
  const names = quasi.map((_, at) => `q${at}`);
  const same = names.map((name) => `cell.${name} IS NOT DISTINCT FROM large.${name}`).join(' AND ');
  const sql = `
    WITH cell AS (SELECT ${names.join(', ')}, s0, count(*) AS n FROM ${view} GROUP BY ALL),
    large AS (SELECT ${names.join(', ')}, sum(n) AS size FROM cell GROUP BY ${names.join(', ')} HAVING sum(n) >= ${least})
    SELECT ${names.map((name) => `cell.${name}`).join(', ')}, any_value(size)::BIGINT AS n, list({value: s0, cases: n}) FILTER (s0 IS NOT NULL) AS held
    FROM cell JOIN large ON ${same} GROUP BY ${names.map((name) => `cell.${name}`).join(', ')}`;
  const builder = new ClassTableBuilder(quasi.length);
  const held: SensitiveClasses['held'] = [];
  for await (const rows of input.catalog.stream<Record<string, unknown>>(sql))
    for (const row of rows) {
      builder.add(names.map((name) => row[name] as string | null), row['n'] as number);
      const cells = (row['held'] ?? []) as { value: string; cases: number }[];
      held.push(cells.map(({ value, cases }): [number, number] => [indexOf.get(value)!, cases]).sort((a, b) => a[0] - b[0]));
    }
  return { classes: builder.build(), values: whole.map(({ value }) => value), whole: whole.map(({ n }) => n), held, ordered };
}
