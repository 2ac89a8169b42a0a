import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CurationError, systemErrorCode, wrapSystemError } from '../../errors.js';
import { canonicalJson } from '../../fixity/canonical-json.js';
import { sha256Hex } from '../../fixity/digest.js';
import { SHARD_FORMAT, type ShardPlan } from '../../model/shards.js';
import { PACKAGE_ROOT } from '../../package-root.js';
import { shardFiles } from './shard-files.js';

/** The folder of the compiled program, which task modules are named in. */
const COMPILED = new URL('../../../', import.meta.url);

/** A compiled task of this program; `test/` is not in the package that is published. */
const TASK = /^(?:src|test)\/(?:[a-z0-9-]+\/)*(?:[a-z0-9-]+-task|tasks)\.js$/;

/** How a task module is named in plans. */
export function nameTask(task: URL): string {
  return task.href.slice(COMPILED.href.length);
}

/**
 * The module of a task that a plan names. A plan is data from a shared folder: it can name nothing but a task of this program.
 * @throws {CurationError} SHARD_INVALID
 */
export function locateTask(name: string): URL {
  const task = new URL(name, COMPILED);
  if (TASK.test(name) && existsSync(fileURLToPath(task))) return task;
  throw new CurationError('SHARD_INVALID', 'The plan names a task that this program does not have.', { expected: 'a task of this program', found: name.slice(0, 100) });
}

/** Version of this program, for plans. */
export function toolVersion(): string {
  return (JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as { version: string }).version;
}

/** The digest of a plan, over all but itself. */
export function digestPlan({ digest: _digest, ...rest }: ShardPlan): string {
  return sha256Hex(canonicalJson(rest));
}

/**
 * Reads the plan of a shard folder and holds it against its digest.
 * @throws {CurationError} SHARD_INVALID, SHARD_TOO_NEW, IO_FAILED
 */
export function readPlan(folder: string): ShardPlan {
  const path = shardFiles.plan(folder);
  const plan = parsePlan(path);
  if (plan.format !== SHARD_FORMAT) throw new CurationError('SHARD_TOO_NEW', `The plan has a format that this version does not know: ${path}`, { expected: SHARD_FORMAT, found: String(plan.format).slice(0, 40) });
  if (typeof plan.digest !== 'string' || digestOrNull(plan as ShardPlan) !== plan.digest) throw new CurationError('SHARD_INVALID', `The plan was changed since it was made: ${path}`, { suggestions: ['Plan again: a plan is never edited.'] });
  return plan as ShardPlan;
}

/** @throws {CurationError} SHARD_INVALID when another version of this program made the plan */
export function requireSameTool(plan: ShardPlan): void {
  const found = toolVersion();
  if (plan.tool === found) return;
  throw new CurationError('SHARD_INVALID', 'The plan was made by another version of this program, whose results might differ.', {
    expected: plan.tool,
    found,
    suggestions: ['Install the same version on every machine, or plan again with this one.'],
  });
}

function parsePlan(path: string): Partial<ShardPlan> {
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as unknown;
    if (typeof value === 'object' && value !== null) return value;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') throw new CurationError('SHARD_INVALID', `There is no plan here: ${path}`, { suggestions: ['Make one: colophon shards plan'] });
    if (!(error instanceof SyntaxError)) throw wrapSystemError(error, 'reading a plan', path);
  }
  throw new CurationError('SHARD_INVALID', `The plan is no JSON object: ${path}`, { suggestions: ['Plan again: a plan is never edited.'] });
}

function digestOrNull(plan: ShardPlan): string | null {
  try {
    return digestPlan(plan);
  } catch {
    return null;
  }
}
