import type { RunCounts, RunIdentity, RunSummary, StageSummary } from '../model/run.js';
import { LiveMetrics } from './live-metrics.js';
import { LiveTraces } from './live-traces.js';
import { exportPause, type TelemetryWanted } from './wanted.js';

/** How long the end of a run may wait for the endpoint, in ms. */
const PATIENCE_MS = 2000;

/** A signal that is on its way to being sent. */
interface Signal {
  name: 'traces' | 'metrics';
  live: Promise<{ stageEnded(summary: StageSummary): void; end(run: RunSummary): Promise<void> }>;
}

/**
 * Sends the trace and the metrics of a run by OTLP over HTTP to where the environment says, while it goes on and at its end. Nothing of
 * it delays the run, or changes what becomes of it.
 */
export class LiveTelemetry {
  readonly #signals: Signal[] = [];

  /** @param counts what the run has counted until now */
  constructor(
    private readonly wanted: TelemetryWanted,
    private readonly identity: RunIdentity,
    private readonly counts: () => RunCounts,
    private readonly environment: Readonly<Record<string, string | undefined>> = process.env,
  ) {}

  began(at: Date): void {
    const { wanted, identity, counts, environment } = this;
    if (wanted.traces) this.#signals.push({ name: 'traces', live: LiveTraces.open(identity, at, exportPause(environment, 'OTEL_BSP_SCHEDULE_DELAY')) });
    if (wanted.metrics) this.#signals.push({ name: 'metrics', live: LiveMetrics.open(identity, counts, exportPause(environment, 'OTEL_METRIC_EXPORT_INTERVAL')) });
    // An endpoint that is none is told at the end.
    for (const { live } of this.#signals) live.catch(() => undefined);
  }

  stageEnded(summary: StageSummary): void {
    for (const { live } of this.#signals) live.then((signal) => signal.stageEnded(summary)).catch(() => undefined);
  }

  /**
   * Sends what was not yet sent, and waits for it two seconds at most.
   * @returns what could not be sent, as a sentence; null when all was
   */
  async end(run: RunSummary): Promise<string | null> {
    const sending = this.#signals.map(async ({ name, live }) => ((await inTime(live.then((signal) => signal.end(run)))) ? null : name));
    const failed = (await Promise.all(sending)).filter((name) => name !== null);
    // Neither the endpoint nor its answer is repeated: both may hold a secret.
    return failed.length === 0 ? null : `The OpenTelemetry ${failed.join(' and ')} of this run could not be sent to the endpoint that OTEL_EXPORTER_OTLP_ENDPOINT names. The run itself is not touched by that.`;
  }
}

/** Whether it was done, and in time. */
async function inTime(work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((done) => (timer = setTimeout(() => done(false), PATIENCE_MS)));
  const sent = work.then(
    () => true,
    () => false,
  );
  const ok = await Promise.race([sent, late]);
  clearTimeout(timer);
  return ok;
}
