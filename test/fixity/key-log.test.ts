import { describe, expect, test } from '@jest/globals';
import { parseKeyLog } from '../../src/fixity/key-log.js';
import { KEY_NAMESPACE, type KeyStatement } from '../../src/model/key-statement.js';
import { digestOf, TestKey } from '../support/ssh-key.js';

const [a, b, c, stranger] = [new TestKey(), new TestKey(), new TestKey(), new TestKey()] as [TestKey, TestKey, TestKey, TestKey];
const release = (sequence: number) => ({ version: `${sequence}.0.0`, digest: 'd'.repeat(64), sequence });
const first = a.state({ successor: b.line, after: release(2) });
const next = (changes: Partial<KeyStatement>) => ({ number: 2, previous: digestOf(first), after: release(4), date: '2026-03-01', ...changes });
const faultOf = (...parts: string[]) => parseKeyLog(parts.join(''), 'test-set').fault;

describe('a log of statements about keys', () => {
  test('is read to its end when each follows from those before it', () => {
    const { statements, fault } = parseKeyLog(`${first}${b.state(next({ successor: c.line }))}`, 'test-set');
    expect(fault).toBeNull();
    expect(statements.map(({ key, successor, signers }) => [key.fingerprint, successor?.fingerprint, signers.map(({ fingerprint }) => fingerprint)])).toEqual([
      [a.fingerprint, b.fingerprint, [a.fingerprint]],
      [b.fingerprint, c.fingerprint, [b.fingerprint]],
    ]);
    expect(statements.map(({ text }) => text).join('')).toBe(`${first}${b.state(next({ successor: c.line }))}`);
  });

  test.each<[string, () => string, RegExp]>([
    ['another dataset', () => b.state(next({ successor: c.line, dataset: 'other' })), /dataset other/],
    ['a wrong number', () => b.state(next({ successor: c.line, number: 3 })), /number 3/],
    ['a fork', () => b.state(next({ successor: c.line, previous: 'e'.repeat(64) })), /not made upon/],
    ['an earlier date', () => b.state(next({ successor: c.line, date: '2026-01-31' })), /before the statement/],
    ['an earlier release', () => b.state(next({ successor: c.line, after: release(1), from_sequence: 2 })), /earlier release/],
    ['a key that had ended', () => a.state(next({ successor: c.line })), /had ended by statement 1/],
    ['a loop', () => b.state(next({ successor: a.line })), /used before/],
    ['a key as its own successor', () => b.state(next({ successor: b.line })), /used before/],
    ['releases that are out already', () => b.state(next({ successor: c.line, from_sequence: 3 })), /does not begin with/],
    ['releases that nobody knows yet', () => b.state(next({ successor: c.line, from_sequence: 9 })), /does not begin with/],
    ['a revocation from the far future', () => b.state(next({ from_sequence: 9 })), /later release/],
    ['a stranger who signs for the key', () => b.state(next({ successor: c.line }), [stranger]), /did not sign it/],
    ['nobody who signs', () => b.state(next({ successor: c.line }), []), /nobody signed/],
    ['a signature of another statement', () => `${b.state(next({ successor: c.line }), [])}${b.sign(first, KEY_NAMESPACE)}`, /not over these bytes/],
    ['a signature for releases', () => `${b.state(next({ successor: c.line }), [])}${b.sign(b.state(next({ successor: c.line }), []), 'colophon-release@v1')}`, /made for colophon-release@v1/],
    ['a revocation of what was revoked', () => `${b.state(next({}))}${b.state(next({ number: 3, previous: digestOf(b.state(next({}))) }))}`, /revoked before/],
    ['a day that is none', () => b.state(next({ successor: c.line, date: '2026-02-30' })), /no day/],
    ['a comment on a key', () => b.state(next({ successor: `${c.line} me@home` })), /more than a key type/],
    ['a key that is none', () => b.state(next({ successor: 'ssh-ed25519 AAAA' })), /cannot be used/],
    ['another format', () => b.state(next({ successor: c.line, format: 'colophon-key/2' as never })), /format/],
    ['a text that is no JSON', () => '{"a":\n', /not JSON/],
    ['spaces', () => b.state(next({ successor: c.line })).replace('{', '{ '), /canonical/],
    ['more than statements', () => 'hello\n', /not framed|not base64|cannot|SSHSIG/],
  ])('%s is refused, and all after it', (_what, make, reason) => {
    const text = `${first}${make()}`;
    const { statements, fault } = parseKeyLog(text, 'test-set');
    expect(fault?.reason).toMatch(reason);
    expect(statements.length).toBe(fault!.number - 1);
  });

  test('whatever byte of a statement is changed, the log ends before it', () => {
    for (let at = 0; at < first.indexOf('\n') + 1; at += 3) {
      const changed = Buffer.from(first);
      changed[at] = changed[at]! ^ 1;
      expect(parseKeyLog(changed.toString('latin1'), 'test-set').statements).toEqual([]);
    }
  });

  test('no more statements are read than anybody needs', () => {
    const parts = [first];
    const keys = [b, ...Array.from({ length: 70 }, () => new TestKey())];
    for (let number = 2; number <= 66; number++)
      parts.push(keys[number - 2]!.state({ number, previous: digestOf(parts.at(-1)!), after: release(2), successor: keys[number - 1]!.line }));
    expect(faultOf(...parts)).toMatchObject({ number: 65, reason: expect.stringContaining('more than 64') });
  });
});
