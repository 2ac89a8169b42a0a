import { mkdirSync } from 'node:fs';
import { relative } from 'node:path';
import { CurationError } from '../errors.js';
import type { SignReport } from '../model/release-reports.js';
import { readKeyFolder } from '../release/signing/key-folder.js';
import { findRelease, readLog } from '../release/release-log.js';
import { signRelease } from '../release/signing/sign.js';
import { signWithMinisign } from '../release/signing/sign-minisign.js';
import type { Workspace } from '../workspace/workspace.js';
import { configuredSigner } from './signer.js';

/** The keys to sign with. */
export interface SignOptions {
  /** A key of OpenSSH; default: `release.signer` of colophon.yaml, unless a key of minisign is named. */
  key?: string;
  /** A secret key file of minisign. */
  minisign?: string;
}

/**
 * Adds a signature to a published release; nothing else of it changes.
 * @throws {CurationError} RELEASE_NOT_FOUND, RELEASE_INVALID when it was edited, SIGNING_FAILED, USAGE when no key is named
 */
export async function signWorkspaceRelease(workspace: Workspace, version: string, options: SignOptions = {}): Promise<SignReport> {
  const { config, paths, root } = workspace;
  const key = options.key ?? (options.minisign === undefined ? configuredSigner(workspace) : null);
  if (key === null && options.minisign === undefined)
    throw new CurationError('USAGE', 'No key to sign with is named.', { suggestions: ['Name one: --key ~/.ssh/id_ed25519', 'Or set release.signer in colophon.yaml.'] });
  const { folder } = findRelease(await readLog(paths), version, paths);
  const statements = readKeyFolder(paths, config.dataset.id);
  const ssh = key === null ? null : signRelease(folder, key, statements);
  mkdirSync(paths.cache, { recursive: true });
  const minisign = options.minisign === undefined ? null : signWithMinisign(folder, options.minisign, paths.cache);
  const made = [ssh, minisign].filter((each) => each !== null);
  return {
    version,
    path: relative(root, folder),
    key: made[0]!.key,
    signatures: made[0]!.signatures,
    ...(minisign === null ? {} : { minisign }),
  };
}
