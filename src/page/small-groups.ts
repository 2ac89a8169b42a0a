/** A category with its counts, one a part. */
export interface Group {
  category: string | null;
  counts: readonly number[];
}

/** Groups that may be told, and what became of the others. */
export interface JoinedGroups {
  /** The commonest first. */
  shown: Group[];
  /** Null for none. */
  joined: { categories: (string | null)[]; counts: number[] } | null;
}

export interface JoinRules {
  /** Counts below it, but for 0, are not told. */
  least: number;
  /** A case may be in several categories: then a sum may count few cases many times, and only its greatest part is sure. */
  several: boolean;
  /** Categories that are joined in any case: those that another table about the same cases joins, so that no difference of the two tells a small count. */
  joined?: ReadonlySet<string | null>;
  /** So many categories are told apart at most. */
  most: number;
}

/**
 * Joins small categories until no count between 0 and `least` can be read off, nor be had by taking the shown ones from the
 * whole: what is joined is not small itself. Null when there is no such way but to tell nothing.
 */
export function joinSmallGroups(groups: readonly Group[], rules: JoinRules): JoinedGroups | null {
  const sorted = groups.toSorted(compareGroups);
  const isSmall = ({ counts }: Pick<Group, 'counts'>) => counts.some((count) => count > 0 && count < rules.least);
  const shown = sorted.filter((group) => rules.joined?.has(group.category) !== true && !isSmall(group)).slice(0, rules.most);
  const rest = sorted.filter((group) => !shown.includes(group));
  while (rest.length > 0 && isSmall({ counts: surely(rest, rules.several) })) {
    const next = shown.pop();
    if (next === undefined) return null;
    rest.push(next);
  }
  return { shown, joined: rest.length === 0 ? null : { categories: rest.map(({ category }) => category), counts: sum(rest) } };
}

function compareGroups(a: Group, b: Group): number {
  const [x, y] = [total(a), total(b)];
  if (x !== y) return y - x;
  if (a.category === null || b.category === null) return a.category === null ? 1 : -1;
  return a.category < b.category ? -1 : 1;
}

function total({ counts }: Group): number {
  return counts.reduce((all, count) => all + count, 0);
}

function sum(groups: readonly Group[]): number[] {
  return (groups[0]?.counts ?? []).map((_, at) => groups.reduce((all, { counts }) => all + (counts[at] ?? 0), 0));
}

/** So many cases at least stand behind joined counts. */
function surely(groups: readonly Group[], several: boolean): number[] {
  if (!several) return sum(groups);
  return (groups[0]?.counts ?? []).map((_, at) => Math.max(...groups.map(({ counts }) => counts[at] ?? 0)));
}
