/** Smaller than this, a coefficient or a value is nothing: what is computed here are counts. */
const EPSILON = 1e-7;

/** Pivots of one optimisation; Bland's rule ends by itself, but not always soon. */
const MAX_PIVOTS = 20_000;

/**
 * Linear programs over one set of equations: A x = b, x >= 0. The first feasible corner is found once; every variable's
 * bounds start from the corner before. Bland's rule, so that it ends.
 */
export class Simplex {
  /** Rows of the tableau; the last cell of each is the right side. */
  private readonly rows: Float64Array[];
  /** Variable that each row solves for. */
  private readonly basis: number[];
  /** Whether any x fulfils the equations. */
  readonly feasible: boolean;

  /**
   * @param equations Coefficients of the variables, then the right side.
   * @param variables Number of variables.
   */
  constructor(
    equations: readonly (readonly number[])[],
    private readonly variables: number,
  ) {
    const width = variables + equations.length + 1;
    this.rows = equations.map((equation, at) => {
      const sign = equation[variables]! < 0 ? -1 : 1;
      const row = new Float64Array(width);
      for (let column = 0; column < variables; column++) row[column] = sign * equation[column]!;
      row[variables + at] = 1;
      row[width - 1] = sign * equation[variables]!;
      return row;
    });
    this.basis = equations.map((_, at) => variables + at);
    this.feasible = this.findCorner();
  }

  /** The least value that a variable takes. Throws when there is no solution. */
  least(variable: number): number {
    const value = this.minimise(this.objective((column) => (column === variable ? 1 : 0)), this.variables);
    if (value === -Infinity) throw new RangeError('a variable that is not negative has no least value');
    return value;
  }

  /** The greatest value that a variable takes; Infinity when there is none. */
  most(variable: number): number {
    return -this.minimise(this.objective((column) => (column === variable ? -1 : 0)), this.variables);
  }

  /** Drives out the artificial variables, which make any equation true, and drops equations that say nothing new. */
  private findCorner(): boolean {
    const artificial = (column: number): boolean => column >= this.variables;
    const rest = this.minimise(this.objective((column) => (artificial(column) ? 1 : 0)), this.variables + this.basis.length);
    if (rest > EPSILON * 10) return false;
    for (let row = this.rows.length - 1; row >= 0; row--) {
      if (!artificial(this.basis[row]!)) continue;
      const column = this.rows[row]!.findIndex((cell, at) => at < this.variables && Math.abs(cell) > EPSILON);
      if (column >= 0) this.pivot(row, column, null);
      else {
        this.rows.splice(row, 1);
        this.basis.splice(row, 1);
      }
    }
    return true;
  }

  /** An objective in terms of the variables outside the basis; its last cell is minus its value. */
  private objective(cost: (column: number) => number): Float64Array {
    const width = this.rows[0]?.length ?? this.variables + 1;
    const row = Float64Array.from({ length: width }, (_, column) => (column < width - 1 ? cost(column) : 0));
    for (const [at, variable] of this.basis.entries()) {
      const factor = cost(variable);
      if (factor !== 0) for (let column = 0; column < width; column++) row[column]! -= factor * this.rows[at]![column]!;
    }
    return row;
  }

  /** @param columns Variables before this one may enter the basis. */
  private minimise(objective: Float64Array, columns: number): number {
    for (let pivots = 0; pivots < MAX_PIVOTS; pivots++) {
      let entering = 0;
      while (entering < columns && objective[entering]! >= -EPSILON) entering++;
      if (entering === columns) return -objective.at(-1)!;
      const row = this.leavingRow(entering);
      if (row === null) return -Infinity;
      this.pivot(row, entering, objective);
    }
    throw new RangeError('too many pivots');
  }

  private leavingRow(column: number): number | null {
    let [best, ratio] = [null as number | null, Infinity];
    for (const [at, row] of this.rows.entries()) {
      if (row[column]! <= EPSILON) continue;
      const own = row.at(-1)! / row[column]!;
      const tie = best !== null && Math.abs(own - ratio) <= EPSILON;
      if (best === null || (tie ? this.basis[at]! < this.basis[best]! : own < ratio)) [best, ratio] = [at, own];
    }
    return best;
  }

  private pivot(at: number, column: number, objective: Float64Array | null): void {
    const pivot = this.rows[at]!;
    const factor = pivot[column]!;
    for (let index = 0; index < pivot.length; index++) pivot[index]! /= factor;
    for (const row of objective === null ? this.rows : [...this.rows, objective]) {
      const share = row[column]!;
      if (row === pivot || share === 0) continue;
      for (let index = 0; index < pivot.length; index++) row[index]! -= share * pivot[index]!;
    }
    this.basis[at] = column;
  }
}
