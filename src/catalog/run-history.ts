import type { RunCounts, RunIdentity, RunOutcome } from '../model/run.js';
import type { Catalog } from './catalog.js';

/** Runs that are remembered. */
const KEPT = 1000;

/** What becomes of a run. */
export interface RunEnd extends RunCounts {
  ended: Date;
  seconds: number;
  outcome: RunOutcome;
  exit_status: number;
  error_code: string | null;
}

/**
 * Notes that a run begins. Who calls holds the lock of the workspace: runs that still seem to go on were killed, and are unfinished.
 * @returns its number
 */
export async function beginRun(catalog: Catalog, { id, command, version, engine, jobs }: RunIdentity, doing: string, began: Date): Promise<number> {
  return catalog.transaction(async () => {
    await catalog.run("UPDATE runs SET outcome = 'unfinished' WHERE outcome = 'running'");
    const [row] = await catalog.all<{ number: number }>('SELECT coalesce(max(number), 0) + 1 AS number FROM runs');
    const number = Number(row?.number ?? 1);
    await catalog.run('DELETE FROM runs WHERE number <= $1', [number - KEPT]);
    await catalog.run(
      "INSERT INTO runs (number, run, command, doing, began, outcome, engine, jobs, tool_version) VALUES ($1, $2, $3, $4, make_timestamp($5::BIGINT), 'running', $6, $7, $8)",
      [number, id, command, doing, microseconds(began), engine, jobs, version],
    );
    return number;
  });
}

/** Notes how a run ended. */
export async function endRun(catalog: Catalog, number: number, { ended, seconds, outcome, exit_status, error_code, files, bytes, findings }: RunEnd): Promise<void> {
  await catalog.run(
    'UPDATE runs SET ended = make_timestamp($2::BIGINT), seconds = $3, outcome = $4, exit_status = $5, error_code = $6, files = $7, bytes = $8, errors = $9, warnings = $10, infos = $11, waived = $12 WHERE number = $1',
    [number, microseconds(ended), seconds, outcome, exit_status, error_code, files, bytes, findings?.errors ?? null, findings?.warnings ?? null, findings?.infos ?? null, findings?.waived ?? null],
  );
}

function microseconds(date: Date): bigint {
  return BigInt(date.getTime()) * 1000n;
}
