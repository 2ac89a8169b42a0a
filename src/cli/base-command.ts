import { resolve } from 'node:path';
import { Command, Flags } from '@oclif/core';
import type { Effects } from '../effects.js';
import { CurationError, EXIT } from '../errors.js';
import { renderJson } from '../report/json-text.js';
import { findWorkspace, openWorkspace, workspacePaths, type Workspace, type WorkspacePaths } from '../workspace/workspace.js';
import { errorToJson, exitCodeOf } from './failure.js';
import { interruptSignal } from './interrupt.js';
import { LOG_FORMATS, LOG_FORMAT_VARIABLE, wantedLogFormat, type LogFormat } from './log-format.js';
import { ProgressLine } from './progress-line.js';
import { startWatch, type Watching } from './watching.js';
import { sizeFlag } from './size-flag.js';

/** The `--jobs` flag of commands that spread work over threads. */
export const jobsFlag = Flags.integer({ char: 'j', min: 1, max: 256, summary: 'Worker threads; the number of cores, at most 4, by default.' });

/** The `--workspace` flag; on every command that works in a workspace. */
export const workspaceFlag = Flags.string({
  char: 'w',
  helpValue: 'DIR',
  summary: 'The workspace: here or the nearest parent with a colophon.yaml by default.',
  env: 'COLOPHON_WORKSPACE',
});

/** A flag that takes a day of the calendar, YYYY-MM-DD. */
export const dateFlag = Flags.custom<string>({
  helpValue: 'YYYY-MM-DD',
  parse: async (input) => {
    const time = Date.parse(`${input}T00:00:00Z`);
    if (/^\d{4}-\d{2}-\d{2}$/.test(input) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(input)) return input;
    throw new CurationError('USAGE', `Not a day of the calendar: ${input}`, { expected: 'YYYY-MM-DD', found: input });
  },
});

/** The flags of all commands, as far as each has them. */
interface CommonFlags {
  quiet?: boolean;
  memory?: number | undefined;
  'log-format'?: LogFormat;
  engine?: string | undefined;
  jobs?: number | undefined;
}

/**
 * What every command shares: `--json` and `--quiet`, results on stdout and all else on stderr, progress on a terminal,
 * exit statuses that are the same in text and JSON mode.
 */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true;
  static override baseFlags = {
    quiet: Flags.boolean({ char: 'q', summary: 'Say nothing but errors; the exit status tells.', helpGroup: 'GLOBAL' }),
    memory: sizeFlag({ summary: 'Memory that the command may take; that of the machine or the container by default. Half of it is for the catalog, and what does not fit is spilled into .colophon.', helpGroup: 'GLOBAL', env: 'COLOPHON_MEMORY' }),
    'log-format': Flags.option({ options: LOG_FORMATS, default: 'text', summary: 'What is said on stderr: sentences and a progress line, or one JSON object a line. Results stay on stdout.', helpGroup: 'GLOBAL', env: LOG_FORMAT_VARIABLE })(),
  };

  #quiet = false;
  #memory: number | undefined;
  #logFormat: LogFormat = 'text';
  #progress: ProgressLine | undefined;
  #watching: Watching | undefined;

  /** Called once by each command with its parsed flags, before any work. */
  protected begin(flags: CommonFlags): void {
    this.#quiet = flags.quiet ?? false;
    this.#memory = flags.memory;
    this.#logFormat = flags['log-format'] ?? 'text';
    this.#watching = this.#watch(flags);
  }

  /** Bytes that the command may take; undefined: what the machine has. */
  protected get memory(): number | undefined {
    return this.#memory;
  }

  /** Opens the workspace that `--workspace` names, or the nearest one. */
  protected workspace(flags: { workspace?: string | undefined }): Workspace {
    return { ...openWorkspace(flags.workspace), memory: this.#memory };
  }

  /** Paths of the workspace that `--workspace` names, or the nearest one; null when there is none: some commands need none. */
  protected findPaths(flags: { workspace?: string | undefined }): WorkspacePaths | null {
    const root = flags.workspace ?? findWorkspace(process.cwd());
    return root === null ? null : workspacePaths(resolve(root));
  }

  /** Aborted by the first Ctrl-C or SIGTERM. */
  protected get signal(): AbortSignal {
    return this.#logFormat === 'json' ? interruptSignal((message) => this.#watching?.run.warned(message)) : interruptSignal();
  }

  /** Clock, warnings and progress as a terminal user, or who reads the log, wants them. */
  protected get effects(): Effects {
    const line = this.#line;
    const run = this.#watching?.run;
    return {
      now: () => new Date(),
      warn: (message) => this.#warn(message),
      progress: (progress) => {
        line.update(progress);
        run?.progressed(progress);
      },
      found: (counts) => run?.found(counts),
      ...(run === undefined ? {} : { run }),
    };
  }

  get #line(): ProgressLine {
    return (this.#progress ??= new ProgressLine(process.stderr, !this.#quiet && !this.jsonEnabled() && this.#logFormat === 'text'));
  }

  #warn(message: string): void {
    this.#watching?.run.warned(message);
    if (!this.#quiet && this.#logFormat === 'text') this.#line.interrupt(`Warning: ${message}\n`);
  }

  #watch({ engine, jobs }: CommonFlags = {}): Watching {
    const command = (this.id ?? '').replaceAll(':', ' ');
    const log = this.#logFormat === 'json' ? { quiet: this.#quiet } : null;
    return startWatch({ command, version: this.config.version, engine: engine ?? null, jobs: jobs ?? null }, log);
  }

  /** Whether text may be coloured: a terminal, and NO_COLOR unset (no-color.org). */
  protected get color(): boolean {
    return process.stdout.isTTY === true && (process.env.NO_COLOR ?? '') === '' && process.env.TERM !== 'dumb';
  }

  /** Prints the text of a result, unless --quiet or --json, and sets the exit status. */
  protected finish<T>(result: T, text: () => string, exitCode: number = EXIT.done): T {
    this.#progress?.clear();
    if (!this.#quiet && !this.jsonEnabled()) process.stdout.write(ensureNewline(text()));
    process.exitCode = exitCode;
    return result;
  }

  /** oclif exits with 1 on every error in JSON mode; the contract says the same status in both modes. */
  protected override async catch(error: Error & { exitCode?: number }): Promise<unknown> {
    this.#progress?.clear();
    const exitCode = exitCodeOf(error);
    process.exitCode = exitCode;
    // Flags that cannot be read fail before `begin`.
    if (this.#watching === undefined && exitCode !== EXIT.done) {
      this.#logFormat = wantedLogFormat(this.argv);
      this.#watching = this.#watch();
    }
    if (this.jsonEnabled()) this.logJson(this.toErrorJson(error));
    // The last line of the log tells of it; `finally` writes that.
    else if (this.#logFormat === 'text' || exitCode === EXIT.done) throw error;
    // oclif would warn that flags which cannot be read were not read.
    this.parsed = true;
    return undefined;
  }

  /** Ends the watch: traces and metrics are sent where that is wanted, and the log gets its last line. */
  protected override async finally(error: Error | undefined): Promise<void> {
    const watching = this.#watching;
    this.#watching = undefined;
    if (watching === undefined) return;
    this.#progress?.clear();
    const report = error === undefined ? null : errorToJson(error).error;
    await watching.end(Number(process.exitCode ?? EXIT.done), report, (message) => {
      watching.run.warned(message);
      if (!this.#quiet && this.#logFormat === 'text') process.stderr.write(`Warning: ${message}\n`);
    });
  }

  /** The JSON of a result or an error; nothing in it is obeyed by a terminal. */
  protected override logJson(json: unknown): void {
    process.stdout.write(`${renderJson(json)}\n`);
  }

  protected override toErrorJson(error: unknown): unknown {
    return errorToJson(error);
  }

  /** Refuses flags that do not go together. */
  protected usage(message: string, suggestion?: string): never {
    throw new CurationError('USAGE', message, suggestion === undefined ? {} : { suggestions: [suggestion] });
  }
}

function ensureNewline(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
