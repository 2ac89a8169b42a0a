import type { Meter } from '@opentelemetry/api';
import type { RunSummary, StageSummary } from '../model/run.js';
import { describeResource, REQUEST_MS, runAttributes, SCOPE, stageKind } from './resource.js';

/** Sends the metrics of a run: files, bytes and findings as sums, durations of the command and its stages as histograms. */
export async function sendMetrics(run: RunSummary, stages: readonly StageSummary[]): Promise<void> {
  const [{ MeterProvider, MetricReader }, { OTLPMetricExporter }] = await Promise.all([import('@opentelemetry/sdk-metrics'), import('@opentelemetry/exporter-metrics-otlp-http')]);
  const exporter = new OTLPMetricExporter({ timeoutMillis: REQUEST_MS });
  /** Collects when it is told to: a run is measured once, at its end. */
  class AtTheEnd extends MetricReader {
    protected override async onForceFlush(): Promise<void> {}
    protected override async onShutdown(): Promise<void> {}
  }
  const reader = new AtTheEnd({ aggregationTemporalitySelector: (kind) => exporter.selectAggregationTemporality(kind) });
  const provider = new MeterProvider({ resource: await describeResource(run.identity), readers: [reader] });
  measure(provider.getMeter(SCOPE, run.identity.version), run, stages);
  const { resourceMetrics } = await reader.collect();
  try {
    await new Promise<void>((done, fail) => exporter.export(resourceMetrics, ({ code, error }) => (code === 0 ? done() : fail(error ?? new Error('refused')))));
  } finally {
    await exporter.shutdown();
    await provider.shutdown();
  }
}

function measure(meter: Meter, run: RunSummary, stages: readonly StageSummary[]): void {
  const about = runAttributes(run);
  const { files, bytes, findings } = run;
  if (files !== null) meter.createCounter('colophon.files', { unit: '{file}', description: 'Files that commands went through.' }).add(files, about);
  if (bytes !== null) meter.createCounter('colophon.bytes', { unit: 'By', description: 'Bytes that commands went through.' }).add(bytes, about);
  const found = meter.createCounter('colophon.findings', { unit: '{finding}', description: 'Findings of the gate, problems of verifications, by level.' });
  for (const [level, count] of Object.entries(findings ?? {})) found.add(count, { ...about, 'colophon.level': level });
  meter.createHistogram('colophon.command.duration', { unit: 's', description: 'How long commands took.' }).record(run.seconds, about);
  const lasted = meter.createHistogram('colophon.stage.duration', { unit: 's', description: 'How long their stages took.' });
  for (const { stage, seconds } of stages) lasted.record(seconds, { 'colophon.command': run.identity.command, 'colophon.stage': stageKind(stage) });
}
