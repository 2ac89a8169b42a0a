import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ShardFailure, ShardPlan } from '../../model/shards.js';
import { pad, shardFiles } from './shard-files.js';

/** What attempts at a shard said when they failed, oldest first; what is no such file is left out. */
export function readFailures(folder: string, plan: ShardPlan, index: number): ShardFailure[] {
  return listFailures(folder)
    .filter((name) => name.startsWith(`${pad(index)}-`))
    .map((name) => parseFailure(join(shardFiles.failures(folder), name)))
    .filter((failure) => failure !== null && failure.plan === plan.digest && failure.index === index) as ShardFailure[];
}

function listFailures(folder: string): string[] {
  try {
    const number = (name: string): number => Number(/-(\d+)\.json$/.exec(name)?.[1] ?? 0);
    return readdirSync(shardFiles.failures(folder)).sort((a, b) => number(a) - number(b));
  } catch {
    return [];
  }
}

function parseFailure(path: string): ShardFailure | null {
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as Partial<ShardFailure> | null;
    const { plan, index, host, pid, code, message } = value ?? {};
    const whole = typeof plan === 'string' && typeof index === 'number' && typeof host === 'string' && typeof pid === 'number' && typeof code === 'string' && typeof message === 'string';
    return whole ? { plan, index, host, pid, code, message } : null;
  } catch {
    return null;
  }
}
