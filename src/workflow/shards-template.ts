import { readPlan } from '../engine/shards/plan.js';
import { awsBatchJob, kubernetesJob, slurmScript } from '../engine/shards/templates.js';
import { CurationError } from '../errors.js';
import type { ShardsTemplate } from '../model/shards.js';

/** What only the site knows. */
export interface TemplateSettings {
  image: string;
  volume: string;
  mount: string;
  queue: string;
  definition: string;
}

/**
 * The file that a scheduler takes for a plan.
 * @throws {CurationError} USAGE when the scheduler takes no such number of shards, or a name has control characters; SHARD_INVALID, SHARD_TOO_NEW
 */
export function writeTemplate(scheduler: ShardsTemplate['scheduler'], folder: string, settings: TemplateSettings): ShardsTemplate {
  const { shards, digest } = readPlan(folder);
  const job = { name: `colophon-${digest.slice(0, 16)}`, folder, shards: shards.length };
  const names: string[] = [folder, ...Object.values(settings)];
  for (const text of names)
    if (/[\u0000-\u001f\u007f]/.test(text)) throw new CurationError('USAGE', 'A name for a template has control characters.', { found: JSON.stringify(text).slice(0, 100) });
  const text = scheduler === 'slurm' ? slurmScript(job) : scheduler === 'kubernetes' ? kubernetesJob(job, settings) : awsBatchJob(job, settings);
  return { scheduler, shards: shards.length, text };
}
