/** What the tables of a release look like, as far as an expression may ask for them. */
export interface TableShapes {
  /** By name; `instances` is among them. */
  tables: ReadonlyMap<string, TableShape>;
  /** The parts of each split, by its name. */
  splits: ReadonlyMap<string, ReadonlySet<string>>;
}

export interface TableShape {
  columns: readonly ColumnShape[];
  /** Columns of the table, and those of `instances` that they meet; null where its rows are not about images or their cases. */
  link: readonly (readonly [own: string, instance: string])[] | null;
}

export interface ColumnShape {
  name: string;
  type: ColumnType;
  /** Whether a cell holds a list of such values. */
  list: boolean;
}

/** `other`: structures and the like, which are not compared. */
export type ColumnType = 'text' | 'number' | 'boolean' | 'date' | 'time' | 'other';

/** The type of a column as DuckDB describes it, e.g. `DECIMAL(18,3)[]`. */
export function columnShape(name: string, described: string): ColumnShape {
  const list = described.endsWith('[]');
  const type = (list ? described.slice(0, -2) : described).replace(/\(.*\)$/s, '');
  return { name, type: TYPES.get(type) ?? 'other', list };
}

const NUMBERS = ['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT', 'UTINYINT', 'USMALLINT', 'UINTEGER', 'UBIGINT', 'UHUGEINT', 'FLOAT', 'DOUBLE', 'DECIMAL'];
const TIMES = ['TIMESTAMP', 'TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP_NS', 'TIMESTAMP WITH TIME ZONE'];
const TYPES = new Map<string, ColumnType>([
  ['VARCHAR', 'text'], ['ENUM', 'text'], ['UUID', 'text'], ['BOOLEAN', 'boolean'], ['DATE', 'date'],
  ...NUMBERS.map((type): [string, ColumnType] => [type, 'number']),
  ...TIMES.map((type): [string, ColumnType] => [type, 'time']),
]);

/** Ways in which rows may be about images, the closest first; names are compared without case. */
const LINKS = [['path'], ['case_id', 'StudyInstanceUID', 'SeriesInstanceUID'], ['case_id', 'StudyInstanceUID'], ['case_id']];

/** Tables that tell of cases that are gone, or how something came about. */
const ABOUT = new Set(['tombstones', 'changes', 'draws']);

/** How the rows of a table meet the images; null where they do not. */
export function linkOf(table: string, columns: readonly ColumnShape[]): TableShape['link'] {
  if (ABOUT.has(table)) return null;
  const own = new Map(columns.map(({ name }) => [name.toLowerCase(), name]));
  const link = LINKS.find((names) => names.every((name) => own.has(name.toLowerCase())));
  return link?.map((name) => [own.get(name.toLowerCase())!, name] as const) ?? null;
}
