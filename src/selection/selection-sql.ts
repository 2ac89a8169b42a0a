import assert from 'node:assert';
import { quoteIdentifier, quoteLiteral } from '../catalog/quoting.js';
import { findColumn } from './column-lookup.js';
import { cellSql } from './condition-sql.js';
import { conditionsOf, type Condition, type Expression } from './expression.js';
import { findSplit } from './split-lookup.js';
import type { TableShapes } from './table-shapes.js';

/** A condition as a question about one row of a source. */
interface RowQuestion {
  source: RowSource;
  sql: string;
  /** `is null`: no row of the image passes. */
  none: boolean;
}

/** A table, or the rows of one split. Equal sources have equal keys. */
interface RowSource {
  key: string;
  table: string;
  where: string | null;
}

/**
 * The expression as an SQL condition over a row `i` of the table of instances; true or false, never NULL. Tables have the names that
 * `relation` gives. An image passes a condition about another table when one row about it, or its case, does; conditions on one such
 * table that are joined by `and` or `or` have to be true of the same row. `not` is whatever does not pass.
 * Nothing of the text gets into the SQL but quoted names of columns that exist and quoted values.
 * @throws {CurationError} USAGE, pointing at the place
 */
export function selectionSql(text: string, expression: Expression, shapes: TableShapes, relation: (table: string) => string): string {
  const questions = new Map(conditionsOf(expression).map((condition) => [condition, ask(text, condition, expression, shapes)]));
  return new Compiler(questions, shapes, relation).compile(expression);
}

function ask(text: string, condition: Condition, expression: Expression, shapes: TableShapes): RowQuestion {
  const none = condition.test.kind === 'null' && !condition.test.negated;
  const split = shapes.tables.has('splits') ? findSplit(text, condition, expression, shapes.splits) : null;
  if (split !== null) {
    const column = { name: split.split === null ? 'split' : 'part', type: 'text', list: false } as const;
    const where = split.split === null ? null : `split = ${quoteLiteral(split.split)}`;
    return { source: { key: `splits ${split.split ?? ''}`, table: 'splits', where }, sql: cellSql(text, condition, column), none };
  }
  const { table, column } = findColumn(text, condition.column, shapes);
  return { source: { key: table, table, where: null }, sql: cellSql(text, condition, column), none };
}

class Compiler {
  constructor(
    readonly questions: ReadonlyMap<Condition, RowQuestion>,
    readonly shapes: TableShapes,
    readonly relation: (table: string) => string,
  ) {}

  compile(expression: Expression): string {
    const source = this.#sourceOf(expression);
    if (source !== null) return this.#exists(source, this.#rowSql(expression));
    if (expression.kind === 'not') return `NOT ${this.compile(expression.term)}`;
    if (expression.kind !== 'condition') return `(${this.#groups(expression.kind, expression.terms).join(` ${expression.kind.toUpperCase()} `)})`;
    const { source: own, sql } = this.questions.get(expression)!;
    return `NOT ${this.#exists(own, sql)}`;
  }

  /** Terms about the rows of one source become one question; all others stand for themselves. */
  #groups(kind: 'and' | 'or', terms: readonly Expression[]): string[] {
    const groups = new Map<string, Expression[]>();
    for (const [index, term] of terms.entries()) {
      const key = this.#sourceOf(term)?.key ?? `${index}`;
      groups.set(key, [...(groups.get(key) ?? []), term]);
    }
    return [...groups.values()].map((group) => this.compile(group.length === 1 ? group[0]! : { kind, terms: group }));
  }

  /** The source whose single rows answer all of an expression; null when it takes more than one. */
  #sourceOf(expression: Expression): RowSource | null {
    if (expression.kind === 'not') return null;
    if (expression.kind === 'condition') {
      const { source, none } = this.questions.get(expression)!;
      return none ? null : source;
    }
    const [first, ...others] = expression.terms.map((term) => this.#sourceOf(term));
    return first !== undefined && first !== null && others.every((other) => other?.key === first.key) ? first : null;
  }

  #rowSql(expression: Expression): string {
    if (expression.kind === 'condition') return this.questions.get(expression)!.sql;
    assert(expression.kind !== 'not', 'what is negated is no question about one row');
    return `(${expression.terms.map((term) => this.#rowSql(term)).join(` ${expression.kind.toUpperCase()} `)})`;
  }

  /** Whether a row of the source about the image passes. The rows are named by a subquery of their own, so that no name meets one of `i`. */
  #exists({ table, where }: RowSource, sql: string): string {
    if (table === 'instances') return sql;
    const link = this.shapes.tables.get(table)?.link ?? [];
    const names = link.map(([own], at) => `${quoteIdentifier(own)} AS k${at}`).join(', ');
    const rows = `SELECT ${names} FROM ${this.relation(table)} WHERE ${where === null ? '' : `${where} AND `}${sql}`;
    const meets = link.map(([, instance], at) => `r.k${at} = i.${quoteIdentifier(instance)}`).join(' AND ');
    return `EXISTS (SELECT 1 FROM (${rows}) AS r WHERE ${meets})`;
  }
}
