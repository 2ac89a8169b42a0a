import type { CheckInput } from '../check.js';
import { publicView } from './public-view.js';
import type { ViewColumn } from './view-column.js';

/** The equivalence classes of the cases: those that share all values of some columns, a missing value being one. */
export interface ClassTable {
  /** Texts of each column by code, in code unit order; code 0 stands for a missing value and its text is empty. */
  values: string[][];
  /** Code of each column, class by class. */
  codes: Uint32Array[];
  /** Cases of each class. */
  sizes: Uint32Array;
  /** Cases of all classes. */
  cases: number;
}

/** Reads the classes that columns of the public view make. */
export async function readClasses(input: CheckInput, columns: readonly ViewColumn[]): Promise<ClassTable> {
  const names = columns.map((_, at) => `q${at}`);
  const builder = new ClassTableBuilder(columns.length);
  const sql = `SELECT ${[...names, 'count(*) AS n'].join(', ')} FROM ${publicView(input, { q: columns })} GROUP BY ${names.join(', ')}`;
  for await (const rows of input.catalog.stream<Record<string, string | number | null>>(sql))
    for (const row of rows) builder.add(names.map((name) => row[name] as string | null), row['n'] as number);
  return builder.build();
}

/** Gathers classes and numbers their values. */
export class ClassTableBuilder {
  private readonly known: Map<string, number>[];
  private readonly cells: number[][];
  private readonly sizes: number[] = [];

  constructor(columns: number) {
    this.known = Array.from({ length: columns }, () => new Map());
    this.cells = Array.from({ length: columns }, () => []);
  }

  /** Adds a class; each combination of values is added once. */
  add(cells: readonly (string | null)[], size: number): void {
    for (const [at, cell] of cells.entries()) {
      const known = this.known[at]!;
      let code = 0;
      if (cell !== null) {
        code = known.get(cell) ?? known.size + 1;
        if (code > known.size) known.set(cell, code);
      }
      this.cells[at]!.push(code);
    }
    this.sizes.push(size);
  }

  /** The classes with their codes in the order of the values, whatever order they came in. */
  build(): ClassTable {
    const values = this.known.map((known) => ['', ...[...known.keys()].sort()]);
    const codes = this.cells.map((column, at) => {
      const known = this.known[at]!;
      const renamed = new Uint32Array(known.size + 1);
      for (const [code, value] of values[at]!.entries()) if (code > 0) renamed[known.get(value)!] = code;
      return Uint32Array.from(column, (code) => renamed[code]!);
    });
    const sizes = Uint32Array.from(this.sizes);
    return { values, codes, sizes, cases: sizes.reduce((sum, size) => sum + size, 0) };
  }
}

/** Cases that hold each value of a column, by code. */
export function countValues({ values, codes, sizes }: ClassTable, column: number): Uint32Array {
  const counts = new Uint32Array(values[column]!.length);
  for (const [at, code] of codes[column]!.entries()) counts[code]! += sizes[at]!;
  return counts;
}
