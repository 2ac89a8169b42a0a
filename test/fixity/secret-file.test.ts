import { chmodSync, linkSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { CurationError } from '../../src/errors.js';
import { createSecretFile, isPathWithin, readSecretFile, type SecretRules } from '../../src/fixity/secret-file.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const HEX = '0123456789abcdef'.repeat(4);
const temporaryFolder = useTemporaryFolders();
let root: string;
let rules: SecretRules;
beforeEach(() => {
  root = temporaryFolder();
  mkdirSync(join(root, 'workspace/private'), { recursive: true });
  mkdirSync(join(root, 'keys'));
  rules = { what: 'key', outside: [join(root, 'workspace')] };
});

const write = (name: string, text: string, mode = 0o600): string => {
  const path = join(root, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
};

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof CurationError) {
      expect(error.code).toBe('SECRET_UNSAFE');
      return [error.message, error.expected, error.found, ...error.suggestions].join(' ');
    }
    throw error;
  }
  return 'accepted';
}

describe('reading', () => {
  test('gives the 32 bytes; a file that is not there is null', () => {
    expect(readSecretFile(write('keys/a', `${HEX}\n`), rules)?.toString('hex')).toBe(HEX);
    expect(readSecretFile(write('keys/b', HEX), rules)?.toString('hex')).toBe(HEX);
    expect(readSecretFile(join(root, 'keys/none'), rules)).toBe(null);
    expect(readSecretFile(join(root, 'nowhere/none'), rules)).toBe(null);
  });

  const modes = process.platform === 'win32' ? [] : [0o640, 0o604, 0o644, 0o620, 0o601];
  test.each(modes)('refuses mode %o', (mode) => {
    expect(refusal(() => readSecretFile(write('keys/a', `${HEX}\n`, mode), rules))).toContain('can be read by others');
  });

  test.each([
    ['too short', HEX.slice(1)],
    ['too long', `${HEX}0`],
    ['upper case', HEX.toUpperCase()],
    ['a passphrase', 'correct horse battery staple'],
    ['empty', ''],
    ['two lines', `${HEX}\n${HEX}\n`],
    ['CRLF', `${HEX}\r\n`],
    ['huge', HEX.repeat(1000)],
  ])('refuses what is %s, and does not quote it', (_name, text) => {
    const said = refusal(() => readSecretFile(write('keys/a', text), rules));
    expect(said).toContain('holds no key');
    if (text.length > 8) expect(said).not.toContain(text.slice(0, 8));
  });

  test('refuses a link, a second name, a folder', () => {
    const path = write('keys/a', `${HEX}\n`);
    symlinkSync(path, join(root, 'keys/link'));
    expect(refusal(() => readSecretFile(join(root, 'keys/link'), rules))).toContain('link');
    linkSync(path, join(root, 'keys/hard'));
    expect(refusal(() => readSecretFile(path, rules))).toContain('second name');
    expect(refusal(() => readSecretFile(join(root, 'keys'), rules))).toContain('regular file');
  });

  test('refuses a place where it would be published, however it is named', () => {
    write('workspace/a', `${HEX}\n`);
    symlinkSync(join(root, 'workspace'), join(root, 'alias'));
    for (const path of ['workspace/a', 'workspace/private/../a', 'keys/../workspace/a', 'alias/a', 'workspace/none', 'workspace/no/folder/none'])
      expect([path, refusal(() => readSecretFile(join(root, path), rules))]).toEqual([path, expect.stringContaining('would be published')]);
    // the forbidden folder named by a link
    expect(refusal(() => readSecretFile(join(root, 'workspace/a'), { ...rules, outside: [join(root, 'alias')] }))).toContain('would be published');
  });

  test('accepts a folder that is excepted, and one whose name only begins alike', () => {
    const within = { ...rules, except: [join(root, 'workspace/private')] };
    expect(readSecretFile(write('workspace/private/a', `${HEX}\n`), within)).not.toBe(null);
    mkdirSync(join(root, 'workspace-keys'));
    expect(readSecretFile(write('workspace-keys/a', `${HEX}\n`), rules)).not.toBe(null);
    mkdirSync(join(root, 'workspace/private-not'));
    expect(refusal(() => readSecretFile(write('workspace/private-not/a', `${HEX}\n`), within))).toContain('would be published');
  });
});

describe('making', () => {
  test('draws another one each time, readable by its owner alone, as it is read back', () => {
    const before = process.umask(0);
    try {
      const secrets = ['a', 'b'].map((name) => createSecretFile(join(root, 'keys', name), rules).toString('hex'));
      expect(new Set(secrets).size).toBe(2);
      expect(readFileSync(join(root, 'keys/a'), 'utf8')).toBe(`${secrets[0]}\n`);
      if (process.platform !== 'win32') expect(lstatSync(join(root, 'keys/a')).mode & 0o777).toBe(0o600);
      expect(readSecretFile(join(root, 'keys/b'), rules)?.toString('hex')).toBe(secrets[1]);
    } finally {
      process.umask(before);
    }
  });

  test('never replaces a file, nor follows a link to make one', () => {
    const path = write('keys/a', 'mine');
    expect(refusal(() => createSecretFile(path, rules))).toContain('never replaced');
    expect(readFileSync(path, 'utf8')).toBe('mine');
    symlinkSync(join(root, 'keys/new'), join(root, 'keys/dangling'));
    expect(refusal(() => createSecretFile(join(root, 'keys/dangling'), rules))).toContain('never replaced');
    expect(refusal(() => createSecretFile(join(root, 'workspace/a'), rules))).toContain('would be published');
    expect(refusal(() => createSecretFile(join(root, 'nowhere/a'), rules))).toContain('no folder');
  });
});

test('a path lies within a folder by where it really is', () => {
  symlinkSync(join(root, 'workspace'), join(root, 'alias'));
  expect(isPathWithin(join(root, 'alias/releases/x'), join(root, 'workspace/releases'))).toBe(true);
  expect(isPathWithin(join(root, 'workspace/releases-old/x'), join(root, 'workspace/releases'))).toBe(false);
  expect(isPathWithin(join(root, '..x'), root)).toBe(true);
});
