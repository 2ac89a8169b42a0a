import type { Condition } from './condition.js';
import { findIod, iodTables, type AttributeFacts, type RowFacts, type UsageFacts, type VerifyFacts } from './iod-tables.js';
import { asksTransferSyntax, compileValueRule, compileWhen, type ValueRule } from './value-rule.js';

/** What a module or item says of one attribute. */
export interface AttributeRule {
  /** Group x 65536 + element; of overlays the group is 0x6000. */
  tag: number;
  keyword: string;
  type: '1' | '1C' | '2' | '2C' | '3';
  /** Under which a 1C or 2C is demanded; null where no machine can say, true of other types. */
  when: Condition;
  /** A 1C or 2C that shall not be there when its condition fails. */
  forbidden: boolean;
  /** Under which the macro holds that the row is from. */
  included: Condition;
  values: readonly ValueRule[];
  /** Most items of a sequence, and least where there are any; null: any number. */
  itemCount: { least: number; most: number } | null;
  /** Rules for each item; null for no sequence. Compiled when first asked for: content items nest in themselves. */
  items: (() => RowRules) | null;
}

/** A consistency that a module demands besides types. */
export interface VerifyRule {
  tag: number;
  keyword: string;
  /** What is wrong when the condition has this truth. */
  wrong: boolean;
  when: Condition;
  included: Condition;
  /** `error`: the catalogue's level. */
  level: 'warning' | 'error';
  /** The sentence of the table, without names. */
  message: string;
  code: 'DCM-006' | 'DCM-007' | 'DCM-008' | 'DCM-013' | 'DCM-016';
}

/** Rules of a module, or of the items of a sequence. */
export interface RowRules {
  attributes: readonly AttributeRule[];
  /** The same, for overlays: judged once for each group 60xx. */
  overlays: readonly AttributeRule[];
  verifications: readonly VerifyRule[];
  /** Every attribute there is, judged or not. */
  tags: ReadonlySet<number>;
}

/** Rules of a module as an IOD uses it. */
export interface ModuleRules extends RowRules {
  /** As the standard names it. */
  name: string;
  usage: 'M' | 'C' | 'U';
  /** Under which it is there; null: when any of its attributes is. */
  detect: Condition;
  detected: boolean;
  /** Attributes that it cannot do without, whatever else holds. */
  demanded: readonly number[];
}

/** Everything the standard says of files of one SOP class. */
export interface IodRules {
  name: string;
  modules: readonly ModuleRules[];
  /** Attributes of all its modules at the top level. */
  tags: ReadonlySet<number>;
}

const LATERALITY = 0x00200060;

/** Compiled once a SOP class; there are as many as the tables have. */
const compiled = new Map<string, IodRules | null>();

/** The rules for a SOP class; null when the tables have none. */
export function iodRules(sopClass: string): IodRules | null {
  const known = compiled.get(sopClass);
  if (known !== undefined) return known;
  const iod = findIod(sopClass);
  if (iod === null) return null;
  const compiler = new RowCompiler(sopClass);
  const usages: UsageFacts[] = [...iod.modules, ...(iod.extraChecks ?? []).map((name): UsageFacts => ({ module: `x:${name}`, usage: 'M' }))];
  const modules = usages.flatMap((usage) => compiler.module(usage) ?? []);
  const rules = { name: iod.name, modules, tags: new Set(modules.flatMap(({ tags }) => [...tags])) };
  compiled.set(sopClass, rules);
  return rules;
}

/** Compiles rows of the tables for one SOP class. */
class RowCompiler {
  private readonly items = new Map<readonly RowFacts[], RowRules>();

  constructor(private readonly sopClass: string) {}

  module({ module: key, usage, detect }: UsageFacts): ModuleRules | null {
    const facts = iodTables().modules[key];
    if (facts === undefined) return null;
    const rows = this.rows(facts.attributes);
    return {
      ...rows,
      name: facts.name ?? 'General',
      usage,
      detect: detect === undefined ? null : this.condition(detect),
      detected: detect !== undefined,
      demanded: rows.attributes.filter(({ type, included }) => (type === '1' || type === '2') && included === true).map(({ tag }) => tag),
    };
  }

  private condition(name: string | undefined): Condition {
    if (name === undefined) return true;
    const tree = iodTables().conditions[name];
    return tree === undefined ? null : compileWhen(tree, this.sopClass);
  }

  private rows(facts: readonly RowFacts[]): RowRules {
    const all: AttributeRule[] = [];
    const verifications: VerifyRule[] = [];
    this.expand(facts, true, (row, included) => {
      if ('verify' in row) this.verify(row, included, all, verifications);
      else all.push(this.attribute(row, included));
    });
    const isOverlay = (rule: AttributeRule): boolean => rule.tag >>> 16 === 0x6000;
    const judged = all.filter(isJudged);
    return {
      attributes: judged.filter((rule) => !isOverlay(rule)),
      overlays: judged.filter(isOverlay),
      verifications,
      tags: new Set(all.map(({ tag }) => tag)),
    };
  }

  /** Rows with those of their macros, which nest but never in themselves. */
  private expand(facts: readonly RowFacts[], included: Condition, take: (row: AttributeFacts | VerifyFacts, included: Condition) => void): void {
    for (const row of facts) {
      if (!('macro' in row)) take(row, included);
      else this.expand(iodTables().macros[row.macro] ?? [], both(included, this.condition(row.when)), take);
    }
  }

  private attribute(facts: AttributeFacts, included: Condition): AttributeRule {
    const { keyword, type, when, item } = facts;
    const conditional = type === '1C' || type === '2C';
    const values = compileValueRule(facts, true, 'DCM-008');
    return {
      tag: parseTag(facts.tag),
      keyword,
      type,
      when: !conditional ? true : when === undefined ? null : this.condition(when),
      forbidden: conditional && when !== undefined && facts.mayBePresentOtherwise === false,
      included,
      values: values === null ? [] : [values],
      itemCount: facts.itemCount === undefined ? null : parseCount(facts.itemCount),
      items: item === undefined ? null : () => this.itemsOf(item),
    };
  }

  private itemsOf(item: readonly RowFacts[]): RowRules {
    let rules = this.items.get(item);
    if (rules === undefined) {
      rules = this.rows(item);
      this.items.set(item, rules);
    }
    return rules;
  }

  private verify(facts: VerifyFacts, included: Condition, rules: AttributeRule[], verifications: VerifyRule[]): void {
    const tree = facts.when === undefined ? undefined : iodTables().conditions[facts.when];
    const compression = tree !== undefined && facts.keyword === 'PhotometricInterpretation' && asksTransferSyntax(tree);
    const when = this.condition(facts.when);
    const tag = parseTag(facts.verify);
    const message = facts.message ?? facts.elseMessage;
    if (message !== undefined) {
      const level = facts.level === 'error' && !compression ? 'error' : 'warning';
      verifications.push({ tag, keyword: facts.keyword, wrong: facts.message !== undefined, when, included, level, message, code: compression ? 'DCM-013' : codeOf(tag, message) });
    }
    const values = compileValueRule(facts, when, compression ? 'DCM-013' : 'DCM-008');
    if (values === null) return;
    rules.push({ tag, keyword: facts.keyword, type: '3', when: true, forbidden: false, included, values: [values], itemCount: null, items: null });
  }
}

/** Rows that say nothing that could be broken are not looked at. */
function isJudged({ type, values, items, itemCount }: AttributeRule): boolean {
  return type !== '3' || values.length > 0 || items !== null || itemCount !== null;
}

function both(a: Condition, b: Condition): Condition {
  if (a === true) return b;
  if (b === true) return a;
  if (a === false || b === false) return false;
  if (a === null || b === null) return null;
  return (place) => (a(place) === true ? b(place) : false);
}

function codeOf(tag: number, message: string): VerifyRule['code'] {
  if (tag === LATERALITY) return 'DCM-016';
  if (/not be present|only be present|not permitted/i.test(message)) return 'DCM-007';
  return /is required|has no value/i.test(message) ? 'DCM-006' : 'DCM-008';
}

/** Repeating groups by their first. */
function parseTag(tag: string): number {
  return Number.parseInt(tag.replaceAll('x', '0'), 16);
}

function parseCount(text: string): { least: number; most: number } {
  const [least = '', most = least] = text.split('-');
  return { least: Number(least), most: most === 'n' ? Number.POSITIVE_INFINITY : Number(most) };
}
