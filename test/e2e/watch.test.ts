import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { QueryReport } from '../../src/model/query.js';
import { runCli, startCli, type CliResult } from '../support/cli.js';
import { freePort } from '../support/free-port.js';
import { startOtlpReceiver, type OtlpReceiver } from '../support/otlp-receiver.js';
import { expectStatus, freezeSplits, makeSampleWorkspace } from '../support/sample-workspace.js';
import { copyOf } from '../support/workspace-copy.js';

interface LogLine extends Record<string, unknown> {
  event: string;
  run: string;
}

function logOf({ stderr }: CliResult): LogLine[] {
  return stderr.trimEnd().split('\n').map((line) => JSON.parse(line) as LogLine);
}

interface SentSpan {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
}

/** The spans in the order in which they came. */
function spansOf(receiver: OtlpReceiver): SentSpan[] {
  const sent = receiver.bodies('/v1/traces').map((body) => JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: SentSpan[] }[] }[] });
  return sent.flatMap(({ resourceSpans }) => resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)));
}

async function runsOf(root: string): Promise<Record<string, unknown>[]> {
  const { stdout } = await expectStatus(0, runCli(['query', 'FROM runs ORDER BY number', '--json'], root));
  return (JSON.parse(stdout) as QueryReport).rows;
}

describe('a workspace of the sample', () => {
  let root: string;
  beforeAll(async () => (root = await makeSampleWorkspace()));
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test('a pull logs JSON on stderr alone, and its summary is in the catalog under the same run', async () => {
    const pulled = await expectStatus(0, runCli(['pull', '--log-format', 'json', '--json', '--jobs', '2'], root));
    expect(JSON.parse(pulled.stdout)).toMatchObject({ ok: true });
    const log = logOf(pulled);
    expect(log[0]).toMatchObject({ event: 'begin', command: 'pull', engine: 'local', jobs: 2 });
    expect(log.filter(({ event }) => event === 'stage-begin').map(({ stage }) => stage)).toContain('reading images');
    expect(log.at(-1)).toMatchObject({ event: 'end', outcome: 'done', exit_status: 0 });
    const [row] = await runsOf(root);
    expect(row).toMatchObject({ number: 1, run: log[0]?.run, command: 'pull', doing: 'pulling', outcome: 'done', exit_status: 0, error_code: null, engine: 'local', jobs: 2, files: log.at(-1)?.files, bytes: log.at(-1)?.bytes, errors: null });
    expect(Number(row?.files)).toBeGreaterThan(50);
  });

  test('what fails is told as JSON with its code, and kept', async () => {
    const failed = await expectStatus(2, runCli(['pull', 'nowhere'], root, { COLOPHON_LOG_FORMAT: 'json' }));
    expect(logOf(failed).at(-1)).toMatchObject({ level: 'error', event: 'end', outcome: 'failed', exit_status: 2, error: { code: 'USAGE' } });
    expect((await runsOf(root)).at(-1)).toMatchObject({ command: 'pull', outcome: 'failed', exit_status: 2, error_code: 'USAGE' });
    for (const args of [['pull', '--nonsense', '--log-format=json'], ['nonsense', '--log-format=json']]) {
      const wrong = await expectStatus(2, runCli(args, root));
      expect(logOf(wrong).at(-1)).toMatchObject({ event: 'end', exit_status: 2, error: { code: 'USAGE' } });
    }
  });

  test('a check tells its findings in the log, the catalog, the trace and the metrics, which hold no path, case or secret', async () => {
    const receiver = await startOtlpReceiver();
    try {
      const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_HEADERS: 'api-key=hush', OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=test' };
      const checked = await expectStatus(0, runCli(['check', '--log-format', 'json', '-j', '1'], root, env));
      const log = logOf(checked);
      const end = log.at(-1) as LogLine & { findings: { warnings: number } };
      const kept = (await runsOf(root)).at(-1);
      expect(kept).toMatchObject({ command: 'check', outcome: 'done', errors: 0, warnings: end.findings.warnings });
      expect(receiver.paths()).toEqual(['/v1/metrics', '/v1/traces']);
      const [metrics, traces] = [receiver.bodies('/v1/metrics').join('\n'), receiver.bodies('/v1/traces').join('\n')];
      expect(receiver.received[0]?.headers['api-key']).toBe('hush');
      const spans = spansOf(receiver);
      const command = spans.find(({ name }) => name === 'colophon check');
      expect(command?.traceId).toBe(log[0]?.run);
      const stages = spans.filter(({ parentSpanId }) => parentSpanId === command?.spanId).map(({ name }) => name);
      expect(stages).toEqual(log.filter(({ event }) => event === 'stage-end').map(({ stage }) => stage));
      expect(stages.length).toBeGreaterThan(1);
      for (const name of ['colophon.files', 'colophon.findings', 'colophon.command.duration', 'colophon.stage.duration']) expect(metrics).toContain(`"${name}"`);
      for (const secret of [root, 'hush', '.dcm', readFileSync(join(root, 'incoming/tables/case.tsv'), 'utf8').split('\n')[1]?.split('\t')[0] ?? 'x']) expect(metrics + traces).not.toContain(secret);
    } finally {
      await receiver.stop();
    }
  });

  test('a release has the same digest whatever was run before it', async () => {
    await freezeSplits(root, '2026-01-05');
    const other = copyOf(root, 'other');
    try {
      await expectStatus(0, runCli(['release', 'plan', '-q'], other));
      expect((await runsOf(other)).at(-1)).toMatchObject({ command: 'release plan', outcome: 'done', exit_status: 0 });
      const cut = async (place: string): Promise<string> => {
        const { stdout } = await expectStatus(0, runCli(['release', 'cut', '--date', '2026-01-06', '--json'], place));
        return (JSON.parse(stdout) as { digest: string }).digest;
      };
      expect(await cut(other)).toBe(await cut(root));
      expect((await runsOf(other)).length).toBe((await runsOf(root)).length + 1);
      await expectStatus(1, runCli(['release', 'plan', '-q'], other));
      expect((await runsOf(other)).at(-1)).toMatchObject({ command: 'release plan', outcome: 'findings', exit_status: 1, error_code: null });
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });
});

describe('a pull that waits for a server that says nothing', () => {
  let root: string;
  let server: Server;
  beforeAll(async () => {
    root = await makeSampleWorkspace();
    server = createServer(() => {});
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    const config = readFileSync(join(root, 'colophon.yaml'), 'utf8');
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    writeFileSync(join(root, 'colophon.yaml'), config.replace(/^sources:\n/m, `sources:\n  - {name: web, kind: http-tables, url: 'http://127.0.0.1:${port}/', tables: {extra: extra.csv}}\n`));
  });
  afterAll(() => {
    server.close();
    rmSync(root, { recursive: true, force: true });
  });

  async function pullUntilAsked(): Promise<ReturnType<typeof startCli>> {
    const asked = new Promise((done) => server.once('connection', done));
    const pull = startCli(['pull', '--log-format', 'json'], root);
    await asked;
    return pull;
  }

  test('is interrupted, and one that is killed is unfinished to the next', async () => {
    const interrupted = await pullUntilAsked();
    interrupted.child.kill('SIGINT');
    const ended = await interrupted.result;
    expect(ended.status).toBe(130);
    expect(logOf(ended).at(-1)).toMatchObject({ event: 'end', outcome: 'interrupted', exit_status: 130 });
    const killed = await pullUntilAsked();
    killed.child.kill('SIGKILL');
    await killed.result;
    expect((await runsOf(root)).map(({ outcome, error_code }) => [outcome, error_code])).toEqual([
      ['interrupted', 'INTERRUPTED'],
      ['running', null],
    ]);
    await expectStatus(2, runCli(['pull', 'nowhere', '-q'], root));
    expect((await runsOf(root)).map(({ outcome }) => outcome)).toEqual(['interrupted', 'unfinished', 'failed']);
  });
});

describe('an endpoint that takes nothing', () => {
  const LIST = ['checks', 'list'];

  async function timed(env: NodeJS.ProcessEnv): Promise<CliResult & { ms: number }> {
    const begun = performance.now();
    const result = await expectStatus(0, runCli(LIST, tmpdir(), env));
    return { ...result, ms: performance.now() - begun };
  }

  test('changes neither result nor status, takes two seconds at most, and is told once', async () => {
    const plain = await timed({});
    expect(plain.stderr).toBe('');
    const silent = await startOtlpReceiver('never');
    const refusing = await startOtlpReceiver(503);
    try {
      for (const endpoint of [silent.url, refusing.url, `http://127.0.0.1:${await freePort()}`, 'http://user:hush@[nonsense']) {
        const result = await timed({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
        expect(result.stdout).toBe(plain.stdout);
        expect(result.stderr).toMatch(/^Warning: The OpenTelemetry traces and metrics of this run could not be sent [^\n]*\n$/);
        expect(result.stderr).not.toContain('hush');
        // It waits two seconds; the rest is for a machine that is busy.
        expect(result.ms - plain.ms).toBeLessThan(30_000);
      }
      const off = await timed({ OTEL_EXPORTER_OTLP_ENDPOINT: silent.url, OTEL_SDK_DISABLED: 'true' });
      expect(off.stderr).toBe('');
    } finally {
      await sleep(0);
      await Promise.all([silent.stop(), refusing.stop()]);
    }
  });

  test('one signal may be sent alone', async () => {
    const receiver = await startOtlpReceiver();
    try {
      await timed({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.url}/my/traces` });
      expect(receiver.received.map(({ path }) => path)).toEqual(['/my/traces']);
      await timed({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_TRACES_EXPORTER: 'none' });
      expect(receiver.received.map(({ path }) => path)).toEqual(['/my/traces', '/v1/metrics']);
    } finally {
      await receiver.stop();
    }
  });
});
