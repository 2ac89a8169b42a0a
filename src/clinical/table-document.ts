import type { ColumnRole, ColumnSchema, ColumnSqlType, ScalarType, StandsFor, TableLink, TableSchema } from '../model/clinical.js';

/** A table file after it was checked against schemas/clinical-table.v1.schema.json. */
export interface TableDocument extends Record<string, unknown> {
  description?: string;
  required?: string[];
  properties: Record<string, ColumnDocument>;
  'x-key': string;
  'x-unique'?: string[][];
  'x-list-separator'?: string;
  'x-stands-for'?: StandsFor;
  'x-links'?: (LinkDocument | LinkGroupDocument)[];
}

interface ColumnDocument {
  type: ScalarType | 'array' | [ScalarType, 'null'];
  items?: { type: ScalarType; enum?: unknown[]; minimum?: number; maximum?: number; pattern?: string; 'x-expected'?: string };
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  description?: string;
  pattern?: string;
  format?: string;
  'x-dicom-tag'?: string;
  'x-dicom-values'?: Record<string, string[]>;
  'x-role'?: ColumnRole;
  'x-unit'?: string;
  'x-system'?: boolean;
  'x-missing'?: string;
  'x-meanings'?: Record<string, string>;
  'x-known'?: Record<string, string[]>;
  'x-expected'?: string;
}

interface LinkDocument {
  name: string;
  target: string;
  key: string;
  multiplicity: TableLink['multiplicity'];
  required: boolean;
}

interface LinkGroupDocument {
  anyOf: LinkDocument[];
  required: boolean;
  exclusive?: boolean;
}

const SQL_TYPES = { string: 'VARCHAR', integer: 'BIGINT', number: 'DOUBLE', boolean: 'BOOLEAN' } as const;

/** The table that a document describes: columns in the order of its properties. `listSeparator` is the pack's. */
export function readTable(table: string, json: TableDocument, listSeparator: string): TableSchema {
  return {
    table,
    ...(json.description === undefined ? {} : { description: json.description }),
    key: json['x-key'],
    ...(json['x-stands-for'] === undefined ? {} : { standsFor: json['x-stands-for'] }),
    unique: json['x-unique'] ?? [],
    columns: Object.entries(json.properties).map(([name, column]) => readColumn(name, column, json.required ?? [])),
    links: readLinks(json),
    listSeparator: json['x-list-separator'] ?? listSeparator,
    json,
  };
}

function readColumn(name: string, column: ColumnDocument, required: string[]): ColumnSchema {
  const type = Array.isArray(column.type) ? column.type[0] : column.type;
  const items = column.items?.type ?? 'string';
  const values = type === 'array' ? (column.items ?? column) : column;
  const sqlType: ColumnSqlType = type === 'array' ? `${SQL_TYPES[items]}[]` : SQL_TYPES[type];
  return {
    name,
    type,
    ...(type === 'array' ? { items } : {}),
    sqlType,
    required: required.includes(name),
    ...(values.enum === undefined ? {} : { enum: values.enum.filter((value) => typeof value === 'string') }),
    ...(values.minimum === undefined ? {} : { minimum: values.minimum }),
    ...(values.maximum === undefined ? {} : { maximum: values.maximum }),
    ...(column['x-unit'] === undefined ? {} : { unit: column['x-unit'] }),
    ...(column['x-dicom-tag'] === undefined ? {} : { dicomTag: column['x-dicom-tag'] }),
    ...(column['x-dicom-values'] === undefined ? {} : { dicomValues: new Map(Object.entries(column['x-dicom-values'])) }),
    ...(column['x-role'] === undefined ? {} : { role: column['x-role'] }),
    ...(column['x-system'] === undefined ? {} : { system: column['x-system'] }),
    ...(column.description === undefined ? {} : { description: column.description }),
    ...(column['x-missing'] === undefined ? {} : { missing: column['x-missing'] }),
    ...(column['x-meanings'] === undefined ? {} : { meanings: new Map(Object.entries(column['x-meanings'])) }),
    ...(column['x-known'] === undefined ? {} : { known: Object.keys(column['x-known']) }),
    ...readForm(values),
    ...(type === 'string' && column.format === 'date' ? { date: true } : {}),
  };
}

/** What a value must look like, in words where the schema has them. */
function readForm({ pattern, 'x-expected': expected }: { pattern?: string; 'x-expected'?: string }): { form?: string } {
  const form = expected ?? (pattern === undefined ? undefined : `matches ${pattern}`);
  return form === undefined ? {} : { form };
}

function readLinks(json: TableDocument): TableLink[] {
  return (json['x-links'] ?? []).flatMap((entry, at) => {
    if (!('anyOf' in entry)) return linkColumns(json, entry, entry.required, {});
    // A member that must be there anyway settles what the group asks for.
    const settled = entry.anyOf.some((link) => link.required);
    const group = { group: `links-${at + 1}`, ...(entry.exclusive === true ? { exclusive: true } : {}) };
    return entry.anyOf.flatMap((link) =>
      linkColumns(json, link, settled ? link.required : entry.required, settled && entry.exclusive !== true ? {} : group),
    );
  });
}

/** One TableLink for each column that carries the link: `<name>.<key>`, `<name>.submitter_id`, `<name>`, `<name>.id`. */
function linkColumns(json: TableDocument, link: LinkDocument, required: boolean, group: Partial<TableLink>): TableLink[] {
  const columns = [...new Set([`${link.name}.${link.key}`, `${link.name}.submitter_id`, link.name, `${link.name}.id`])];
  return columns
    .filter((column) => Object.hasOwn(json.properties, column))
    .map((column) => ({
      name: link.name,
      column,
      target: link.target,
      targetKey: column === `${link.name}.id` ? 'id' : link.key,
      multiplicity: link.multiplicity,
      required,
      ...group,
    }));
}
