import { canonicalJson } from '../../fixity/canonical-json.js';
import { sha256Hex } from '../../fixity/digest.js';
import { compareBytewise } from '../../fixity/order.js';
import type { HarmonizationSet, HarmonizeRule } from '../../model/harmonization.js';
import type { ColumnMending, LoincMending, TableMending } from '../../model/mending.js';
import { cellRule, prefixRule, type SingleCellRule } from './cell-rules.js';
import type { KeyColumn, KeyLink } from './key-links.js';
import { mendCell, type CellRule } from './reading.js';

/** The set of the rules that stand in colophon.yaml. */
export const OWN_RULES = 'own';

/** A rule with where it was declared; `table` is `*` for every table. */
export interface DeclaredRule extends KeyColumn {
  /** `<set>/<name>`. */
  id: string;
  rule: HarmonizeRule;
}

/** All rules in force. */
export interface HarmonizationPlan {
  sets: readonly { name: string; version: string }[];
  /** sha256 over the rules, and over the links that they follow. */
  digest: string;
  rules: readonly DeclaredRule[];
  /** Columns that hold keys, which are mended as the key is. */
  links: readonly KeyLink[];
  /** The column that DICOM PatientID meets; null: none. */
  patient: KeyColumn | null;
}

/**
 * The rules of the sets and of colophon.yaml; null when there is none.
 * @param own rules of colophon.yaml by `table.column`
 */
export function planHarmonization(
  sets: readonly HarmonizationSet[],
  own: Readonly<Record<string, readonly HarmonizeRule[]>>,
  keys: Pick<HarmonizationPlan, 'links' | 'patient'>,
): HarmonizationPlan | null {
  const rules = [...sets.flatMap(({ name, rules }) => declare(name, rules)), ...declare(OWN_RULES, own)];
  if (rules.length === 0) return null;
  const followed = keys.links.filter(({ key }) => rules.some((rule) => concerns(rule, key)));
  const judged = JSON.parse(JSON.stringify({ rules, followed, patient: keys.patient })) as Parameters<typeof canonicalJson>[0];
  return { sets: sets.map(({ name, version }) => ({ name, version })), digest: sha256Hex(canonicalJson(judged)), rules, ...keys };
}

function declare(set: string, rules: Readonly<Record<string, readonly HarmonizeRule[]>>): DeclaredRule[] {
  return Object.entries(rules).flatMap(([place, list]) => {
    const dot = place.indexOf('.');
    return list.map((rule) => ({ id: `${set}/${rule.name ?? rule.kind}`, table: place.slice(0, Math.max(dot, 0)), column: place.slice(dot + 1), rule }));
  });
}

/** Whether a rule is declared for a column. */
export function concerns(rule: KeyColumn, { table, column }: KeyColumn): boolean {
  return (rule.table === '*' || rule.table === table) && rule.column === column;
}

/** The rules of a column, ascending by id; those of its key when it is a link. */
export function rulesOf({ rules, links }: HarmonizationPlan, column: KeyColumn): DeclaredRule[] {
  const key = linkOf(links, column)?.key ?? column;
  return rules.filter((rule) => concerns(rule, key)).sort((a, b) => compareBytewise(a.id, b.id));
}

function linkOf(links: readonly KeyLink[], { table, column }: KeyColumn): KeyLink | undefined {
  return links.find((link) => link.table === table && link.column === column);
}

/**
 * How a loaded table is mended; null when no rule is about one of its columns.
 * @param listSeparator between the members of its list cells
 */
export function tableMending(plan: HarmonizationPlan, table: string, columns: readonly string[], listSeparator: string): TableMending | null {
  const mended = columns.flatMap((column) => columnMending(plan, { table, column }, columns, listSeparator) ?? []);
  const loinc = columns.flatMap((column) => loincMending(plan, { table, column }, columns));
  if (mended.length === 0 && loinc.length === 0) return null;
  return { digest: plan.digest, columns: mended, loinc: loinc[0] ?? null, listSeparator };
}

/** How one column is mended; null when no rule is about its cells. */
export function columnMending(plan: HarmonizationPlan, place: KeyColumn, columns: readonly string[], listSeparator: string): ColumnMending | null {
  const rules = rulesOf(plan, place).flatMap(({ id, rule }) => (rule.kind === 'loinc' ? [] : [{ id, rule }]));
  if (rules.length === 0) return null;
  const ready = rules.map(({ id, rule }) => readyRule(id, rule, listSeparator, linkOf(plan.links, place)?.separator));
  const age = rules.map(({ rule }) => rule).find((rule) => rule.kind === 'age');
  return {
    column: place.column,
    candidates: ready.flatMap(({ candidates }) => candidates),
    mend: (text) => mendCell(ready, text),
    isKey: isKey(plan, place),
    ...(age === undefined || !columns.includes(age.over) ? {} : { over: { column: age.over, term: age.over_term } }),
  };
}

function readyRule(id: string, rule: SingleCellRule, listSeparator: string, members: string | undefined): CellRule {
  return rule.kind === 'prefix' && members !== undefined ? prefixRule(id, rule, members) : cellRule(id, rule, listSeparator);
}

/** Whether the values of a column lead to persons: it holds keys, or links to one, or meets PatientID. */
export function isKey({ links, patient }: HarmonizationPlan, place: KeyColumn): boolean {
  return linkOf(links, place) !== undefined || links.some(({ key }) => concerns(key, place)) || (patient !== null && concerns(patient, place));
}

function loincMending(plan: HarmonizationPlan, place: KeyColumn, columns: readonly string[]): LoincMending[] {
  return rulesOf(plan, place).flatMap(({ id, rule }) => {
    if (rule.kind !== 'loinc' || !columns.includes(rule.modality) || !columns.includes(rule.description)) return [];
    const longName = rule.long_name !== undefined && columns.includes(rule.long_name) ? rule.long_name : null;
    return [{ rule: id, code: place.column, modality: rule.modality, description: rule.description, longName }];
  });
}
