import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { defaultEffects } from '../../src/effects.js';
import type { CutReport } from '../../src/model/release-reports.js';
import { checkWorkspace } from '../../src/workflow/check.js';
import { pullWorkspace } from '../../src/workflow/pull.js';
import { queryRelease } from '../../src/workflow/query.js';
import { cutRelease } from '../../src/workflow/release.js';
import { commitSplitSeed } from '../../src/workflow/split-seed.js';
import { assignWorkspaceSplit, freezeWorkspaceSplit } from '../../src/workflow/split.js';
import { openWorkspace, type Workspace } from '../../src/workspace/workspace.js';

/** A clock that stands still, and nobody to warn. */
export const EFFECTS = { ...defaultEffects, now: () => new Date('2026-03-02T12:00:00Z'), warn: () => undefined };

/** A case of the small workspace: a row of `case`, and as many of `measurement` as it has results. */
export interface SmallCase {
  case_id: string;
  sex: 'F' | 'M';
  label: string;
  results: number[];
}

/** Cases with ids in no order. */
export function smallCases(count: number): SmallCase[] {
  return Array.from({ length: count }, (_, at) => {
    const digest = createHash('sha256').update(`case ${at}`).digest('hex');
    const number = Number.parseInt(digest.slice(0, 8), 16);
    return { case_id: `K${digest.slice(8, 20)}`, sex: number % 2 === 0 ? 'F' : 'M', label: number % 3 === 0 ? 'mark-positive' : 'mark-negative', results: [number % 97, number % 89] };
  });
}

/** What a workspace of tables alone is configured with. */
export interface SmallConfig {
  splits: Record<string, unknown>;
  release?: object;
}

/** Writes colophon.yaml of a workspace without images, and opens it. */
export function configureSmall(root: string, { splits, release }: SmallConfig): Workspace {
  const config = {
    dataset: { id: 'small', title: 'Small', license: 'CC0-1.0' },
    sources: [{ name: 'clinical', kind: 'tables', path: 'in' }],
    schema: 'none',
    tables: { case: { key: 'case_id' }, measurement: { key: 'measurement_id', case: 'case_id' } },
    gate: { profile: 'internal' },
    splits,
    ...(release === undefined ? {} : { release }),
  };
  for (const folder of ['in', 'splits', 'private']) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'colophon.yaml'), JSON.stringify(config));
  return openWorkspace(root);
}

/** Writes the tables of the cases, and pulls them. */
export async function pullSmall(workspace: Workspace, cases: readonly SmallCase[]): Promise<void> {
  const folder = join(workspace.root, 'in');
  const measured = cases.flatMap(({ case_id, results }) => results.map((result, at) => `${case_id.slice(1)}-${at},${case_id},${result}`));
  writeFileSync(join(folder, 'case.csv'), ['case_id,sex,label', ...cases.map(({ case_id, sex, label }) => `${case_id},${sex},${label}`), ''].join('\n'));
  writeFileSync(join(folder, 'measurement.csv'), ['measurement_id,case_id,result', ...measured, ''].join('\n'));
  await pullWorkspace(workspace, { jobs: 1 }, EFFECTS);
}

/** Draws and freezes a split. */
export async function freezeSmall(workspace: Workspace, name: string): Promise<void> {
  await assignWorkspaceSplit(workspace, name, {}, EFFECTS);
  await freezeWorkspaceSplit(workspace, name, '2026-03-01', EFFECTS);
}

/** The cases of a part by the frozen record. */
export function membersOf(root: string, split: string, part: string): string[] {
  const lines = readFileSync(join(root, `splits/${split}.csv`), 'utf8').trimEnd().split('\n').slice(2);
  return lines.map((line) => line.split(',')).flatMap(([, id = '', , of]) => (of === part ? [id] : []));
}

/** Has the real gate judge, and publishes. */
export async function publishSmall(workspace: Workspace, bump?: 'patch'): Promise<CutReport> {
  await checkWorkspace(workspace, { jobs: 1 }, EFFECTS);
  return cutRelease(workspace, { date: '2026-03-02', jobs: 1, ...(bump === undefined ? {} : { bump }) }, EFFECTS);
}

/** Every file below a folder with its bytes. */
export function filesBelow(folder: string): Map<string, Buffer> {
  if (!existsSync(folder)) return new Map();
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  return new Map(names.filter((path) => statSync(path).isFile()).sort().map((path) => [relative(folder, path), readFileSync(path)]));
}

/** All that a release says: the text of its files as they are, and every row of every table, which are packed there. */
export async function everythingIn(folder: string): Promise<string> {
  const files = filesBelow(folder);
  const tables = [...files.keys()].flatMap((path) => /^data\/tables\/(.+)\.parquet$/.exec(path)?.[1] ?? []);
  const rows = await Promise.all(tables.map(async (table) => JSON.stringify((await queryRelease(folder, `FROM "${table}"`)).rows)));
  return [...[...files].map(([path, bytes]) => `${path}\n${bytes.toString('latin1')}`), ...rows].join('\n');
}

/** The split of the small workspace; what is hidden of it has no say in the draw. */
export const benchmark = (more: object = {}): object => ({
  parts: { train: 0.5, validation: 0.2, test: 0.3 },
  balance: ['sex'],
  seed: { file: 'private/benchmark.seed' },
  hidden: { part: 'test' },
  ...more,
});

/** Draws with a secret seed, and freezes. */
export async function makeFrozen(root: string, config: SmallConfig, cases: readonly SmallCase[]): Promise<Workspace> {
  const workspace = configureSmall(root, config);
  await pullSmall(workspace, cases);
  await commitSplitSeed(workspace, 'benchmark', { date: '2026-02-01' }, EFFECTS);
  await freezeSmall(workspace, 'benchmark');
  return workspace;
}

/** Returns a function that gives copies of one workspace of 40 cases whose split `benchmark` is drawn and frozen. */
export function useFrozenWorkspace(): (root: string, config?: SmallConfig) => Workspace {
  let template = '';
  beforeAll(async () => {
    template = mkdtempSync(join(tmpdir(), 'colophon-hidden-'));
    await makeFrozen(template, { splits: { benchmark: benchmark() } }, smallCases(40));
  });
  afterAll(() => rmSync(template, { recursive: true, force: true }));
  return (root, config = { splits: { benchmark: benchmark() } }) => {
    cpSync(template, root, { recursive: true, preserveTimestamps: true });
    return configureSmall(root, config);
  };
}

/** The code and the message of a failure; `none` when there is none. */
export function failure(work: Promise<unknown>): Promise<{ code: string; message: string }> {
  return work.then(() => ({ code: 'none', message: '' }), (error: { code: string; message: string }) => error);
}
