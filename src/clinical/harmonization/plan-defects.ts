import type { SchemaPack } from '../../model/clinical.js';
import type { HarmonizeRule, ListRule } from '../../model/harmonization.js';
import { nearMiss } from '../../model/near-miss.js';
import { cellRule } from './cell-rules.js';
import type { KeyLink } from './key-links.js';
import { concerns, isKey, rulesOf, type DeclaredRule, type HarmonizationPlan } from './plan.js';
import { mendCell } from './reading.js';

/** What is wrong with a declared rule. */
export interface PlanDefect {
  rule: DeclaredRule;
  /** One sentence without its subject. */
  message: string;
  suggestions?: string[];
}

/** Terms as DICOM writes them (PS3.5 6.2, CS). */
const CODE_STRING = /^[A-Z0-9_]([A-Z0-9_ ]{0,14}[A-Z0-9_])?$/;
/** What could stand inside a term is no separator. */
const SEPARATOR = /^[^A-Za-z0-9_\s\p{Cc}]$/u;
const CONTROL = /\p{Cc}/u;

/** Everything wrong with the rules in force, in the order of their declaration: what they would do must be plain before a cell is read. */
export function* planDefects(plan: HarmonizationPlan, pack: SchemaPack | null): Generator<PlanDefect> {
  for (const rule of plan.rules) {
    const told = nameDefect(plan, rule) ?? placeDefect(rule, pack) ?? keyDefect(plan, rule) ?? formDefect(rule.rule) ?? finalDefect(plan, rule);
    if (told !== null) yield { rule, ...told };
  }
}

type Told = Omit<PlanDefect, 'rule'> | null;

function nameDefect({ rules }: HarmonizationPlan, rule: DeclaredRule): Told {
  const twin = rules.find((other) => other !== rule && other.id === rule.id && other.column === rule.column && (other.table === rule.table || other.table === '*' || rule.table === '*'));
  return twin === undefined ? null : { message: `two rules of the column are called ${rule.id}`, suggestions: ['Give each a `name` of its own.'] };
}

function placeDefect({ table, column }: DeclaredRule, pack: SchemaPack | null): Told {
  if (table === '' || column === '') return { message: 'the place is not `table.column`' };
  if (pack === null || (table !== '*' && !pack.tables.has(table))) return null;
  const tables = table === '*' ? [...pack.tables.values()] : [...pack.tables.values()].filter((schema) => schema.table === table);
  const known = tables.flatMap(({ columns, links }) => [...columns.map(({ name }) => name), ...links.map((link) => link.column)]);
  if (known.includes(column)) return null;
  const near = nearMiss(column, [...new Set(known)]);
  return { message: `the schema of ${table === '*' ? 'no table' : table} has ${table === '*' ? 'a' : 'no'} column ${column}`, suggestions: near === undefined ? [] : [`Did you mean ${near}?`] };
}

/** A key that was mended here and not there would meet nothing. */
function keyDefect(plan: HarmonizationPlan, rule: DeclaredRule): Told {
  const link = plan.links.find((each) => concerns(rule, each));
  if (link !== undefined && !followsKey(plan, link, rule))
    return { message: `the column holds keys of ${link.key.table}.${link.key.column}, which would be mended in one of the two tables only`, suggestions: [`Declare the rule for ${link.key.table}.${link.key.column}: it then goes for every column that links to it, and for PatientID.`] };
  if (rule.rule.kind !== 'prefix' && (link !== undefined || isKey(plan, rule)))
    return { message: `a rule of the kind ${rule.rule.kind} is for no key`, suggestions: ['Keys are mended by `kind: prefix` alone.'] };
  return null;
}

function followsKey(plan: HarmonizationPlan, { key }: KeyLink, rule: DeclaredRule): boolean {
  return rulesOf(plan, key).includes(rule);
}

function formDefect(rule: HarmonizeRule): Told {
  if (textsOf(rule).some((text) => text === '' || CONTROL.test(text))) return { message: 'a spelling or term is empty or holds a control character' };
  if (rule.kind === 'list') return listDefect(rule);
  if (rule.kind === 'separator') return separatorDefect([rule.separator]);
  if (rule.kind === 'boolean' && (rule.true ?? ['1']).some((text) => (rule.false ?? ['0']).includes(text))) return { message: 'a spelling stands for true and for false' };
  return null;
}

function textsOf(rule: HarmonizeRule): string[] {
  switch (rule.kind) {
    case 'values':
      return [...Object.keys(rule.values), ...Object.values(rule.values)];
    case 'missing':
      return [...Object.keys(rule.missing), ...Object.values(rule.missing)];
    case 'boolean':
      return [...(rule.true ?? []), ...(rule.false ?? [])];
    case 'prefix':
      return [rule.prefix];
    case 'age':
      return [rule.over, rule.over_term, ...rule.spellings];
    default:
      return [];
  }
}

function listDefect({ separators, terms, join }: ListRule): Told {
  if (separators.length === 0 || terms.length === 0) return { message: 'a list needs separators and terms' };
  const wrong = separatorDefect([...separators, ...(join === undefined ? [] : [join])]);
  if (wrong !== null) return wrong;
  const term = terms.find((each) => !CODE_STRING.test(each));
  return term === undefined ? null : { message: `a term is at most 16 upper-case letters, digits, blanks and _; found ${JSON.stringify(term.slice(0, 32))}` };
}

function separatorDefect(separators: readonly string[]): Told {
  const wrong = separators.find((separator) => !SEPARATOR.test(separator));
  return wrong === undefined ? null : { message: `a separator is one sign that is no letter, digit or blank; found ${JSON.stringify(wrong.slice(0, 16))}` };
}

/** A term that a rule of the same column would mend again: then what it becomes would hang on how often one mends. */
function finalDefect(plan: HarmonizationPlan, { rule, id, ...place }: DeclaredRule): Told {
  if (rule.kind !== 'values') return null;
  const others = rulesOf(plan, place).flatMap((each) => (each.rule.kind === 'loinc' ? [] : [cellRule(each.id, each.rule, ',')]));
  for (const [from, to] of Object.entries(rule.values)) {
    if (mendCell(others, to)?.outcome === 'mended') return { message: `${JSON.stringify(from)} becomes ${JSON.stringify(to)}, which the rules of the column would mend again` };
    const other = others.find((each) => each.id !== id && readsOtherwise(each.read(from), to));
    if (other !== undefined) return { message: `${JSON.stringify(from)} becomes ${JSON.stringify(to)} here and something else by ${other.id}` };
  }
  return null;
}

function readsOtherwise(reading: ReturnType<ReturnType<typeof cellRule>['read']>, to: string): boolean {
  return reading !== undefined && 'to' in reading && reading.to !== to;
}
