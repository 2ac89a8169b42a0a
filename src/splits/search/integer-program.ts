import loadHighs, { type Highs, type ModelData } from 'highs';

/** A mixed-integer linear program to be minimised: rows are constraints over sparse columns. */
export interface IntegerProgram {
  columns: readonly ProgramColumn[];
  rows: readonly ProgramRow[];
}

export interface ProgramColumn {
  /** Cost of one unit in the objective. */
  cost: number;
  lower: number;
  /** Infinity when there is no upper bound. */
  upper: number;
  integer: boolean;
}

export interface ProgramRow {
  /** -Infinity when there is no lower bound. */
  lower: number;
  upper: number;
  /** Columns, each once, with their coefficients. */
  entries: readonly (readonly [column: number, coefficient: number])[];
}

export interface ProgramLimits {
  /** Branch-and-bound nodes after which the best solution so far is taken: a limit in time would depend on the machine. */
  nodes: number;
  /** Relative gap at which a solution counts as optimal; 0 by default. */
  gap?: number;
}

export interface ProgramSolution {
  /** `feasible`: the nodes ran out with a solution at hand; `unknown`: they ran out without one. */
  status: 'optimal' | 'feasible' | 'infeasible' | 'unknown';
  /** Values of the columns, whole numbers made exact; empty when there is no solution. */
  values: Float64Array;
  objective: number;
  /** No solution is below this. */
  bound: number;
}

/** The package is an ES module whose types are declared as those of CommonJS: what is imported is its default already. */
const load = loadHighs as unknown as typeof loadHighs.default;

let solver: Promise<Highs> | undefined;

/**
 * Solves a program with HiGHS (Huangfu & Hall 2018, doi 10.1007/s12532-017-0130-5), single-threaded and with a fixed seed:
 * the same program gives the same answer on every machine.
 */
export async function solveProgram(program: IntegerProgram, { nodes, gap = 0 }: ProgramLimits): Promise<ProgramSolution> {
  const highs = await (solver ??= load());
  return highs.withModel(modelData(highs, program), (model): ProgramSolution => {
    model.options.set({ output_flag: false, random_seed: 1, mip_max_nodes: nodes, mip_rel_gap: gap, mip_abs_gap: 0 });
    model.run();
    const status = model.getModelStatus();
    const { modelStatus } = highs.constants;
    if (status === modelStatus.infeasible || status === modelStatus.unboundedOrInfeasible) return { status: 'infeasible', values: new Float64Array(), objective: Infinity, bound: Infinity };
    const solved = model.info.get('primal_solution_status') === 2;
    const bound = Number(program.columns.some(({ integer }) => integer) ? model.info.get('mip_dual_bound') : model.getObjectiveValue());
    if (!solved) return { status: 'unknown', values: new Float64Array(), objective: Infinity, bound };
    const values = Float64Array.from(model.getSolution().colValue, (value, at) => (program.columns[at]!.integer ? Math.round(value) : value));
    return { status: status === modelStatus.optimal ? 'optimal' : 'feasible', values, objective: model.getObjectiveValue(), bound };
  });
}

function modelData(highs: Highs, { columns, rows }: IntegerProgram): ModelData {
  const starts = new Int32Array(rows.length + 1);
  rows.forEach(({ entries }, row) => (starts[row + 1] = starts[row]! + entries.length));
  const { integer, continuous } = highs.constants.variableType;
  const finite = (value: number) => (value === Infinity ? highs.infinity : value === -Infinity ? -highs.infinity : value);
  return {
    numCols: columns.length,
    numRows: rows.length,
    colCost: Float64Array.from(columns, ({ cost }) => cost),
    colLower: Float64Array.from(columns, ({ lower }) => finite(lower)),
    colUpper: Float64Array.from(columns, ({ upper }) => finite(upper)),
    rowLower: Float64Array.from(rows, ({ lower }) => finite(lower)),
    rowUpper: Float64Array.from(rows, ({ upper }) => finite(upper)),
    matrix: {
      format: 'csr',
      numRows: rows.length,
      numCols: columns.length,
      starts,
      indices: Int32Array.from(rows.flatMap(({ entries }) => entries.map(([column]) => column))),
      values: Float64Array.from(rows.flatMap(({ entries }) => entries.map(([, coefficient]) => coefficient))),
    },
    ...(columns.some((column) => column.integer) ? { integrality: Int32Array.from(columns, (column) => (column.integer ? integer : continuous)) } : {}),
  };
}
