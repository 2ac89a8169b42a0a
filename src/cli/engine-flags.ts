import { Flags } from '@oclif/core';
import { ENGINE_NAMES } from '../model/engine.js';

/** The flags of commands that can spread their work over other machines. */
export const engineFlags = {
  engine: Flags.string({ options: ENGINE_NAMES, default: 'local' as const, summary: 'Where files are read: in threads here, as jobs of Slurm, or by workers of BullMQ.' }),
};
