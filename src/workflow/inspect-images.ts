import { resolve } from 'node:path';
import { InspectionLoad, type PendingInspection } from '../catalog/inspection-load.js';
import type { Effects } from '../effects.js';
import { digestPolicy } from '../checks/policy-rules.js';
import { canonicalJson } from '../fixity/canonical-json.js';
import { sha256Hex } from '../fixity/digest.js';
import { digestIdentifiers } from '../inspection/known-identifiers.js';
import { inspectHeaders } from '../inspection/run.js';
import { INSPECTION_VERSION, type FileInspection } from '../model/inspection.js';
import type { GatePolicy } from '../model/policy.js';
import type { Session } from './session.js';

/** How images are looked at for the gate. */
export interface InspectOptions {
  policy: GatePolicy;
  jobs?: number;
  signal?: AbortSignal;
}

/** Files that would be released; only these are judged. */
const WANTED = `SELECT i.source, i.path FROM instance AS i JOIN case_ AS c ON c.case_id = i.case_id AND c.status = 'accepted' WHERE i.status IN ('ok', 'partial')`;

/**
 * Brings what is known of single image files up to date: only files that are new, changed, or were judged by other rules
 * are read. What was judged before an interruption is kept.
 * @throws {CurationError} INTERRUPTED, DISK_FULL, CATALOG_FAILED
 */
export async function inspectImages({ workspace, catalog }: Session, options: InspectOptions, effects: Effects): Promise<void> {
  const { known_identifiers: list } = options.policy;
  const knownIdentifiers = list === null ? null : resolve(workspace.root, list);
  const known = knownIdentifiers === null ? null : digestIdentifiers(knownIdentifiers);
  const inspector = sha256Hex(canonicalJson({ version: INSPECTION_VERSION, policy: digestPolicy(options.policy), known }));
  const load = await InspectionLoad.begin(catalog, 'header', inspector, WANTED, 'inspection');
  const progress = { stage: 'judging images', files: 0, totalFiles: load.pending.files, bytes: 0 };
  try {
    for (let pending = await load.next(); pending.length > 0; pending = await load.next())
      for (const [source, files] of bySource(pending)) {
        const folder = workspace.config.sources.find(({ name }) => name === source);
        if (folder?.kind !== 'dicom-folder') continue;
        const byPath = new Map(files.map((file) => [file.path, file]));
        await inspectHeaders(resolve(workspace.root, folder.path), files, {
          policy: options.policy,
          knownIdentifiers,
          ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
          ...(options.signal === undefined ? {} : { signal: options.signal }),
          onResults(results) {
            for (const result of results) appendResult(load, source, byPath.get(result.path), result);
            progress.files += results.length;
            effects.progress({ ...progress });
          },
        });
      }
  } finally {
    await load.end();
  }
}

function appendResult(load: InspectionLoad, source: string, file: PendingInspection | undefined, { path, facts, ...result }: FileInspection): void {
  if (file === undefined) return;
  const cells = facts === null ? null : [facts.pixel_probe, facts.referenced_instances, facts.rare_candidates];
  load.append({ ...result, source, path, sha256: file.sha256 }, cells);
}

function bySource(files: readonly PendingInspection[]): Map<string, PendingInspection[]> {
  const groups = new Map<string, PendingInspection[]>();
  for (const file of files) {
    const group = groups.get(file.source);
    if (group === undefined) groups.set(file.source, [file]);
    else group.push(file);
  }
  return groups;
}
