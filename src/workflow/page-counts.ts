import type { Catalog } from '../catalog/catalog.js';
import type { PageSplit, PopulationVariable, SplitVariable } from '../model/page.js';
import { joinSmallGroups, type Group } from '../page/small-groups.js';
import type { PageVariable } from './page-variables.js';

/** Categories that are told apart at most, before small ones are joined. */
const MAX_CATEGORIES = 60;

/** A split draws so many variables, and parts. */
const MAX_SPLIT_VARIABLES = 8;
const MAX_PARTS = 40;

/** What a variable came to, and which of its categories are joined. */
export interface CountedVariable {
  variable: PageVariable;
  population: PopulationVariable;
  joined: ReadonlySet<string | null>;
}

/** Cases by variable, small groups joined; variables of which nothing can be told are left out. */
export async function countPopulation(release: Catalog, variables: readonly PageVariable[], least: number): Promise<CountedVariable[]> {
  const counted: CountedVariable[] = [];
  for (const variable of variables) {
    const { groups, categories: all } = await countBy(release, variable, null);
    const outcome = joinSmallGroups(groups, { least, several: variable.several, joined: new Set([RARE]), most: MAX_CATEGORIES });
    if (outcome === null || outcome.shown.length === 0) continue;
    const { name, table, several } = variable;
    const categories = outcome.shown.map(({ category, counts }) => ({ category, cases: counts[0] ?? 0 }));
    const joined = outcome.joined === null ? null : { categories: all - outcome.shown.length, cases: outcome.joined.counts[0] ?? 0 };
    counted.push({ variable, population: { name, table, several, categories, joined }, joined: new Set([RARE, ...(outcome.joined?.categories ?? [])]) });
  }
  return counted;
}

/** What a split is, and how its variables are spread over its parts. */
export interface SplitRequest {
  name: string;
  algorithm: string;
  /** Why nothing of it is counted; null when it is. */
  withheld: string | null;
  /** Columns that it balances; all variables when it does not say. */
  balance: readonly string[];
}

/** Counts the parts of a split, and the variables by part. Cases that are in no part count as one: no difference may tell few of them. */
export async function countSplit(release: Catalog, { name, algorithm, withheld, balance }: SplitRequest, counted: readonly CountedVariable[], least: number): Promise<PageSplit> {
  const nothing = { name, algorithm, parts: [], variables: [], untold: [] };
  if (withheld !== null) return { ...nothing, withheld };
  const rows = await release.all<{ part: string | null; n: number }>(
    `SELECT s.part, count(*) AS n FROM cases AS c LEFT JOIN (SELECT case_id, part FROM splits WHERE split = ?) AS s ON s.case_id = c.case_id GROUP BY s.part ORDER BY s.part NULLS LAST`,
    [name],
  );
  const parts = rows.flatMap(({ part, n }) => (part === null ? [] : [{ name: part, cases: n }]));
  if (rows.some(({ n }) => n < least)) return { ...nothing, withheld: `A part of it, or what is in none of them, has fewer than ${least} cases.` };
  if (parts.length > MAX_PARTS) return { ...nothing, parts, withheld: `It has ${parts.length} parts.` };
  const wanted = counted.filter(({ variable }) => balance.length === 0 || balance.some((column) => isColumn(column, variable)));
  const variables: SplitVariable[] = [];
  const untold: string[] = [];
  for (const each of wanted.slice(0, MAX_SPLIT_VARIABLES)) {
    const balanced = await countBalance(release, name, each, parts.map((part) => part.name), least);
    if (balanced === null) untold.push(each.variable.name);
    else variables.push(balanced);
  }
  return { name, algorithm, withheld, parts, variables, untold };
}

function isColumn(column: string, { name, table }: PageVariable): boolean {
  return column === name || column === `${table}.${name}` || column.toLowerCase() === name.toLowerCase();
}

async function countBalance(release: Catalog, split: string, { variable, joined }: CountedVariable, parts: readonly string[], least: number): Promise<SplitVariable | null> {
  const { groups, categories: all } = await countBy(release, variable, { split, parts });
  const outcome = joinSmallGroups(groups, { least, several: variable.several, joined, most: MAX_CATEGORIES });
  if (outcome === null || outcome.shown.length === 0) return null;
  const visible = (counts: readonly number[]) => counts.slice(0, parts.length);
  return {
    name: variable.name,
    several: variable.several,
    categories: outcome.shown.map(({ category, counts }) => ({ category, cases: visible(counts) })),
    joined: outcome.joined === null ? null : { categories: all - outcome.shown.length, cases: visible(outcome.joined.counts) },
  };
}

/** Counts of the categories of a variable, in all or by part; the last count is of the cases in no part. Rare ones beyond a limit are counted as one that has no name of its own; `categories` counts all of them. */
async function countBy(release: Catalog, { query }: PageVariable, by: { split: string; parts: readonly string[] } | null): Promise<{ groups: Group[]; categories: number }> {
  const part = by === null ? 'NULL::VARCHAR' : 's.part';
  const join = by === null ? '' : 'LEFT JOIN (SELECT case_id, part FROM splits WHERE split = ?) AS s ON s.case_id = c.case_id';
  const rows = await release.all<{ category: string | null; rare: boolean; part: string | null; n: number; categories: number }>(
    `WITH value AS (SELECT c.case_id, v.category, ${part} AS part FROM cases AS c LEFT JOIN (${query}) AS v ON v.case_id = c.case_id ${join}),
     common AS (SELECT category FROM value WHERE category IS NOT NULL GROUP BY category ORDER BY count(DISTINCT case_id) DESC, category LIMIT ${MAX_CATEGORIES})
     SELECT CASE WHEN category IN (FROM common) THEN category END AS category, category IS NOT NULL AND category NOT IN (FROM common) AS rare, part, count(DISTINCT case_id) AS n,
       (SELECT count(DISTINCT category) + count(DISTINCT 1) FILTER (category IS NULL) FROM value) AS categories
     FROM value GROUP BY ALL ORDER BY ALL`,
    by === null ? [] : [by.split],
  );
  const places = by === null ? [null] : [...by.parts, null];
  const keys = new Map<string, Group & { counts: number[] }>();
  for (const { category, rare, part: place, n } of rows) {
    const name = rare ? RARE : category;
    const key = JSON.stringify(name);
    const group = keys.get(key) ?? { category: name, counts: places.map(() => 0) };
    keys.set(key, group);
    group.counts[places.indexOf(place)] = n;
  }
  return { groups: [...keys.values()], categories: rows[0]?.categories ?? 0 };
}

/** Stands for all rare categories together; no value of a table can be it. */
const RARE = '\u0000rare';
