/** An expression that selects images: what `--only` was given, read. Places count characters of its text from 0. */
export type Expression = { kind: 'and' | 'or'; terms: Expression[] } | { kind: 'not'; term: Expression } | Condition;

/** One column held against values. */
export interface Condition {
  kind: 'condition';
  column: ColumnName;
  test: Test;
}

/** A column as it was written: `modality`, `clinical_case.sex`, `split.benchmark`. */
export interface ColumnName {
  /** Null when no table was named. */
  table: string | null;
  name: string;
  at: number;
  /** Length of what was written. */
  length: number;
}

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** What a value has to be; `negated` is `not in`, `not like`, `is not null`. An absent value passes only `is null`. */
export type Test =
  | { kind: 'compare'; comparison: Comparison; value: Literal }
  | { kind: 'in'; negated: boolean; values: Literal[] }
  | { kind: 'like'; negated: boolean; anyCase: boolean; pattern: Literal }
  | { kind: 'null'; negated: boolean };

/** A value in an expression: text in quotes, a number as it was written, true or false. */
export interface Literal {
  kind: 'text' | 'number' | 'boolean';
  value: string;
  at: number;
  length: number;
}

/** All conditions of an expression, in the order in which they were written. */
export function conditionsOf(expression: Expression): Condition[] {
  if (expression.kind === 'condition') return [expression];
  return expression.kind === 'not' ? conditionsOf(expression.term) : expression.terms.flatMap(conditionsOf);
}
