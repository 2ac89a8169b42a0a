import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { systemErrorCode } from '../../errors.js';
import { ok, skipped, type Answer, type Probe } from './probe.js';

const run = promisify(execFile);

/** Programs of others that some commands call: what for, and how each tells its version. */
const PROGRAMS: readonly { name: string; args: readonly string[]; use: string }[] = [
  { name: 'git', args: ['--version'], use: 'commits and tags the metadata of releases where the workspace is a repository' },
  // ssh-keygen has no option for its version; ssh of the same package tells it.
  { name: 'ssh-keygen', args: ['-?'], use: 'signs releases (release.signer)' },
  { name: 'minisign', args: ['-v'], use: 'signs releases by keys of minisign' },
];

/** Whether these programs are here. Without them everything else works. */
export const PROGRAM_PROBES: readonly Probe[] = PROGRAMS.map(({ name, args, use }) => ({ area: 'installation', what: name, run: (signal) => askProgram(name, args, use, signal) }));

async function askProgram(name: string, args: readonly string[], use: string, signal: AbortSignal): Promise<Answer> {
  try {
    const { stdout, stderr } = await run(name, [...args], { signal, maxBuffer: 1 << 20 });
    return ok(versionOf(stdout, stderr) ?? 'runs');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return skipped(`not installed: it ${use}`);
    if (signal.aborted) throw error;
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    // A program that does not know the option runs nevertheless.
    return ok(name === 'ssh-keygen' ? await opensshVersion(signal) : (versionOf(stdout, stderr) ?? 'runs'));
  }
}

async function opensshVersion(signal: AbortSignal): Promise<string> {
  const said = await run('ssh', ['-V'], { signal }).catch(() => ({ stdout: '', stderr: '' }));
  return /OpenSSH_[\w.]+/.exec(said.stderr)?.[0] ?? 'runs';
}

function versionOf(...texts: string[]): string | null {
  return /\b\d+\.\d+(?:\.\d+)*\b/.exec(texts.join('\n'))?.[0] ?? null;
}
