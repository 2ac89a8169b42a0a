import { Args, Flags } from '@oclif/core';
import { workspaceFlag } from './base-command.js';

/** The argument that the exports of a release share. */
export const releaseArgument = { release: Args.string({ description: 'A release of the workspace by its version, or the folder of one anywhere.', required: true }) };

/** The flags that the exports of a release share. */
export const exportFlags = {
  workspace: workspaceFlag,
  output: Flags.string({ char: 'o', required: true, helpValue: 'DIR|FILE', summary: 'The folder to write into, or the file.' }),
  'base-url': Flags.string({ helpValue: 'URL', summary: 'Where releases are published: files are at URL/VERSION/PATH. By default as the fetch.txt of the release says, then as release.base_url of its workspace.' }),
  'dry-run': Flags.boolean({ default: false, summary: 'Compute everything, write nothing.' }),
  force: Flags.boolean({ default: false, summary: 'Replace files that are there already.' }),
};

/** Links instead of copies. */
export const hardlinkFlag = Flags.boolean({ default: false, summary: 'Link the files instead of copying them: no space, but whoever edits one edits the release.' });

/** The flags of the exports that make a folder with the payload in it. */
export const payloadFlags = {
  workspace: workspaceFlag,
  output: Flags.string({ char: 'o', required: true, helpValue: 'DIR', summary: 'The folder to make; it must not be there yet.' }),
  hardlink: hardlinkFlag,
  'dry-run': Flags.boolean({ default: false, summary: 'Read and check everything, write nothing.' }),
};

/** The prefix of the ids of an index. */
export const prefixFlag = Flags.string({ default: 'dg.MD1R', helpValue: 'dg.XXXX', summary: 'Prefix of the ids in the index of the data commons; that of MIDRC by default.' });
