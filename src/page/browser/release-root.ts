/** The folder of the release within what was chosen, ending in `/` or empty; null when there is none, or several. */
export function findReleaseRoot(paths: readonly string[]): string | null {
  let best: string[] = [];
  let depth = Infinity;
  for (const path of paths) {
    const match = /^(.*\/)?(?:release\.json|tagmanifest-sha256\.txt)$/s.exec(path);
    if (match === null) continue;
    const root = match[1] ?? '';
    const own = root.split('/').length;
    if (own < depth) [best, depth] = [[root], own];
    else if (own === depth && !best.includes(root)) best.push(root);
  }
  return best.length === 1 ? best[0]! : null;
}
