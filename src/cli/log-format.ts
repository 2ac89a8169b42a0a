/** The forms that `--log-format` knows. */
export const LOG_FORMATS = ['text', 'json'] as const;

export type LogFormat = (typeof LOG_FORMATS)[number];

/** Environment variable that stands for the flag. */
export const LOG_FORMAT_VARIABLE = 'COLOPHON_LOG_FORMAT';

/** The form that is asked for, read without a parser: also a command line that no command takes is answered in it. */
export function wantedLogFormat(argv: readonly string[], environment: Readonly<Record<string, string | undefined>> = process.env): LogFormat {
  const end = argv.indexOf('--');
  const words = end === -1 ? argv : argv.slice(0, end);
  let wanted = environment[LOG_FORMAT_VARIABLE];
  for (const [index, word] of words.entries()) {
    if (word === '--log-format') wanted = words[index + 1];
    else if (word.startsWith('--log-format=')) wanted = word.slice('--log-format='.length);
  }
  return wanted === 'json' ? 'json' : 'text';
}
