import { readFacts } from '../facts/fact-file.js';

/** A condition of the standard as a tree; a leaf asks one thing of one attribute. */
export type ConditionTree = { all: ConditionTree[] } | { any: ConditionTree[] } | { not: ConditionTree } | { const: boolean } | ConditionLeaf;

/** One question about one attribute. */
export interface ConditionLeaf {
  /** 8 hex digits; `x` where any digit of a repeating group may stand. */
  tag: string;
  keyword: string;
  op: 'present' | 'hasValue' | 'equals' | 'in' | 'compare' | 'hasItems' | 'itemCount' | 'tagEquals' | 'groupPresent';
  value?: string;
  values?: string[];
  /** Value of a multi-valued attribute, from 0; absent or `*`: any of them. */
  index?: number | '*';
  /** Where the attribute is looked for; absent: in the item that is judged. */
  scope?: 'root' | 'parent' | 'anyItemOf' | 'firstItemOf' | 'within';
  /** Keyword of the sequence that scopes of items mean. */
  in?: string;
}

/** What a row says of values. */
export interface ValueFacts {
  enum?: (string | number)[];
  definedTerms?: string[];
  valueIndex?: number;
  notZero?: 'warn' | 'error';
}

/** An attribute of a module or macro. */
export interface AttributeFacts extends ValueFacts {
  tag: string;
  keyword: string;
  type: '1' | '1C' | '2' | '2C' | '3';
  vr?: string;
  /** Value multiplicity, where it is another than the dictionary's. */
  vm?: string;
  /** Name of a condition. */
  when?: string;
  mayBePresentOtherwise?: boolean;
  /** Items of a sequence: `1`, `0-1`, `1-n`. */
  itemCount?: string;
  item?: RowFacts[];
}

/** The attributes of a macro, where its condition holds. */
export interface MacroFacts {
  macro: string;
  when?: string;
}

/** A check of consistency besides types: of values, or that a condition does not hold. */
export interface VerifyFacts extends ValueFacts {
  verify: string;
  keyword: string;
  when?: string;
  level: 'check' | 'warn' | 'error';
  /** What is wrong when the condition holds. */
  message?: string;
  /** What is wrong when it does not. */
  elseMessage?: string;
}

export type RowFacts = AttributeFacts | MacroFacts | VerifyFacts;

/** A module as an IOD uses it (PS3.3 A.1.3): mandatory, conditional, or the user's option. */
export interface UsageFacts {
  module: string;
  usage: 'M' | 'C' | 'U';
  /** Name of the condition under which it is there or has to be; absent: when any of its attributes is there. */
  detect?: string;
}

export interface IodFacts {
  name: string;
  sopClasses: { uid: string; name: string }[];
  modules: UsageFacts[];
  /** Modules `x:…` of checks that belong to no module of the standard. */
  extraChecks?: string[];
}

/** The tables of PS3.3: see src/facts/SOURCES.md. */
export interface IodTables {
  iods: Record<string, IodFacts>;
  modules: Record<string, { name: string | null; attributes: RowFacts[] }>;
  macros: Record<string, RowFacts[]>;
  conditions: Record<string, ConditionTree>;
}

let tables: IodTables | null = null;
let iods: Map<string, IodFacts> | null = null;

/** The tables, read once. */
export function iodTables(): IodTables {
  return (tables ??= readFacts<IodTables>('dicom-iod-modules.json'));
}

/** The IOD of a SOP class; null when the tables have none. */
export function findIod(sopClass: string): IodFacts | null {
  iods ??= new Map(Object.values(iodTables().iods).flatMap((iod) => iod.sopClasses.map(({ uid }): [string, IodFacts] => [uid, iod])));
  return iods.get(sopClass) ?? null;
}
