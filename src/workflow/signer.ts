import { resolve } from 'node:path';
import { expandHome } from '../release/signing/ssh-keygen.js';
import type { Workspace } from '../workspace/workspace.js';

/** The key that signs releases and amendments by `release.signer`, a path relative to the workspace; null when none is named. */
export function configuredSigner({ config, root }: Pick<Workspace, 'config' | 'root'>): string | null {
  const signer = config.release?.signer;
  return signer === undefined ? null : resolve(root, expandHome(signer));
}
