import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { writeRelease } from '../support/release-folder.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

interface Action {
  inputs: Record<string, { description: string; required?: boolean; default?: string }>;
  outputs: Record<string, { value: string }>;
  runs: { using: string; steps: { id: string; shell: string; env: Record<string, string>; run: string }[] };
}

const FOLDER = join(PACKAGE_ROOT, '.github/actions/verify');
const temporaryFolder = useTemporaryFolders();
const action = parse(readFileSync(join(FOLDER, 'action.yml'), 'utf8')) as Action;
const [step] = action.runs.steps;

/** Runs the step as the runner of GitHub does: inputs in its environment, its outputs in a file. */
function run(inputs: Record<string, string>): { status: number | null; said: string; outputs: string; report: string | null } {
  const folder = temporaryFolder();
  const given: Record<string, string> = { ...Object.fromEntries(Object.entries(action.inputs).map(([name, { default: value }]) => [name, value ?? ''])), ...inputs };
  const env = Object.fromEntries(Object.entries(step!.env).map(([name, text]) => [name, text.replace(/\$\{\{ inputs\.([a-z-]+) \}\}/g, (_all, input: string) => given[input] ?? '').replace('${{ github.action_path }}', FOLDER)]));
  const output = join(folder, 'output');
  writeFileSync(output, '');
  const { status, stdout, stderr } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step!.run], { cwd: folder, encoding: 'utf8', env: { ...process.env, ...env, GITHUB_OUTPUT: output, COLOPHON_STATE: join(folder, 'state') } });
  const report = join(folder, given.report ?? '');
  return { status, said: stdout + stderr, outputs: readFileSync(output, 'utf8'), report: existsSync(report) ? readFileSync(report, 'utf8') : null };
}

function makeRelease(): { release: string; digest: string } {
  const release = join(temporaryFolder(), "it's a release; $(touch pwned)");
  mkdirSync(release);
  return { release, digest: writeRelease(release) };
}

test('it is one composite step whose inputs come by the environment alone', () => {
  expect(action.runs).toMatchObject({ using: 'composite', steps: [{ shell: 'bash' }] });
  expect(step!.run).not.toContain('${{');
  expect(Object.keys(action.inputs).sort()).toEqual(['expect', 'min-release', 'only', 'path', 'report', 'signers', 'version']);
  expect(Object.values(step!.env).join(' ').match(/inputs\.[a-z-]+/g)!.map((name) => name.slice('inputs.'.length)).sort()).toEqual(Object.keys(action.inputs).sort());
  for (const { value } of Object.values(action.outputs)) expect(value).toMatch(/^\$\{\{ steps\.verify\.outputs\.[a-z]+ \}\}$/);
});

test('a sound release passes, with a report', () => {
  const { release, digest } = makeRelease();
  const { status, outputs, report } = run({ path: release, expect: `sha256:${digest}` });
  expect([status, outputs]).toEqual([0, 'report=colophon-verify.xml\nstatus=0\n']);
  expect(report).toMatch(/<testsuites? [^>]*failures="0"/);
});

test('a damaged one fails, and the report names what is wrong', () => {
  const { release } = makeRelease();
  writeFileSync(join(release, 'data/notes/z.txt'), 'SAME');
  const { status, outputs, report } = run({ path: release, report: 'out/verify.xml' });
  expect([status, outputs]).toEqual([1, 'report=out/verify.xml\nstatus=1\n']);
  expect(report).toContain('data/notes/z.txt');
});

test('another digest, a release below the least one, and a version that is none fail', () => {
  const { release } = makeRelease();
  expect(run({ path: release, expect: `sha256:${'0'.repeat(64)}` }).status).toBe(1);
  expect(run({ path: release, 'min-release': '2.0.0' }).report).toContain('rollback');
  expect(run({ path: release, version: 'latest; touch pwned' })).toMatchObject({ status: 2, outputs: '' });
  expect(run({ path: '--help' }).status).toBe(3);
});
