import { systemErrorCode } from '../errors.js';
import { randomId } from '../fixity/uuid.js';
import { errorToJson, errorToText, exitCodeOf } from './failure.js';
import { JsonLog } from './json-log.js';
import { wantedLogFormat } from './log-format.js';
import { RunWatch } from './run-watch.js';

/**
 * Tells of an error that nobody caught, and of the warnings of Node and of packages, in the form that is asked for. Node would end the
 * process with status 1, which says that there are findings.
 */
export function watchUncaught(argv: readonly string[], target: NodeJS.Process = process): void {
  const write = (text: string): void => void target.stderr.write(text);
  target.on('uncaughtException', (error: unknown) => {
    // Whoever read our output has read enough.
    if (systemErrorCode(error) === 'EPIPE') return void target.exit(target.exitCode ?? 0);
    const status = exitCodeOf(error);
    if (wantedLogFormat(argv) === 'text') write(errorToText(error));
    else {
      const { error: told } = errorToJson(error);
      const { log, run } = anonymousRun(write);
      log.ended(run.end(status, told.code), told);
    }
    target.exit(status);
  });
  if (wantedLogFormat(argv) === 'text') return;
  // Node writes them as text.
  target.removeAllListeners('warning');
  target.on('warning', ({ name, message }) => anonymousRun(write).log.warned(new Date(), `${name}: ${message}`));
}

/** A run of which no more is known: what failed need not be part of the command. */
function anonymousRun(write: (line: string) => void): { log: JsonLog; run: RunWatch } {
  const identity = { id: randomId().replaceAll('-', ''), command: '', version: '', engine: null, jobs: null };
  return { log: new JsonLog(identity, write), run: new RunWatch(identity, []) };
}
