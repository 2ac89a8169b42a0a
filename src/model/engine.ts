/** The engines that per-file work can be spread over, by their names on the command line. */
export const ENGINE_NAMES = ['local', 'slurm', 'bullmq'] as const;

export type EngineName = (typeof ENGINE_NAMES)[number];

/** `engines` in colophon.yaml: how work is spread when `--engine` asks for other machines. */
export interface EngineSettings {
  /**
   * Bytes after which a shard ends; 60 GB by default, which is some ten minutes of work.
   * @minimum 1
   * @asType integer
   */
  shard_bytes?: number;
  slurm?: SlurmSettings;
}

/** How jobs are handed to Slurm. */
export interface SlurmSettings {
  /** Options of sbatch, such as `--partition=long`; only those that say where and how long a job may run. */
  options?: string[];
}

/** Where the queue of BullMQ is. Not in colophon.yaml: the address may hold a password. */
export interface BullmqChoice {
  redis: string;
  /** Worker processes that are started here; default: one a core, at most 4. */
  workers?: number;
}

/** Which engine is wanted, and how. */
export interface EngineChoice {
  name: EngineName;
  /** There when the engine is bullmq. */
  bullmq?: BullmqChoice;
  /** Where shard folders are made: a folder that every machine sees under the same path. Not used by the local engine. */
  root: string;
  settings: EngineSettings;
}
