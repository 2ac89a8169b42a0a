import { CurationError } from '../errors.js';

/** What stands for a variable of the environment, and what only looks like it. */
const VARIABLE = /\$\{([^{}]*)\}/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Puts variables of the environment where a value of colophon.yaml names them: `Bearer ${PACS_TOKEN}`. Nothing of a value is ever
 * part of a message.
 * @param where the value is: `sources, pacs, auth.header`
 * @throws {CurationError} CONFIG_INVALID for a variable that is not set, is empty, or holds a line end or another control character
 */
export function expandVariables(text: string, environment: Readonly<Record<string, string | undefined>> = process.env, where = 'colophon.yaml'): string {
  return text.replace(VARIABLE, (_whole, name: string) => {
    if (!NAME.test(name)) throw new CurationError('CONFIG_INVALID', `${where}: what stands between \${ and } is no name of a variable.`, { expected: '${NAME}, of letters, digits and _' });
    const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
    if (value === undefined || value === '') {
      throw new CurationError('CONFIG_INVALID', `${where}: the variable ${name} of the environment is ${value === '' ? 'empty' : 'not set'}.`, { suggestions: [`Set it before the command: export ${name}=...`] });
    }
    // A line end would begin another header (CWE-113).
    if (/\p{Cc}/u.test(value)) throw new CurationError('CONFIG_INVALID', `${where}: the variable ${name} of the environment holds a control character, e.g. the end of a line.`, { suggestions: ['Was it read from a file with a line end? $(cat FILE) leaves that out.'] });
    return value;
  });
}
