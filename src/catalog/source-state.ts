import type { Catalog } from './catalog.js';

/** Code of the defect that stands while a source is being pulled: after a kill the gate says that rows are missing. */
const CODE = 'GATE-INCOMPLETE';

/** Notes that the rows of a source are being changed, or that they are complete again. */
export async function markIncomplete(catalog: Catalog, source: string, incomplete: boolean): Promise<void> {
  await catalog.run("DELETE FROM source_defect WHERE source = ? AND path = '' AND code = ?", [source, CODE]);
  if (!incomplete) return;
  const message = 'The last pull of this source did not finish: rows are missing.';
  await catalog.run("INSERT INTO source_defect (source, path, code, message) VALUES (?, '', ?, ?)", [source, CODE, message]);
}

/** What is wrong with a line of a manifest. */
export interface ManifestDefect {
  line: number;
  message: string;
  expected?: string;
  found?: string;
}

/** Notes what is wrong with the manifest of a source, and forgets what was: what could not be read of it may have named files. */
export async function replaceManifestDefects(catalog: Catalog, source: string, file: string, defects: readonly ManifestDefect[]): Promise<void> {
  await catalog.run("DELETE FROM source_defect WHERE source = ? AND path <> '' AND code = ?", [source, CODE]);
  for (const { line, message, expected = null, found = null } of defects)
    await catalog.run('INSERT INTO source_defect (source, path, code, line, message, expected, found) VALUES (?, ?, ?, ?, ?, ?, ?)', [source, file, CODE, line, message, expected, found]);
}
