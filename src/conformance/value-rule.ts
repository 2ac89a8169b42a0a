import type { DataSet, DicomElement } from '../dicom/data-set.js';
import type { FileFinding } from '../model/inspection.js';
import { compileCondition, holds, type Condition } from './condition.js';
import type { ConditionTree, ValueFacts } from './iod-tables.js';
import type { Place } from './place.js';

/** What the standard says of the values of one attribute. */
export interface ValueRule {
  /** Enumerated values: there are no others. Texts, or numbers as they are written in the table; null: not enumerated. */
  enumerated: Allowed | null;
  /** Defined terms: others are allowed, but nobody will know them. */
  defined: Allowed | null;
  /** The one value that is meant, from 0; null: all of them. */
  index: number | null;
  notZero: 'warn' | 'error' | null;
  when: Condition;
  code: 'DCM-008' | 'DCM-013';
}

interface Allowed {
  texts: ReadonlySet<string>;
  numbers: ReadonlySet<number>;
  /** As a finding shows them. */
  shown: string;
}

const CODING_SCHEME = 0x00080102;

/** Terms that a finding lists; of more it says how many there are. */
const SHOWN_TERMS = 8;

/** Compiles what a row says of values; null when it says nothing. */
export function compileValueRule(facts: ValueFacts, when: Condition, code: ValueRule['code']): ValueRule | null {
  if (facts.enum === undefined && facts.definedTerms === undefined && facts.notZero === undefined) return null;
  return {
    enumerated: facts.enum === undefined ? null : allowed(facts.enum),
    defined: facts.definedTerms === undefined ? null : allowed(facts.definedTerms),
    index: facts.valueIndex ?? null,
    notZero: facts.notZero ?? null,
    when,
    code,
  };
}

/** Whether a condition asks for the transfer syntax: values that depend on it are about compression (DCM-013). */
export function asksTransferSyntax(tree: ConditionTree): boolean {
  const waiting = [tree];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if ('all' in next) waiting.push(...next.all);
    else if ('any' in next) waiting.push(...next.any);
    else if ('not' in next) waiting.push(next.not);
    else if ('tag' in next && next.tag === '00020010') return true;
  }
  return false;
}

/** Compiles a condition by its tree; true when there is none. */
export function compileWhen(tree: ConditionTree | undefined, sopClass: string): Condition {
  return tree === undefined ? true : compileCondition(tree, sopClass);
}

function allowed(values: readonly (string | number)[]): Allowed {
  const names = values.map(String).filter((value) => value !== '');
  const shown = names.length > SHOWN_TERMS ? `${names.slice(0, SHOWN_TERMS).join(', ')}, … (${names.length})` : names.join(', ');
  return { texts: new Set(values.map(String)), numbers: new Set(values.filter((value) => typeof value === 'number')), shown };
}

/** The finding about a present value, without its tag; null when there is nothing to find. */
export function judgeValue(rule: ValueRule, place: Place, dataSet: DataSet, element: DicomElement, where: string): Omit<FileFinding, 'tag'> | null {
  if (holds(rule.when, place) !== true) return null;
  const values = dataSet.values(element);
  // A coding scheme that begins with 99 is private by definition (PS3.3 8.2): no list can have it.
  if (element.tag === CODING_SCHEME && values[0]?.startsWith('99') === true) return null;
  const from = rule.index ?? 0;
  const to = rule.index === null ? values.length : Math.min(values.length, rule.index + 1);
  for (let at = from; at < to; at += 1) {
    const value = values[at] as string;
    if (value === '') continue;
    const finding = judgeOne(rule, value, at, where);
    if (finding !== null) return finding;
  }
  return null;
}

function judgeOne(rule: ValueRule, value: string, at: number, where: string): Omit<FileFinding, 'tag'> | null {
  const { enumerated, defined, notZero, code } = rule;
  const nth = rule.index === null ? 'A value' : `Value ${at + 1}`;
  if (enumerated !== null && !isAmong(enumerated, value)) {
    return { code, message: `${nth} is none of the enumerated values that ${where} has.`, expected: enumerated.shown, content: `enumerated ${value}` };
  }
  if (defined !== null && !isAmong(defined, value)) {
    return { code, level: 'warning', message: `${nth} is none of the defined terms that ${where} has.`, expected: defined.shown, content: `defined ${value}` };
  }
  if (notZero !== null && Number(value) === 0) {
    return { code, ...(notZero === 'warn' ? { level: 'warning' as const } : {}), message: `${nth} is zero, which ${where} has no meaning for.`, expected: 'another number', found: '0', content: 'zero' };
  }
  return null;
}

function isAmong({ texts, numbers }: Allowed, value: string): boolean {
  return texts.has(value) || (numbers.size > 0 && numbers.has(Number(value)));
}
