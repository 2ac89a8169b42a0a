import { Args, Flags } from '@oclif/core';

/** The argument of commands that work with a plan. */
export const planArgument = { plan: Args.string({ description: 'The folder of the plan; by default the one that was planned last in this workspace.' }) };

/** What the release of a merged verify is held against, as `verify` has it. */
export const shardTrustFlags = {
  expect: Flags.string({ helpValue: 'sha256:HEX', summary: 'For a verify: the release digest that it must have, sha256 of release.json.' }),
  signers: Flags.string({ helpValue: 'FILE', summary: 'For a verify: an allowed signers file, as for ssh-keygen; one of them must have signed the release.' }),
  'minisign-key': Flags.string({ multiple: true, multipleNonGreedy: true, helpValue: 'FILE', summary: 'For a verify: a public key file of minisign that counts as a signer. May be given again.' }),
  threshold: Flags.integer({ helpValue: 'N', min: 1, summary: 'For a verify: so many of the signers must have signed.' }),
  amendments: Flags.string({ multiple: true, multipleNonGreedy: true, helpValue: 'FILE|DIR', summary: 'For a verify: an amendment, a folder of them, or a newer release of the dataset. May be given again.' }),
};
