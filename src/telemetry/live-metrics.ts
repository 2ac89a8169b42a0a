import type { Histogram, Meter } from '@opentelemetry/api';
import type { RunCounts, RunIdentity, RunSummary, StageSummary } from '../model/run.js';
import { commandAttributes, describeResource, REQUEST_MS, runAttributes, SCOPE, stageKind } from './resource.js';

/** Collects and sends; `send` fails when the endpoint does not take it. */
interface Sender {
  send(): Promise<void>;
  shutdown(): Promise<void>;
}

/** The metrics of a run: files, bytes and findings as sums, durations of the command and its stages as histograms; sent now and then, and at its end. */
export class LiveMetrics {
  readonly #timer: NodeJS.Timeout;
  readonly #stages: Histogram;
  #sending = false;

  private constructor(
    private readonly identity: RunIdentity,
    private readonly meter: Meter,
    private readonly sender: Sender,
    pause: number,
  ) {
    this.#stages = meter.createHistogram('colophon.stage.duration', { unit: 's', description: 'How long their stages took.' });
    this.#timer = setInterval(() => void this.#sendMeanwhile(), pause).unref();
  }

  /** @param counts what was counted until now @param pause between two times that it is sent, in ms */
  static async open(identity: RunIdentity, counts: () => RunCounts, pause: number): Promise<LiveMetrics> {
    const [{ MeterProvider, MetricReader }, { OTLPMetricExporter }] = await Promise.all([import('@opentelemetry/sdk-metrics'), import('@opentelemetry/exporter-metrics-otlp-http')]);
    const exporter = new OTLPMetricExporter({ timeoutMillis: REQUEST_MS });
    /** Collects when it is told to. The reader of the SDK waits at its end for what it sends meanwhile, and then sends again. */
    class WhenTold extends MetricReader {
      protected override async onForceFlush(): Promise<void> {}
      protected override async onShutdown(): Promise<void> {}
    }
    const reader = new WhenTold({ aggregationTemporalitySelector: (kind) => exporter.selectAggregationTemporality(kind) });
    const provider = new MeterProvider({ resource: await describeResource(identity), readers: [reader] });
    const meter = provider.getMeter(SCOPE, identity.version);
    observeCounts(meter, identity, counts);
    const send = async (): Promise<void> => {
      const { resourceMetrics } = await reader.collect();
      if (resourceMetrics.scopeMetrics.length === 0) return;
      await new Promise<void>((done, fail) => exporter.export(resourceMetrics, ({ code, error }) => (code === 0 ? done() : fail(error ?? new Error('refused')))));
    };
    const shutdown = async (): Promise<void> => {
      await exporter.shutdown();
      await provider.shutdown();
    };
    return new LiveMetrics(identity, meter, { send, shutdown }, pause);
  }

  stageEnded({ stage, seconds }: StageSummary): void {
    this.#stages.record(seconds, { 'colophon.command': this.identity.command, 'colophon.stage': stageKind(stage) });
  }

  /** Sends all of it. @throws when it was not taken; what failed before is in it too */
  async end(run: RunSummary): Promise<void> {
    clearInterval(this.#timer);
    const about = runAttributes(run);
    const found = this.meter.createCounter('colophon.findings', { unit: '{finding}', description: 'Findings of the gate, problems of verifications, by level.' });
    for (const [level, count] of Object.entries(run.findings ?? {})) found.add(count, { ...about, 'colophon.level': level });
    this.meter.createHistogram('colophon.command.duration', { unit: 's', description: 'How long commands took.' }).record(run.seconds, about);
    try {
      await this.sender.send();
    } finally {
      await this.sender.shutdown();
    }
  }

  async #sendMeanwhile(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    await this.sender.send().catch(() => undefined);
    this.#sending = false;
  }
}

/** How the run comes out is not known while it goes on: so it is no attribute of these. */
function observeCounts(meter: Meter, identity: RunIdentity, counts: () => RunCounts): void {
  const about = commandAttributes(identity);
  const observe = (name: string, unit: string, description: string, value: () => number | null): void =>
    meter.createObservableCounter(name, { unit, description }).addCallback((result) => {
      const now = value();
      if (now !== null) result.observe(now, about);
    });
  observe('colophon.files', '{file}', 'Files that commands went through.', () => counts().files);
  observe('colophon.bytes', 'By', 'Bytes that commands went through.', () => counts().bytes);
}
