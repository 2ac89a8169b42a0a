import assert from 'node:assert';
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Engine } from '../engine/engine.js';
import { defaultJobs } from '../engine/local.js';
import { localEngine } from '../engine/local-engine.js';
import { WaitingWorkers } from '../engine/waiting-workers.js';
import { describeDefect } from '../fixity/file.js';
import { listTree, type ListedEntry } from '../fixity/walk.js';
import { AMENDMENT_FOLDER, isAmendmentName } from '../model/amendment.js';
import { RELEASE_FILES } from '../model/release.js';
import { addEffort, startEffort } from './effort.js';
import type { HashFinding, HashItem, HashPass, HashResult, HashSetup } from './hash-task.js';
import type { Inspection } from './inspection.js';
import { lookUpFiles } from './kinds/archived-payload.js';
import { openJournal } from './open-journal.js';
import { stampOf } from './stamped.js';
import { isVouchedFor } from './tag-files.js';

const TASK = new URL('./hash-task.js', import.meta.url);
const ROOT_NAMES = new Set<string>(Object.values(RELEASE_FILES));
/** A manifest of about a hundred images. */
const WORKERS_FROM_BYTES = 16 << 10;
/** Weighs as much as an image slice: for chunks when no list tells the sizes. */
const UNKNOWN_BYTES = 1 << 19;

/**
 * Compares tree and manifest both ways and hashes what both have: the walk feeds the workers, so that each folder is read
 * once and each file is opened once. Goes on after every failure.
 */
export async function checkPayload(inspection: Inspection): Promise<void> {
  if (!isVouchedFor(inspection, RELEASE_FILES.sizes)) inspection.payload.forgetSizes();
  const unreadableFolders: string[] = [];
  const { engine = localEngine } = inspection.options;
  // an engine that spreads work keeps what is done itself
  inspection.journal = engine.name === 'local' ? openJournal(inspection) : null;
  try {
    await hashFiles(inspection, compareTree(inspection, unreadableFolders), (finding) => judge(inspection, finding), engine);
  } finally {
    inspection.journal?.flush();
  }
  sortOutUnseen(inspection, unreadableFolders);
}

/** Starts the threads that will hash, where the manifest is so long that to start them is not most of the work. */
export function startWorkers(inspection: Inspection): void {
  const { options, archive } = inspection;
  if ((options.engine ?? localEngine).name !== 'local') return;
  const manifest = statSync(inspection.resolve(RELEASE_FILES.manifest), { throwIfNoEntry: false });
  if (archive !== null || manifest === undefined || manifest.size < WORKERS_FROM_BYTES) return;
  inspection.workers = new WaitingWorkers(TASK, setupOf(inspection), options.jobs ?? defaultJobs());
}

function setupOf({ root, options, began }: Inspection, engine: Engine = localEngine): HashSetup {
  // shards are the same whenever they are planned
  return { root: resolve(root), fast: options.fast === true, began: engine.name === 'local' ? began : 0 };
}

/**
 * Hashes files of the release, counting and telling the progress; hands out those that are not as expected. In worker threads unless
 * another engine is named, which is for many files.
 */
export async function hashFiles(inspection: Inspection, items: Iterable<HashItem>, onFinding: (finding: HashFinding) => void, engine: Engine = localEngine): Promise<void> {
  const { options, effects, payload } = inspection;
  if (inspection.archive !== null) return lookUpFiles(inspection, inspection.archive, items, onFinding);
  const totalBytes = payload.totalBytes();
  const totalFiles = payload.length + inspection.tagDigests.size - (inspection.selected?.left_out ?? 0);
  const wantedBytes = totalBytes === null ? null : totalBytes - (inspection.selected?.left_out_bytes ?? 0);
  const start = startEffort();
  const setup = setupOf(inspection, engine);
  await engine.run<HashItem, HashResult>(TASK, engine.name === 'local' ? items : stamped(setup.root, items), {
    ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(inspection.workers === null ? {} : { waiting: inspection.workers }),
    taskData: setup,
    chunk: ([, size]) => size ?? UNKNOWN_BYTES,
    describe: ([path]) => path,
    onFailure: ([path], reason) => onFinding({ path, size: 0, sha256: null, defect: 'unreadable', code: reason }),
    onResults(results) {
      for (const result of results) {
        inspection.files += 1;
        if (typeof result === 'number') inspection.bytes += options.fast === true ? 0 : result;
        else if ('passed' in result) takePass(inspection, result);
        else {
          if (result.sha256 !== null) inspection.bytes += result.size;
          onFinding(result);
        }
      }
      effects.progress({
        stage: 'verifying',
        files: inspection.files,
        bytes: inspection.bytes + inspection.kept.bytes,
        totalFiles,
        ...(wantedBytes === null ? {} : { totalBytes: wantedBytes }),
      });
      return inspection.settle();
    },
  });
  if (engine.name === 'local') inspection.effort = addEffort(inspection.effort, start, options.jobs ?? defaultJobs());
}

function* stamped(root: string, items: Iterable<HashItem>): Generator<HashItem> {
  for (const [path, size, sha256] of items) yield [path, size, sha256, undefined, stampOf(root, path)];
}

function takePass(inspection: Inspection, { passed, size, stamp, kept }: HashPass): void {
  if (stamp !== null) inspection.journal?.pass(passed, stamp, size);
  if (!kept) return void (inspection.bytes += size);
  inspection.kept.files += 1;
  inspection.kept.bytes += size;
}

/** Walks the release; reports what must not be there and yields what is listed and there. */
function* compareTree(inspection: Inspection, unreadableFolders: string[]): Generator<HashItem> {
  const { payload } = inspection;
  for (const entry of inspection.archive?.list() ?? listTree(inspection.root)) {
    const number = entry.path.startsWith('data/') ? payload.numberOf(entry.path) : undefined;
    if (entry.kind !== 'file') {
      if (entry.kind === 'unreadable') unreadableFolders.push(entry.path);
      if (number !== undefined) payload.markSeen(number);
      reportUnusable(inspection, entry);
    } else if (number !== undefined && payload.markSeen(number)) {
      if (!payload.isLeftOut(number)) yield itemOf(inspection, entry.path, number);
    } else if (!isTagFile(inspection, entry.path)) {
      inspection.extras.push(entry.path);
    }
  }
}

function isTagFile(inspection: Inspection, path: string): boolean {
  return ROOT_NAMES.has(path) || inspection.tagDigests.has(path) || isAmendment(path);
}

/** What somebody put into the copy to have it found; it is read by a step of its own. */
function isAmendment(path: string): boolean {
  return isAmendmentName(path.startsWith(`${AMENDMENT_FOLDER}/`) ? path.slice(AMENDMENT_FOLDER.length + 1) : path);
}

function reportUnusable(inspection: Inspection, { path, kind }: ListedEntry): void {
  if (inspection.unusable.has(path)) return;
  if (kind === 'link') inspection.report('link', path, 'It is a link. A release holds plain files only; where it points was not looked at.');
  else if (kind === 'special') inspection.report('special', path, 'It is a fifo, socket or device. A release holds plain files only.');
  else inspection.report('unreadable', path, 'The folder cannot be read.');
}

function itemOf({ payload, journal }: Inspection, path: string, number: number): HashItem {
  const item: HashItem = [path, payload.sizeOf(number), payload.sha256Of(number)];
  if (journal !== null) item.push([number, journal.stampOf(number)]);
  return item;
}

function judge(inspection: Inspection, { path, size, sha256, defect, code }: HashFinding): void {
  const number = inspection.payload.numberOf(path);
  assert(number !== undefined, 'only listed files are judged');
  const expected = inspection.payload.sha256Of(number);
  if (sha256 !== null) {
    if (inspection.conflicts.get(path)?.includes(sha256) !== true) reportCorrupt(inspection, path, { expected, found: sha256 });
  } else if (defect === 'wrong-size') {
    const wanted = inspection.payload.sizeOf(number) ?? 0;
    const comparison = { expected: `${wanted} bytes`, found: `${size} bytes` };
    if (size < wanted) inspection.report('truncated', path, `It was cut short: ${wanted - size} of ${wanted} bytes are gone.`, comparison);
    else inspection.report('corrupt', path, `It is longer than the ${wanted} bytes that were released.`, comparison);
  } else if (defect === 'link' || defect === 'special' || defect === 'missing') {
    inspection.report(defect, path, `It became ${describeDefect(defect)} while verify was running.`);
  } else if (defect !== null) {
    inspection.report('unreadable', path, `It ${describeDefect(defect)}.`, code === null ? {} : { found: code });
  }
}

function reportCorrupt(inspection: Inspection, path: string, comparison: { expected: string; found: string }): void {
  const owner = inspection.payload.pathOfDigest(comparison.found);
  inspection.report('corrupt', path, owner === undefined ? 'Its bytes are not those that were released.' : `It holds the bytes of ${owner}.`, comparison);
}

/** Decides about the listed files that the walk did not find: in a folder that cannot be read, not carried, or missing. */
function sortOutUnseen(inspection: Inspection, unreadableFolders: string[]): void {
  const { payload, notChecked } = inspection;
  let notCarried = 0;
  let bytes = 0;
  for (const number of payload.unseen()) {
    if (payload.isLeftOut(number)) continue;
    const path = payload.pathOf(number);
    if (unreadableFolders.some((folder) => folder === '.' || path.startsWith(`${folder}/`))) {
      inspection.report('unreadable', path, 'It is in a folder that cannot be read.');
    } else if (payload.isFetchable(number)) {
      notCarried += 1;
      bytes += payload.sizeOf(number) ?? 0;
    } else {
      inspection.missing.push(path);
    }
  }
  if (notCarried > 0) notChecked.push(`${notCarried} payload files (${bytes} bytes) that this copy does not carry: ${RELEASE_FILES.fetch} says where they are.`);
}
