import { describe, expect, test } from '@jest/globals';
import { sha256Hex } from '../../src/fixity/digest.js';
import { Allocation } from '../../src/splits/allocation.js';
import { listBlocks, type GroupTable } from '../../src/splits/blocks.js';
import { buildCells } from '../../src/splits/cells.js';
import { drawQuotas } from '../../src/splits/quotas.js';
import { keyedRandom, Random } from '../../src/splits/random.js';
import { searchAllocation } from '../../src/splits/search.js';
import { settleSizes } from '../../src/splits/sizes.js';
import { encodeVariable } from '../../src/splits/variable.js';
import { syntheticCases } from '../support/synthetic-cases.js';

interface Instance {
  fresh: () => Allocation;
  search: (seed: number) => Allocation;
  count: number;
}

/** A small collection with four variables; every third group holds two cases when `pairs` is set. */
function makeInstance(count: number, shares: number[], seed: string, pairs = false): Instance {
  const sizes = Uint32Array.from({ length: count }, (_, group) => (pairs && group % 3 === 0 ? 2 : 1));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const synthetic = syntheticCases(total, seed);
  const order = Uint32Array.from({ length: total }, (_, index) => index);
  const variables = synthetic.variables.slice(0, 4).map((variable) => encodeVariable(variable));
  const studyStart = new Uint32Array(total + 1);
  const memberStart = new Uint32Array(count + 1);
  sizes.forEach((size, group) => (memberStart[group + 1] = memberStart[group]! + size));
  const rows = Uint32Array.from(sizes, (size, group) => Array.from({ length: size }, (_, at) => synthetic.rows[memberStart[group]! + at]!).reduce((a, b) => a + b));
  const groups: GroupTable = { count, memberStart, members: order, cases: sizes, rows, fixed: new Int16Array(count).fill(-1) };
  const cells = buildCells(groups, listBlocks(variables, studyStart).blocks);
  const targets = Float64Array.from(shares);
  const quotas = drawQuotas(groups, cells, targets, keyedRandom(sha256Hex(seed), 'quotas'));
  const fresh = () => new Allocation(groups, cells, quotas, targets);
  const free = Uint32Array.from({ length: count }, (_, group) => group);
  return {
    count,
    fresh,
    search: (number) => {
      const allocation = fresh();
      searchAllocation(allocation, variables, studyStart, free, sha256Hex(String(number)));
      return allocation;
    },
  };
}

/** Least J over all allocations, and over those whose sizes are as close to the quotas as the search makes them. */
function exhaust({ fresh, count }: Instance, worstExcess: number): { all: number; sized: number } {
  const allocation = fresh();
  for (let group = 0; group < count; group++) allocation.place(group, 0);
  let objective = allocation.objective();
  const least = { all: Infinity, sized: Infinity };
  const visit = (group: number) => {
    for (let part = 0; part < allocation.parts; part++) {
      if (allocation.part[group] !== part) {
        objective += allocation.moveCost(group, part);
        allocation.move(group, part);
      }
      if (group + 1 < count) visit(group + 1);
      else {
        least.all = Math.min(least.all, objective);
        if (excessOf(allocation) <= worstExcess + 1e-9) least.sized = Math.min(least.sized, objective);
      }
    }
  };
  visit(0);
  return least;
}

function excessOf(allocation: Allocation): number {
  return Math.max(...Array.from({ length: allocation.parts }, (_, part) => Math.abs(allocation.excess(part))));
}

describe('small collections', () => {
  test.each([
    [16, [0.8, 0.2], false],
    [14, [0.5, 0.5], true],
    [9, [0.7, 0.1, 0.2], false],
    [9, [0.25, 0.25, 0.5], true],
  ])('%i groups into %j (pairs: %p): the search finds the optimum among equal sizes', (count, shares, pairs) => {
    for (let number = 0; number < 4; number++) {
      const instance = makeInstance(count, shares, `instance ${number}`, pairs);
      const found = instance.search(number);
      const least = exhaust(instance, excessOf(found));
      expect(found.objective()).toBeGreaterThanOrEqual(least.all - 1e-9);
      expect(found.objective()).toBeLessThanOrEqual(least.sized * 1.02 + 1e-9);
    }
  });

  test('40 groups: most seeds meet at one value, far below chance', () => {
    const instance = makeInstance(40, [0.8, 0.2], 'forty');
    const found = [1, 2, 3, 4, 5].map((seed) => instance.search(seed).objective()).sort((a, b) => a - b);
    expect(found[2]! / found[0]!).toBeLessThan(1.01);
    const random = new Random(sha256Hex('chance'));
    const chance = Array.from({ length: 200 }, () => {
      const allocation = instance.fresh();
      for (let group = 0; group < 40; group++) allocation.place(group, random.below(5) === 0 ? 1 : 0);
      return allocation.objective();
    });
    expect(found[2]).toBeLessThan(Math.min(...chance) / 1.3);
  });
});

test('sizes are settled from any start, to less than one group', () => {
  for (const pairs of [false, true]) {
    const allocation = makeInstance(30, [0.6, 0.3, 0.1], 'sizes', pairs).fresh();
    for (let group = 0; group < 30; group++) allocation.place(group, group % 2 === 0 ? 2 : 0);
    settleSizes(allocation, Uint32Array.from({ length: 30 }, (_, group) => group));
    expect(excessOf(allocation)).toBeLessThan(1);
  }
});

describe('the bookkeeping of an allocation', () => {
  test('move, swap and place cost what the objective then says', () => {
    const allocation = makeInstance(30, [0.6, 0.3, 0.1], 'costs', true).fresh();
    const random = new Random(sha256Hex('costs'));
    const expectChange = (cost: number, before: number) => expect(allocation.objective() - before).toBeCloseTo(cost, 9);
    for (let group = 0; group < 30; group++) {
      const part = random.below(3);
      const [before, cost] = [allocation.objective(), allocation.placeCost(group, part)];
      allocation.place(group, part);
      expectChange(cost, before);
    }
    for (let step = 0; step < 200; step++) {
      const [one, other] = [random.below(30), random.below(30)];
      const before = allocation.objective();
      if (allocation.part[one] === allocation.part[other]) {
        const to = (allocation.part[one]! + 1) % 3;
        const cost = allocation.moveCost(one, to);
        allocation.move(one, to);
        expectChange(cost, before);
      } else {
        const cost = allocation.swapCost(one, other);
        allocation.swap(one, other);
        expectChange(cost, before);
      }
    }
  });
});
