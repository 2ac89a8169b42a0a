import { join } from 'node:path';
import type { Catalog } from '../catalog/catalog.js';
import { InspectionLoad, type PendingInspection } from '../catalog/inspection-load.js';
import type { Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import { secondOpinion } from '../inspection/second-opinion.js';
import type { FileFinding } from '../model/inspection.js';
import { imageFolders } from '../workspace/source-folders.js';
import { LocalFiles } from './local-files.js';
import type { Session } from './session.js';

/** How another validator is asked. */
export interface SecondOpinionOptions {
  /** Files that it is asked about, at most. */
  files: number;
  signal?: AbortSignal;
}

/**
 * A sample that does not depend on the order of anything: of every kind of image (class, device, transfer syntax) one, then
 * the next of each, in the order of a hash.
 */
function sampleOf(files: number): string {
  return `SELECT source, path FROM (
      SELECT i.source, i.path, md5(i.source || '/' || i.path) AS h,
        row_number() OVER (PARTITION BY i.SOPClassUID, i.Manufacturer, i.ManufacturerModelName, i.TransferSyntaxUID ORDER BY md5(i.source || '/' || i.path)) AS turn
      FROM instance AS i JOIN case_ AS c ON c.case_id = i.case_id AND c.status = 'accepted' WHERE i.status = 'ok')
    ORDER BY turn, h LIMIT ${Math.floor(files)}`;
}

/** Drops what another validator said before: a run that does not ask it must not depend on one that did. */
export async function forgetSecondOpinion(catalog: Catalog): Promise<void> {
  await catalog.run("DELETE FROM inspected WHERE stage = 'opinion'; DELETE FROM inspection_finding WHERE stage = 'opinion'");
}

/**
 * Asks dciodvfy about a sample of the released images and keeps where it differs from our rules (DCM-019). Their headers
 * must have been judged.
 * @throws {CurationError} SOURCE_MISSING when dciodvfy is not installed, INTERRUPTED
 */
export async function askSecondOpinion(session: Session, { files, signal }: SecondOpinionOptions, effects: Effects): Promise<void> {
  const { catalog } = session;
  const local = new LocalFiles(session.workspace, { effects, signal });
  const load = await InspectionLoad.begin(catalog, { stage: 'opinion', inspector: 'dciodvfy', wanted: 'true', among: sampleOf(files), factsTable: null });
  try {
    const sample = new Map<string, PendingInspection>();
    for (const source of await load.sources()) for await (const file of load.pendingOf(source)) sample.set(locate(session, file), file);
    const ours = await ourFindings(session);
    const byFile = new Map([...sample].map(([path, { source, path: name }]) => [path, ours.get(`${source}/${name}`) ?? []]));
    const said = new Map<string, FileFinding[]>();
    const ask = async (batch: readonly PendingInspection[]): Promise<void> => {
      const paths = batch.map((file) => locate(session, file));
      for await (const { path, finding } of secondOpinion(paths, byFile, signal === undefined ? {} : { signal })) {
        said.set(path, [...(said.get(path) ?? []), finding]);
        effects.progress({ stage: 'asking dciodvfy', files: said.size, totalFiles: sample.size, bytes: 0 });
      }
    };
    await local.eachBatch(sample.values(), ask);
    for (const [path, { source, path: name, sha256 }] of sample)
      load.append({ source, path: name, sha256, outcome: 'judged', reason: null, applied: 'DCM-019', findings: said.get(path) ?? [] });
  } finally {
    await local.close();
    await load.end();
  }
}

function locate({ workspace }: Session, { source, path }: PendingInspection): string {
  const folder = imageFolders(workspace).get(source);
  if (folder === undefined) throw new CurationError('SOURCE_MISSING', `The source ${source} is no folder of images.`);
  return join(folder, path);
}

async function ourFindings({ catalog }: Session): Promise<Map<string, FileFinding[]>> {
  const rows = await catalog.all<FileFinding & { source: string; path: string }>(
    "SELECT f.source, f.path, f.code, f.level, f.message, f.tag, f.hint, f.expected, f.found, f.content FROM inspection_finding AS f WHERE f.stage = 'header' AND starts_with(f.code, 'DCM-')",
  );
  const byFile = new Map<string, FileFinding[]>();
  for (const { source, path, ...finding } of rows) {
    const key = `${source}/${path}`;
    const own = byFile.get(key);
    const plain = Object.fromEntries(Object.entries(finding).filter(([name, value]) => value !== null || name === 'content')) as unknown as FileFinding;
    if (own === undefined) byFile.set(key, [plain]);
    else own.push(plain);
  }
  return byFile;
}
