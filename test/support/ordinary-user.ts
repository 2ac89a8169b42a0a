import { execFileSync } from 'node:child_process';

/** nobody, on every Unix. */
const OTHER = 65534;

/**
 * Runs `work` as a user whom permissions bind: root is let through everywhere, so under root the process becomes another
 * user meanwhile, who owns `folder`.
 */
export async function asOrdinaryUser(folder: string, work: () => Promise<void>): Promise<void> {
  if (process.getuid?.() !== 0) return work();
  execFileSync('chown', ['-R', `${OTHER}:${OTHER}`, folder]);
  process.seteuid?.(OTHER);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}
