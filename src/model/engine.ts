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

/** Which engine is wanted, and how. */
export interface EngineChoice {
  name: EngineName;
  /** Where shard folders are made: a folder that every machine sees under the same path. Not used by the local engine. */
  root: string;
  settings: EngineSettings;
}
