/** The engines that per-file work can be spread over, by their names on the command line. */
export const ENGINE_NAMES = ['local', 'slurm', 'bullmq'] as const;

export type EngineName = (typeof ENGINE_NAMES)[number];
