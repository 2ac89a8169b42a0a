import { basename } from 'node:path';
import type { Effects } from '../../effects.js';
import { CurationError, wrapSystemError } from '../../errors.js';
import { UnreadableFileError } from '../../fixity/file.js';
import { compareBytewise } from '../../fixity/order.js';
import { PACK_FORMAT } from '../../model/transfer.js';
import { RELEASE_FILES } from '../../model/release.js';
import type { Problem, VerifyReport } from '../../model/verification.js';
import type { VerifyOptions } from '../inspection.js';
import { hasReleaseMarks } from '../release-marks.js';
import type { ArchiveKind } from './archive-reading.js';
import { ArchiveTree } from './archive-tree.js';
import { isPayloadManifest, verifyBag } from './bag.js';
import { Examination } from './examination.js';
import type { FileTree } from './file-tree.js';
import { FolderTree } from './folder-tree.js';
import { verifyGen3 } from './gen3.js';
import { verifyHashTable } from './hash-table.js';
import { listKind, type ListKind } from './list-kind.js';
import { verifyOcflObject, verifyOcflRoot } from './ocfl.js';
import { readPackIndex } from './pack.js';
import { notKnown, type Thing } from './recognise-kind.js';
import { verifyS5cmd } from './s5cmd.js';
import { isSumsName, verifySums } from './sums.js';

/** Verifies a release whose lists lie in a folder and whose files are in an archive. */
export type VerifyArchived = (root: string, archive: ArchiveTree) => Promise<VerifyReport>;

/**
 * Verifies what is no folder of a release: says what it is, everything that is wrong with it, and what that does not prove.
 * @throws {CurationError} NOT_A_RELEASE, RELEASE_TOO_NEW, USAGE (a digest or signers where nothing has them), INTERRUPTED, IO_FAILED
 */
export async function verifyKind(thing: Thing, options: VerifyOptions, effects: Effects, verifyArchived: VerifyArchived): Promise<VerifyReport> {
  const run = new KindRun(options, effects, verifyArchived);
  try {
    if (thing.kind === 'archive') return await run.archives([thing.path], `in ${thing.archive}`, thing.archive);
    if (thing.kind === 'pack') return await run.pack(thing.root);
    return await run.tree(new FolderTree(thing.root, options), thing, thing.root);
  } catch (error) {
    if (error instanceof UnreadableFileError) throw new CurationError('IO_FAILED', `What was to be verified changed or went away: ${error.message}.`, { cause: error });
    if (typeof error === 'object' && error !== null && 'syscall' in error) throw wrapSystemError(error, 'verifying', thing.kind === 'archive' ? thing.path : thing.root);
    throw error;
  }
}

class KindRun {
  readonly #started: number;

  constructor(
    readonly options: VerifyOptions,
    readonly effects: Effects,
    readonly verifyArchived: VerifyArchived,
  ) {
    this.#started = effects.now().getTime();
  }

  /** Verifies a folder, or what an archive holds, as the thing that it was recognised as. */
  async tree(tree: FileTree, thing: Exclude<Thing, { kind: 'archive' | 'pack' }>, shown: string): Promise<VerifyReport> {
    this.#refuseTrust(thing.kind === 'list' ? thing.list : thing.kind, shown);
    const examination = new Examination(tree, this.options, this.effects);
    const format = await this.#examine(examination, thing);
    if (this.options.fast === true) examination.notChecked.push('The bytes of the files: a fast run compares names and sizes, where a list tells sizes.');
    return this.#report(examination, format);
  }

  /** Verifies archives that hold one thing together. */
  async archives(paths: readonly string[], where: string, archive: ArchiveKind): Promise<VerifyReport> {
    const problems: Problem[] = [];
    const tree = await ArchiveTree.open(paths, this.options, this.effects, (kind, path, message) => void problems.push({ kind, path, message }));
    try {
      const report = await this.#archived(tree, problems, archive);
      const own = problems.map((problem) => (problem.kind !== 'archive-malformed' && problem.path.startsWith(tree.prefix) ? { ...problem, path: problem.path.slice(tree.prefix.length) } : problem));
      return withProblems({ ...report, format: `${report.format} ${where}`, seconds: this.#seconds() }, own, [
        ...(report.format.startsWith('colophon-') ? ['The chain to the release before: beside an archive none is looked for.'] : []),
        ...(this.options.fast === true ? ['Nothing was left out for --fast: an archive is read as a whole or not at all.'] : []),
      ]);
    } finally {
      tree.close();
    }
  }

  /** Verifies a pack: the archives by their checksums, then the release that is in all of them. */
  async pack(root: string): Promise<VerifyReport> {
    const folder = new FolderTree(root, this.options);
    const examination = new Examination(folder, this.options, this.effects);
    await verifySums(examination, ['SHA256SUMS'], 'problem');
    examination.notChecked.length = 0;
    const contents = readPackIndex(examination, root, [...folder.list()].filter(({ kind }) => kind === 'file').map(({ path }) => path));
    if (contents === null || contents.shards.length === 0) return this.#report(examination, PACK_FORMAT);
    const report = await this.archives(contents.shards, `in ${PACK_FORMAT}`, 'tar');
    if (report.digest !== null && contents.digest !== report.digest) examination.report('manifest-tampered', contents.index, 'It names another release than the one that is in the archives.', { expected: report.digest, found: contents.digest ?? 'none' });
    return withProblems({ ...report, files: report.files + examination.files, bytes: report.bytes + examination.bytes }, examination.problems, [
      `${contents.index}: which case it says is in which archive. Nothing depends on it; the files were held against the lists of the release.`,
    ]);
  }

  async #archived(tree: ArchiveTree, problems: readonly Problem[], archive: ArchiveKind): Promise<VerifyReport> {
    const lists = tree.lists;
    const has = (name: string): boolean => lists.includes(name);
    if (hasReleaseMarks(has)) return this.verifyArchived(tree.listFolder, tree);
    const root = tree.listFolder;
    if (has(RELEASE_FILES.bagit) || lists.some(isPayloadManifest)) return this.tree(tree, { kind: 'bag', root }, tree.name);
    for (const list of ['sums', 'hash-table', 'gen3-manifest', 's5cmd'] as const) {
      const names = lists.filter((name) => listKind(tree.locate(name) ?? '', isSumsName(name)) === list);
      if (names.length > 0) return this.tree(tree, { kind: 'list', list, root, names, extras: 'problem' }, tree.name);
    }
    if (problems.length > 0) return this.#report(new Examination(tree, this.options, this.effects), `${archive} (nothing that is known)`);
    throw notKnown(tree.name, 'at the top of the archive, or in the one folder of it, is no list that says what it is');
  }

  #examine(examination: Examination, thing: Exclude<Thing, { kind: 'archive' | 'pack' }>): Promise<string> | string {
    if (thing.kind !== 'list') return thing.kind === 'bag' ? verifyBag(examination) : thing.kind === 'ocfl-object' ? verifyOcflObject(examination) : verifyOcflRoot(examination);
    const { list, names, extras } = thing;
    if (list === 'sums') return verifySums(examination, names, extras);
    if (list === 'gen3-manifest') return verifyGen3(examination, names, extras);
    return list === 'hash-table' ? verifyHashTable(examination, names, extras) : verifyS5cmd(examination, names);
  }

  /** Who asks for a digest or a signature must not be told yes by something that has none. */
  #refuseTrust(kind: ListKind | Exclude<Thing['kind'], 'archive' | 'pack' | 'list'>, shown: string): void {
    const { expect, signers, minisignKeys, minRelease } = this.options;
    const asked = [...(expect === undefined ? [] : ['--expect']), ...(signers === undefined ? [] : ['--signers']), ...(minisignKeys === undefined ? [] : ['--minisign-key']), ...(minRelease === undefined ? [] : ['--min-release'])];
    if (asked.length === 0) return;
    throw new CurationError('USAGE', `${asked.join(', ')} is about Colophon releases, and ${basename(shown)} is none: it was recognised as ${kind}.`, {
      suggestions: ['Name the folder that holds release.json, or leave the flag out to compare the files with the lists beside them.'],
    });
  }

  #seconds(): number {
    return (this.effects.now().getTime() - this.#started) / 1000;
  }

  #report({ problems, notes, notChecked, files, bytes }: Examination, format: string): VerifyReport {
    return {
      ok: problems.length === 0,
      format,
      release: null,
      digest: null,
      files,
      bytes,
      seconds: this.#seconds(),
      speed: null,
      fast: this.options.fast === true,
      selected: null,
      problems: problems.sort(compareProblems),
      signatures: [],
      seen: null,
      notes,
      withdrawn: [],
      destroy: [],
      amendments: [],
      not_checked: notChecked,
    };
  }
}

function withProblems(report: VerifyReport, problems: readonly Problem[], notChecked: readonly string[]): VerifyReport {
  const all = [...report.problems, ...problems].sort(compareProblems);
  return { ...report, problems: all, ok: all.length === 0 && report.withdrawn.length === 0, not_checked: [...report.not_checked, ...notChecked] };
}

function compareProblems(a: Problem, b: Problem): number {
  return compareBytewise(a.path, b.path) || compareBytewise(a.kind, b.kind) || compareBytewise(a.message, b.message);
}
