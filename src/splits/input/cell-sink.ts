import type { BalanceVariable } from '../../model/config.js';
import { binLabels, binOf, NO_NUMBER, quantileEdges } from './bins.js';
import { UnitSets } from './unit-sets.js';
import type { Variable } from './variable.js';

/** How the cells of a column are written: one value, the JSON text of a list, or a number. */
export type CellForm = 'text' | 'list' | 'number';

/** Reads a cell as its values: members of a list, separated values; none when it is empty. */
export function cellValues(cell: string, form: CellForm, separator?: string): string[] {
  const members = form === 'list' ? listMembers(cell) : [form === 'number' ? numberText(cell) : cell];
  const single = separator === undefined ? members : members.flatMap((text) => text.split(separator).map((part) => part.trim()));
  return single.filter((text) => text !== '');
}

/** A decimal number, with exponent or without; NaN for any other text. */
function numberOf(text: string): number {
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text) ? Number(text) : NaN;
}

/** A number in the shortest form that reads back as the same: 63 rather than 63.0. */
function numberText(cell: string): string {
  const value = Number(cell);
  return cell === '' || Number.isNaN(value) || String(value).includes('e') ? cell : String(value);
}

function listMembers(json: string): string[] {
  if (json === '') return [];
  return (JSON.parse(json) as unknown[]).flatMap((member) => (member === null ? [] : [typeof member === 'string' ? member : JSON.stringify(member)]));
}

/** Takes in the cells of one variable, unit by unit in any order, and makes the variable of them. */
export class CellSink {
  private readonly sets: UnitSets;
  private readonly parsed = new Map<string, number>();
  private readonly numbers: NumberRows | null;

  constructor(
    private readonly variable: BalanceVariable,
    private readonly level: Variable['level'],
    private readonly units: number,
    private readonly form: CellForm,
  ) {
    this.sets = new UnitSets(units);
    this.numbers = variable.bins !== undefined || variable.quantiles !== undefined ? new NumberRows() : null;
  }

  /** Whether anything is known of a unit. */
  has(unit: number): boolean {
    return this.sets.has(unit) || this.numbers?.has(unit) === true;
  }

  /** Adds what a cell says of a unit. */
  add(unit: number, cell: string): void {
    if (this.numbers === null) this.sets.add(unit, this.setOf(cell));
    else for (const text of cellValues(cell, this.form, this.variable.separator)) if (text.trim() !== '') this.numbers.add(unit, numberOf(text));
  }

  /** What `add` needs to know of a cell, for columns whose cells come as codes. */
  prepare(cell: string): (unit: number) => void {
    if (this.numbers !== null) return (unit) => this.add(unit, cell);
    const set = this.setOf(cell);
    return (unit) => this.sets.add(unit, set);
  }

  finish(): Variable {
    const numbers = this.numbers?.meansOf(this.units) ?? null;
    if (this.numbers !== null) this.fillBins(this.numbers);
    return this.sets.toVariable({ name: this.variable.column, weight: this.variable.weight ?? 1, level: this.level, numbers });
  }

  private setOf(cell: string): number {
    let set = this.parsed.get(cell);
    if (set === undefined) this.parsed.set(cell, (set = this.sets.intern(cellValues(cell, this.form, this.variable.separator))));
    return set;
  }

  private fillBins(rows: NumberRows): void {
    const edges = this.variable.bins ?? quantileEdges(rows.values.filter(Number.isFinite), this.variable.quantiles!);
    const bins = binLabels(edges).map((label) => this.sets.intern([label]));
    const none = this.sets.intern([NO_NUMBER]);
    for (const [at, value] of rows.values.entries()) this.sets.add(rows.units[at]!, Number.isFinite(value) ? bins[binOf(edges, value)]! : none);
  }
}

/** Numbers as they were met, each with its unit. */
class NumberRows {
  readonly units: number[] = [];
  readonly values: number[] = [];
  private readonly met = new Set<number>();

  add(unit: number, value: number): void {
    this.units.push(unit);
    this.values.push(value);
    this.met.add(unit);
  }

  has(unit: number): boolean {
    return this.met.has(unit);
  }

  /** The mean of the numbers of every unit; NaN for a unit without any. */
  meansOf(units: number): Float64Array {
    const [sums, counts] = [new Float64Array(units), new Uint32Array(units)];
    for (const [at, value] of this.values.entries()) {
      if (!Number.isFinite(value)) continue;
      const unit = this.units[at]!;
      sums[unit] = sums[unit]! + value;
      counts[unit] = counts[unit]! + 1;
    }
    return sums.map((sum, unit) => sum / counts[unit]!);
  }
}
