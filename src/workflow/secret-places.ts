import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { SecretRules } from '../fixity/secret-file.js';
import type { Workspace } from '../workspace/workspace.js';

/** The master key lies outside the workspace, and outside the git repository that the workspace is in. */
export function keyRules({ root }: Pick<Workspace, 'root'>): SecretRules {
  const repository = repositoryAround(resolve(root));
  return { what: 'key', outside: [resolve(root), ...(repository === null ? [] : [repository])] };
}

/** A secret seed lies in private/, or outside the workspace; not in the git repository around it. */
export function seedRules({ root, paths }: Pick<Workspace, 'root' | 'paths'>): SecretRules {
  return { ...keyRules({ root }), what: 'seed', except: [paths.private] };
}

/** The nearest folder, this one or above, that is a git work tree; null when there is none. */
function repositoryAround(folder: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (at === dirname(at)) return null;
  }
}
