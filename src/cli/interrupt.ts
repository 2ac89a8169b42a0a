import { EXIT } from '../errors.js';

let controller: AbortController | undefined;

/**
 * A signal that the first Ctrl-C (or SIGTERM) aborts, so that work ends at a safe point; a second one ends the process
 * at once, which is safe too: nothing published is ever written in place.
 * @param announce says that the first one was heard
 */
export function interruptSignal(announce: (message: string) => void = announceText): AbortSignal {
  if (controller === undefined) {
    const aborting = new AbortController();
    controller = aborting;
    const handle = () => {
      if (aborting.signal.aborted) process.exit(EXIT.interrupted);
      announce('Interrupted: finishing the current batch (press Ctrl-C again to stop at once).');
      aborting.abort();
    };
    process.on('SIGINT', handle);
    process.on('SIGTERM', handle);
  }
  return controller.signal;
}

function announceText(message: string): void {
  process.stderr.write(`\n${message}\n`);
}
