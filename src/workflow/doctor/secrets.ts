import { execFile } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { readPublicKey } from '../../release/signing/ssh-keygen.js';
import type { Workspace } from '../../workspace/workspace.js';
import { configuredSigner } from '../signer.js';
import { failed, ok, skipped, warning, type Answer } from './probe.js';

const run = promisify(execFile);

/** Permission bits of group and others. */
const OTHERS = 0o077;
/** Files of private/ that are looked at. */
const MAX_LOOKED_AT = 10_000;

/** Whether private/ is closed to others, and ignored by Git. */
export function checkPrivate({ root, paths }: Workspace): Answer[] {
  return [{ what: 'private/', ...judgePermissions(paths.private) }, { what: '.gitignore', ...judgeIgnored(root) }];
}

function judgePermissions(folder: string): Answer {
  if (!existsSync(folder)) return skipped('there is none');
  const mode = statSync(folder).mode & 0o777;
  if ((mode & OTHERS) === 0) return ok(`mode ${mode.toString(8)}`);
  const open = readdirSync(folder).slice(0, MAX_LOOKED_AT).filter((name) => (lstatSync(join(folder, name)).mode & OTHERS) !== 0);
  const found = `mode ${mode.toString(8)}`;
  if (open.length === 0) return warning(`${found}; what is in it is closed`, `Run: chmod 700 ${folder}`, 'mode 700');
  return failed(`${found}, and others may read ${open.length} of its files`, `Run: chmod -R go= ${folder}`, 'mode 700');
}

function judgeIgnored(root: string): Answer {
  const path = join(root, '.gitignore');
  const lines = new Set((existsSync(path) ? readFileSync(path, 'utf8') : '').split('\n').map((line) => line.trim()));
  const missing = ['private', '.colophon'].filter((name) => ![name, `${name}/`, `/${name}`, `/${name}/`].some((line) => lines.has(line)));
  if (missing.length === 0) return ok('private/ and .colophon/ are ignored');
  const found = `does not ignore ${missing.map((name) => `${name}/`).join(' and ')}`;
  const next = `Add the line ${missing[0]}/ to ${path}: a commit would publish it.`;
  return inRepository(root) ? failed(found, next) : warning(found, next);
}

/** Whether the folder, or one above it, is the root of a repository of Git. */
function inRepository(folder: string): boolean {
  for (let place = folder; ; place = dirname(place)) {
    if (existsSync(join(place, '.git'))) return true;
    if (place === dirname(place)) return false;
  }
}

/** Whether releases can be signed by the key that the configuration names; it is asked for nothing but its public half. */
export async function checkSigner(workspace: Workspace, signal: AbortSignal): Promise<Answer> {
  const key = configuredSigner(workspace);
  if (key === null) return skipped('none is named: releases are not signed', 'Name one under release, signer.');
  if (!existsSync(key)) return failed(`the key is not there: ${key}`, 'Correct release.signer in colophon.yaml.');
  if (!isPrivate(key)) {
    const { type } = readPublicKey(key);
    return ok(`${type}; the private half is with an agent or a token`);
  }
  if ((statSync(key).mode & OTHERS) !== 0) return failed('others may read the private key, and ssh-keygen refuses it', `Run: chmod 600 ${key}`);
  try {
    const { stdout } = await run('ssh-keygen', ['-y', '-P', '', '-f', key], { signal, timeout: 5000 });
    return ok(`${stdout.split(' ')[0] ?? ''}; it can be used without a passphrase`);
  } catch (error) {
    const said = String((error as { stderr?: unknown }).stderr ?? '');
    if (/passphrase/i.test(said)) return ok('its passphrase is asked for when a release is signed');
    return failed('ssh-keygen cannot use the key', `See what it says: ssh-keygen -y -f ${key}`);
  }
}

function isPrivate(path: string): boolean {
  return readFileSync(path, 'latin1').slice(0, 200).includes('PRIVATE KEY-----');
}
