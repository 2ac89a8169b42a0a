/** What ties cases together: all cases that hold the same key of the same kind move as one. */
export interface Tie {
  /** `patient`, `study`, `instance`, `image` (pixels that are or look the same), or the column of `group_by`. */
  kind: string;
  key: string;
  case_id: string;
}

/** The connected components of the cases, numbered by their least member. */
export interface Groups {
  count: number;
  /** Group of every case, aligned with the ids given. */
  groupOf: Uint32Array;
}

/**
 * Groups the cases that are tied, directly or through others (union-find with path halving).
 * A tie may name a case that is not among `ids` (a rejected one, say): it still joins those tied to it.
 * @param ids Distinct, in code unit order: the first id of a group is then its least.
 */
export function linkGroups(ids: readonly string[], ties: Iterable<Tie>): Groups {
  const nodes = new Map<string, number>();
  const parent: number[] = [];
  const nodeOf = (name: string) => {
    const known = nodes.get(name);
    if (known !== undefined) return known;
    nodes.set(name, parent.length);
    return parent.push(parent.length) - 1;
  };
  for (const { kind, key, case_id } of ties) {
    join(parent, nodeOf(`c${case_id}`), nodeOf(`k${kind.length}:${kind}${key}`));
  }
  return numberGroups(ids, (id) => {
    const node = nodes.get(`c${id}`);
    return node === undefined ? undefined : findRoot(parent, node);
  });
}

function numberGroups(ids: readonly string[], rootOf: (id: string) => number | undefined): Groups {
  const groupOf = new Uint32Array(ids.length);
  const groupOfRoot = new Map<number, number>();
  let count = 0;
  for (const [index, id] of ids.entries()) {
    const root = rootOf(id);
    const known = root === undefined ? undefined : groupOfRoot.get(root);
    if (root !== undefined && known === undefined) groupOfRoot.set(root, count);
    groupOf[index] = known ?? count++;
  }
  return { count, groupOf };
}

function findRoot(parent: number[], node: number): number {
  let at = node;
  for (let up = parent[at]!; up !== at; up = parent[at]!) {
    parent[at] = parent[up]!;
    at = parent[at]!;
  }
  return at;
}

function join(parent: number[], one: number, other: number): void {
  const [a, b] = [findRoot(parent, one), findRoot(parent, other)];
  if (a < b) parent[b] = a;
  else parent[a] = b;
}
