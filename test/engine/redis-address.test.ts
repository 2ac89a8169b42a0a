import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readRedisAddress } from '../../src/engine/bullmq/redis-address.js';
import { parseRedisInfo, settingsWarnings } from '../../src/engine/bullmq/redis-settings.js';
import { CurationError } from '../../src/errors.js';

describe('the address of a Redis', () => {
  test.each([
    ['redis://queue.example', { host: 'queue.example', port: 6379, db: 0 }, 'redis://queue.example:6379'],
    ['redis://queue.example:7000/3', { host: 'queue.example', port: 7000, db: 3 }, 'redis://queue.example:7000/3'],
    ['redis://me:p%40ss%2F1@[::1]:7000/', { host: '::1', port: 7000, db: 0, username: 'me', password: 'p@ss/1' }, 'redis://[::1]:7000'],
    ['rediss://:secret@queue.example', { host: 'queue.example', port: 6379, db: 0, password: 'secret', tls: { servername: 'queue.example' } }, 'rediss://queue.example:6379'],
    ['unix:///run/redis/redis.sock', { path: '/run/redis/redis.sock', db: 0 }, 'unix:///run/redis/redis.sock'],
  ])('%s', (text, options, name) => {
    expect(readRedisAddress(text)).toEqual({ name, options });
  });

  test.each([
    '', 'queue.example', 'http://secret@queue.example', 'redis://', 'redis:///1', 'redis://:secret@queue.example/x', 'redis://:se%cret@queue.example',
    'redis://:secret@queue.example?tls=false', 'redis://:secret@queue.example/1?maxRetriesPerRequest=1', 'redis://:secret@queue.example#1', 'redis://:secret@ho st', 'unix://', 'unix:///', 'unix://secret/run/x',
    'redis://:secret/word@queue.example', 'redis://queue.example:99999',
  ])('is refused without a word of it: %s', (text) => {
    const error = refusalOf(text);
    expect(error.code).toBe('USAGE');
    expect(`${error.message} ${error.expected} ${error.suggestions.join(' ')}`).not.toMatch(/secret|word@/);
  });

  test('whatever the password is, the name does not hold it', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9@:/?#%]{12,30}$/), fc.stringMatching(/^[a-z0-9]{12,20}$/), (password, user) => {
        const { name, options } = readRedisAddress(`redis://${user}:${encodeURIComponent(password)}@queue.example:7000/1`);
        expect(options).toMatchObject({ username: user, password });
        expect(name).toBe('redis://queue.example:7000/1');
      }),
    );
  });
});

describe('what a Redis says of itself', () => {
  const info = (eviction: string, version = '7.0.15'): string => `# Server\r\nredis_version:${version}\r\n# Memory\r\nmaxmemory_policy:${eviction}\r\n# Persistence\r\naof_enabled:1\r\n`;

  test('is read from INFO', () => {
    expect(parseRedisInfo(info('noeviction'))).toEqual({ version: '7.0.15', eviction: 'noeviction', append_only: true });
    expect(parseRedisInfo('')).toEqual({ version: null, eviction: null, append_only: null });
    expect(settingsWarnings(parseRedisInfo(''), 'it')).toEqual([]);
    expect(settingsWarnings(parseRedisInfo(info('noeviction')), 'it')).toEqual([]);
  });

  test('an eviction policy and an old version are warned about', () => {
    expect(settingsWarnings(parseRedisInfo(info('allkeys-lru')), 'redis://queue.example')).toEqual([expect.stringMatching(/queue\.example throws away.*allkeys-lru.*noeviction/)]);
    expect(settingsWarnings(parseRedisInfo(info('noeviction', '6.0.16')), 'it')).toEqual([expect.stringContaining('6.0.16')]);
    expect(settingsWarnings(parseRedisInfo(info('noeviction', '6.2.0')), 'it')).toEqual([]);
  });
});

function refusalOf(text: string): CurationError {
  try {
    readRedisAddress(text);
  } catch (error) {
    if (error instanceof CurationError) return error;
  }
  throw new Error(`was not refused: ${text}`);
}
