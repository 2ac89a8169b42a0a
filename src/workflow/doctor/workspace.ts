import { loadPack } from '../../clinical/pack.js';
import { loadHarmonization } from '../../workspace/harmonization.js';
import { loadWaivers, loadWithdrawals, schemaFolder, type Workspace } from '../../workspace/workspace.js';
import { tryCatalog } from './catalog.js';
import { tryFileSystem } from './file-system.js';
import { findLeftovers } from './leftovers.js';
import { ok, skipped, type Answer, type Probe } from './probe.js';
import { checkReleases, checkSplitRecords } from './records.js';
import { checkPrivate, checkSigner } from './secrets.js';

/** The probes of a workspace whose colophon.yaml is valid. */
export function workspaceProbes(workspace: Workspace): Probe[] {
  const probe = (what: string, run: Probe['run']): Probe => ({ area: 'workspace', what, run });
  return [
    probe('colophon.yaml', () => ok(`valid; ${workspace.config.sources.length} ${workspace.config.sources.length === 1 ? 'source' : 'sources'}`)),
    probe('schema pack', () => trySchema(workspace)),
    probe('waivers and withdrawals', () => ok(`${loadWaivers(workspace).length} waivers, ${loadWithdrawals(workspace).length} withdrawals`)),
    probe('file system', () => tryFileSystem(workspace.paths)),
    probe('catalog', () => tryCatalog(workspace)),
    probe('leftovers', () => findLeftovers(workspace)),
    probe('release log', () => checkReleases(workspace)),
    probe('split records', () => checkSplitRecords(workspace)),
    probe('private/', () => checkPrivate(workspace)),
    probe('signer', (signal) => checkSigner(workspace, signal)),
  ];
}

function trySchema(workspace: Workspace): Answer {
  const folder = schemaFolder(workspace);
  if (folder === null) return skipped('none: types are inferred');
  const pack = loadPack(folder);
  loadHarmonization(workspace, pack);
  return ok(`${pack.tables.size} tables`);
}
