/**
 * Checks a value against one of our printed schemas. ajv would do it too, but takes longer to load and compile than verify
 * takes to hash a thousand images; the printed schemas use few keywords, and a test holds the two to the same verdict.
 */
export interface Schema {
  type?: Type | Type[];
  const?: unknown;
  enum?: unknown[];
  pattern?: string;
  minimum?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  /** A schema binds further members; `false` does not: a later version may add some. */
  additionalProperties?: boolean | Schema;
  items?: Schema;
  anyOf?: Schema[];
}

type Type = 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'array' | 'null';

const KNOWN = new Set(['$schema', 'title', 'description', 'definitions', 'type', 'const', 'enum', 'pattern', 'minimum', 'properties', 'required', 'additionalProperties', 'items', 'anyOf']);

/** Sentences about what a schema objects to in a value, empty when nothing. Asserts that it knows every keyword. */
export function findDefects(value: unknown, schema: Schema, place = ''): string[] {
  const unknown = Object.keys(schema).filter((keyword) => !KNOWN.has(keyword));
  if (unknown.length > 0) throw new TypeError(`the schema uses ${unknown.join(', ')}, which this reader does not know`);
  const name = place === '' ? 'The document' : place;
  if (schema.anyOf !== undefined) return findInBranches(value, schema.anyOf, place);
  const types = [schema.type ?? []].flat();
  if (types.length > 0 && !types.some((type) => hasType(value, type))) return [`${name} must be of type ${types.join(' or ')}.`];
  const allowed = 'const' in schema ? [schema.const] : schema.enum;
  if (allowed !== undefined && !allowed.includes(value)) return [`${name} must be ${allowed.map((each) => JSON.stringify(each)).join(' or ')}.`];
  if (schema.pattern !== undefined && typeof value === 'string' && !new RegExp(schema.pattern, 'u').test(value)) return [`${name} must match ${schema.pattern}.`];
  if (schema.minimum !== undefined && typeof value === 'number' && value < schema.minimum) return [`${name} must be at least ${schema.minimum}.`];
  if (Array.isArray(value)) return value.flatMap((item, index) => findDefects(item, schema.items ?? {}, `${place}/${index}`));
  return hasType(value, 'object') ? findInMembers(value as Record<string, unknown>, schema, place) : [];
}

function findInMembers(value: Record<string, unknown>, schema: Schema, place: string): string[] {
  const name = place === '' ? 'The document' : place;
  const absent = (schema.required ?? []).filter((key) => !Object.hasOwn(value, key)).map((key) => `${name} must have ${key}.`);
  const others = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : {};
  const properties = new Map(Object.entries(schema.properties ?? {}));
  return [...absent, ...Object.entries(value).flatMap(([key, member]) => findDefects(member, properties.get(key) ?? others, `${place}/${key}`))];
}

/** The defects of the branch that fits the type of the value, since that is the one that was meant. */
function findInBranches(value: unknown, branches: Schema[], place: string): string[] {
  const found = branches.map((branch) => findDefects(value, branch, place));
  if (found.some((defects) => defects.length === 0)) return [];
  const meant = branches.findIndex(({ type }) => [type ?? []].flat().some((each) => hasType(value, each)));
  return found[meant] ?? [`${place} must be of type ${branches.flatMap(({ type }) => type ?? []).join(' or ')}.`];
}

function hasType(value: unknown, type: Type): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}
