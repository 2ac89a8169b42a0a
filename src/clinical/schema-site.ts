type Json = Record<string, unknown>;

/** The place of an error in the schema. */
export interface Site {
  /** The schema that holds the failed keyword. */
  schema: Json;
  /** The rule around it that speaks for all errors inside (`x-message`), with its path. */
  rule: { path: string; schema: Json } | null;
  /** Nearest `x-rule`. */
  code: string | null;
  /** Key column of the table. */
  key: string;
  /** Hints for values met here, a bounded number: a wrong value seldom comes alone. */
  near: Map<string, string | null>;
}

/** The place that ajv's `schemaPath` (`#/allOf/2/then/required`) names, walked from the root. */
export function findSite(json: Json, schemaPath: string): Site {
  const site: Site = { schema: json, rule: null, code: null, key: String(json['x-key']), near: new Map() };
  let node: unknown = json;
  let path = '';
  // The last part is the keyword; its value need not be a schema.
  for (const part of schemaPath.split('/').slice(1, -1)) {
    path += `/${part}`;
    node = (node as Json | undefined)?.[decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')];
    if (typeof node !== 'object' || node === null || Array.isArray(node)) continue;
    const schema = node as Json;
    site.schema = schema;
    if (typeof schema['x-rule'] === 'string') site.code = schema['x-rule'];
    if (typeof schema['x-message'] === 'string' && site.rule === null) site.rule = { path, schema };
  }
  return site;
}
