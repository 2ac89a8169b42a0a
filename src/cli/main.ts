import { Config, Errors, flush, run } from '@oclif/core';
import { CurationError } from '../errors.js';
import { nearMiss } from '../model/near-miss.js';
import { errorToJson, errorToText, exitCodeOf } from './failure.js';
import { wantedLogFormat } from './log-format.js';
import { watchUncaught } from './uncaught.js';
import { startWatch } from './watching.js';

/** Runs the command line; the only place that writes errors and decides the exit status. */
export async function main(launcher: string, argv: string[] = process.argv.slice(2)): Promise<void> {
  watchUncaught(argv);
  try {
    await run(argv, { root: launcher });
    await flush();
  } catch (error) {
    const told = await explain(error, launcher, argv);
    process.exitCode = exitCodeOf(told);
    if (told instanceof Errors.ExitError) return;
    if (wantedLogFormat(argv) === 'text') process.stderr.write(errorToText(told));
    else await logFailure(told, launcher);
  }
}

/** What failed before any command began, as a log of JSON tells it. */
async function logFailure(error: unknown, launcher: string): Promise<void> {
  const { version } = await Config.load({ root: launcher });
  const watching = startWatch({ command: '', version, engine: null, jobs: null }, { quiet: false });
  await watching.end(exitCodeOf(error), errorToJson(error).error, () => {});
}

/** oclif says "command x not found" with status 127; ours is wrong usage with a guess. */
async function explain(error: unknown, launcher: string, argv: string[]): Promise<unknown> {
  if (!(error instanceof Error) || !/^command .* not found$/.test(error.message)) return error;
  const { bin, commandIDs } = await Config.load({ root: launcher });
  const typed = argv.filter((word) => !word.startsWith('-')).slice(0, 2);
  const known = commandIDs.map((id) => id.replaceAll(':', ' '));
  const guess = nearMiss(typed.join(' '), known) ?? nearMiss(typed[0] ?? '', known);
  return new CurationError('USAGE', `There is no command \`${bin} ${typed.join(' ')}\``, {
    suggestions: [guess === undefined ? `See \`${bin} --help\`.` : `Did you mean \`${bin} ${guess}\`?`],
  });
}
