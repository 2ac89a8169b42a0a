import { existsSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import { RELEASE_FILES } from '../model/release.js';
import type { OverlapReport } from '../model/split-overlap.js';
import { parseIdList, type IdListOptions } from '../splits/lists/id-list.js';
import { parseIdManifest } from '../splits/lists/id-manifest.js';
import { readListFile } from '../splits/lists/list-file.js';
import { MAX_SOURCES, measureOverlap, RESERVED_PARTS } from '../splits/lists/overlap.js';
import type { OverlapInput } from '../splits/lists/overlap-ids.js';
import type { Workspace } from '../workspace/workspace.js';
import { readReleaseFolder } from './overlap-release.js';
import { readWorkspaceSources, splitsAround } from './overlap-workspace.js';

export interface OverlapRequest {
  /** Files and release folders by path; else splits and release versions of the workspace, the latter also `1.0.0:split`. */
  sources: readonly string[];
  list: IdListOptions;
  /** Part of everything in a source that is in no part, by the name of the source. */
  parts: ReadonlyMap<string, string>;
  /** Part names that must not be seen elsewhere; empty for the usual ones. */
  reserved: readonly string[];
  /** Ids that are named of each thing that is wrong. */
  limit: number;
}

/**
 * Compares who is in which of several splits, releases and lists. No workspace is needed when all of them are files.
 * @param openWorkspace called at most once, and only when a source is no file
 * @throws {CurationError} USAGE, SPLIT_LIST_INVALID, SOURCE_MISSING, NOT_A_RELEASE, RELEASE_*, SPLIT_*, WORKSPACE_NOT_FOUND
 */
export async function compareSources(request: OverlapRequest, openWorkspace: () => Workspace, effects: Effects): Promise<OverlapReport> {
  const { sources, list, reserved, limit } = request;
  const paths = sources.map(locate);
  const names = sources.filter((_, index) => paths[index] === null);
  const workspace = names.length === 0 ? null : openFor(names, openWorkspace);
  const found = workspace === null ? new Map<string, OverlapInput[]>() : await readWorkspaceSources(workspace, names, effects);
  const inputs: OverlapInput[] = [];
  for (const [index, source] of sources.entries()) {
    const path = paths[index]!;
    if (path === null) inputs.push(...found.get(source)!);
    else if (path.folder) inputs.push(...(await readReleaseFolder(path.path, path.split)));
    else inputs.push(readFile(path.path, list));
  }
  const known = workspace === null ? inputs : inputs.map((input) => ({ ...input, within: splitsAround(workspace, input.origin) }));
  return measureOverlap(assignParts(distinguish(known), request.parts), { reserved: reserved.length > 0 ? reserved : RESERVED_PARTS, limit });
}

/** A misspelled file looks like a name: the error then says so. */
function openFor(names: readonly string[], openWorkspace: () => Workspace): Workspace {
  try {
    return openWorkspace();
  } catch (error) {
    if (!(error instanceof CurationError) || error.code !== 'WORKSPACE_NOT_FOUND') throw error;
    throw new CurationError('WORKSPACE_NOT_FOUND', `${names.join(', ')}: no such file here, and no workspace that could have a split or release of that name.`, {
      cause: error,
      suggestions: ['Check the path, or name the workspace: --workspace DIR'],
    });
  }
}

interface LocatedSource {
  path: string;
  folder: boolean;
  split: string | null;
}

/** Where a source lies in the file system; null when it can only be a name in the workspace. */
function locate(source: string): LocatedSource | null {
  const [, folder, split] = /^(.+):([^:/\\]+)$/.exec(source) ?? [];
  if (isRelease(source)) return { path: source, folder: true, split: null };
  if (folder !== undefined && isRelease(folder)) return { path: folder, folder: true, split: split! };
  if (existsSync(source) && !statSync(source).isDirectory()) return { path: source, folder: false, split: null };
  if (!/[/\\]|\.(json|csv|tsv|txt)$/i.test(source)) return null;
  throw new CurationError('SOURCE_MISSING', `There is no file and no release folder ${source}.`, { suggestions: ['Check the path; it is relative to the current folder.'] });
}

function isRelease(path: string): boolean {
  return existsSync(join(path, RELEASE_FILES.release));
}

function readFile(path: string, list: IdListOptions): OverlapInput {
  const name = basename(path);
  const ending = extname(path).toLowerCase();
  if (!['.json', '.csv', '.tsv', '.txt'].includes(ending))
    throw new CurationError('SPLIT_LIST_INVALID', `${path} is neither a manifest nor a list of ids by its name.`, { expected: '.json, .csv, .tsv or .txt', found: ending === '' ? 'no ending' : ending });
  const bytes = readListFile(path);
  const ids = ending === '.json' ? parseIdManifest(bytes, name) : parseIdList(bytes, name, list);
  return { name: name.slice(0, -ending.length), kind: ending === '.json' ? 'manifest' : 'list', ids, origin: null, within: [] };
}

/** Sources of one name are numbered; a source given twice is a slip. */
function distinguish(inputs: readonly OverlapInput[]): OverlapInput[] {
  if (inputs.length < 2) throw new CurationError('USAGE', 'There is one source only, and nothing to compare it with.', { suggestions: ['Name at least two splits, releases or lists.'] });
  if (inputs.length > MAX_SOURCES) throw new CurationError('USAGE', `There are ${inputs.length} sources.`, { expected: `at most ${MAX_SOURCES}`, found: String(inputs.length) });
  const used = new Set<string>();
  return inputs.map((input) => {
    let name = input.name;
    for (let number = 2; used.has(name); number++) name = `${input.name} (${number})`;
    used.add(name);
    return { ...input, name };
  });
}

function assignParts(inputs: readonly OverlapInput[], parts: ReadonlyMap<string, string>): OverlapInput[] {
  const names = inputs.map(({ name }) => name);
  const stray = [...parts.keys()].find((name) => !names.includes(name));
  if (stray !== undefined) throw new CurationError('USAGE', `--part names the source ${stray}, and there is none.`, { expected: `one of ${names.join(', ')}`, found: stray });
  return inputs.map((input) => {
    const part = parts.get(input.name);
    return part === undefined ? input : { ...input, ids: new Map([...input.ids].map(([key, ids]) => [key, ids.withDefault(part)])) };
  });
}
