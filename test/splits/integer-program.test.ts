import { describe, expect, test } from '@jest/globals';
import { solveProgram, type IntegerProgram } from '../../src/splits/search/integer-program.js';

const BOX = { lower: 0, upper: 10, integer: true };

describe('integer programs', () => {
  test('a knapsack is filled to the proven optimum', async () => {
    const program: IntegerProgram = {
      columns: [{ cost: -5, ...BOX }, { cost: -4, ...BOX }, { cost: -3, ...BOX }],
      rows: [
        { lower: -Infinity, upper: 5, entries: [[0, 2], [1, 3], [2, 1]] },
        { lower: -Infinity, upper: 11, entries: [[0, 4], [1, 1], [2, 2]] },
      ],
    };
    const solution = await solveProgram(program, { nodes: 1000 });
    expect(solution).toMatchObject({ status: 'optimal', objective: -15, bound: -15 });
    expect([...solution.values]).toEqual([0, 0, 5]);
  });

  test('rows that contradict each other are infeasible', async () => {
    const program: IntegerProgram = {
      columns: [{ cost: 0, ...BOX }],
      rows: [{ lower: 3, upper: Infinity, entries: [[0, 2]] }, { lower: -Infinity, upper: 3.5, entries: [[0, 2]] }],
    };
    expect((await solveProgram(program, { nodes: 1000 })).status).toBe('infeasible');
  });

  test('without whole numbers it is a linear program', async () => {
    const program: IntegerProgram = { columns: [{ cost: 1, lower: 0, upper: Infinity, integer: false }], rows: [{ lower: 1, upper: Infinity, entries: [[0, 4]] }] };
    const solution = await solveProgram(program, { nodes: 1 });
    expect(solution).toMatchObject({ status: 'optimal', objective: 0.25, bound: 0.25 });
  });
});
