import { relative } from 'node:path';
import { CurationError } from '../errors.js';
import type { SignReport } from '../model/release.js';
import { findRelease, readLog } from '../release/release-log.js';
import { signRelease } from '../release/sign.js';
import type { Workspace } from '../workspace/workspace.js';

/**
 * Adds a signature to a published release; nothing else of it changes.
 * @param key default: `release.signer` of colophon.yaml
 * @throws {CurationError} RELEASE_NOT_FOUND, RELEASE_INVALID when it was edited, SIGNING_FAILED, USAGE when no key is named
 */
export async function signWorkspaceRelease({ config, paths, root }: Workspace, version: string, key = config.release?.signer): Promise<SignReport> {
  if (key === undefined)
    throw new CurationError('USAGE', 'No key to sign with is named.', { suggestions: ['Name one: --key ~/.ssh/id_ed25519', 'Or set release.signer in colophon.yaml.'] });
  const { folder } = findRelease(await readLog(paths), version, paths);
  return { version, path: relative(root, folder), ...signRelease(folder, key) };
}
