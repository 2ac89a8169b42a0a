import { Flags } from '@oclif/core';
import { sizeFlag } from './size-flag.js';

/** The flags of commands that fetch. */
export const transferFlags = {
  expect: Flags.string({ helpValue: 'sha256:HEX', summary: 'The release digest that it must have: sha256 of release.json.' }),
  signers: Flags.string({ helpValue: 'FILE', summary: 'An allowed signers file, as for ssh-keygen: one of them must have signed the release.' }),
  'minisign-key': Flags.string({ multiple: true, multipleNonGreedy: true, helpValue: 'FILE', summary: 'A public key file of minisign that counts as a signer. May be given again.' }),
  threshold: Flags.integer({ helpValue: 'N', min: 1, summary: 'So many of the signers must have signed.' }),
  endpoint: Flags.string({ helpValue: 'URL', summary: 'S3 server that is not Amazon’s.' }),
  region: Flags.string({ summary: 'Region of the bucket; AWS_REGION or us-east-1 by default.' }),
  'limit-rate': sizeFlag({ summary: 'Read no more than so many bytes a second, all together: 500000, 2MB.' }),
  timeout: Flags.integer({ helpValue: 'SECONDS', min: 1, max: 3600, summary: 'How long a server may send nothing; 60 by default.' }),
  jobs: Flags.integer({ char: 'j', min: 1, max: 64, summary: 'Files, and parts of large files, that are read at once; 8 by default.' }),
  'dry-run': Flags.boolean({ default: false, summary: 'Tell what would be done, write nothing.' }),
};

/** Those of them that say how bytes come, as the workflows take them. */
export function transferOptions(flags: { endpoint?: string | undefined; region?: string | undefined; 'limit-rate'?: number | undefined; timeout?: number | undefined; jobs?: number | undefined; 'dry-run': boolean }): {
  dryRun: boolean; endpoint?: string; region?: string; limitRate?: number; timeout_ms?: number; jobs?: number;
} {
  const { endpoint, region, timeout, jobs, 'limit-rate': limitRate } = flags;
  return {
    dryRun: flags['dry-run'],
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    ...(limitRate === undefined ? {} : { limitRate }),
    ...(timeout === undefined ? {} : { timeout_ms: timeout * 1000 }),
    ...(jobs === undefined ? {} : { jobs }),
  };
}
