import { CurationError, wrapSystemError } from '../errors.js';
import { defaultEffects, type Effects } from '../effects.js';
import { RELEASE_FORMAT } from '../model/release.js';
import type { Problem, VerifyReport } from '../model/verification.js';
import { speedOf } from './effort.js';
import { Inspection, type VerifyOptions } from './inspection.js';
import type { VerifyArchived } from './kinds/verify-kind.js';
import { resolveReleaseFolder } from './recognise.js';
import { parseMinRelease } from './min-release.js';
import { isReleaseFolder } from './release-marks.js';
import { rememberRelease } from './rollback.js';
import { STEPS, type Step } from './steps.js';

/**
 * Verifies a release folder in one pass and names everything that is wrong with it, by path and kind. Reads nothing outside
 * the folder but the chain, the amendments and the later releases beside it and what `amendments` names, follows no link in it, joins no path before a rule has passed it, and opens no file
 * of it with anything that interprets content. Memory: about 350 bytes a payload file.
 * @throws {CurationError} RELEASE_NOT_FOUND, NOT_A_RELEASE, RELEASE_TOO_NEW, USAGE (a malformed `expect` or `minRelease`), INTERRUPTED
 */
export async function verifyRelease(path: string, options: VerifyOptions = {}, effects: Effects = defaultEffects): Promise<VerifyReport> {
  const started = effects.now().getTime();
  const expected = options.expect === undefined ? null : parseExpected(options.expect);
  if (options.minRelease !== undefined) parseMinRelease(options.minRelease, options.memory);
  const other = isReleaseFolder(path) ? null : await verifyOther(path, options, effects, (root, archive) => inspect(new Inspection(root, options, effects, archive), expected, started));
  return other ?? inspect(new Inspection(resolveReleaseFolder(path), options, effects), expected, started);
}

/** Verifies what is no folder of a release; null for nothing at all. What reads all the other kinds is loaded when one of them was named. */
async function verifyOther(path: string, options: VerifyOptions, effects: Effects, verifyArchived: VerifyArchived): Promise<VerifyReport | null> {
  const { recogniseKind } = await import('./kinds/recognise-kind.js');
  const thing = recogniseKind(path);
  if (thing === null) return null;
  if (options.only !== undefined) throw onlyOfFolders(path);
  const { verifyKind } = await import('./kinds/verify-kind.js');
  return verifyKind(thing, options, effects, verifyArchived);
}

/** A selection is made by the tables of a release, and those are read from its folder. */
function onlyOfFolders(path: string): CurationError {
  return new CurationError('USAGE', `Images can be selected in the folder of a release alone: ${path}`, {
    suggestions: ['Leave out --only: all of it is verified then.', 'Or unpack it, and verify the folder.'],
  });
}

/** Runs the steps of a verification over a release. */
async function inspect(inspection: Inspection, expected: string | null, started: number): Promise<VerifyReport> {
  const { effects } = inspection;
  try {
    for (const step of STEPS) await runStep(step, inspection, expected);
  } finally {
    await inspection.workers?.dismiss();
  }
  inspection.journal?.remove();
  rememberRelease(inspection);
  return summarise(inspection, (effects.now().getTime() - started) / 1000);
}

async function runStep(step: Step, inspection: Inspection, expected: string | null): Promise<void> {
  const { options, effects, root } = inspection;
  if (options.signal?.aborted === true) throw new CurationError('INTERRUPTED', 'Interrupted.');
  effects.progress({ stage: 'verifying', files: inspection.files, bytes: inspection.bytes });
  try {
    await step.run(inspection, expected);
    await inspection.settle();
  } catch (error) {
    if (!(error instanceof CurationError)) throw isSystemError(error) ? wrapSystemError(error, `verifying (${step.name})`, root) : error;
    if (error.code !== 'INTERRUPTED' || inspection.journal?.failure !== null) throw error;
    throw new CurationError('INTERRUPTED', 'Interrupted.', { suggestions: ['Run the same command again: it goes on where this one stopped.'] });
  }
}

function isSystemError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'syscall' in error;
}

function parseExpected(text: string): string {
  const match = /^(?:sha256:)?([0-9a-f]{64})$/i.exec(text.trim());
  if (match?.[1] !== undefined) return match[1].toLowerCase();
  throw new CurationError('USAGE', 'The expected digest is not one.', { expected: 'sha256: and 64 hex digits', found: text.slice(0, 100) });
}

function summarise(inspection: Inspection, seconds: number): VerifyReport {
  const { document, digest, files, bytes, signatures, seen, notes, notChecked, withdrawn, amendments, selected, effort, options } = inspection;
  const problems = inspection.problems.sort(compareProblems);
  return {
    ok: problems.length === 0 && withdrawn.length === 0,
    format: RELEASE_FORMAT,
    release: document === null ? null : `${document.dataset.id} ${document.version}`,
    digest: digest === null ? null : `sha256:${digest}`,
    files,
    bytes,
    seconds,
    speed: effort === null ? null : speedOf(effort, bytes),
    fast: options.fast === true,
    selected,
    problems,
    signatures,
    seen,
    notes,
    withdrawn: withdrawn.map(({ case_id }) => case_id),
    destroy: withdrawn,
    amendments,
    not_checked: notChecked,
  };
}

/** The order of problems in a report: by path, kind, message. */
function compareProblems(a: Problem, b: Problem): number {
  const [x, y] = a.path !== b.path ? [a.path, b.path] : a.kind !== b.kind ? [a.kind, b.kind] : [a.message, b.message];
  return x < y ? -1 : x > y ? 1 : 0;
}
