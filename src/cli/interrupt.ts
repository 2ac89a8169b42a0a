import { EXIT } from '../errors.js';

let controller: AbortController | undefined;

/**
 * A signal that the first Ctrl-C (or SIGTERM) aborts, so that work ends at a safe point; a second one ends the process
 * at once, which is safe too: nothing published is ever written in place.
 */
export function interruptSignal(): AbortSignal {
  if (controller === undefined) {
    const aborting = new AbortController();
    controller = aborting;
    const handle = () => {
      if (aborting.signal.aborted) process.exit(EXIT.interrupted);
      process.stderr.write('\nInterrupted: finishing the current batch (press Ctrl-C again to stop at once).\n');
      aborting.abort();
    };
    process.on('SIGINT', handle);
    process.on('SIGTERM', handle);
  }
  return controller.signal;
}
