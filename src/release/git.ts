import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { simpleGit, GitError, type SimpleGit } from 'simple-git';
import { RELEASE_FILES } from '../model/release.js';
import type { GitReport } from '../model/release-reports.js';

/** The release whose metadata is committed. */
export interface CommitOptions {
  /** Workspace folder, in a repository or not. */
  root: string;
  dataset: string;
  version: string;
  /** `sha256:<hex>` of release.json. */
  digest: string;
  /** `release.git` of colophon.yaml. */
  enabled: boolean;
  /** Paths below the workspace that stay out of the commit: the records of splits that hide a part, and withdrawals with what nobody else may read. */
  kept: readonly string[];
}

/** What a release's commit holds, where it exists; never private/, .colophon/ or image files. */
const COMMITTED = ['.gitignore', 'colophon.yaml', 'schemas', 'splits', 'waivers.yaml', 'withdrawals.yaml', 'releases/log', 'releases/keys', 'releases/amendments', 'releases/index.html'];

/** What git may know of the caller's environment: where it is, who commits, and how keys are reached. */
const INHERITED = [
  'PATH', 'HOME', 'USER', 'XDG_CONFIG_HOME', 'SystemRoot', 'TEMP', 'TMPDIR', 'SSH_AUTH_SOCK', 'GNUPGHOME',
  'GIT_AUTHOR_NAME', 'GIT_AUTHOR_EMAIL', 'GIT_AUTHOR_DATE', 'GIT_COMMITTER_NAME', 'GIT_COMMITTER_EMAIL', 'GIT_COMMITTER_DATE',
] as const;

/** Git is given up on when it says nothing for this long, in ms: a passphrase prompt that nobody sees. */
const SILENCE_MS = 60_000;

/**
 * Commits the metadata of a published release and tags it `v<version>`, when the workspace is in a git repository. Only
 * the paths of the release are committed: what else is staged stays staged. Never throws: a release is published
 * whatever git says.
 */
export async function commitRelease(options: CommitOptions): Promise<GitReport> {
  const { root, version, enabled } = options;
  if (!enabled) return report('off', 'Not committed: `release.git` is false in colophon.yaml.');
  const tag = `v${version}`;
  try {
    const git = openGit(root);
    if (!(await git.checkIsRepo())) return report('no-repository', 'Not committed: the workspace is in no git repository (`git init` makes one).');
    if ((await git.tags([tag])).all.includes(tag)) return report('failed', `Not committed: the tag ${tag} exists already. Remove or rename it, then commit releases/${version} yourself.`);
    const commit = await commitPaths(git, options);
    await git.addAnnotatedTag(tag, message(options));
    return { status: 'committed', commit, tag, message: `Committed the metadata as ${commit.slice(0, 12)} and tagged it ${tag}.${describeKept(options.kept)}` };
  } catch (error) {
    const reason = error instanceof GitError || error instanceof Error ? firstLines(error.message) : String(error);
    return report('failed', `The release is published, but git refused to commit or tag it: ${reason}. Mend that, then run: git add ${COMMITTED.join(' ')} releases/${version}${options.kept.map((path) => ` ':!${path}'`).join('')} && git commit && git tag -a ${tag}`);
  }
}

/** A commit of metadata runs nobody's code: no hooks, no file system monitor; and no prompt that nobody would see. */
function openGit(root: string): SimpleGit {
  return simpleGit({
    baseDir: root,
    timeout: { block: SILENCE_MS },
    config: ['core.hooksPath=/dev/null', 'core.fsmonitor=false'],
    unsafe: { allowUnsafeHooksPath: true, allowUnsafeFsMonitor: true },
    allowEnvironment: [...INHERITED, 'GIT_TERMINAL_PROMPT'],
  }).env({ ...inheritedEnvironment(), LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' });
}

function inheritedEnvironment(): Record<string, string> {
  const pairs = INHERITED.map((name) => [name, process.env[name]] as const);
  return Object.fromEntries(pairs.filter((pair): pair is [(typeof INHERITED)[number], string] => pair[1] !== undefined));
}

async function commitPaths(git: SimpleGit, options: CommitOptions): Promise<string> {
  const { root, version, kept } = options;
  const paths = [...COMMITTED, `releases/${version}`, ...listNotices(root)].filter((path) => !kept.includes(path) && holdsAnything(join(root, path)));
  const excluded = await listExcluded(git, [`releases/${version}/data/images`, ...kept]);
  const pathspecs = [...paths.map((path) => `:(literal)${path}`), ...excluded.map((path) => `:(exclude,literal)${path}`)];
  await git.raw(['add', '--', ...pathspecs]);
  await git.raw(['commit', '--no-verify', '--quiet', '-m', message(options), '--', ...pathspecs]);
  return (await git.revparse(['HEAD'])).trim();
}

/** Git refuses to add anything when it is told to leave out what .gitignore leaves out already. */
async function listExcluded(git: SimpleGit, paths: readonly string[]): Promise<string[]> {
  const ignored = new Set(await git.checkIgnore([...paths]));
  return paths.filter((path) => !ignored.has(path));
}

/** Git refuses a path that matches no file, which an empty folder does not. */
function holdsAnything(path: string): boolean {
  return existsSync(path) && (!statSync(path).isDirectory() || readdirSync(path).length > 0);
}

/** The only files of earlier releases that may be new. */
function listNotices(root: string): string[] {
  return readdirSync(join(root, 'releases')).map((name) => `releases/${name}/${RELEASE_FILES.notice}`);
}

/** A commit may be published; who is hidden must not be. */
function describeKept(kept: readonly string[]): string {
  return kept.length === 0 ? '' : ` Left out, because they tell who is hidden: ${kept.join(', ')}. Keep copies of them.`;
}

function message({ dataset, version, digest }: CommitOptions): string {
  return `Release ${version} of ${dataset}\n\nRelease-Digest: ${digest}`;
}

function report(status: GitReport['status'], text: string): GitReport {
  return { status, commit: null, tag: null, message: text };
}

function firstLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(0, 3)
    .join(' / ');
}
