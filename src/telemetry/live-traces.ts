import type { Context, Span, Tracer } from '@opentelemetry/api';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { RunIdentity, RunSummary, StageSummary } from '../model/run.js';
import { describeResource, REQUEST_MS, runAttributes, SCOPE, stageKind } from './resource.js';

/** Stages that a trace tells of; there are hundreds only where there are hundreds of tables. */
const MAX_STAGES = 1000;

/** What of the SDK is needed again at the end. */
interface Sender {
  exporter: SpanExporter;
  /** Sends what waits. */
  flush(): Promise<void>;
  /** Whether a batch was not taken. */
  failed(): boolean;
  shutdown(): Promise<void>;
}

/**
 * The trace of a run: a span for the command, and below it one for each stage. Stages are sent in batches as they end, the command when
 * it ends: of a run that was killed, what it did until then has arrived. The id of the trace is that of the run.
 */
export class LiveTraces {
  #stages = 0;

  private constructor(
    private readonly tracer: Tracer,
    private readonly command: Span,
    private readonly inside: Context,
    private readonly began: Date,
    private readonly sender: Sender,
    /** Says that the command failed. */
    private readonly markFailed: () => void,
  ) {}

  /** @param pause between batches, in ms */
  static async open(identity: RunIdentity, began: Date, pause: number): Promise<LiveTraces> {
    const [{ context, SpanKind, SpanStatusCode, trace }, sdk, { OTLPTraceExporter }] = await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace-base'),
      import('@opentelemetry/exporter-trace-otlp-http'),
    ]);
    const noticing = noticeFailures(new OTLPTraceExporter({ timeoutMillis: REQUEST_MS }));
    const random = new sdk.RandomIdGenerator();
    const provider = new sdk.BasicTracerProvider({
      resource: await describeResource(identity),
      spanProcessors: [new sdk.BatchSpanProcessor(noticing.exporter, { scheduledDelayMillis: pause, exportTimeoutMillis: REQUEST_MS })],
      idGenerator: { generateTraceId: () => identity.id, generateSpanId: () => random.generateSpanId() },
      // A run is one trace; how many of them are kept is for the receiver to choose.
      sampler: new sdk.AlwaysOnSampler(),
    });
    const tracer = provider.getTracer(SCOPE, identity.version);
    const command = tracer.startSpan(`colophon ${identity.command}`, { kind: SpanKind.INTERNAL, startTime: began });
    const sender = { ...noticing, flush: () => provider.forceFlush(), shutdown: () => provider.shutdown() };
    return new LiveTraces(tracer, command, trace.setSpan(context.active(), command), began, sender, () => command.setStatus({ code: SpanStatusCode.ERROR }));
  }

  stageEnded({ stage, began, ended, unit, files, bytes }: StageSummary): void {
    this.#stages += 1;
    if (this.#stages > MAX_STAGES) return;
    const attributes = { 'colophon.stage': stageKind(stage), [unit === 'files' ? 'colophon.files' : 'colophon.items']: files, 'colophon.bytes': bytes };
    this.tracer.startSpan(stageKind(stage), { startTime: began, attributes }, this.inside).end(notBefore(began, ended));
  }

  /** Sends what was not yet sent. @throws when some of the trace was not taken, now or before */
  async end(run: RunSummary): Promise<void> {
    this.command.setAttributes({ ...runAttributes(run), ...countAttributes(run) });
    if (run.outcome === 'failed') this.markFailed();
    this.command.end(notBefore(this.began, run.ended));
    try {
      await this.sender.flush();
      await this.sender.exporter.forceFlush?.();
    } finally {
      await this.sender.shutdown();
    }
    if (this.sender.failed()) throw new Error('refused');
  }
}

function noticeFailures(exporter: SpanExporter): { exporter: SpanExporter; failed: () => boolean } {
  let failed = false;
  const noticing: SpanExporter = {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        failed ||= result.code !== 0;
        done(result);
      }),
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
  return { exporter: noticing, failed: () => failed };
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
