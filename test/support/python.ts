import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from '@jest/globals';

/** The Python that has other people's validators; undefined when COLOPHON_TEST_PYTHON names none. */
export const PYTHON = process.env.COLOPHON_TEST_PYTHON;

/** `test` where the modules are there; else a skipped test whose name says why. */
export function testWithPython(modules: readonly string[], name: string, run: () => void | Promise<void>, timeoutMs = 120_000): void {
  const here = PYTHON !== undefined && existsSync(PYTHON) && spawnSync(PYTHON, ['-c', `import ${modules.join(', ')}`]).status === 0;
  if (here) test(name, run, timeoutMs);
  else test.skip(`${name} (needs COLOPHON_TEST_PYTHON with ${modules.join(', ')})`, run, timeoutMs);
}

/** Runs a script and reads the JSON of its last line. */
export function runPython<T>(script: string, ...args: string[]): T {
  const output = execFileSync(PYTHON!, ['-c', script, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 28 });
  return JSON.parse(output.trimEnd().split('\n').at(-1)!) as T;
}

/** Runs a tool that a package installed beside the Python; its status and all it said. */
export function runPythonTool(tool: string, ...args: string[]): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(PYTHON!, [join(dirname(PYTHON!), tool), ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
  return { status, said: `${stdout}${stderr}` };
}
