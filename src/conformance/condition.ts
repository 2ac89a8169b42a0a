import { findKeyword } from '../facts/attribute-dictionary.js';
import type { DataSet, DicomElement } from '../dicom/data-set.js';
import type { ConditionLeaf, ConditionTree } from './iod-tables.js';
import { hasValue, type Place } from './place.js';

/** Whether a condition holds at a place; null: nobody can say by machine. */
export type Truth = boolean | null;

/** A compiled condition: a function, or its value where the SOP class alone decides. */
export type Condition = Truth | ((place: Place) => Truth);

type Test = (dataSet: DataSet, element: DicomElement | undefined) => boolean;

const SOP_CLASS_UID = '00080016';
const KNOWN_KEYS = new Set(['tag', 'keyword', 'op', 'value', 'values', 'index', 'scope', 'in']);

/** Compiles a condition for files of one SOP class. */
export function compileCondition(tree: ConditionTree, sopClass: string): Condition {
  if ('all' in tree) return join(tree.all.map((part) => compileCondition(part, sopClass)), false);
  if ('any' in tree) return compileAny(tree.any, sopClass);
  if ('not' in tree) return negate(compileCondition(tree.not, sopClass));
  if ('const' in tree) return tree.const;
  return compileLeaf(tree, sopClass);
}

/** Any of the parts. Most of them ask whether one of many attributes is there: these are one loop. */
function compileAny(parts: readonly ConditionTree[], sopClass: string): Condition {
  const tags = parts.flatMap((part) => presentTag(part) ?? []);
  const others = parts.filter((part) => presentTag(part) === null).map((part) => compileCondition(part, sopClass));
  if (tags.length === 0) return join(others, true);
  return join([(place) => hasAny(place, tags), ...others], true);
}

function hasAny(place: Place, tags: readonly number[]): boolean {
  for (const tag of tags) if (place.find(tag) !== undefined) return true;
  return false;
}

/** The tag of a part that only asks whether an attribute is in the same item; null for any other. */
function presentTag(part: ConditionTree): number | null {
  if (!('tag' in part) || part.op !== 'present' || part.scope !== undefined || part.tag.includes('x')) return null;
  return Object.keys(part).every((key) => key === 'tag' || key === 'keyword' || key === 'op') ? Number.parseInt(part.tag, 16) : null;
}

/** Asks a compiled condition. */
export function holds(condition: Condition, place: Place): Truth {
  return typeof condition === 'function' ? condition(place) : condition;
}

function negate(condition: Condition): Condition {
  if (typeof condition !== 'function') return condition === null ? null : !condition;
  return (place) => {
    const truth = condition(place);
    return truth === null ? null : !truth;
  };
}

/** All of the parts, or any of them: `decisive` is the value of a part that decides (Kleene's logic for the unknown). */
function join(parts: Condition[], decisive: boolean): Condition {
  if (parts.includes(decisive)) return decisive;
  const open = parts.filter((part) => typeof part === 'function');
  const rest: Truth = parts.includes(null) ? null : !decisive;
  if (open.length === 0) return rest;
  if (open.length === 1 && rest !== null) return open[0] as Condition;
  return (place) => {
    let result = rest;
    for (const part of open) {
      const truth = part(place);
      if (truth === decisive) return decisive;
      if (truth === null) result = null;
    }
    return result;
  };
}

function compileLeaf(leaf: ConditionLeaf, sopClass: string): Condition {
  if (Object.keys(leaf).some((key) => !KNOWN_KEYS.has(key))) return null;
  if (leaf.tag === SOP_CLASS_UID && leaf.scope === 'root' && (leaf.index === undefined || leaf.index === '*')) {
    if (leaf.op === 'equals') return leaf.value === sopClass;
    if (leaf.op === 'in') return leaf.values?.includes(sopClass) ?? false;
  }
  const test = compileTest(leaf);
  return test === null ? null : compileScope(leaf, test);
}

/** Puts a test to the element that the scope means. */
function compileScope(leaf: ConditionLeaf, test: Test): Condition {
  if (leaf.tag.includes('x')) return compileRepeating(leaf, test);
  const tag = Number.parseInt(leaf.tag, 16);
  if (leaf.op === 'groupPresent') {
    const group = tag >>> 16;
    return ({ here }) => here.elements.some((element) => element.tag >>> 16 === group);
  }
  switch (leaf.scope) {
    case undefined:
      return (place) => test(place.here, place.find(tag));
    case 'root':
      return (place) => test(place.root, place.root.get(tag));
    case 'parent':
      return (place) => {
        const parent = place.here.parent?.dataSet ?? null;
        return parent !== null && test(parent, parent.get(tag));
      };
    case 'within':
    case 'anyItemOf':
    case 'firstItemOf':
      return compileItems(leaf, tag, test);
    default:
      return null;
  }
}

/** `within` asks the items of a sequence here; `anyItemOf` and `firstItemOf` those of one at the top, and all that is nested in them. */
function compileItems({ scope, in: sequence }: ConditionLeaf, tag: number, test: Test): Condition {
  const entry = sequence === undefined ? null : findKeyword(sequence);
  if (entry === null) return null;
  const sequenceTag = Number.parseInt(entry.tag, 16);
  if (scope === 'within') return ({ here }) => (here.get(sequenceTag)?.items ?? []).some((item) => test(item, item.get(tag)));
  const ask = ({ root }: Place): boolean => {
    const items = root.get(sequenceTag)?.items ?? [];
    return (scope === 'firstItemOf' ? items.slice(0, 1) : items).some((item) => holdsBelow(item, tag, test));
  };
  // The same for every item of the file: asked once, or frames times frames would be looked through.
  return (place) => place.once(ask, ask);
}

function holdsBelow(item: DataSet, tag: number, test: Test): boolean {
  for (const dataSet of item.walk()) if (test(dataSet, dataSet.get(tag))) return true;
  return false;
}

/** Of a repeating group: the overlay in mind, else any of them. Curves (50xx) are retired, and any of them counts. */
function compileRepeating({ tag: pattern }: ConditionLeaf, test: Test): Condition {
  const element = Number.parseInt(pattern.slice(4), 16);
  if (pattern.startsWith('60')) {
    return ({ overlay, overlays, here }) => (overlay === null ? overlays : [overlay]).some((group) => test(here, here.get(group * 0x10000 + element)));
  }
  const first = Number.parseInt(pattern.slice(0, 2), 16);
  return ({ here }) => here.elements.some((candidate) => candidate.tag >>> 24 === first && (candidate.tag & 0xffff) === element && test(here, candidate));
}

function compileTest(leaf: ConditionLeaf): Test | null {
  const { value } = leaf;
  const index = leaf.index === '*' ? undefined : leaf.index;
  switch (leaf.op) {
    case 'present':
    case 'groupPresent':
      return (_dataSet, element) => element !== undefined;
    case 'hasValue':
      return index === undefined ? (_dataSet, element) => element !== undefined && hasValue(element) : someValue((text) => text !== '', index);
    case 'hasItems':
      return (_dataSet, element) => (element?.items?.length ?? 0) > 0;
    case 'itemCount':
      return (_dataSet, element) => element?.items?.length === Number(value);
    case 'equals':
      return value === undefined ? null : someValue((text) => text === value, index);
    case 'in': {
      const values = new Set(leaf.values);
      return someValue((text) => values.has(text), index);
    }
    case 'tagEquals': {
      const tag = String(Number.parseInt((value ?? '').replaceAll(/0x|,/g, ''), 16));
      return someValue((text) => text === tag, index);
    }
    case 'compare':
      return compileComparison(value ?? '', index);
    default:
      return null;
  }
}

/** Whether any value, or the one of an index, is as wanted. */
function someValue(wanted: (text: string) => boolean, index: number | undefined): Test {
  return (dataSet, element) => {
    if (element === undefined) return false;
    const values = dataSet.values(element);
    if (index === undefined) return values.some(wanted);
    const value = values[index];
    return value !== undefined && wanted(value);
  };
}

function compileComparison(text: string, index: number | undefined): Test | null {
  const [operator = '', bound = ''] = text.split(' ');
  const limit = Number(bound);
  switch (operator) {
    case '==':
      // Bounds are whole numbers and stand for what begins with them: frames of 33.33 ms, at a rate of 29.97.
      return someValue((value) => Math.trunc(Number(value)) === limit && value !== '', index);
    case '!=':
      return someValue((value) => Number(value) !== limit && value !== '', index);
    case '<':
      return someValue((value) => Number(value) < limit && value !== '', index);
    case '<=':
      return someValue((value) => Number(value) <= limit && value !== '', index);
    case '>':
      return someValue((value) => Number(value) > limit, index);
    case '>=':
      return someValue((value) => Number(value) >= limit && value !== '', index);
    default:
      return null;
  }
}
