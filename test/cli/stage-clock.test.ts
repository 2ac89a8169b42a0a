import { expect, test } from '@jest/globals';
import { secondsLeft, StageClock } from '../../src/cli/stage-clock.js';

const reading = (bytes: number, more = {}) => ({ stage: 'reading', files: bytes, totalFiles: 100, bytes, totalBytes: 100, ...more });

test('stages that take turns keep their time', () => {
  const clock = new StageClock();
  clock.pace(reading(0), 0);
  clock.pace({ stage: 'fetching', files: 0, bytes: 0 }, 1000);
  clock.pace(reading(5), 5000);
  clock.pace({ stage: 'fetching', files: 1, bytes: 1 }, 9000);
  const pace = clock.pace(reading(10), 10_000);
  expect(pace).toEqual({ seconds: 10, files: 10, bytes: 10 });
  expect(secondsLeft(reading(10), pace)).toBe(90);
});

test('what was done before is not taken for the work of this run', () => {
  const clock = new StageClock();
  clock.pace(reading(80), 0);
  const pace = clock.pace(reading(81), 1000);
  expect(pace).toEqual({ seconds: 1, files: 1, bytes: 1 });
  expect(secondsLeft(reading(81), pace)).toBe(19);
});

test('counts that begin anew are those of something else', () => {
  const clock = new StageClock();
  clock.pace(reading(0), 0);
  clock.pace(reading(100), 60_000);
  clock.pace(reading(0), 70_000);
  expect(clock.pace(reading(50), 71_000)).toEqual({ seconds: 1, files: 50, bytes: 50 });
});

test('time left is by files where no bytes are known, and unknown at the beginning, at the end and without a total', () => {
  const files = { stage: 'checking', files: 25, totalFiles: 100, bytes: 0 };
  expect(secondsLeft(files, { seconds: 5, files: 25, bytes: 0 })).toBe(15);
  expect(secondsLeft(files, { seconds: 5, files: 0, bytes: 0 })).toBeUndefined();
  expect(secondsLeft({ ...files, files: 100 }, { seconds: 5, files: 100, bytes: 0 })).toBeUndefined();
  expect(secondsLeft({ stage: 'listing', files: 5, bytes: 0 }, { seconds: 5, files: 5, bytes: 0 })).toBeUndefined();
});
