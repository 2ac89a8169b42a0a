import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formatsPlugin from 'ajv-formats';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { runCli, type CliResult } from './cli.js';

const DEMO = join(PACKAGE_ROOT, 'src/demo');
const ajv = new Ajv2020({ strict: false });
(formatsPlugin as unknown as (ajv: Ajv2020) => void)(ajv);

/** A new workspace of the demo with its first or both states delivered; nothing pulled yet. */
export async function makeSampleWorkspace(): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'colophon-e2e-'));
  await expectStatus(0, runCli(['init', root], tmpdir()));
  cpSync(join(DEMO, 'colophon.yaml'), join(root, 'colophon.yaml'));
  deliver(root, 'first');
  return root;
}

/** Lets a state of the sample arrive. */
export function deliver(root: string, state: 'first' | 'second'): void {
  for (const part of ['dicom', 'tables']) cpSync(join(DEMO, 'sample', state, part), join(root, 'incoming', part), { recursive: true });
}

/** Runs a command with --json, checks its status and that its output is what schemas/output says. */
export async function runJson<T>(root: string, args: string[], status = 0): Promise<T> {
  const result = await expectStatus(status, runCli([...args, '--json'], root));
  const value: unknown = JSON.parse(result.stdout);
  const name = typeof value === 'object' && value !== null && 'error' in value ? 'error' : commandName(args);
  const validate = ajv.getSchema(name) ?? ajv.compile({ ...readSchema(name), $id: name });
  if (validate(value) !== true) throw new Error(`${name}: ${ajv.errorsText(validate.errors)}`);
  return value as T;
}

/** Awaits a run and fails with its output when its exit status is another one. */
export async function expectStatus(status: number, run: Promise<CliResult>): Promise<CliResult> {
  const result = await run;
  if (result.status !== status) throw new Error(`status ${result.status}, expected ${status}\n${result.stdout}\n${result.stderr}`);
  return result;
}

function commandName(args: string[]): string {
  const [first = '', second = ''] = args;
  return ['split', 'release', 'checks', 'export', 'import'].includes(first) ? `${first}-${second}` : first;
}

function readSchema(name: string): object {
  return JSON.parse(readFileSync(join(PACKAGE_ROOT, 'schemas/output', `${name}.schema.json`), 'utf8')) as object;
}

/** Draws and freezes both splits of the sample, and has the gate judge what a release would hold then. */
export async function freezeSplits(root: string, date: string): Promise<void> {
  for (const name of ['open-sequestered', 'benchmark']) {
    await expectStatus(0, runCli(['split', 'assign', name, '-q'], root));
    await expectStatus(0, runCli(['split', 'freeze', name, '--date', date, '-q'], root));
  }
  // What is released is judged once more; the second release rests on a waiver.
  if (existsSync(join(root, 'withdrawals.yaml'))) cpSync(join(PACKAGE_ROOT, 'src/demo/waivers.yaml'), join(root, 'waivers.yaml'));
  await expectStatus(0, runCli(['check', '-q'], root));
}

/** Reverses the data lines of every delimited table and of NDJSON, so that rows come in another order. */
export function reverseRows(root: string): void {
  const folder = join(root, 'incoming/tables');
  for (const name of readdirSync(folder)) {
    if (!/\.(tsv|csv|ndjson)$/.test(name)) continue;
    const lines = readFileSync(join(folder, name), 'utf8').trimEnd().split('\n');
    const head = name.endsWith('.ndjson') ? [] : lines.splice(0, 1);
    writeFileSync(join(folder, name), `${[...head, ...lines.toReversed()].join('\n')}\n`);
  }
}

/** Whether a program is on the PATH, and answers. */
export function hasProgram(name: string, ...args: string[]): boolean {
  try {
    execFileSync(name, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
