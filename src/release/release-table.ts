import { join } from 'node:path';
import { quoteIdentifier } from '../catalog/catalog.js';
import { attributeValue } from './candidate/attribute-columns.js';
import { CHANGE_COLUMNS } from './diff/change-row.js';
import { PUBLISHED_ATTRIBUTES, type Candidate } from './candidate/candidate.js';
import { PUBLISHED_DRAWS } from './candidate/splits.js';
import { selectRows } from './candidate/table.js';

/** A table of a release: the rows and their order. The file is `data/tables/<name>.parquet`. */
export interface ReleaseTable {
  name: string;
  /** One sentence for people. */
  description: string;
  /** One SELECT over the `candidate_*` tables. */
  query: string;
  /** Columns that the rows are sorted by; ties are broken by all others. */
  orderBy: string[];
  /** Whether no two rows agree in those columns. */
  unique?: true;
}

/** Path of a table inside a release folder; relative when the folder is ''. */
export function tablePath(folder: string, name: string): string {
  return join(folder, 'data', 'tables', `${name}.parquet`);
}

/** Path of the same table as an Arrow file, which a release has on request. */
export function arrowPath(folder: string, name: string): string {
  return join(folder, 'data', 'tables', `${name}.arrow`);
}

/** Prefix of the tables that come from clinical sources; our own tables never begin with it. */
export const CLINICAL_PREFIX = 'clinical_';

const TAGS = 'One row a label that a model gave an image: derived from the pixels by a program, and not checked by people.';

const DRAWS = 'One row a case and split: the cases that move together, and which draw placed it; with release.json, the last draw can be made again.';

const SERIES = 'case_id, StudyInstanceUID, SeriesInstanceUID';

/** The tables of a release, sorted by name; `version` is what new tombstones count from. */
export function releaseTables(candidate: Candidate, version: string): ReleaseTable[] {
  const md5 = candidate.md5 ? 'md5, ' : '';
  const attributes = PUBLISHED_ATTRIBUTES.map((keyword) => `${attributeValue(keyword)} AS ${quoteIdentifier(keyword)}`).join(', ');
  const own: ReleaseTable[] = [
    table('cases', 'One row a case.', `SELECT case_id, digest, ${md5}studies, series, instances, size_bytes FROM candidate_case`, ['case_id'], true),
    table(
      'studies',
      'One row an imaging study of a case.',
      `SELECT case_id, StudyInstanceUID, digest, ${md5}modalities, series, instances, size_bytes FROM candidate_study`,
      ['case_id', 'StudyInstanceUID'],
      true,
    ),
    table('series', 'One row a series of a study.', `SELECT ${SERIES}, digest, ${md5}Modality, instances, size_bytes FROM candidate_series`, SERIES.split(', '), true),
    table(
      'instances',
      'One row an image file, with its path in the release, its size and its digest.',
      `SELECT path, size_bytes, sha256, ${md5}${SERIES}, SOPInstanceUID, TransferSyntaxUID, ${attributes} FROM candidate_instance`,
      ['path'],
      true,
    ),
    table('splits', 'One row a case and split: the part that the case is in.', 'SELECT split, case_id, part FROM candidate_split', ['split', 'case_id']),
    table(
      'tombstones',
      'One row a case that an earlier release held and that was withdrawn.',
      `SELECT case_id, reason, coalesce(since_version, '${version}') AS since_version, TRY_CAST(date AS DATE) AS date, replacement FROM candidate_tombstone`,
      ['case_id'],
    ),
    table('changes', 'What changed since the release before.', 'FROM candidate_change', [...CHANGE_COLUMNS]),
  ];
  const draws = candidate.draws ? [table('draws', DRAWS, PUBLISHED_DRAWS, ['split', 'case_id'])] : [];
  const tags = candidate.tags ? [table('tags', TAGS, 'FROM candidate_tag', ['path', 'model', 'label'])] : [];
  const clinical = candidate.tables.map((each) =>
    table(`${CLINICAL_PREFIX}${each.table}`, `Clinical table ${each.table}.`, selectRows(each, 'native'), each.key === null ? [] : [each.key]),
  );
  return [...own, ...draws, ...tags, ...clinical].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function table(name: string, description: string, query: string, orderBy: string[], unique = false): ReleaseTable {
  return { name, description, query, orderBy, ...(unique ? { unique } : {}) };
}
