import { join, resolve } from 'node:path';
import { Flags } from '@oclif/core';
import { CurationError } from '../errors.js';
import { ENGINE_NAMES, type BullmqChoice, type EngineChoice, type EngineName, type EngineSettings } from '../model/engine.js';
import { sizeFlag } from './size-flag.js';

/** Where the queue of `--engine bullmq` is. */
export const redisFlag = Flags.custom<string>({
  helpValue: 'URL',
  env: 'COLOPHON_REDIS_URL',
  summary: 'The Redis of --engine bullmq: redis://, rediss:// or unix://. With a password better in COLOPHON_REDIS_URL than here.',
});

/** The flags of commands that can spread their work over other machines. */
export const engineFlags = {
  engine: Flags.option({ options: ENGINE_NAMES, default: 'local', summary: 'Where files are read: in threads here, as jobs of Slurm, or by workers of BullMQ.' })(),
  'shard-bytes': sizeFlag({ summary: 'With another engine than local: bytes after which a shard ends, 60 GB by default.' }),
  shards: Flags.string({ helpValue: 'DIR', env: 'COLOPHON_SHARDS', summary: 'With another engine than local: a folder for shards that every machine sees under the same path.' }),
  'slurm-option': Flags.string({ multiple: true, multipleNonGreedy: true, helpValue: '--NAME=VALUE', summary: 'An option of sbatch, such as --partition=long. May be given again.' }),
  redis: redisFlag(),
  jobs: Flags.integer({ char: 'j', min: 0, max: 256, summary: 'Worker threads; the number of cores, at most 4, by default. With --engine bullmq: worker processes started here, 0 for none.' }),
};

/** These flags as they were given. */
export interface EngineFlagValues {
  engine: EngineName;
  'shard-bytes'?: number | undefined;
  shards?: string | undefined;
  'slurm-option'?: string[] | undefined;
  redis?: string | undefined;
  jobs?: number | undefined;
}

/**
 * Which engine the flags and colophon.yaml ask for; `parent` is the folder that holds the shards when no flag names one.
 * @throws {CurationError} USAGE for flags of another engine
 */
export function engineChoice(flags: EngineFlagValues, settings: EngineSettings = {}, parent: string): EngineChoice {
  const { engine: name, shards, 'shard-bytes': bytes, 'slurm-option': options } = flags;
  if (name === 'local' && bytes !== undefined) throw new CurationError('USAGE', 'The local engine knows no shards.', { suggestions: ['Leave out --shard-bytes, or choose --engine slurm.'] });
  if (name !== 'slurm' && options !== undefined) throw new CurationError('USAGE', '--slurm-option is for --engine slurm.', { suggestions: ['Add --engine slurm.'] });
  if (name !== 'bullmq' && flags.jobs === 0) throw new CurationError('USAGE', 'Without workers here nothing is done.', { expected: '--jobs of 1 or more', suggestions: ['0 is for --engine bullmq, whose workers may all be elsewhere.'] });
  return {
    name,
    ...(name === 'bullmq' ? { bullmq: bullmqChoice(flags) } : {}),
    root: shards === undefined ? join(parent, 'shards') : resolve(shards),
    settings: {
      ...settings,
      ...(bytes === undefined ? {} : { shard_bytes: bytes }),
      ...(options === undefined ? {} : { slurm: { ...settings.slurm, options: [...(settings.slurm?.options ?? []), ...options] } }),
    },
  };
}

function bullmqChoice({ redis, jobs }: EngineFlagValues): BullmqChoice {
  if (redis === undefined) throw new CurationError('USAGE', '--engine bullmq needs a Redis, and none is named.', { suggestions: ['Name one: --redis redis://HOST:6379, or COLOPHON_REDIS_URL in the environment.'] });
  return { redis, ...(jobs === undefined ? {} : { workers: jobs }) };
}
