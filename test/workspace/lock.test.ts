import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { withLock } from '../../src/workspace/lock.js';

let root: string;
let lock: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'colophon-lock-'));
  lock = join(root, 'cache', 'lock');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('one holder at a time; the lock goes when the work is done or throws', async () => {
  const inside = withLock(lock, { doing: 'first' }, async () => {
    await expect(withLock(lock, { doing: 'second' }, async () => 'no')).rejects.toMatchObject({ code: 'LOCKED', message: expect.stringContaining('is first') });
    throw new Error('work failed');
  });
  await expect(inside).rejects.toThrow('work failed');
  expect(existsSync(lock)).toBe(false);
  await expect(withLock(lock, { doing: 'third' }, async () => 'yes')).resolves.toBe('yes');
});

test('a waiter gets the lock when it is free and is told why it waits', async () => {
  const order: string[] = [];
  const told: string[] = [];
  const first = withLock(lock, { doing: 'first' }, async () => {
    await new Promise((done) => setTimeout(done, 300));
    order.push('first');
  });
  const second = withLock(lock, { doing: 'second', waitMs: 10_000, onWait: (message) => told.push(message) }, async () => {
    order.push('second');
  });
  await Promise.all([first, second]);
  expect(order).toEqual(['first', 'second']);
  expect(told).toEqual([`Waiting: process ${process.pid} on ${hostname()} is first`]);
});

test('the lock of a killed process is broken', async () => {
  await withLock(lock, { doing: 'making the folder' }, async () => {});
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const started = () => readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[19]!;
  writeFileSync(lock, JSON.stringify({ pid: child.pid, host: hostname(), started: started(), doing: 'sleeping' }));
  await expect(withLock(lock, { doing: 'x' }, async () => {})).rejects.toMatchObject({ code: 'LOCKED' });
  child.kill('SIGKILL');
  await new Promise((done) => child.once('exit', done));
  await expect(withLock(lock, { doing: 'x' }, async () => 'mine')).resolves.toBe('mine');
});

test('several waiters of one dead holder get the lock one after the other, and what killed waiters left is swept', async () => {
  await withLock(lock, { doing: 'making the folder' }, async () => {});
  const dead = JSON.stringify({ pid: process.pid, host: hostname(), started: '1', doing: 'x' });
  const living = JSON.stringify({ pid: 1, host: 'another-machine', started: '1', doing: 'x' });
  writeFileSync(lock, dead);
  writeFileSync(`${lock}.${process.pid}`, dead);
  writeFileSync(`${lock}.77-1`, living);
  let holders = 0;
  const waiters = Array.from({ length: 8 }, () => withLock(lock, { doing: 'waiting', waitMs: 60_000 }, async () => {
    holders += 1;
    await new Promise((done) => setTimeout(done, 5));
    expect(holders).toBe(1);
    holders -= 1;
  }));
  await Promise.all(waiters);
  expect(readdirSync(join(root, 'cache'))).toEqual(['lock.77-1']);
});

test('a reused process id and a torn lock file are told apart from a living holder', async () => {
  await withLock(lock, { doing: 'making the folder' }, async () => {});
  writeFileSync(lock, JSON.stringify({ pid: process.pid, host: hostname(), started: '1', doing: 'x' }));
  await expect(withLock(lock, { doing: 'y' }, async () => 'mine')).resolves.toBe('mine');
  writeFileSync(lock, '{"pid": 1');
  await expect(withLock(lock, { doing: 'y' }, async () => 'mine')).rejects.toMatchObject({ code: 'LOCKED', suggestions: expect.arrayContaining([expect.stringContaining(lock)]) });
});
