import { CurationError, wrapSystemError } from '../errors.js';
import { defaultEffects, type Effects } from '../effects.js';
import { RELEASE_FORMAT } from '../model/release.js';
import type { Problem, VerifyReport } from '../model/verification.js';
import { speedOf } from './effort.js';
import { Inspection, type VerifyOptions } from './inspection.js';
import { resolveReleaseFolder } from './recognise.js';
import { parseMinRelease } from './min-release.js';
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
  const inspection = new Inspection(resolveReleaseFolder(path), options, effects);
  for (const step of STEPS) await runStep(step, inspection, expected);
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

function compareProblems(a: Problem, b: Problem): number {
  const [x, y] = a.path !== b.path ? [a.path, b.path] : a.kind !== b.kind ? [a.kind, b.kind] : [a.message, b.message];
  return x < y ? -1 : x > y ? 1 : 0;
}
