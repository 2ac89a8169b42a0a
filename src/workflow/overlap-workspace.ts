import type { Catalog } from '../catalog/catalog.js';
import type { Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import { expandSplits, findSplits } from '../model/split-repeats.js';
import { findRelease, readLog } from '../release/release-log.js';
import { PartedIds, type OverlapInput } from '../splits/lists/overlap-ids.js';
import { loadRecord } from '../splits/run.js';
import { joinCases } from '../splits/input/sql.js';
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
      if (version !== undefined) found.set(name, await readVersion(session.catalog, workspace, version, split));
      else found.set(name, await readSplits(session.catalog, workspace, context, name));
    }
    return found;
  });
}

async function readVersion(catalog: Catalog, { paths }: Workspace, version: string, split: string | null): Promise<OverlapInput[]> {
  return readRelease(catalog, findRelease(await readLog(paths), version, paths), version, split);
}

/** A split, or every repeat of one. */
async function readSplits(catalog: Catalog, workspace: Workspace, context: CaseContext, name: string): Promise<OverlapInput[]> {
  const names = findSplits(workspace.config.splits, name).map((split) => split.name);
  const inputs: OverlapInput[] = [];
  for (const each of names.length === 0 ? [name] : names) inputs.push(await readSplit(catalog, workspace, context, each));
  return inputs;
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

/**
 * The splits of this data set that divide the same cases as a split by intention: those that it lies within by the
 * configuration, directly or through others, and the other repeats of it.
 */
export function splitsAround({ config: { dataset, splits } }: Workspace, origin: OverlapInput['origin']): string[] {
  if (origin === null || origin.dataset !== dataset.id) return [];
  const all = expandSplits(splits);
  const base = all.find(({ name }) => name === origin.split)?.base;
  const around = all.filter((split) => split.base === base && split.name !== origin.split).map(({ name }) => name);
  for (let at: string | undefined = origin.split; at !== undefined; ) {
    const within: Record<string, string> = all.find(({ name }) => name === at)?.config.within ?? {};
    [at] = Object.keys(within).filter((outer) => !around.includes(outer));
    if (at !== undefined) around.push(at);
  }
  return around;
}
