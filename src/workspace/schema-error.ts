/** What a JSON Schema has against a document, as sentences for people. */
import type { ErrorObject } from 'ajv/dist/2020.js';
import { nearMiss } from '../model/near-miss.js';

/** A defect, and every type or word that its place allows. */
export interface SchemaDefect {
  error: ErrorObject;
  /** `a text`, `a list`, ... when there is a choice; empty otherwise. */
  allowed: string[];
}

const WRAPPING = new Set(['if', 'anyOf', 'oneOf', 'allOf', 'not']);
const CHOICES = new Set(['type', 'enum', 'const']);

/**
 * One defect where a schema with alternatives reports one an alternative: of the alternative that was meant when the type
 * tells which, else a single one that names all types.
 */
export function mergeAlternatives(errors: readonly ErrorObject[]): SchemaDefect[] {
  const telling = errors.filter((error) => !WRAPPING.has(error.keyword));
  const all = telling.length > 0 ? telling : [...errors];
  const choosing = new Set(errors.filter(({ keyword }) => keyword === 'anyOf').map(({ instancePath }) => instancePath));
  const merged: SchemaDefect[] = [];
  const done = new Set<string>();
  for (const error of all) {
    const { instancePath: path } = error;
    const isChoice = choosing.has(path) && CHOICES.has(error.keyword);
    if (!isChoice) merged.push({ error, allowed: [] });
    if (!isChoice || done.has(path)) continue;
    done.add(path);
    const meant = all.some((other) => other.instancePath.startsWith(`${path}/`) || (other.instancePath === path && !CHOICES.has(other.keyword)));
    const here = all.filter((other) => other.instancePath === path && CHOICES.has(other.keyword));
    if (!meant) merged.push(here.length === 1 ? { error, allowed: [] } : { error, allowed: alternativesOf(here) });
  }
  return merged;
}

/** Types by their names, closed lists by their words; the type of a listed word says nothing more. */
function alternativesOf(errors: readonly ErrorObject[]): string[] {
  const words = errors.flatMap(({ keyword, params }) => (keyword === 'enum' ? (params.allowedValues as unknown[]) : keyword === 'const' ? [params.allowedValue] : []));
  const types = errors.filter(({ keyword }) => keyword === 'type').map(({ params, parentSchema }) => ({ type: String(params.type), listed: parentSchema !== undefined && ('const' in parentSchema || 'enum' in parentSchema) }));
  return [...new Set([...words.map((word) => `\`${String(word)}\``), ...types.filter(({ listed }) => !listed).map(({ type }) => withArticle(type))])];
}

/** One sentence without its full stop: the place, what it must be and what it is. */
export function describeSchemaError(error: ErrorObject, steps: readonly string[], allowed: readonly string[] = []): string {
  const where = steps.length === 0 ? 'the document' : steps.join('.');
  const { params, data, parentSchema } = error;
  if (allowed.length > 0) return `${where} must be ${joinChoice(allowed)}, found ${typeName(data)}`;
  switch (error.keyword) {
    case 'additionalProperties': {
      const unknownKey = String(params.additionalProperty);
      const known = Object.keys((parentSchema as { properties?: object } | undefined)?.properties ?? {});
      const guess = nearMiss(unknownKey, known);
      return `unknown key \`${unknownKey}\` in ${where}; ${guess ? `did you mean \`${guess}\`?` : `known keys: ${known.join(', ')}`}`;
    }
    case 'required':
      return `${where} lacks the key \`${String(params.missingProperty)}\``;
    case 'type':
      return `${where} must be ${withArticle(String(params.type))}, found ${typeName(data)}`;
    case 'enum':
    case 'const': {
      const words = error.keyword === 'enum' ? (params.allowedValues as unknown[]) : [params.allowedValue];
      const guess = typeof data === 'string' ? nearMiss(data, words.map(String)) : undefined;
      return `${where} must be one of ${words.join(', ')}, found \`${String(data)}\`${guess ? `; did you mean \`${guess}\`?` : ''}`;
    }
    case 'minimum':
      return `${where} must be at least ${String(params.limit)}, found ${String(data)}`;
    case 'maximum':
      return `${where} must be at most ${String(params.limit)}, found ${String(data)}`;
    case 'exclusiveMinimum':
      return `${where} must be above ${String(params.limit)}, found ${String(data)}`;
    case 'minItems':
      return `${where} must have at least ${entries(params.limit)}, found ${(data as unknown[]).length}`;
    case 'maxItems':
      return `${where} must have at most ${entries(params.limit)}, found ${(data as unknown[]).length}`;
    default:
      return `${where} ${error.message ?? `breaks ${error.keyword}`}`;
  }
}

function entries(count: unknown): string {
  return count === 1 ? '1 entry' : `${String(count)} entries`;
}

function joinChoice(choices: readonly string[]): string {
  return choices.length === 1 ? choices[0]! : `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
}

function withArticle(type: string): string {
  const plain: Record<string, string> = { object: 'a mapping (key: value)', array: 'a list', string: 'a text', null: 'empty', integer: 'a whole number' };
  return plain[type] ?? (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`);
}

function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number' && !Number.isFinite(value)) return `\`${String(value)}\`, which is none`;
  return typeof value === 'object' ? 'a mapping' : `the ${typeof value === 'string' ? 'text' : typeof value} \`${String(value)}\``;
}
