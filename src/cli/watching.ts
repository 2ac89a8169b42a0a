import { randomId } from '../fixity/uuid.js';
import type { ErrorReport } from '../model/error-report.js';
import type { RunIdentity, StageSummary } from '../model/run.js';
import { telemetryWanted } from '../telemetry/wanted.js';
import { JsonLog } from './json-log.js';
import { RunWatch, type RunObserver } from './run-watch.js';

/** A run that is watched until it ends. */
export interface Watching {
  run: RunWatch;
  /**
   * Sends traces and metrics where that is wanted, and ends the log. What becomes of them changes nothing of the run.
   * @param warn hears, at most once, that they could not be sent
   */
  end(exitStatus: number, error: ErrorReport['error'] | null, warn: (message: string) => void): Promise<void>;
}

/** Stages that a trace tells of; there are hundreds only where there are hundreds of tables. */
const MAX_STAGES = 1000;

/** Begins to watch a run. @param log how it is logged as JSON; null: it is not */
export function startWatch(about: Omit<RunIdentity, 'id'>, log: { quiet: boolean } | null): Watching {
  const identity: RunIdentity = { ...about, id: randomId().replaceAll('-', '') };
  const json = log === null ? null : new JsonLog(identity, (line) => process.stderr.write(line), log.quiet);
  const wanted = telemetryWanted(process.env);
  const stages: StageSummary[] = [];
  const collector: RunObserver = { stageEnded: (summary) => void (stages.length < MAX_STAGES && stages.push(summary)) };
  const run = new RunWatch(identity, [...(json === null ? [] : [json]), ...(wanted === null ? [] : [collector])]);
  return {
    run,
    async end(exitStatus, error, warn) {
      const summary = run.end(exitStatus, error?.code ?? null);
      if (wanted !== null) {
        const { sendTelemetry } = await import('../telemetry/send-telemetry.js');
        const failure = await sendTelemetry(wanted, summary, stages);
        if (failure !== null) warn(failure);
      }
      json?.ended(summary, error);
    },
  };
}
