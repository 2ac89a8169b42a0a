import { byCodeUnit } from '../../src/splits/input/code-unit.js';
import type { SplitInput } from '../../src/splits/input/problem.js';
import { encodeVariable, type CellValue } from '../../src/splits/input/variable.js';

/** A split's input as texts: cases in any order, `rows` studies a case (none by default), values aligned with the cases. */
export interface TextInput extends Partial<Omit<SplitInput, 'cases' | 'studyStart' | 'variables'>> {
  cases: readonly string[];
  rows?: ArrayLike<number>;
  variables: readonly { name: string; weight?: number; values: readonly CellValue[] }[];
}

/** The input of a draw over cases whose variables all count cases. */
export function splitInput({ cases, rows, variables, images, ...others }: TextInput): SplitInput {
  const order = [...cases.keys()].sort((a, b) => byCodeUnit(cases[a]!, cases[b]!));
  const studyStart = new Uint32Array(cases.length + 1);
  for (const [index, from] of order.entries()) studyStart[index + 1] = studyStart[index]! + (rows?.[from] ?? 0);
  return {
    split: 's',
    seed: '1',
    config_digest: '',
    parts: [],
    unit: 'cases',
    pairs: [],
    ties: [],
    frozen: [],
    holdOuts: [],
    forced: [],
    limits: [],
    ...others,
    cases: order.map((from) => cases[from]!),
    studyStart,
    images: images === undefined ? new Uint32Array(cases.length) : Uint32Array.from(order, (from) => images[from]!),
    variables: variables.map(({ name, weight, values }) => encodeVariable({ name, ...(weight === undefined ? {} : { weight }), values: order.map((from) => values[from]!) })),
  };
}
