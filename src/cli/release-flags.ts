import { Flags } from '@oclif/core';
import { dateFlag, workspaceFlag } from './base-command.js';

/** The flags that `release plan` and `release cut` share. */
export const releaseFlags = {
  workspace: workspaceFlag,
  date: dateFlag({ summary: 'Date of the release; today by default. Same catalog, configuration and date give the same digest.' }),
  bump: Flags.string({ options: ['major', 'minor', 'patch'] as const, summary: 'Raise the computed number to this level; never lowers it.' }),
};
