import { expect, test } from '@jest/globals';
import { sha256Hex } from '../../src/fixity/digest.js';
import { annealDensely } from '../../src/splits/search/dense-anneal.js';
import { LookAlikes } from '../../src/splits/search/look-alikes.js';
import { settleMargins } from '../../src/splits/search/margins.js';
import { Random } from '../../src/splits/search/random.js';
import { SlopeTable } from '../../src/splits/search/slope-table.js';
import { smallInstance } from '../support/small-instance.js';

function placedAtRandom(count: number, random: Random, shares = [0.6, 0.3, 0.1]) {
  const allocation = smallInstance(count, shares, 'slopes', { pairs: true }).fresh();
  allocation.profiles.free.forEach((free, profile) => {
    for (let group = 0; group < free; group++) allocation.place(profile, random.below(shares.length));
  });
  return allocation;
}

test('a table of slopes tells the costs that the allocation tells, step after step', () => {
  const random = new Random(sha256Hex('steps'));
  const allocation = placedAtRandom(60, random);
  const table = new SlopeTable(allocation);
  const size = table.profiles.length;
  for (let step = 0; step < 500; step++) {
    const [one, other] = [random.below(size), random.below(size)];
    const [from, to] = [table.drawPart(one, random), table.drawPart(other, random)];
    const [a, b] = [table.profiles[one]!, table.profiles[other]!];
    if (from !== to && one !== other) {
      expect(table.swapCost(one, from, other, to)).toBeCloseTo(allocation.swapCost(a, from, b, to), 9);
      expect(table.swap(one, from, other, to)).toBe(true);
      allocation.swap(a, from, b, to);
    } else {
      const target = (from + 1) % 3;
      expect(table.moveCost(one, from, target)).toBeCloseTo(allocation.moveCost(a, from, target), 9);
      expect(table.move(one, from, target)).toBe(true);
      allocation.move(a, from, target);
    }
    expect(allocation.countOf(a, from)).toBe(table.placed[one * 3 + from]!);
  }
});

test('look-alikes are the nearest there are', () => {
  const random = new Random(sha256Hex('look-alikes'));
  const table = new SlopeTable(placedAtRandom(40, random));
  const partners = new LookAlikes(table, 5);
  const size = table.profiles.length;
  for (let one = 0; one < size; one++) {
    const distances = Array.from({ length: size }, (_, other) => (other === one ? Infinity : table.distance(one, other))).sort((a, b) => a - b);
    for (let draw = 0; draw < 20; draw++) {
      const other = partners.draw(one, random);
      expect(other).not.toBe(one);
      expect(table.distance(one, other)).toBeLessThanOrEqual(distances[4]!);
    }
  }
});

test('annealing never ends above its start, loses no group, and takes over what it has found', () => {
  const random = new Random(sha256Hex('anneal'));
  const allocation = placedAtRandom(80, random);
  const before = allocation.objective();
  annealDensely(allocation, 50_000, random);
  expect(allocation.objective()).toBeLessThan(before / 2);
  allocation.profiles.free.forEach((free, profile) => expect([0, 1, 2].reduce((sum, part) => sum + allocation.countOf(profile, part), 0)).toBe(free));
  const recounted = smallInstance(80, [0.6, 0.3, 0.1], 'slopes', { pairs: true }).fresh();
  recounted.restore(allocation.placed);
  expect(recounted.objective()).toBeCloseTo(allocation.objective(), 9);
});

test('single categories are brought within a case of their targets, sizes kept', () => {
  const random = new Random(sha256Hex('margins'));
  const allocation = placedAtRandom(1200, random, [0.5, 0.5]);
  const sizes = [0, 1].map((part) => allocation.excess(part));
  const beyond = () => {
    let cases = 0;
    for (let cell = 1; cell < allocation.cells.jointFrom; cell++) cases += Math.max(0, Math.abs(allocation.deviation(cell, 0)) - 1);
    return cases;
  };
  const [before, objective] = [beyond(), allocation.objective()];
  settleMargins(allocation, random);
  expect(beyond()).toBeLessThan(before);
  expect(allocation.objective()).toBeLessThanOrEqual(1.1 * objective);
  expect([0, 1].map((part) => allocation.excess(part))).toEqual(sizes);
});
