import type { Catalog } from '../catalog/catalog.js';
import type { Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import { findRelease, readLog } from '../release/release-log.js';
import { PartedIds, type OverlapInput } from '../splits/overlap-ids.js';
import { loadRecord } from '../splits/run.js';
import { joinCases } from '../splits/sql.js';
import type { Workspace } from '../workspace/workspace.js';
import type { CaseContext } from './case-rules.js';
import { catalogObjects, readRelease, withObjects } from './overlap-release.js';
import { refreshCaseTables, withSession } from './session.js';
import { splitOptions } from './split.js';

const VERSION = /^(\d+\.\d+\.\d+)(?::(.+))?$/;

/**
 * Reads splits and releases of a workspace, by the names given. A split holds its whole record, withdrawn cases too: they
 * were seen; and what was drawn and is not frozen yet.
 * @throws {CurationError} SPLIT_UNKNOWN, SPLIT_NOT_ASSIGNED, SPLIT_RECORD_TAMPERED, RELEASE_NOT_FOUND, RELEASE_INVALID
 */
export function readWorkspaceSources(workspace: Workspace, names: readonly string[], effects: Effects): Promise<Map<string, OverlapInput[]>> {
  return withSession(workspace, 'comparing splits', effects, async (session) => {
    const context = await refreshCaseTables(session);
    const found = new Map<string, OverlapInput[]>();
    for (const name of new Set(names)) {
      const [, version, split = null] = VERSION.exec(name) ?? [];
      const inputs = version === undefined ? [await readSplit(session.catalog, workspace, context, name)] : await readVersion(session.catalog, workspace, version, split);
      found.set(name, inputs);
    }
    return found;
  });
}

async function readVersion(catalog: Catalog, { paths }: Workspace, version: string, split: string | null): Promise<OverlapInput[]> {
  return readRelease(catalog, findRelease(await readLog(paths), version, paths), version, split);
}

async function readSplit(catalog: Catalog, workspace: Workspace, context: CaseContext, name: string): Promise<OverlapInput> {
  await loadRecord(catalog, splitOptions(workspace, context, name));
  const cases = new PartedIds();
  for await (const rows of catalog.stream<{ case_id: string; part: string }>('SELECT case_id, part FROM assignments WHERE split = ?', [name]))
    for (const { case_id, part } of rows) cases.add(case_id, part);
  if (cases.partsOf.size === 0)
    throw new CurationError('SPLIT_NOT_ASSIGNED', `The split ${name} has not been drawn yet.`, { suggestions: [`Run: colophon split assign ${name}`] });
  const ids = await withObjects(catalog, cases, await catalogObjects(catalog, joinCases));
  return { name, kind: 'split', ids, origin: { dataset: workspace.config.dataset.id, split: name }, within: [] };
}

/** The splits that a split of this data set lies within by the configuration, innermost first. */
export function splitsAround({ config: { dataset, splits = {} } }: Workspace, origin: OverlapInput['origin']): string[] {
  const around: string[] = [];
  let at = origin !== null && origin.dataset === dataset.id ? origin.split : null;
  while (at !== null && Object.hasOwn(splits, at)) {
    const [outer = null] = Object.keys(splits[at]?.within ?? {});
    if (outer === null || around.includes(outer)) break;
    around.push(outer);
    at = outer;
  }
  return around;
}
