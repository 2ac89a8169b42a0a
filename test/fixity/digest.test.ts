import { createHash } from 'node:crypto';
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { FileDigester, md5Hex, sha256Hex, SizeError } from '../../src/fixity/digest.js';
import { UnreadableFileError } from '../../src/fixity/file.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
const digester = new FileDigester();
const MIB = 1 << 20;

function bytes(length: number): Buffer {
  const buffer = Buffer.alloc(length);
  for (let i = 0; i < length; i++) buffer[i] = (i * 31 + (i >> 8)) & 255;
  return buffer;
}

function defectOf(path: string, options = {}): string {
  try {
    digester.digestFile(path, options);
    return 'none';
  } catch (error) {
    if (error instanceof UnreadableFileError) return error.defect;
    throw error;
  }
}

test('known digests (FIPS 180-2 "abc", RFC 1321 "abc")', () => {
  expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(md5Hex(Buffer.from('abc'))).toBe('900150983cd24fb0d6963f7d28e17f72');
});

test.each([0, 1, 4096, MIB - 1, MIB, MIB + 1, 3 * MIB, 5 * MIB + 17])('a file of %i bytes', (length) => {
  const path = join(temporaryFolder(), 'file');
  const content = bytes(length);
  writeFileSync(path, content);
  utimesSync(path, 1_700_000_000.25, 1_700_000_000.25);
  expect(digester.digestFile(path, { md5: true })).toEqual({
    size_bytes: length,
    mtime_ns: 1_700_000_000_250_000_000n,
    sha256: createHash('sha256').update(content).digest('hex'),
    md5: createHash('md5').update(content).digest('hex'),
  });
  expect(digester.digestFile(path).md5).toBeNull();
});

describe('the head, from the same read', () => {
  test.each([0, 100, MIB, 5 * MIB + 17])('of a file of %i bytes grows on demand to the whole file', (length) => {
    const path = join(temporaryFolder(), 'file');
    const content = bytes(length);
    writeFileSync(path, content);
    const seen: [number, boolean][] = [];
    const { sha256 } = digester.digestFile(path, {
      onHead: (head, complete) => {
        expect(head.equals(content.subarray(0, head.length))).toBe(true);
        seen.push([head.length, complete]);
        return 'more';
      },
    });
    expect(sha256).toBe(sha256Hex(content));
    expect(seen.at(-1)).toEqual([length, true]);
    expect(seen.slice(0, -1).every(([, complete]) => !complete)).toBe(true);
    expect(seen.map(([size]) => size)).toEqual(length > MIB ? [MIB, 2 * MIB, 4 * MIB, length] : [length]);
  });

  test('is offered once when it suffices, and never beyond its bound', () => {
    const path = join(temporaryFolder(), 'file');
    const content = bytes(5 * MIB);
    writeFileSync(path, content);
    let calls = 0;
    const once = digester.digestFile(path, { onHead: () => (calls++, 'done') });
    expect(calls).toBe(1);
    const sizes: number[] = [];
    const bounded = digester.digestFile(path, { maxHeadBytes: 3 * MIB, onHead: (head) => (sizes.push(head.length), 'more') });
    expect(sizes).toEqual([MIB, 2 * MIB, 3 * MIB]);
    expect([once.sha256, bounded.sha256]).toEqual([sha256Hex(content), sha256Hex(content)]);
  });
});

describe('what is no regular file, or does not stay one, is refused by its defect', () => {
  test('missing, link, folder, fifo, device', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), 'x');
    symlinkSync('file', join(folder, 'link'));
    symlinkSync('nowhere', join(folder, 'dangling'));
    mkdirSync(join(folder, 'folder'));
    execFileSync('mkfifo', [join(folder, 'fifo')]);
    expect(['nothing', 'file/below', 'link', 'dangling', 'folder', 'fifo'].map((name) => defectOf(join(folder, name)))).toEqual([
      'missing',
      'missing',
      'link',
      'link',
      'special',
      'special',
    ]);
    expect(defectOf('/dev/null')).toBe('special');
  });

  test('a socket', async () => {
    const path = join(temporaryFolder(), 'socket');
    const server = createServer().listen(path);
    await new Promise((resolve) => server.once('listening', resolve));
    expect(defectOf(path)).toBe('special');
    await new Promise((resolve) => server.close(resolve));
  });

  test.each([
    ['shorter', 5 * MIB],
    ['longer', 5 * MIB],
    ['longer', 100],
  ])('a file that grows %s while it is read (%i bytes)', (how, length) => {
    const path = join(temporaryFolder(), 'file');
    writeFileSync(path, bytes(length));
    const onHead = (): 'done' => {
      if (how === 'shorter') truncateSync(path, length - 10);
      else appendFileSync(path, 'tail');
      return 'done';
    };
    expect(defectOf(path, { onHead })).toBe('changed');
  });

  test('a file of another size than expected is not read', () => {
    const path = join(temporaryFolder(), 'file');
    writeFileSync(path, 'four');
    expect(() => digester.hashFile(path, 5)).toThrow(SizeError);
    expect(digester.hashFile(path, 4)).toMatchObject({ size_bytes: 4, sha256: sha256Hex('four') });
    expect(digester.hashFile(path)).toMatchObject({ size_bytes: 4, sha256: sha256Hex('four') });
  });

  test('a file without permission (as another user when the tests run as root)', () => {
    const path = join(temporaryFolder(), 'file');
    writeFileSync(path, 'x', { mode: 0o000 });
    const root = process.getuid?.() === 0;
    const script = `import { FileDigester } from ${JSON.stringify(new URL('../../src/fixity/digest.js', import.meta.url).href)};
      ${root ? 'process.setgid(65534); process.setuid(65534);' : ''}
      try { new FileDigester().digestFile(${JSON.stringify(path)}); } catch (error) { process.stdout.write(error.defect + ' ' + error.systemCode); }`;
    execFileSync('chmod', ['755', join(path, '..')]);
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(child.stdout).toBe('unreadable EACCES');
  });
});
