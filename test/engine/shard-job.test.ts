import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { JOB_NAME, readShardJob, readShardProgress, shardJobId } from '../../src/engine/bullmq/shard-job.js';

const good = { plan: 'a1b2', index: 7, tool: '1.2.0' };

test('a job names a plan, a shard and a version, and nothing else of it is kept', () => {
  expect(readShardJob(JOB_NAME, { ...good, task: 'file:///tmp/evil.js', folder: '/etc' })).toEqual(good);
  expect(shardJobId('a1b2', 7)).toBe('a1b2.7');
});

test.each([
  ['another name', 'eval', good],
  ['no object', JOB_NAME, 'a1b2'],
  ['a list', JOB_NAME, [good]],
  ['null', JOB_NAME, null],
  ['a path for a plan', JOB_NAME, { ...good, plan: '../../etc' }],
  ['an absolute plan', JOB_NAME, { ...good, plan: '/etc' }],
  ['a dot', JOB_NAME, { ...good, plan: '.' }],
  ['an empty plan', JOB_NAME, { ...good, plan: '' }],
  ['NUL', JOB_NAME, { ...good, plan: 'a\0b' }],
  ['a line end', JOB_NAME, { ...good, plan: 'a1b2\n' }],
  ['a plan that is no text', JOB_NAME, { ...good, plan: { toString: 'a' } }],
  ['a negative index', JOB_NAME, { ...good, index: -1 }],
  ['a broken index', JOB_NAME, { ...good, index: 1.5 }],
  ['an index that is text', JOB_NAME, { ...good, index: '1' }],
  ['a huge index', JOB_NAME, { ...good, index: 1e300 }],
  ['a version with an escape', JOB_NAME, { ...good, tool: '\u001B[31m1' }],
])('is refused: %s', (_what, name, data) => {
  expect(readShardJob(name, data)).toBeNull();
});

test('anything at all is read or refused, and a plan that is read is a plain name', () => {
  fc.assert(
    fc.property(fc.anything(), (data) => {
      const job = readShardJob(JOB_NAME, data);
      if (job !== null) expect(job.plan).toMatch(/^[a-z0-9-]+$/);
    }),
  );
});

test('progress is bounded by what the plan says, and shown without control characters', () => {
  const limit = { files: 10, bytes: 100 };
  expect(readShardProgress({ worker: 'node7:12', files: 4, bytes: 40 }, limit)).toEqual({ worker: 'node7:12', files: 4, bytes: 40 });
  expect(readShardProgress({ worker: '\u001B]0;x\u0007', files: 1e9, bytes: -5, refused: 'a\nb' }, limit)).toEqual({ worker: '?]0;x?', files: 10, bytes: 0, refused: 'a?b' });
  expect(readShardProgress({ worker: 'w', files: NaN, bytes: 'x' }, limit)).toEqual({ worker: 'w', files: 0, bytes: 0 });
  expect(readShardProgress(50, limit)).toBeNull();
  expect(readShardProgress(null, limit)).toBeNull();
});
