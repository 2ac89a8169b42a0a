import type { RunSummary, StageSummary } from '../model/run.js';
import { sendMetrics } from './send-metrics.js';
import { sendTraces } from './send-traces.js';
import type { TelemetryWanted } from './wanted.js';

/** How long the end of a run may wait for the endpoint, in ms. */
const PATIENCE_MS = 2000;

/**
 * Sends the trace and the metrics of a run that has ended by OTLP over HTTP, to where the environment says.
 * @returns what could not be sent, as a sentence; null when all was
 */
export async function sendTelemetry(wanted: TelemetryWanted, run: RunSummary, stages: readonly StageSummary[]): Promise<string | null> {
  const sending = [...(wanted.traces ? [judged('traces', () => sendTraces(run, stages))] : []), ...(wanted.metrics ? [judged('metrics', () => sendMetrics(run, stages))] : [])];
  const failed = (await Promise.all(sending)).filter((signal) => signal !== null);
  // Neither the endpoint nor its answer is repeated: both may hold a secret.
  return failed.length === 0 ? null : `The OpenTelemetry ${failed.join(' and ')} of this run could not be sent to the endpoint that OTEL_EXPORTER_OTLP_ENDPOINT names. The run itself is not touched by that.`;
}

/** The name of the signal when it was not taken in time, else null. */
async function judged(signal: string, send: () => Promise<void>): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((done) => (timer = setTimeout(() => done(false), PATIENCE_MS)));
  const sent = send().then(
    () => true,
    () => false,
  );
  const ok = await Promise.race([sent, late]);
  clearTimeout(timer);
  return ok ? null : signal;
}
