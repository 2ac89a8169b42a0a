import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { isAbsolute } from 'node:path';
import { CurationError, systemErrorCode } from '../errors.js';
import { findAttribute } from '../facts/attribute-dictionary.js';
import type { FileFinding } from '../model/inspection.js';
import { readDciodvfy, readFindings, type Opinion } from './opinion.js';

/** How dciodvfy is asked. */
export interface SecondOpinionOptions {
  /** Name or path of dciodvfy; run without a shell. */
  command?: string;
  /** One file takes no longer than this, in ms. */
  timeoutMs?: number;
  signal?: AbortSignal;
  /** Processes at a time. */
  jobs?: number;
}

/** A finding about a file, by the path that was given. */
export interface Disagreement {
  path: string;
  finding: FileFinding;
}

const TIMEOUT_MS = 60_000;
/** Bytes of output that are taken of one file. */
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;
/** Opinions of one side that a finding lists. */
const LISTED = 6;
/** What dciodvfy says when it has judged nothing: a syntax that it cannot read, or a class that it does not know. */
const NO_OPINION = ['Dicom dataset read failed', 'Information Object Not found'];

/**
 * DCM-019: asks dciodvfy of dicom3tools about files that our rules have judged, and yields where the two differ on what is
 * missing, empty, forbidden or not enumerated. Files come in the order of `paths`, which are absolute.
 * @throws {CurationError} SOURCE_MISSING when dciodvfy cannot be run, INTERRUPTED
 */
export async function* secondOpinion(paths: readonly string[], ours: ReadonlyMap<string, readonly FileFinding[]>, options: SecondOpinionOptions = {}): AsyncGenerator<Disagreement> {
  const jobs = Math.max(1, options.jobs ?? availableParallelism());
  const running: { path: string; answer: Promise<Answer> }[] = [];
  // Whoever stops listening stops the processes too.
  const left = new AbortController();
  const signal = options.signal === undefined ? left.signal : AbortSignal.any([options.signal, left.signal]);
  let next = 0;
  try {
    for (;;) {
      while (running.length < jobs && next < paths.length) {
        const path = paths[next++] as string;
        const answer = ask(path, { ...options, signal });
        // A failure is met when it is this file's turn; until then it is not unhandled.
        answer.catch(() => undefined);
        running.push({ path, answer });
      }
      const first = running.shift();
      if (first === undefined) return;
      const finding = compare(await first.answer, ours.get(first.path) ?? []);
      if (finding !== null) yield { path: first.path, finding };
    }
  } finally {
    left.abort();
  }
}

/** What dciodvfy printed; null when it did not come to an end. */
type Answer = string | null;

function ask(path: string, { command = 'dciodvfy', timeoutMs = TIMEOUT_MS, signal }: SecondOpinionOptions): Promise<Answer> {
  // A relative path could begin with a dash and be an option.
  if (!isAbsolute(path)) throw new TypeError('a second opinion needs absolute paths');
  return new Promise((resolve, reject) => {
    const settings = { encoding: 'latin1', timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: MAX_OUTPUT_BYTES, windowsHide: true, env: { PATH: process.env['PATH'] }, ...(signal === undefined ? {} : { signal }) } as const;
    const child = execFile(command, ['-new', path], settings, (error, stdout, stderr) => {
      if (error === null) return resolve(`${stdout}\n${stderr}`);
      if (signal?.aborted === true) return reject(new CurationError('INTERRUPTED', 'The second opinion was interrupted.', { cause: error }));
      const code = systemErrorCode(error);
      if (code === 'ENOENT' || code === 'EACCES' || code === 'EPERM') {
        return reject(new CurationError('SOURCE_MISSING', 'dciodvfy cannot be run: is dicom3tools installed?', { cause: error, suggestions: ['Install dicom3tools (Debian: apt install dicom3tools), or leave out --second-opinion.'] }));
      }
      // It exits with a status of its own when it found errors; that is an answer. A signal or too much output is none.
      resolve(error.killed === true || typeof error.code !== 'number' ? null : `${stdout}\n${stderr}`);
    });
    child.stdin?.end();
  });
}

function compare(answer: Answer, findings: readonly FileFinding[]): FileFinding | null {
  if (answer === null) return { code: 'DCM-019', message: 'dciodvfy came to no end with the file, so there is no second opinion.', content: 'no answer' };
  if (NO_OPINION.some((words) => answer.includes(words))) {
    return { code: 'DCM-019', level: 'info', message: 'dciodvfy cannot read the file or does not know its SOP class, so there is no second opinion.', content: 'no opinion' };
  }
  const theirs = readDciodvfy(answer);
  const own = readFindings(findings);
  const onlyTheirs = [...theirs].filter((opinion) => !own.has(opinion)).toSorted();
  const onlyOurs = [...own].filter((opinion) => !theirs.has(opinion)).toSorted();
  if (onlyTheirs.length + onlyOurs.length === 0) return null;
  return {
    code: 'DCM-019',
    message: 'dciodvfy and the rules here do not say the same of the file.',
    hint: 'The editions of the standard differ; look the attributes up, and report a rule that is wrong.',
    expected: `what dciodvfy alone says: ${list(onlyTheirs)}`,
    found: `what is said here alone: ${list(onlyOurs)}`,
    content: [...onlyTheirs, '|', ...onlyOurs].join(' '),
  };
}

/** Opinions in words; keywords of the dictionary and tags only, never a value. */
function list(opinions: readonly Opinion[]): string {
  if (opinions.length === 0) return 'nothing';
  const shown = opinions.slice(0, LISTED).map(describe).join(', ');
  return opinions.length > LISTED ? `${shown}, … (${opinions.length})` : shown;
}

function describe(opinion: Opinion): string {
  const [kind = '', chain = ''] = opinion.split(' ');
  const last = chain.slice(chain.lastIndexOf('/') + 1);
  const keyword = findAttribute(Number.parseInt(last.replaceAll(/[(),]/g, ''), 16))?.keyword ?? last;
  return `${keyword} ${kind === 'enumerated' ? 'is not enumerated' : `is ${kind}`}`;
}
