import { quoteIdentifier, type Catalog } from '../../catalog/catalog.js';
import type { ClinicalSide } from './side.js';

/** More pairs of a column that is gone and one that is new are not tried: each is a comparison of all rows. */
const MAX_PAIRS = 256;

/**
 * Columns that have another name and are the same in every row of both sides: name before to name now. Only where one column
 * that is gone and one that is new fit each other and nothing else, and where the column holds anything at all.
 */
export async function findRenamed(catalog: Catalog, a: ClinicalSide, b: ClinicalSide): Promise<Map<string, string>> {
  const gone = [...a.columns].filter(([name]) => !b.columns.has(name));
  const come = [...b.columns].filter(([name]) => !a.columns.has(name));
  const pairs = gone.flatMap(([from, type]) => come.filter(([, now]) => now === type).map(([to]) => ({ from, to })));
  const keys = await matchKeys(catalog, a, b);
  if (pairs.length === 0 || pairs.length > MAX_PAIRS || keys === null) return new Map();
  const tests = pairs.map(({ from, to }, at) => {
    const [x, y] = [`x.${quoteIdentifier(from)}`, `y.${quoteIdentifier(to)}`];
    return `coalesce(bool_and(${x} IS NOT DISTINCT FROM ${y}) AND count(${x}) > 0, false) AS p${at}`;
  });
  const [row] = await catalog.all<Record<string, boolean>>(
    `SELECT ${tests.join(', ')} FROM ${a.relation} AS x JOIN ${b.relation} AS y ON x.${quoteIdentifier(keys.before)} = y.${quoteIdentifier(keys.after)}`,
  );
  const fitting = pairs.filter((_, at) => row?.[`p${at}`] === true);
  const alone = (pair: { from: string; to: string }): boolean => fitting.every((other) => other === pair || (other.from !== pair.from && other.to !== pair.to));
  return new Map(fitting.filter(alone).map(({ from, to }) => [from, to]));
}

/** The columns that rows are matched by: the key of both sides, or two keys of different names with the same values. */
async function matchKeys(catalog: Catalog, a: ClinicalSide, b: ClinicalSide): Promise<{ before: string; after: string } | null> {
  const named = b.key ?? a.key;
  if (named !== null && a.columns.has(named) && a.columns.get(named) === b.columns.get(named)) return { before: named, after: named };
  if (a.key === null || b.key === null || b.columns.has(a.key) || a.columns.get(a.key) !== b.columns.get(b.key)) return null;
  const [x, y] = [`SELECT ${quoteIdentifier(a.key)} FROM ${a.relation}`, `SELECT ${quoteIdentifier(b.key)} FROM ${b.relation}`];
  const [row] = await catalog.all<{ same: boolean }>(`SELECT count(*) = 0 AS same FROM ((${x} EXCEPT ${y}) UNION ALL (${y} EXCEPT ${x}))`);
  return row?.same === true ? { before: a.key, after: b.key } : null;
}
