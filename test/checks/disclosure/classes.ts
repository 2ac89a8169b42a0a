import { ClassTableBuilder, type ClassTable } from '../../../src/checks/disclosure/class-table.js';

/** Classes of records, in the order of their first appearance. */
export function classesOf(records: readonly (string | null)[][]): { classes: ClassTable; distinct: (string | null)[][] } {
  const counts = new Map<string, number>();
  for (const record of records) counts.set(JSON.stringify(record), (counts.get(JSON.stringify(record)) ?? 0) + 1);
  const builder = new ClassTableBuilder(records[0]?.length ?? 0);
  const distinct = [...counts.keys()].map((key) => JSON.parse(key) as (string | null)[]);
  for (const record of distinct) builder.add(record, counts.get(JSON.stringify(record))!);
  return { classes: builder.build(), distinct };
}
