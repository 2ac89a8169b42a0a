import { resolve, sep } from 'node:path';
import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../cli/base-command.js';
import { engineChoice, engineFlags } from '../cli/engine-flags.js';
import { EXIT } from '../errors.js';
import { makeParentFolder, writeFileAtomic } from '../fixity/atomic-file.js';
import type { VerifyReport } from '../model/verification.js';
import { renderVerify } from '../report/verify-text.js';

export default class Verify extends BaseCommand {
  static override summary = 'Tell whether a release is exactly what was published, or everything that is wrong with it.';
  static override description =
    'One pass over the folder, offline, without trust in any path it holds: both ways between manifest and disk, sizes, digests, the tag ' +
    'files, release.json, and the chain to the release before it where that lies beside it. It goes on after every problem. ' +
    'Amendments and later releases in and beside the folder, and those named, tell which cases were withdrawn since, and so which files must be destroyed. ' +
    'Exit status: 0 all is well, 1 problems, 3 nothing that can be verified, 4 a newer format, 5 withdrawn content, with or without problems, 130 interrupted.';
  static override examples = [
    { description: 'A release folder', command: '<%= config.bin %> verify releases/2.1.0' },
    { description: 'With the digest that a paper printed: needs no key', command: '<%= config.bin %> verify chest-2.1.0 --expect sha256:HEX' },
    { description: 'Signed by somebody you trust, for sure', command: '<%= config.bin %> verify chest-2.1.0 --signers allowed_signers' },
    { description: 'An old copy, with the newest amendment of its publisher: which files must go?', command: '<%= config.bin %> verify chest-2.1.0 --amendments amendment-7.json' },
    { description: 'And not an old one in the place of the latest that was seen', command: '<%= config.bin %> verify chest-2.1.0 --signers allowed_signers --min-release latest' },
    { description: 'An archive, without unpacking it', command: '<%= config.bin %> verify chest-2.1.0.tar.gz' },
    { description: 'Files beside a list of checksums', command: '<%= config.bin %> verify download/SHA256SUMS' },
    { description: 'The part that you work with', command: `<%= config.bin %> verify chest-2.1.0 --only "split = 'train' and modality = 'CT'"` },
    { description: 'For a build server', command: '<%= config.bin %> verify chest-2.1.0 --format junit --output verify.xml' },
    { description: 'For a script', command: '<%= config.bin %> verify chest-2.1.0 --json' },
  ];
  static override args = { path: Args.string({ description: 'A release, its URL (https://..., s3://bucket/prefix), a pack of one, a BagIt bag, an OCFL object or storage root; a folder with checksums, a Gen3 manifest or a table of hashes, or such a list itself; or a zip, tar or tar.gz.', required: true }) };
  static override flags = {
    expect: Flags.string({ helpValue: 'sha256:HEX', summary: 'The release digest that it must have: sha256 of release.json.' }),
    signers: Flags.string({ helpValue: 'FILE', summary: 'An allowed signers file, as for ssh-keygen: one of them must have signed the release.' }),
    'minisign-key': Flags.string({ multiple: true, multipleNonGreedy: true, helpValue: 'FILE', summary: 'A public key file of minisign that counts as a signer. May be given again.' }),
    threshold: Flags.integer({ helpValue: 'N', min: 1, summary: 'So many of the signers must have signed.' }),
    amendments: Flags.string({ multiple: true, multipleNonGreedy: true, helpValue: 'FILE|DIR', summary: 'An amendment, a folder of them, or a newer release of the dataset; those in and beside the release are found by themselves. May be given again.' }),
    'min-release': Flags.string({ helpValue: 'VERSION|SEQUENCE|latest', summary: 'A release below it is a problem; latest: the highest that was verified here before.' }),
    remember: Flags.boolean({ default: true, allowNo: true, summary: 'Remember what was verified, and compare with what was seen before.' }),
    state: Flags.string({ helpValue: 'DIR', env: 'COLOPHON_STATE', summary: 'Where it is remembered; default: XDG_STATE_HOME/colophon or ~/.local/state/colophon.' }),
    only: Flags.string({ helpValue: 'EXPRESSION', summary: "Of the images, only those that its tables select: \"split = 'train' and modality = 'CT'\"; all else is checked as ever." }),
    fast: Flags.boolean({ summary: 'Compare names and sizes, hash nothing but the tag files; says so in its report.' }),
    resume: Flags.boolean({ default: true, allowNo: true, summary: 'Go on with a run that was interrupted, if the files look untouched since; of releases from 1 GiB on.' }),
    format: Flags.string({ options: ['text', 'json', 'junit'] as const, default: 'text', summary: 'Form of the report.' }),
    output: Flags.string({ char: 'o', helpValue: 'FILE', summary: 'Write the report to this file instead of stdout.' }),
    ...engineFlags,
  };

  async run(): Promise<VerifyReport> {
    const { args, flags } = await this.parse(Verify);
    this.begin(flags);
    const { verifyNamed } = await import('../workflow/verify-named.js');
    const { readMinisignKeys, readSigners } = await import('../verify/signers-file.js');
    const { FileMemory, stateFolder } = await import('../verify/release-memory.js');
    const { releaseTableReader } = await import('../workflow/release-tables.js');
    const state = flags.state ?? stateFolder();
    if (flags.output !== undefined && isBelow(flags.output, args.path)) this.usage('The report would become an extra file of the release.', 'Write it somewhere else.');
    const { expect, fast, jobs, signers, threshold, amendments, 'minisign-key': minisignKeys, 'min-release': minRelease } = flags;
    if (threshold !== undefined && signers === undefined && minisignKeys === undefined) this.usage('--threshold counts signers, and none is named.', 'Name them: --signers FILE or --minisign-key FILE.');
    const options = {
      fast,
      signal: this.signal,
      tables: releaseTableReader,
      ...(amendments === undefined ? {} : { amendments }),
      ...(expect === undefined ? {} : { expect }),
      ...(jobs === undefined ? {} : { jobs }),
      ...(signers === undefined ? {} : { signers: readSigners(signers) }),
      ...(minisignKeys === undefined ? {} : { minisignKeys: readMinisignKeys(minisignKeys) }),
      ...(threshold === undefined ? {} : { threshold }),
      ...(minRelease === undefined ? {} : { minRelease }),
      ...(flags.only === undefined ? {} : { only: (await import('../workflow/image-selection.js')).imageSelection(flags.only) }),
      ...(flags.resume ? { resume: { folder: state } } : {}),
      ...(flags.remember ? { memory: new FileMemory(state) } : {}),
    };
    if (flags.engine !== 'local' && /^(?:https?|s3):\/\//i.test(args.path)) this.usage('A release at a URL is read by this machine alone.', 'Leave out --engine, or fetch it and verify the folder.');
    const { withEngine } = await import('../workflow/with-engine.js');
    const report = await withEngine(engineChoice(flags, {}, state), this.effects, (engine) => verifyNamed(args.path, { ...options, engine }, this.effects));
    // whatever else is wrong, that content was withdrawn must not be missed
    const exitCode = report.withdrawn.length > 0 ? EXIT.withdrawn : report.problems.length > 0 ? EXIT.findings : EXIT.done;
    const text = await renderAs(flags.format, report, this.color && flags.output === undefined);
    if (flags.output === undefined) return this.finish(report, () => text, exitCode);
    makeParentFolder(flags.output);
    writeFileAtomic(flags.output, text);
    return this.finish(report, () => renderVerify(report, { color: this.color, examples: 3 }), exitCode);
  }
}

async function renderAs(format: string, report: VerifyReport, color: boolean): Promise<string> {
  if (format === 'json') return `${(await import('../report/json-text.js')).renderJson(report)}\n`;
  if (format === 'junit') return (await import('../report/verify-junit.js')).renderVerifyJunit(report);
  return renderVerify(report, { color });
}

function isBelow(path: string, folder: string): boolean {
  return resolve(path).startsWith(`${resolve(folder)}${sep}`);
}
