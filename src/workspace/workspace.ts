import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { PACK_FILE, packName } from '../clinical/pack.js';
import { CurationError } from '../errors.js';
import { WORKSPACE_FORMAT, type Config } from '../model/config.js';
import type { Waiver } from '../model/finding.js';
import type { WaiversFile, Withdrawal, WithdrawalsFile } from '../model/workspace-files.js';
import { checkConfig } from './config-rules.js';
import { locateInYaml, readYamlFile } from './yaml-file.js';

/** Name of the file that makes a folder a workspace. */
export const CONFIG_FILE = 'colophon.yaml';

/** Absolute paths of what a workspace holds; see design "Workspace" in README.md. */
export interface WorkspacePaths {
  config: string;
  schemas: string;
  releases: string;
  /** releases/log: one file a claimed release number. */
  releaseLog: string;
  waivers: string;
  withdrawals: string;
  splits: string;
  private: string;
  /** .colophon: everything in it can be rebuilt. */
  cache: string;
  catalog: string;
  staging: string;
  /** .colophon/sources/<name>: what was read of sources that are elsewhere. */
  sources: string;
  lock: string;
}

/** An opened workspace: its configuration is valid, its files are not yet looked at. */
export interface Workspace {
  root: string;
  config: Config;
  paths: WorkspacePaths;
  /** Bytes that a command may take; what the machine, or its container, has when absent. */
  memory?: number | undefined;
}

/** The nearest folder, `start` or above it, with a colophon.yaml; null when there is none. */
export function findWorkspace(start: string): string | null {
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    if (existsSync(join(folder, CONFIG_FILE))) return folder;
    if (folder === dirname(folder)) return null;
  }
}

/**
 * Opens the workspace at `folder`, or the nearest one above the current folder when none is given.
 * @throws {CurationError} WORKSPACE_NOT_FOUND, CONFIG_INVALID, CONFIG_TOO_NEW
 */
export function openWorkspace(folder?: string): Workspace {
  const root = folder === undefined ? findWorkspace(process.cwd()) : resolve(folder);
  if (root === null || !existsSync(join(root, CONFIG_FILE))) {
    const where = folder === undefined ? `${process.cwd()} and every folder above it` : resolve(folder);
    throw new CurationError('WORKSPACE_NOT_FOUND', `No workspace: no ${CONFIG_FILE} in ${where}`, {
      suggestions: ['Make one with `colophon init DIR`.', 'Name one with `--workspace DIR`.'],
    });
  }
  const paths = workspacePaths(root);
  const config = readYamlFile<Config>(paths.config, 'colophon.v1', WORKSPACE_FORMAT);
  if (config === null) throw new CurationError('WORKSPACE_NOT_FOUND', `No ${CONFIG_FILE} in ${root}`);
  checkConfig(config, paths.config);
  return { root, config, paths };
}

/** Where everything lives below `root`. */
export function workspacePaths(root: string): WorkspacePaths {
  const cache = join(root, '.colophon');
  return {
    config: join(root, CONFIG_FILE),
    schemas: join(root, 'schemas'),
    releases: join(root, 'releases'),
    releaseLog: join(root, 'releases', 'log'),
    waivers: join(root, 'waivers.yaml'),
    withdrawals: join(root, 'withdrawals.yaml'),
    splits: join(root, 'splits'),
    private: join(root, 'private'),
    cache,
    catalog: join(cache, 'catalog.duckdb'),
    staging: join(cache, 'staging'),
    sources: join(cache, 'sources'),
    lock: join(cache, 'lock'),
  };
}

/**
 * The folder of the clinical schemas that the configuration names, or null for `schema: none`.
 * A pack's name stands for `schemas/<name>` in the workspace when that holds a pack, else for its schemas/ folder, into
 * which `init` copied it.
 * @throws {CurationError} CONFIG_INVALID when the folder is not there
 */
export function schemaFolder(workspace: Workspace): string | null {
  const { schema } = workspace.config;
  if (schema === 'none') return null;
  const isFolder = schema !== undefined && /[/\\.]/.test(schema);
  const folder = isFolder ? resolve(workspace.root, schema) : packFolder(workspace, schema);
  if (existsSync(folder) && statSync(folder).isDirectory()) {
    if (!isFolder && schema !== undefined) requireName(workspace, folder, schema);
    return folder;
  }
  if (schema === undefined) return null;
  throw new CurationError('CONFIG_INVALID', `${locateInYaml(workspace.paths.config, ['schema'])}: \`schema: ${schema}\` names no folder`, {
    expected: `a folder of JSON Schemas at ${folder}`,
    suggestions: ['Copy the pack in with `colophon init --template midrc` in an empty folder, or write `schema: none`.'],
  });
}

function packFolder({ paths }: Workspace, name: string | undefined): string {
  const own = name === undefined ? null : join(paths.schemas, name);
  return own !== null && existsSync(join(own, PACK_FILE)) ? own : paths.schemas;
}

/** A dataset must not be judged by another pack than its configuration names. */
function requireName({ paths }: Workspace, folder: string, name: string): void {
  const found = packName(folder);
  if (found === null || found === name) return;
  throw new CurationError('CONFIG_INVALID', `${locateInYaml(paths.config, ['schema'])}: \`schema: ${name}\` is not the pack in ${folder}`, {
    expected: name,
    found,
    suggestions: [`Write \`schema: ${found}\`, or put the pack ${name} into ${join(paths.schemas, name)}.`],
  });
}

/** The waivers of the workspace, none when there is no waivers.yaml. @throws {CurationError} CONFIG_INVALID */
export function loadWaivers(workspace: Workspace): Waiver[] {
  return readYamlFile<WaiversFile>(workspace.paths.waivers, 'waivers.v1')?.waivers ?? [];
}

/** The withdrawn cases, none when there is no withdrawals.yaml. @throws {CurationError} CONFIG_INVALID */
export function loadWithdrawals(workspace: Workspace): Withdrawal[] {
  const withdrawals = readYamlFile<WithdrawalsFile>(workspace.paths.withdrawals, 'withdrawals.v1')?.withdrawals ?? [];
  const seen = new Set<string>();
  for (const { case_id } of withdrawals) {
    if (seen.has(case_id))
      throw new CurationError('CONFIG_INVALID', `${workspace.paths.withdrawals} names the case ${case_id} twice`, {
        suggestions: ['Keep one entry a case.'],
      });
    seen.add(case_id);
  }
  return withdrawals;
}
