import { existsSync, statSync } from 'node:fs';
import { Catalog } from '../catalog/catalog.js';
import { defaultEffects, type Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import { nearMiss } from '../model/near-miss.js';
import type { OverlapReport } from '../model/split-overlap.js';
import { isVersion, openRelease } from '../release/open-release.js';
import { readLog, releaseStatus } from '../release/release-log.js';
import { releaseSide } from '../release/side.js';
import { readListFile } from '../splits/list-file.js';
import { readFileIds, type IdColumns } from '../splits/overlap-file.js';
import { fileSet, type CaseLookup } from '../splits/overlap-set.js';
import { compareSources, USUAL_ROLES, type OverlapSet } from '../splits/overlap.js';
import { loadRecord } from '../splits/run.js';
import type { Workspace } from '../workspace/workspace.js';
import { lookUpCases } from './case-lookup.js';
import { refreshCaseTables, withSession, type Session } from './session.js';
import { splitOptions } from './split.js';

/** How sources are read and judged. */
export interface OverlapOptions {
  columns: IdColumns;
  /** Names of parts that are trained on, or tested on, beside the usual ones. */
  train: readonly string[];
  test: readonly string[];
}

/**
 * Who is in which: splits of the workspace, releases, manifests of challenges, lists.
 * @param names sources: the name of a split, a version, a folder of a release, a file; `#PART` takes one part alone, or says
 *   what part a file without parts is; none: all splits and releases of the workspace
 * @param workspace null outside one: then files and folders only
 * @throws {CurationError} SPLIT_UNKNOWN, SPLIT_NOT_ASSIGNED, SPLIT_LIST_INVALID, RELEASE_*, USAGE
 */
export async function overlapSources(workspace: Workspace | null, names: readonly string[], options: OverlapOptions, effects: Effects = defaultEffects): Promise<OverlapReport> {
  const sets =
    workspace === null || !existsSync(workspace.paths.catalog)
      ? await gather({ workspace, session: null, lookUp: null, options }, names)
      : await withSession(workspace, 'comparing splits', effects, async (session) => gather(await openContext(session, options), names));
  const lower = (usual: ReadonlySet<string>, more: readonly string[]): Set<string> => new Set([...usual, ...more.map((name) => name.toLowerCase())]);
  return compareSources(sets, { train: lower(USUAL_ROLES.train, options.train), test: lower(USUAL_ROLES.test, options.test) });
}

interface Context {
  workspace: Workspace | null;
  session: { session: Session; cases: Awaited<ReturnType<typeof refreshCaseTables>> } | null;
  lookUp: CaseLookup | null;
  options: OverlapOptions;
}

async function openContext(session: Session, options: OverlapOptions): Promise<Context> {
  const cases = await refreshCaseTables(session);
  return { workspace: session.workspace, session: { session, cases }, lookUp: lookUpCases(session.catalog), options };
}

async function gather(context: Context, named: readonly string[]): Promise<OverlapSet[]> {
  const names = named.length > 0 ? named : await allSources(context);
  const sets: OverlapSet[] = [];
  for (const name of new Set(names)) sets.push(...(await openSource(context, name)));
  if (sets.length < 2)
    throw new CurationError('USAGE', 'There are not two sources to compare.', {
      found: sets.map(({ name }) => name).join(', ') || 'none',
      suggestions: ['Name splits, versions, release folders, manifests or lists: colophon split overlap benchmark 1.0.0 challenge.json'],
    });
  return sets;
}

/** Splits that were drawn and releases that are here. */
async function allSources({ workspace, session }: Context): Promise<string[]> {
  if (workspace === null) return [];
  const splits = session === null ? [] : await session.session.catalog.all<{ split: string }>('SELECT DISTINCT split FROM assignment ORDER BY split');
  const log = await readLog(workspace.paths);
  const configured = splits.map(({ split }) => split).filter((name) => workspace.config.splits?.[name] !== undefined);
  return [...configured, ...log.filter((entry) => releaseStatus(entry) === 'published').map(({ document }) => document.version)];
}

async function openSource(context: Context, named: string): Promise<OverlapSet[]> {
  const hash = existsSync(named) ? -1 : named.lastIndexOf('#');
  const [name, part] = hash < 0 ? [named, null] : [named.slice(0, hash), named.slice(hash + 1)];
  const { workspace } = context;
  if (workspace?.config.splits?.[name] !== undefined) return [await openSplit(context, name, part)];
  const stat = statSync(name, { throwIfNoEntry: false });
  if (stat?.isDirectory() === true || (stat === undefined && isVersion(name) && workspace !== null)) return openReleaseSets(context, name, part);
  if (stat === undefined) throw unknown(name, Object.keys(workspace?.config.splits ?? {}));
  const { columns } = context.options;
  return [await fileSet(named, readFileIds(readListFile(name), name, columns), context.lookUp, part)];
}

async function openSplit({ workspace, session }: Context, name: string, part: string | null): Promise<OverlapSet> {
  if (session === null || workspace === null) throw notDrawn(name);
  const { catalog } = session.session;
  await loadRecord(catalog, splitOptions(workspace, session.cases, name));
  const placed = new Map<string, string>();
  for await (const rows of catalog.stream<{ case_id: string; part: string }>('SELECT case_id, part FROM assignments WHERE split = ?', [name]))
    for (const row of rows) if (part === null || row.part === part) placed.set(row.case_id, row.part);
  if (placed.size === 0) throw notDrawn(part === null ? name : `${name}#${part}`);
  const [gone] = await catalog.all<{ n: number }>("SELECT count(*) AS n FROM assignments AS a LEFT JOIN case_ AS c ON c.case_id = a.case_id WHERE a.split = ? AND coalesce(c.status, 'unknown') <> 'accepted'", [name]);
  const notes = gone === undefined || gone.n === 0 ? [] : [`${gone.n} of its cases are not accepted any more; they count, since they were in it.`];
  return { name: part === null ? name : `${name}#${part}`, kind: 'split', ids: new Map([['case', placed]]), unmatched: 0, repeated: 0, notes };
}

/** A release as all of its cases, and each of its splits. */
async function openReleaseSets({ workspace }: Context, name: string, part: string | null): Promise<OverlapSet[]> {
  const entry = await openRelease(name, workspace?.paths ?? null);
  const catalog = await Catalog.open(':memory:', { bare: true, folders: [entry.folder] });
  try {
    const side = await releaseSide(catalog, entry);
    const set = (label: string, placed: Map<string, string>): OverlapSet => ({ name: label, kind: 'release', ids: new Map([['case', placed]]), unmatched: 0, repeated: 0, notes: [] });
    const cases = new Map<string, string>();
    for await (const rows of catalog.stream<{ case_id: string }>(`SELECT case_id FROM ${side.own('cases')}`)) for (const { case_id } of rows) cases.set(case_id, '');
    const splits = new Map(entry.document.splits.map((split) => [split.name, new Map<string, string>()]));
    for await (const rows of catalog.stream<{ split: string; case_id: string; part: string }>(`SELECT split, case_id, part FROM ${side.own('splits')}`))
      for (const row of rows) if (part === null || row.part === part) splits.get(row.split)?.set(row.case_id, row.part);
    const whole = part === null ? [set(name, cases)] : [];
    return [...whole, ...[...splits].filter(([, placed]) => part === null || placed.size > 0).map(([split, placed]) => set(`${name} ${split}${part === null ? '' : `#${part}`}`, placed))];
  } finally {
    catalog.close();
  }
}

function notDrawn(name: string): CurationError {
  return new CurationError('SPLIT_NOT_ASSIGNED', `No case is in ${name} yet.`, { suggestions: [`Run: colophon split assign ${name.split('#')[0]}`] });
}

function unknown(name: string, splits: readonly string[]): CurationError {
  const guess = nearMiss(name, splits);
  return new CurationError('SPLIT_UNKNOWN', `There is no split, release or file called ${name}.`, {
    suggestions: guess === undefined ? [splits.length === 0 ? 'Splits and versions need a workspace: --workspace DIR' : `Known splits: ${splits.join(', ')}`] : [`Did you mean ${guess}?`],
  });
}
