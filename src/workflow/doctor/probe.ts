import { CurationError } from '../../errors.js';
import type { DoctorArea, DoctorProbe } from '../../model/doctor.js';
import { SourceFailure } from '../../network/source.js';

/** What a probe found. */
export type Answer = Omit<DoctorProbe, 'area' | 'what'> & { what?: string };

/** One thing to try. */
export interface Probe {
  area: DoctorArea;
  what: string;
  /** Tries it; several answers when it looks at several things. What it throws is a failure. */
  run(signal: AbortSignal): Answer | readonly Answer[] | Promise<Answer | readonly Answer[]>;
}

/** How long a probe may take, in ms. */
const PATIENCE_MS = 8000;
/** How much longer is waited for one that was told to stop, in ms. */
const GRACE_MS = 500;

/** It works. */
export function ok(found: string): Answer {
  return { outcome: 'ok', found };
}

/** There was nothing to try, or no way to. */
export function skipped(found: string, next?: string): Answer {
  return { outcome: 'skipped', found, ...(next === undefined ? {} : { next }) };
}

/** It works, but not for everything, or not for long. */
export function warning(found: string, next: string, expected?: string): Answer {
  return { outcome: 'warning', found, next, ...(expected === undefined ? {} : { expected }) };
}

/** It does not work. */
export function failed(found: string, next: string, expected?: string): Answer {
  return { outcome: 'failed', found, next, ...(expected === undefined ? {} : { expected }) };
}

/** An error of the world as an answer. */
export function failedBy(error: unknown): Answer {
  if (error instanceof CurationError) {
    const found = error.found === undefined ? error.message : `${error.message} (found: ${error.found})`;
    return failed(found, error.suggestions[0] ?? 'Mend that, then ask again.', error.expected);
  }
  if (error instanceof SourceFailure) return failed(error.message, error.details.suggestions?.[0] ?? 'Is the server up, and is its address in colophon.yaml right?');
  return failed(error instanceof Error ? error.message : String(error), 'Mend that, then ask again.');
}

/** Runs a probe to its end, or to the end of the patience with it; it never fails. */
export async function runProbe({ area, what, run }: Probe): Promise<DoctorProbe[]> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Answer>((done) => (timer = setTimeout(() => done(noAnswer()), PATIENCE_MS + GRACE_MS)));
  const tried = (async () => run(signal))().catch((error: unknown) => (signal.aborted ? noAnswer() : failedBy(error)));
  const answers = await Promise.race([tried, late]);
  clearTimeout(timer);
  return [answers].flat().map((answer: Answer) => ({ area, what, ...answer }));
}

function noAnswer(): Answer {
  return failed(`no answer within ${PATIENCE_MS / 1000} s`, 'Is the server up, and does a firewall let this machine through?');
}
