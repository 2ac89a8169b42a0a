import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PACKAGE_ROOT } from '../../src/package-root.js';

/** A process that watches, and does something nobody catches. */
function run(work: string, args: string[] = []): { status: number | null; stdout: string; stderr: string } {
  const program = `const { watchUncaught } = await import(${JSON.stringify(join(PACKAGE_ROOT, 'dist/src/cli/uncaught.js'))}); watchUncaught(${JSON.stringify(args)}); ${work}`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
}

const THROW = "setTimeout(() => { throw new Error('late'); }, 1); await new Promise((done) => setTimeout(done, 10_000));";

test('an error that nobody caught is a bug with its status, and not a finding', () => {
  const { status, stderr } = run(THROW);
  expect(status).toBe(70);
  expect(stderr).toMatch(/^This is a bug in Colophon/);
  expect(run("Promise.reject(new Error('late')); await new Promise((done) => setTimeout(done, 10_000));").status).toBe(70);
});

test('with --log-format json it is a line of JSON, and so is a warning of Node', () => {
  const { status, stderr } = run(`process.emitWarning('old', 'DeprecationWarning'); ${THROW}`, ['pull', '--log-format', 'json']);
  expect(status).toBe(70);
  const lines = stderr.trimEnd().split('\n').map((line) => JSON.parse(line) as unknown);
  expect(lines).toMatchObject([{ level: 'warning', event: 'warning', message: 'DeprecationWarning: old' }, { level: 'error', event: 'end', outcome: 'failed', exit_status: 70, error: { code: 'BUG', message: 'late' } }]);
  expect(stderr).not.toContain('    at ');
});

test('a reader of the output who has read enough is no bug', () => {
  const { status, stderr } = run("setTimeout(() => { throw Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }); }, 1);");
  expect([status, stderr]).toEqual([0, '']);
});
