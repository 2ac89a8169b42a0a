import { describe, expect, test } from '@jest/globals';
import { JsonLog } from '../../src/cli/json-log.js';
import { wantedLogFormat } from '../../src/cli/log-format.js';
import { RunWatch } from '../../src/cli/run-watch.js';
import type { RunIdentity } from '../../src/model/run.js';

const identity: RunIdentity = { id: 'ab'.repeat(16), command: 'pull', version: '1.0.0', engine: 'local', jobs: 2 };

/** A watched run whose clock the test sets, in ms. */
function watched(quiet = false) {
  let now = Date.UTC(2026, 0, 1);
  let steady = 0;
  const lines: string[] = [];
  const log = new JsonLog(identity, (line) => lines.push(line), quiet);
  const run = new RunWatch(identity, [log], { now: () => new Date(now), steady: () => steady });
  return { run, log, lines, events: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>), pass: (ms: number) => ((now += ms), (steady += ms)), setClock: (ms: number) => (now += ms) };
}

describe('the log', () => {
  test('is one JSON object a line, from the first to how it ended, and names no file', () => {
    const { run, log, events, lines, pass } = watched();
    run.warned('a \u001B[2J b\u202E');
    run.progressed({ stage: 'reading images', files: 0, totalFiles: 100, bytes: 0, totalBytes: 1000 });
    pass(2000);
    run.progressed({ stage: 'reading images', files: 20, totalFiles: 100, bytes: 200, totalBytes: 1000, current: { path: 'DOE^JANE/1.dcm', bytes: 1, totalBytes: 2 } });
    pass(1000);
    run.progressed({ stage: 'checking', unit: 'checks', files: 1, bytes: 0 });
    run.found({ errors: 1, warnings: 2, infos: 3, waived: 4 });
    log.ended(run.end(1, null), null);
    expect(lines.every((line) => line.endsWith('\n') && !/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202E]/.test(line) && line.indexOf('\n') === line.length - 1)).toBe(true);  
    expect(lines.join('')).not.toContain('DOE');
    expect(events().map(({ event }) => event)).toEqual(['begin', 'warning', 'stage-begin', 'progress', 'stage-end', 'stage-begin', 'stage-end', 'end']);
    expect(events()[3]).toEqual({ time: '2026-01-01T00:00:02.000Z', level: 'info', event: 'progress', command: 'pull', run: identity.id, stage: 'reading images', unit: 'files', files: 20, total_files: 100, bytes: 200, total_bytes: 1000, files_per_second: 10, bytes_per_second: 100, seconds_left: 8 });
    expect(events().at(-1)).toMatchObject({ level: 'warning', outcome: 'findings', exit_status: 1, seconds: 3, files: 20, bytes: 200, findings: { errors: 1, warnings: 2, infos: 3, waived: 4 } });
  });

  test('tells of progress at most once a second, and where a total is known by steps of a twentieth or once a minute', () => {
    const { run, events, pass } = watched();
    const told = () => events().filter(({ event }) => event === 'progress').length;
    for (let files = 0; files < 100; files++) {
      run.progressed({ stage: 'listing images', files, bytes: 0 });
      pass(100);
    }
    expect(told()).toBe(9);
    for (let files = 0; files < 1000; files++) {
      run.progressed({ stage: 'reading images', files, totalFiles: 1000, bytes: 0 });
      pass(2000);
    }
    expect(told()).toBe(9 + 33);
  });

  test('goes on when the clock is put back, and durations are those of another clock', () => {
    const { run, events, pass, setClock } = watched();
    run.progressed({ stage: 'listing images', files: 1, bytes: 0 });
    pass(1000);
    setClock(-3_600_000);
    run.progressed({ stage: 'listing images', files: 2, bytes: 0 });
    expect(run.end(0, null).seconds).toBe(1);
    expect(events().map(({ event }) => event)).toContain('progress');
  });

  test('holds errors alone when quiet', () => {
    const { run, log, events } = watched(true);
    run.warned('x');
    log.ended(run.end(3, 'LOCKED'), { code: 'LOCKED', message: 'It is in use', exit: 3, suggestions: ['Wait.'] });
    expect(events()).toEqual([expect.objectContaining({ level: 'error', event: 'end', outcome: 'failed', exit_status: 3, error: { code: 'LOCKED', message: 'It is in use', suggestions: ['Wait.'] } })]);
  });
});

describe('what is counted', () => {
  test('is the largest stage, over all its sources, and not the sum of stages over the same files', () => {
    const { run } = watched();
    run.progressed({ stage: 'reading images', files: 10, bytes: 100 });
    const since = run.count();
    run.progressed({ stage: 'listing images', files: 4, bytes: 0 });
    run.progressed({ stage: 'reading images', files: 0, bytes: 0 });
    run.progressed({ stage: 'reading images', files: 4, bytes: 40 });
    run.progressed({ stage: 'checking', unit: 'checks', files: 900, bytes: 0 });
    expect(since()).toEqual({ files: 4, bytes: 40, findings: null });
    run.progressed({ stage: 'checking', unit: 'checks', files: 901, bytes: 0 });
    expect(run.end(0, null)).toMatchObject({ files: 14, bytes: 140, outcome: 'done', error_code: null });
  });

  test('an interruption is none of the failures', () => {
    expect(watched().run.end(130, 'INTERRUPTED').outcome).toBe('interrupted');
    expect(watched().run.end(1, 'GATE_FAILED').outcome).toBe('failed');
  });
});

test('the form of the log is known also where the command line cannot be read', () => {
  expect(wantedLogFormat(['pull', '--log-format', 'json', '--nonsense'], {})).toBe('json');
  expect(wantedLogFormat(['pull', '--log-format=text'], { COLOPHON_LOG_FORMAT: 'json' })).toBe('text');
  expect(wantedLogFormat(['query', '--', '--log-format=json'], {})).toBe('text');
  expect(wantedLogFormat([], { COLOPHON_LOG_FORMAT: 'json' })).toBe('json');
});
