import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Effects } from '../effects.js';
import { CurationError, EXIT, wrapSystemError } from '../errors.js';
import type { DemoReport, DemoStep } from '../model/demo.js';
import { PACKAGE_ROOT } from '../package-root.js';
import { DEMO_SCRIPT, type Arrival, type Scene } from './script.js';

/** How the demo talks while it runs. */
export interface DemoOptions {
  /** Told each step before it runs. */
  tell(scene: Scene, number: number, total: number): void;
  /** Whether the commands' own output is shown (stdout and stderr of this process) or dropped. */
  show: boolean;
  signal?: AbortSignal;
}

const LAUNCHER = join(PACKAGE_ROOT, 'bin/run.js');

/**
 * Fills a workspace with the bundled sample and takes it through two releases, by the very commands that a user types.
 * @param folder an empty or new folder; a new temporary one when absent
 * @throws {CurationError} WORKSPACE_EXISTS when the folder holds something; DEMO_FAILED when a step fails
 */
export async function runDemo(folder: string | undefined, options: DemoOptions, effects: Effects): Promise<DemoReport> {
  const started = effects.now().getTime();
  const workspace = prepareFolder(folder);
  const steps: DemoStep[] = [];
  for (const [index, scene] of DEMO_SCRIPT.entries()) {
    options.tell(scene, index + 1, DEMO_SCRIPT.length);
    for (const arrival of scene.arrives ?? []) copyArrival(arrival, workspace);
    if (scene.command === undefined) continue;
    const exit = await runCommand(scene.command, workspace, options);
    const step = { command: ['colophon', ...scene.command].join(' '), exit };
    steps.push(step);
    if (!(scene.exits ?? [EXIT.done]).includes(exit)) throw failed(step, workspace);
  }
  return { workspace, steps, seconds: (effects.now().getTime() - started) / 1000 };
}

function prepareFolder(folder: string | undefined): string {
  if (folder === undefined) return mkdtempSync(join(tmpdir(), 'colophon-demo-'));
  const root = resolve(folder);
  if (existsSync(root) && readdirSync(root).length > 0)
    throw new CurationError('WORKSPACE_EXISTS', `The demo wants an empty folder: ${root}`, { suggestions: ['Name a new folder: colophon demo DIR'] });
  mkdirSync(root, { recursive: true });
  return root;
}

function copyArrival({ from, to }: Arrival, workspace: string): void {
  try {
    cpSync(join(PACKAGE_ROOT, 'src/demo', from), join(workspace, to), { recursive: true });
  } catch (error) {
    throw wrapSystemError(error, 'copying the bundled sample', workspace);
  }
}

function runCommand(command: string[], workspace: string, { show, signal }: DemoOptions): Promise<number> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [LAUNCHER, ...command], {
      cwd: workspace,
      // what a demo verified is not to be remembered as a dataset of the user
      env: { ...process.env, COLOPHON_STATE: join(workspace, '.colophon', 'state') },
      stdio: ['ignore', show ? 'inherit' : 'ignore', show ? 'inherit' : 'ignore'],
      ...(signal === undefined ? {} : { signal }),
    });
    child.once('error', (error) => fail(signal?.aborted ? new CurationError('INTERRUPTED', 'The demo was interrupted', { cause: error }) : error));
    child.once('exit', (code, killedBy) => done(killedBy === null ? (code ?? EXIT.bug) : EXIT.interrupted));
  });
}

function failed({ command, exit }: DemoStep, workspace: string): CurationError {
  if (exit === EXIT.interrupted) return new CurationError('INTERRUPTED', 'The demo was interrupted');
  return new CurationError('DEMO_FAILED', `A step of the demo failed: ${command}`, {
    expected: `exit status ${EXIT.done}`,
    found: `exit status ${exit}`,
    suggestions: [`Run it again to see why: cd ${workspace} && ${command}`],
  });
}
