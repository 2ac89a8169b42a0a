import { nearMiss } from '../model/near-miss.js';
import { conditionsOf, type Condition, type Expression, type Literal } from './expression.js';
import { faultAt } from './fault.js';
import { quoteName } from './column-lookup.js';
import type { TableShapes } from './table-shapes.js';

type Splits = TableShapes['splits'];

/** What a condition about splits means: parts of one split, or, when `split` is null, the names of splits. */
export interface SplitCondition {
  split: string | null;
}

/**
 * Reads a column as one about splits: `split.NAME` is the part that a case has in that split; `split` or `part` alone the part
 * in the split that has such a part, where it is one only; `split = 'NAME'` whether a case is in a split. Null for all other columns.
 * @throws {CurationError} USAGE: no such split or part, or several
 */
export function findSplit(text: string, condition: Condition, expression: Expression, splits: Splits): SplitCondition | null {
  const { column } = condition;
  const name = column.name.toLowerCase();
  const isSplits = ['split', 'splits'].includes(column.table?.toLowerCase() ?? '');
  if (isSplits) {
    const split = splits.has(column.name) ? column.name : [...splits.keys()].find((each) => each.toLowerCase() === name);
    if (split !== undefined) {
      for (const literal of namesIn(condition)) requirePart(text, literal, [[split, splits.get(split)!]]);
      return { split };
    }
  }
  if ((column.table !== null && !isSplits) || !['split', 'part'].includes(name)) {
    if (isSplits) throw faultAt(text, column, `the release has no split of the name ${column.name}.`, { suggestions: [`Splits: ${[...splits.keys()].map(quoteName).join(', ')}`] });
    return null;
  }
  return name === 'split' && isNameOfSplit(condition, splits) ? { split: null } : { split: splitOfParts(text, condition, named(expression, splits)) };
}

/** Whether a condition on `split` names splits and not parts. */
function isNameOfSplit(condition: Condition, splits: Splits): boolean {
  const { test } = condition;
  if (test.kind === 'null') return true;
  const isPlain = test.kind === 'in' || (test.kind === 'compare' && (test.comparison === '=' || test.comparison === '!='));
  const isPart = (value: string): boolean => [...splits.values()].some((parts) => parts.has(value));
  return isPlain && namesIn(condition).every(({ value }) => splits.has(value) && !isPart(value));
}

/** The splits that an expression names; all when it names none. */
function named(expression: Expression, splits: Splits): [string, ReadonlySet<string>][] {
  const own = conditionsOf(expression).filter(({ column, test }) => column.name.toLowerCase() === 'split' && test.kind !== 'null');
  const names = new Set(own.filter((condition) => isNameOfSplit(condition, splits)).flatMap((condition) => namesIn(condition).map(({ value }) => value)));
  return [...splits].filter(([name]) => names.size === 0 || names.has(name));
}

function splitOfParts(text: string, condition: Condition, splits: [string, ReadonlySet<string>][]): string {
  const { column } = condition;
  const names = namesIn(condition);
  for (const literal of names) requirePart(text, literal, splits);
  const fitting = splits.filter(([, parts]) => names.every(({ value }) => parts.has(value)));
  const [first, second] = fitting;
  if (first !== undefined && second === undefined) return first[0];
  if (splits.length === 0) throw faultAt(text, column, 'the release has no split.');
  const which = (fitting.length > 0 ? fitting : splits).map(([name]) => `split.${quoteName(name)}`).join(', ');
  throw faultAt(text, column, fitting.length > 0 ? 'more than one split has such parts.' : 'no split has all of these parts.', { suggestions: [`Say which split: ${which}`] });
}

/** Texts that have to be names: of parts, or of splits. */
function namesIn({ test }: Condition): Literal[] {
  if (test.kind === 'in') return test.values;
  return test.kind === 'compare' && (test.comparison === '=' || test.comparison === '!=') ? [test.value] : [];
}

/** A part that no split has is a slip, not an empty answer. */
function requirePart(text: string, literal: Literal, splits: readonly (readonly [string, ReadonlySet<string>])[]): void {
  const parts = [...new Set(splits.flatMap(([, own]) => [...own]))].sort();
  if (parts.includes(literal.value)) return;
  const near = nearMiss(literal.value, parts);
  throw faultAt(text, literal, 'no case is in such a part.', { suggestions: [...(near === undefined ? [] : [`Is it '${near}'?`]), `Parts: ${parts.join(', ')}`] });
}
