import type { ExportColumn } from '../../catalog/arrow-schema.js';
import { canonicalJson } from '../../fixity/canonical-json.js';
import type { DictionaryColumn } from '../../model/dictionary.js';
import type { ReleaseDocument } from '../../model/release.js';
import type { ReleaseTable } from '../release-table.js';

/** The release that a table belongs to, as far as it is known before release.json is written. */
export interface TableOrigin {
  format: string;
  dataset: Pick<ReleaseDocument['dataset'], 'id'>;
  version: string;
  /** Root of the content hashes. */
  content: string;
}

/**
 * Key-value metadata of the file of a table (clause TABLE-10): which dataset and version it is of, what it holds, and what its columns mean. The
 * release digest cannot be among it: it is made from the digest of this file.
 */
export function tableMetadata({ format, dataset, version, content }: TableOrigin, table: ReleaseTable, columns: readonly DictionaryColumn[]): Record<string, string> {
  return {
    'colophon:format': format,
    'colophon:dataset': dataset.id,
    'colophon:version': version,
    'colophon:content': `sha256:${content}`,
    'colophon:table': table.name,
    'colophon:description': table.description,
    'colophon:columns': canonicalJson(columns),
  };
}

/** The columns of a table with the metadata of their fields; a text with a closed list of values becomes categories. */
export function exportColumns(columns: readonly DictionaryColumn[]): ExportColumn[] {
  return columns.map((column) => ({
    name: column.column,
    sqlType: column.sql_type,
    categories: column.type === 'string' ? column.enum : null,
    metadata: fieldMetadata(column),
  }));
}

function fieldMetadata({ description, unit, missing, enum: allowed, minimum, maximum, dicom_tag: tag, link }: DictionaryColumn): [string, string][] {
  return [
    ...entry('description', description),
    ...entry('unit', unit),
    ['missing', missing],
    ...entry('allowed', allowed === null ? null : canonicalJson(allowed)),
    ...entry('minimum', minimum),
    ...entry('maximum', maximum),
    ...entry('dicom_tag', tag),
    ...entry('references', link === null ? null : `${link.resource ?? link.table}.${link.column}`),
  ];
}

function entry(key: string, value: string | number | null): [string, string][] {
  return value === null ? [] : [[key, String(value)]];
}
