import assert from 'node:assert';
import { resolve } from 'node:path';
import type { AppendedCell } from '../catalog/appender.js';
import { InspectionLoad, type InspectionStage, type PendingInspection } from '../catalog/inspection-load.js';
import { digestPolicy, rulesTurnedOff } from '../checks/policy-rules.js';
import type { Effects } from '../effects.js';
import type { Engine } from '../engine/engine.js';
import { localEngine } from '../engine/local-engine.js';
import { canonicalJson } from '../fixity/canonical-json.js';
import { sha256Hex } from '../fixity/digest.js';
import { digestIdentifiers } from '../inspection/known-identifiers.js';
import { inspectFiles, TASKS } from '../inspection/run.js';
import { INSPECTION_VERSION, type FileInspection, type HeaderFacts, type PixelFactsRow } from '../model/inspection.js';
import type { GatePolicy } from '../model/policy.js';
import { imageFolders } from '../workspace/source-folders.js';
import { LocalFiles } from './local-files.js';
import type { Session } from './session.js';

/** How images are looked at for the gate. */
export interface InspectOptions {
  policy: GatePolicy;
  /** Default: worker threads here. */
  engine?: Engine;
  jobs?: number;
  signal?: AbortSignal;
}

/** SQL condition over `instance` as `i`: files that would be released; only these are judged. */
const RELEASED = `(i.status IN ('ok', 'partial') AND i.case_id IN (SELECT case_id FROM case_ WHERE status = 'accepted'))`;

/** Probes that several files have. Their hashes are grouped first: in less memory, and hardly one is there twice. */
const PROBES = `SELECT pixel_probe FROM pixel_facts
  WHERE hash(pixel_probe) IN (SELECT hash(pixel_probe) FROM pixel_facts WHERE pixel_probe IS NOT NULL GROUP BY ALL HAVING count(*) > 1)
  GROUP BY pixel_probe HAVING count(*) > 1`;

/** Those whose probe is also that of another file: only their pixels can be the same. */
const ALIKE = `SELECT source, path FROM pixel_facts WHERE pixel_digest IS NULL AND pixel_probe IN (${PROBES})`;

/** Those of a class that often carries text in its pixels. */
const AT_RISK = 'SELECT source, path FROM header_facts WHERE pixel_risk';

/** One way of looking at files. */
interface Stage<Facts> {
  name: InspectionStage;
  /** Shown while it runs. */
  doing: string;
  task: URL;
  taskData(root: string): unknown;
  /** What the results depend on beside the bytes of a file. */
  judges: Record<string, string | number | null>;
  /** SQL that selects (source, path) of the files among which it looks at those that would be released; null: all. */
  among: string | null;
  /** Null when the stage finds none. */
  factsTable: string | null;
  cells(facts: Facts): AppendedCell[];
  /** Bytes that it reads of a file. */
  weigh(size: number): number;
}

/** A header is read, whatever the size of the file. */
const HEADER_BYTES = 64 * 1024;

/**
 * Brings what is known of single image files up to date: only files that are new, changed, or were judged by other rules
 * are read. What was judged before an interruption is kept.
 * @throws {CurationError} CONFIG_INVALID, INTERRUPTED, DISK_FULL, CATALOG_FAILED
 */
export async function inspectImages(session: Session, options: InspectOptions, effects: Effects): Promise<void> {
  const local = new LocalFiles(session.workspace, { effects, signal: options.signal });
  try {
    await runStages(session, options, local, effects);
  } finally {
    await local.close();
  }
}

async function runStages(session: Session, options: InspectOptions, local: LocalFiles, effects: Effects): Promise<void> {
  await runStage(session, headerStage(session, options.policy), options, local, effects);
  if (options.policy.ocr !== 'off' && !rulesTurnedOff(options.policy).has('DID-072')) await runStage(session, textStage(options.policy), options, local, effects);
  const off: ReadonlyMap<string, string> = rulesTurnedOff(options.policy);
  if (off.has('DUP-003') && off.has('DUP-004')) return;
  await runStage(session, pixelStage(options.policy), options, local, effects);
  await runStage(session, digestStage(options.policy), options, local, effects);
}

function headerStage({ workspace }: Session, policy: GatePolicy): Stage<HeaderFacts> {
  const list = policy.known_identifiers === null ? null : resolve(workspace.root, policy.known_identifiers);
  return {
    name: 'header',
    doing: 'judging images',
    task: TASKS.header,
    taskData: (root) => ({ root, policy, knownIdentifiers: list }),
    judges: { policy: digestPolicy(policy), known: list === null ? null : digestIdentifiers(list) },
    among: null,
    factsTable: 'header_facts',
    cells: ({ referenced_instances, rare_candidates, pixel_risk }) => [referenced_instances, rare_candidates, pixel_risk],
    // With a list of known identifiers every byte is read.
    weigh: (size) => (list === null ? Math.min(size, HEADER_BYTES) : size),
  };
}

function pixelStage(policy: GatePolicy): Stage<PixelFactsRow> {
  return {
    name: 'pixels',
    doing: 'looking at pixels',
    task: TASKS.pixels,
    taskData: (root) => ({ root, policy, digest: false }),
    judges: { pixels: policy.limits.pixels, inflated: policy.limits.inflated_bytes },
    among: null,
    factsTable: 'pixel_facts',
    cells: ({ pixel_digest, pixel_probe, perceptual_hash, perceptual_detail }) => [pixel_digest, pixel_probe, perceptual_hash, perceptual_detail],
    weigh: (size) => size,
  };
}

function textStage(policy: GatePolicy): Stage<null> {
  return {
    name: 'text',
    doing: 'reading text in pixels',
    task: TASKS.text,
    taskData: (root) => ({ root, policy }),
    judges: { policy: digestPolicy(policy) },
    among: policy.ocr === 'all' ? null : AT_RISK,
    factsTable: null,
    cells: () => [],
    // A picture takes about as long as reading this many bytes: shared out one by one.
    weigh: () => 16 * 1024 * 1024,
  };
}

function digestStage(policy: GatePolicy): Stage<PixelFactsRow> {
  return {
    ...pixelStage(policy),
    name: 'digest',
    doing: 'comparing pixels',
    taskData: (root) => ({ root, policy, digest: true }),
    among: ALIKE,
    factsTable: 'pixel_digests',
    cells: ({ pixel_digest }) => [pixel_digest],
  };
}

async function runStage<Facts>({ workspace, catalog }: Session, stage: Stage<Facts>, { engine = localEngine, jobs, signal }: InspectOptions, local: LocalFiles, effects: Effects): Promise<void> {
  const inspector = sha256Hex(canonicalJson({ version: INSPECTION_VERSION, stage: stage.name, ...stage.judges }));
  const load = await InspectionLoad.begin(catalog, { stage: stage.name, inspector, wanted: RELEASED, among: stage.among, factsTable: stage.factsTable });
  const folders = imageFolders(workspace);
  const progress = { stage: stage.doing, files: 0, totalFiles: load.pending.files, bytes: 0 };
  const inspect = (folder: string, files: AsyncIterable<PendingInspection> | Iterable<PendingInspection>, by: Engine): Promise<void> =>
    inspectFiles<PendingInspection, Facts>(files, {
      engine: by,
      task: stage.task,
      taskData: stage.taskData(folder),
      weigh: ({ size_bytes }) => stage.weigh(size_bytes),
      ...(jobs === undefined ? {} : { jobs }),
      ...(signal === undefined ? {} : { signal }),
      onResults(results, looked) {
        for (const [at, result] of results.entries()) appendResult(load, looked[at], result, stage);
        progress.files += results.length;
        effects.progress({ ...progress });
      },
    });
  try {
    for (const source of await load.sources()) {
      const folder = folders.get(source);
      if (folder === undefined) continue;
      // What is here only for a moment is looked at here.
      if (local.isElsewhere(source)) await local.eachBatch(load.pendingOf(source), (batch) => inspect(folder, batch, localEngine));
      else await inspect(folder, load.pendingOf(source), engine);
    }
  } finally {
    await load.end();
  }
}

function appendResult<Facts>(load: InspectionLoad, file: PendingInspection | undefined, { facts, ...result }: FileInspection<Facts>, stage: Stage<Facts>): void {
  assert(file?.path === result.path, 'a result is about the file that it was asked for');
  load.append({ ...result, source: file.source, sha256: file.sha256 }, facts === null ? null : stage.cells(facts));
}
