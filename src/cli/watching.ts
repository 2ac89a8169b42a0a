import { randomId } from '../fixity/uuid.js';
import type { ErrorReport } from '../model/error-report.js';
import type { RunIdentity } from '../model/run.js';
import { LiveTelemetry } from '../telemetry/live-telemetry.js';
import { telemetryWanted } from '../telemetry/wanted.js';
import { JsonLog } from './json-log.js';
import { RunWatch } from './run-watch.js';

/** A run that is watched until it ends. */
export interface Watching {
  run: RunWatch;
  /**
   * Sends traces and metrics where that is wanted, and ends the log. What becomes of them changes nothing of the run.
   * @param warn hears, at most once, that they could not be sent
   */
  end(exitStatus: number, error: ErrorReport['error'] | null, warn: (message: string) => void): Promise<void>;
}

/** Begins to watch a run. @param log how it is logged as JSON; null: it is not */
export function startWatch(about: Omit<RunIdentity, 'id'>, log: { quiet: boolean } | null): Watching {
  const identity: RunIdentity = { ...about, id: randomId().replaceAll('-', '') };
  const json = log === null ? null : new JsonLog(identity, (line) => process.stderr.write(line), log.quiet);
  const wanted = telemetryWanted(process.env);
  const telemetry: LiveTelemetry | null = wanted === null ? null : new LiveTelemetry(wanted, identity, () => run.counts());
  const run: RunWatch = new RunWatch(identity, [json, telemetry].filter((observer) => observer !== null));
  return {
    run,
    async end(exitStatus, error, warn) {
      const summary = run.end(exitStatus, error?.code ?? null);
      const failure = (await telemetry?.end(summary)) ?? null;
      if (failure !== null) warn(failure);
      json?.ended(summary, error);
    },
  };
}
