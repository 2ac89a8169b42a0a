import { Flags } from '@oclif/core';
import { workspaceFlag } from './base-command.js';

/** The flags that the imports of manifests share. */
export const importFlags = {
  workspace: workspaceFlag,
  compare: Flags.string({ helpValue: 'DIR', exclusive: ['release'], summary: 'Compare with the files of this folder, both ways, by size and checksum.' }),
  release: Flags.string({ char: 'r', helpValue: 'VERSION|DIR', summary: 'Compare with what a release says of its images.' }),
  output: Flags.string({ char: 'o', helpValue: 'FILE', summary: 'Write the list of what should exist: .csv or .json, or .md5, .sha1, .sha256, .sha512 for checkers of such lists.' }),
  'dry-run': Flags.boolean({ default: false, summary: 'Write no list, but tell what it would hold.' }),
  force: Flags.boolean({ default: false, summary: 'Replace a list that is there already.' }),
};

/** The flag of imports whose entries are series. */
export const catalogFlag = Flags.boolean({ default: false, exclusive: ['compare', 'release'], summary: 'Compare with the series in the catalog of the workspace.' });
