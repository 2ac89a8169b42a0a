import { CurationError, EXIT } from '../errors.js';
import type { ErrorReport } from '../model/error-report.js';
import { escapeText } from '../report/escape.js';

/** The exit status of anything thrown: a `CurationError`'s own, oclif's for wrong usage, 70 for a bug. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CurationError) return error.exitCode;
  const status = oclifStatus(error);
  if (status === undefined) return EXIT.bug;
  return status === 0 || status === EXIT.interrupted ? status : EXIT.usage;
}

/** The `--json` form of an error; every command prints the same shape. */
export function errorToJson(error: unknown): ErrorReport {
  const exit = exitCodeOf(error);
  if (error instanceof CurationError) {
    const { code, message, expected, found, suggestions } = error;
    return { error: { code, message, exit, ...(expected === undefined ? {} : { expected }), ...(found === undefined ? {} : { found }), suggestions } };
  }
  const message = plainMessage(error);
  return { error: { code: exit === EXIT.usage ? 'USAGE' : 'BUG', message, exit, suggestions: [] } };
}

/** The text form of an error, for stderr: what, expected, found, what to do next. Bugs show their stack. */
export function errorToText(error: unknown): string {
  if (error instanceof CurationError) {
    const lines = [`Error: ${escapeLines(error.message)}`];
    if (error.expected !== undefined) lines.push(`  expected: ${escapeLines(error.expected)}`);
    if (error.found !== undefined) lines.push(`  found:    ${escapeLines(error.found)}`);
    for (const suggestion of error.suggestions) lines.push(`  → ${escapeLines(suggestion)}`);
    return `${lines.join('\n')}\n`;
  }
  if (exitCodeOf(error) !== EXIT.bug) return `Error: ${plainMessage(error)}\n`;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `This is a bug in Colophon, not in your data. Please report it with the lines below (they may hold paths).\n${stack}\n`;
}

/** Names of strangers' files and columns get into messages: nothing in them is obeyed by a terminal. Line ends are ours. */
function escapeLines(text: string): string {
  return text.split('\n').map(escapeText).join('\n');
}

function plainMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\u001B\[[0-9;]*m/g, '').trim();
}

function oclifStatus(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('oclif' in error)) return undefined;
  const { oclif } = error as { oclif?: { exit?: number } };
  return typeof oclif?.exit === 'number' ? oclif.exit : undefined;
}
