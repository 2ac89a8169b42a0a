import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { posix } from 'node:path';
import { collisionKey, unpublishablePathReason, unsafePathReason } from '../../src/fixity/safe-path.js';

describe('verify time', () => {
  test.each([
    '', '/etc/passwd', '//server/share', '../x', 'data/../../x', 'data/..', 'data//x', 'data/', './x', 'data/./x', 'C:/x', 'c:x',
    '~/x', '~root/x', 'data\\..\\x', '\\\\server\\share', 'data/x\0.dcm', '.', '..',
  ])('%j is refused', (path) => {
    expect(unsafePathReason(path)).not.toBeNull();
    expect(unpublishablePathReason(path)).not.toBeNull();
  });

  test.each(['data/x', 'data/.hidden', 'data/a..b', 'data/..a', 'data/1.2.840.10008', 'data/ü', 'data/a b', 'data/CON', 'data/a:b', 'data/100%'])(
    '%j may be read',
    (path) => expect(unsafePathReason(path)).toBeNull(),
  );

  test('law: a path that passes stays below the folder it is joined to', () => {
    const element = fc.constantFrom('..', '.', '', 'a', '~', 'C:', 'x\\y', '...', ' ', '\0', 'data', '-', '.a');
    fc.assert(
      fc.property(fc.array(element, { minLength: 1, maxLength: 6 }), (elements) => {
        const path = elements.join('/');
        if (unsafePathReason(path) === null) expect(posix.join('/base/folder', path)).toBe(`/base/folder/${path}`);
      }),
    );
  });
});

describe('publish time', () => {
  test.each([
    'data/CON', 'data/con.dcm', 'data/Aux/x', 'data/COM1', 'data/LPT9.txt', 'data/x.', 'data/x ', 'data/x./y', 'data/ x', 'data/a:b', 'data/a?b',
    'data/a*b', 'data/a"b', 'data/a<b', 'data/a|b', 'data/100%', 'data/a\nb', 'data/a\rb', 'data/a\tb', 'data/\u202etxt.exe', 'data/a\u200bb',
    'data/\ud83d', 'data/u\u0308', `data/${'x'.repeat(256)}`, `data/${'ü'.repeat(128)}`, `${'x/'.repeat(512)}x`,
  ])('%j is refused', (path) => expect(unpublishablePathReason(path)).not.toBeNull());

  test.each(['data/console', 'data/x.dcm', 'data/ü', 'data/COM10', 'data/a b', 'data/日本', `data/${'x'.repeat(255)}`, 'data/😀'])('%j may be published', (path) =>
    expect(unpublishablePathReason(path)).toBeNull(),
  );
});

test('names that one case-insensitive or normalising file system takes for the same share a key', () => {
  expect(collisionKey('data/F1.bin')).toBe(collisionKey('data/f1.bin'));
  expect(collisionKey('data/\u00fc')).toBe(collisionKey('data/u\u0308'));
  expect(collisionKey('data/\u00dc')).toBe(collisionKey('data/u\u0308'));
  expect(collisionKey('data/\u212a')).toBe(collisionKey('data/k'));
  expect(collisionKey('data/1.dcm')).toBe('data/1.dcm');
  expect(collisionKey('data/a')).not.toBe(collisionKey('data/b'));
});
