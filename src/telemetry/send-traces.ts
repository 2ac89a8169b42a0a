import type { RunSummary, StageSummary } from '../model/run.js';
import { describeResource, REQUEST_MS, runAttributes, SCOPE, stageKind } from './resource.js';

/** Sends the trace of a run: a span for the command, and below it one for each stage. The id of the trace is that of the run. */
export async function sendTraces(run: RunSummary, stages: readonly StageSummary[]): Promise<void> {
  const [{ context, SpanKind, SpanStatusCode, trace }, sdk, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace-base'),
    import('@opentelemetry/exporter-trace-otlp-http'),
  ]);
  const exporter = new OTLPTraceExporter({ timeoutMillis: REQUEST_MS });
  const random = new sdk.RandomIdGenerator();
  const collected = new sdk.InMemorySpanExporter();
  const provider = new sdk.BasicTracerProvider({
    resource: await describeResource(run.identity),
    spanProcessors: [new sdk.SimpleSpanProcessor(collected)],
    idGenerator: { generateTraceId: () => run.identity.id, generateSpanId: () => random.generateSpanId() },
    // A run is one trace; how many of them are kept is for the receiver to choose.
    sampler: new sdk.AlwaysOnSampler(),
  });
  const tracer = provider.getTracer(SCOPE, run.identity.version);
  const command = tracer.startSpan(`colophon ${run.identity.command}`, { kind: SpanKind.INTERNAL, startTime: run.began, attributes: { ...runAttributes(run), ...countAttributes(run) } });
  const inside = trace.setSpan(context.active(), command);
  for (const { stage, began, ended, unit, files, bytes } of stages) {
    const attributes = { 'colophon.stage': stageKind(stage), [unit === 'files' ? 'colophon.files' : 'colophon.items']: files, 'colophon.bytes': bytes };
    tracer.startSpan(stageKind(stage), { startTime: began, attributes }, inside).end(notBefore(began, ended));
  }
  if (run.outcome === 'failed') command.setStatus({ code: SpanStatusCode.ERROR });
  command.end(notBefore(run.began, run.ended));
  await provider.forceFlush();
  const spans = collected.getFinishedSpans();
  try {
    await new Promise<void>((done, fail) => exporter.export(spans, ({ code, error }) => (code === 0 ? done() : fail(error ?? new Error('refused')))));
  } finally {
    await exporter.shutdown();
    await provider.shutdown();
  }
}

function countAttributes({ files, bytes, findings }: RunSummary): Record<string, number> {
  return {
    ...(files === null ? {} : { 'colophon.files': files }),
    ...(bytes === null ? {} : { 'colophon.bytes': bytes }),
    ...(findings === null ? {} : { 'colophon.errors': findings.errors, 'colophon.warnings': findings.warnings, 'colophon.infos': findings.infos, 'colophon.waived': findings.waived }),
  };
}

/** Clocks are put back; spans do not end before they begin. */
function notBefore(began: Date, ended: Date): Date {
  return ended < began ? began : ended;
}
