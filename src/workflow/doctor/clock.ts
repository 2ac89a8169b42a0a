import { statSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../package-root.js';
import { failed, ok, type Answer } from './probe.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Whether the clock of this machine can be right: files of this program are not of the future. */
export function judgeClock(now: Date, installed: Date = statSync(join(PACKAGE_ROOT, 'package.json')).mtime): Answer {
  const shown = Number.isNaN(now.getTime()) ? 'no time' : now.toISOString();
  if (now.getTime() >= installed.getTime() - DAY_MS && now.getUTCFullYear() >= 2026 && now.getUTCFullYear() < 2200) return ok(shown);
  return failed(shown, 'Set the clock (timedatectl set-ntp true): certificates, tokens and the dates of releases depend on it.', `later than ${new Date(Math.max(installed.getTime() - DAY_MS, Date.UTC(2026, 0))).toISOString()}`);
}
