import type { Catalog } from '../catalog/catalog.js';
import type { Expression } from '../selection/expression.js';
import { parseExpression } from '../selection/parse.js';
import type { TableShape } from '../selection/table-shapes.js';
import type { ImageSelection } from '../verify/image-selection.js';

/** Memory for reading the tables of a copy; what goes beyond is spilled to disk. */
const MEMORY = '1GB';

/**
 * Reads the expression of `--only`; it is put to the tables when they are there, and none is opened before.
 * @throws {CurationError} USAGE, pointing at the place
 */
export function imageSelection(text: string): ImageSelection {
  const expression = parseExpression(text);
  return { text, select: (tables) => selectImages(text, expression, tables) };
}

async function* selectImages(text: string, expression: Expression, tables: ReadonlyMap<string, string>): AsyncGenerator<string[]> {
  const { Catalog, quoteLiteral } = await import('../catalog/catalog.js');
  const { selectionSql } = await import('../selection/selection-sql.js');
  const relation = (name: string): string => `read_parquet(${quoteLiteral(tables.get(name) ?? '')})`;
  const catalog = await Catalog.open(':memory:', { bare: true, files: [...tables.values()], memoryLimit: MEMORY });
  try {
    const shapes = { tables: await readShapes(catalog, [...tables.keys()], relation), splits: tables.has('splits') ? await readSplits(catalog, relation('splits')) : new Map<string, Set<string>>() };
    const sql = selectionSql(text, expression, shapes, relation);
    for await (const rows of catalog.stream<{ path: string }>(`SELECT path FROM ${relation('instances')} AS i WHERE ${sql}`)) yield rows.map(({ path }) => path);
  } finally {
    catalog.close();
  }
}

async function readShapes(catalog: Catalog, names: readonly string[], relation: (name: string) => string): Promise<Map<string, TableShape>> {
  const { columnShape, linkOf } = await import('../selection/table-shapes.js');
  const shapes = new Map<string, TableShape>();
  for (const name of names) {
    const described = await catalog.all<{ column_name: string; column_type: string }>(`DESCRIBE SELECT * FROM ${relation(name)}`);
    const columns = described.map(({ column_name, column_type }) => columnShape(column_name, column_type));
    shapes.set(name, { columns, link: linkOf(name, columns) });
  }
  return shapes;
}

async function readSplits(catalog: Catalog, relation: string): Promise<Map<string, Set<string>>> {
  const splits = new Map<string, Set<string>>();
  for (const { split, part } of await catalog.all<{ split: string; part: string }>(`SELECT DISTINCT split, part FROM ${relation} ORDER BY split, part`)) {
    const parts = splits.get(split);
    if (parts === undefined) splits.set(split, new Set([part]));
    else parts.add(part);
  }
  return splits;
}
