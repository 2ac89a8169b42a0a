import { expect, test } from '@jest/globals';
import type { RunCounts, RunIdentity, RunSummary, StageSummary } from '../../src/model/run.js';
import { LiveTelemetry } from '../../src/telemetry/live-telemetry.js';
import { exportPause, telemetryWanted } from '../../src/telemetry/wanted.js';
import { startOtlpReceiver } from '../support/otlp-receiver.js';

const identity: RunIdentity = { id: '0123456789abcdef0123456789abcdef', command: 'pull', version: '9.9.9', engine: 'local', jobs: null };
const began = new Date('2026-01-01T00:00:00Z');
const ended = new Date('2026-01-01T00:00:02Z');
const stage: StageSummary = { stage: 'reading images', began, ended, seconds: 2, unit: 'files', files: 3, bytes: 30 };
const counts: RunCounts = { files: 3, bytes: 30, findings: null };
const summary: RunSummary = { identity, began, ended, seconds: 2, outcome: 'done', exit_status: 0, error_code: null, ...counts };

/** Runs `work` with the environment naming an endpoint, as the exporters read it themselves. */
async function withEndpoint(url: string, work: () => Promise<void>): Promise<void> {
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = url;
  try {
    await work();
  } finally {
    delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
  }
}

test('what a run did until it was killed has been sent', async () => {
  const receiver = await startOtlpReceiver();
  await withEndpoint(receiver.url, async () => {
    const telemetry = new LiveTelemetry({ traces: true, metrics: true }, identity, () => counts, { OTEL_BSP_SCHEDULE_DELAY: '20', OTEL_METRIC_EXPORT_INTERVAL: '20' });
    telemetry.began(began);
    telemetry.stageEnded(stage);
    const arrived = (): boolean => receiver.bodies('/v1/traces').some((body) => body.includes('"reading images"')) && receiver.bodies('/v1/metrics').some((body) => body.includes('"colophon.bytes"'));
    while (!arrived()) await receiver.next();
    expect(receiver.bodies('/v1/traces').join()).not.toContain('colophon pull');
    expect(await telemetry.end(summary)).toBeNull();
    expect(receiver.bodies('/v1/traces').at(-1)).toContain('colophon pull');
    expect(receiver.bodies('/v1/metrics').at(-1)).toContain('colophon.command.duration');
    // Each span once, however many batches there were.
    expect(receiver.bodies('/v1/traces').join().split('"reading images"').length - 1).toBe(2);
  });
  await receiver.stop();
});

test.each([503, 'never'] as const)('an endpoint that answers %s is told once, at the end, in time', async (answer) => {
  const receiver = await startOtlpReceiver(answer);
  await withEndpoint(receiver.url, async () => {
    const telemetry = new LiveTelemetry({ traces: true, metrics: true }, identity, () => counts, { OTEL_BSP_SCHEDULE_DELAY: '10', OTEL_METRIC_EXPORT_INTERVAL: '10' });
    telemetry.began(began);
    telemetry.stageEnded(stage);
    await receiver.next();
    const before = performance.now();
    expect(await telemetry.end(summary)).toMatch(/^The OpenTelemetry traces and metrics of this run could not be sent/);
    expect(performance.now() - before).toBeLessThan(10_000);
  });
  await receiver.stop();
});

test('an endpoint that is no URL fails nothing', async () => {
  await withEndpoint('http://user:hush@[nonsense', async () => {
    const telemetry = new LiveTelemetry({ traces: true, metrics: true }, identity, () => counts);
    telemetry.began(began);
    telemetry.stageEnded(stage);
    const told = await telemetry.end(summary);
    expect(told).toMatch(/could not be sent/);
    expect(told).not.toContain('hush');
  });
});

test('the environment says what is sent, and how often', () => {
  expect(telemetryWanted({})).toBeNull();
  expect(telemetryWanted({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x', OTEL_METRICS_EXPORTER: 'none' })).toEqual({ traces: true, metrics: false });
  expect([exportPause({}, 'OTEL_BSP_SCHEDULE_DELAY'), exportPause({ OTEL_BSP_SCHEDULE_DELAY: '250' }, 'OTEL_BSP_SCHEDULE_DELAY'), exportPause({ OTEL_BSP_SCHEDULE_DELAY: '-1' }, 'OTEL_BSP_SCHEDULE_DELAY')]).toEqual([10_000, 250, 10_000]);
});
