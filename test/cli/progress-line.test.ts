import type { WriteStream } from 'node:tty';
import { expect, test } from '@jest/globals';
import { ProgressLine, progressText } from '../../src/cli/progress-line.js';

test('says files, bytes, speed and time left', () => {
  const progress = { stage: 'reading images', files: 1204, totalFiles: 40_000, bytes: 633e6, totalBytes: 21e9 };
  const since = (seconds: number, { files, bytes } = progress) => ({ seconds, files, bytes });
  expect(progressText(progress, since(1.25))).toBe('reading images  1,204/40,000 files  633 MB of 21.0 GB  506 MB/s  40 s left');
  expect(progressText({ stage: 'checking', unit: 'checks', files: 3, totalFiles: 30, bytes: 0 }, since(1, { ...progress, files: 3, bytes: 0 }))).toBe('checking  3/30 checks  9.0 s left');
  expect(progressText({ stage: 'listing images', files: 5, bytes: 0 }, since(1))).toBe('listing images  5 files');
  expect(progressText({ ...progress, files: 40_000, bytes: 21e9 }, since(60))).not.toContain('left');
});

function line(isTTY: boolean, enabled = true): { written: string[]; progress: ProgressLine; at(ms: number): void } {
  const written: string[] = [];
  let now = 0;
  const stream = { isTTY, columns: 30, write: (text: string) => written.push(text) } as unknown as WriteStream;
  return { written, progress: new ProgressLine(stream, enabled, () => now), at: (ms) => (now = ms) };
}

test('nothing off a terminal, when quiet, or for short work; else one line, cut to the width, redrawn and cleared', () => {
  for (const silent of [line(false), line(true, false)]) {
    silent.at(5000);
    silent.progress.update({ stage: 'x', files: 1, bytes: 0 });
    expect(silent.written).toEqual([]);
  }
  const { written, progress, at } = line(true);
  progress.update({ stage: 'reading images', files: 1, totalFiles: 9, bytes: 0 });
  at(200);
  progress.update({ stage: 'reading images', files: 2, totalFiles: 9, bytes: 0 });
  expect(written).toEqual([]);
  at(400);
  progress.update({ stage: 'reading images', files: 3, totalFiles: 9, bytes: 0 });
  at(450);
  progress.update({ stage: 'reading images', files: 4, totalFiles: 9, bytes: 0 });
  progress.interrupt('Warning: x\n');
  progress.clear();
  expect(written).toEqual(['\r\u001B[Kreading images  3/9 files  1.', '\r\u001B[K', 'Warning: x\n']);
});

test('what was told while the process was young is shown when it no longer is, though nothing more is told', async () => {
  const { written, progress, at } = line(true);
  at(280);
  progress.update({ stage: 'verifying', files: 0, totalFiles: 2, bytes: 0 });
  expect(written).toEqual([]);
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(written).toEqual(['\r\u001B[Kverifying  0/2 files']);
  progress.clear();
});
