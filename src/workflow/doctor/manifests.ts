import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Catalog } from '../../catalog/catalog.js';
import { ownFolder, type ManifestSourceConfig } from '../../model/source-config.js';
import { assertSourceFolder } from '../../sources/dicom-folder.js';
import type { ManifestItems } from '../../sources/remote/manifest-items.js';
import { sourceFolder } from '../../workspace/source-folders.js';
import type { Workspace } from '../../workspace/workspace.js';
import { readManifest, type ManifestReading } from '../read-manifest.js';
import { failed, ok, warning, type Answer } from './probe.js';

/** Entries that are looked for in a folder. */
const LOOKED_FOR = 1000;

/**
 * Reads a manifest as a pull does, and tries the place of its files.
 * @param tryPlace tries one that is elsewhere
 * @throws {CurationError} as `readManifest`
 */
export async function tryManifest(workspace: Workspace, source: ManifestSourceConfig, tryPlace: (items: ManifestItems) => Promise<Answer>): Promise<Answer> {
  const catalog = await Catalog.open(':memory:');
  try {
    const reading = await readManifest(catalog, workspace.root, source);
    const answer = ownFolder(source) === null ? await tryPlace(reading.load) : await lookInFolder(source, sourceFolder(workspace, source), reading);
    return answer.outcome === 'ok' ? judgeLines(answer, reading) : answer;
  } finally {
    catalog.close();
  }
}

async function lookInFolder(source: ManifestSourceConfig, folder: string, { load, items }: ManifestReading): Promise<Answer> {
  assertSourceFolder(source.name, folder);
  // Only a Gen3 manifest names each file.
  if (source.kind !== 'gen3-manifest') return ok(`${items} listed; the folder is there`);
  let looked = 0;
  for await (const { path, unusable } of load.items()) {
    if (unusable === null && existsSync(join(folder, path))) return ok(`${items} files listed; found in the folder: ${path}`);
    if (++looked === LOOKED_FOR) break;
  }
  return failed(`none of the first ${looked} files that the manifest lists is in ${folder}`, `Is base_path of the source ${source.name} the folder that the names in the manifest are relative to?`);
}

function judgeLines(answer: Answer, { defect_count, defects: [first] }: ManifestReading): Answer {
  if (defect_count === 0 || first === undefined) return answer;
  return warning(`${defect_count} ${defect_count === 1 ? 'line' : 'lines'} of the manifest not in order; line ${first.line}: ${first.message}`, 'Download the manifest anew, or mend it.', first.expected);
}
