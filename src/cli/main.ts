import { Config, Errors, flush, run } from '@oclif/core';
import { CurationError } from '../errors.js';
import { nearMiss } from '../model/near-miss.js';
import { errorToText, exitCodeOf } from './failure.js';

/** Runs the command line; the only place that writes errors and decides the exit status. */
export async function main(launcher: string, argv: string[] = process.argv.slice(2)): Promise<void> {
  try {
    const config = await Config.load({ root: launcher });
    await run(argv, config).catch((error: unknown) => {
      throw explain(error, config, argv);
    });
    await flush();
  } catch (error) {
    const exitCode = exitCodeOf(error);
    if (!(error instanceof Errors.ExitError)) process.stderr.write(errorToText(error));
    process.exitCode = exitCode;
  }
}

/** oclif says "command x not found" with status 127; ours is wrong usage with a guess. */
function explain(error: unknown, config: Config, argv: string[]): unknown {
  if (!(error instanceof Error) || !/^command .* not found$/.test(error.message)) return error;
  const typed = argv.filter((word) => !word.startsWith('-')).slice(0, 2);
  const known = config.commandIDs.map((id) => id.replaceAll(':', ' '));
  const guess = nearMiss(typed.join(' '), known) ?? nearMiss(typed[0] ?? '', known);
  return new CurationError('USAGE', `There is no command \`${config.bin} ${typed.join(' ')}\``, {
    suggestions: [guess === undefined ? `See \`${config.bin} --help\`.` : `Did you mean \`${config.bin} ${guess}\`?`],
  });
}
