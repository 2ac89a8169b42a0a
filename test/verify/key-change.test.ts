import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { parseAllowedSigners } from '../../src/fixity/allowed-signers.js';
import { parseKeyLog } from '../../src/fixity/key-log.js';
import { parsePublicKeyLine } from '../../src/fixity/ssh-public-key.js';
import type { VerifyReport } from '../../src/model/verification.js';
import type { VerifyOptions } from '../../src/verify/inspection.js';
import { KeyTrust } from '../../src/verify/key-trust.js';
import { verifyRelease } from '../../src/verify/verify.js';
import { sha256, writeRelease } from '../support/release-folder.js';
import { digestOf, TestKey } from '../support/ssh-key.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
const [old, fresh, third, stranger] = [new TestKey(), new TestKey(), new TestKey(), new TestKey()] as [TestKey, TestKey, TestKey, TestKey];
const BEFORE = sha256('the release before');
/** The release under test is number 3; statements were made after number 2. */
const after = { version: '2.0.0', digest: BEFORE, sequence: 2 };
const handover = old.state({ successor: fresh.line, after });

let folder: string;
let release: string;
beforeEach(() => {
  folder = temporaryFolder();
  release = join(folder, '3.0.0');
  mkdirSync(release);
  writeRelease(release, undefined, { version: '3.0.0', sequence: 3, previous: { version: '2.0.0', digest: BEFORE } });
});

function sign(...keys: TestKey[]): void {
  const document = readFileSync(join(release, 'release.json'));
  writeFileSync(join(release, 'release.json.sig'), keys.map((key) => key.sign(document, 'colophon-release@v1')).join(''));
}

function state(...statements: string[]): void {
  writeFileSync(join(release, 'release.json.keys'), statements.join(''));
}

/** Verifies for a reader who knows these keys; `options` of a line stand in front of its key. */
function verify(known: [TestKey, string?][], options: VerifyOptions = {}): Promise<VerifyReport> {
  const { signers, defects } = parseAllowedSigners(known.map(([key, limits = ''], index) => `p${index}@x.org ${limits} ${key.line}`).join('\n'));
  expect(defects).toEqual([]);
  return verifyRelease(release, { jobs: 1, signers, ...options });
}

const kinds = ({ problems }: VerifyReport) => [...new Set(problems.map(({ kind }) => kind))];
const words = ({ problems }: VerifyReport) => problems.map(({ message }) => message).join(' ');

describe('a reader who knows only the old key', () => {
  test('accepts a release of the new one by the statement, and is told the way', async () => {
    sign(fresh);
    state(handover);
    const report = await verify([[old]]);
    expect(report).toMatchObject({
      ok: true,
      signatures: [{ valid: true, signer: 'p0@x.org', key: fresh.fingerprint, via: [{ from: old.fingerprint, to: fresh.fingerprint, statement: 1, date: '2026-02-01', from_sequence: 3 }] }],
    });
  });

  test('follows several statements', async () => {
    sign(third);
    state(handover, fresh.state({ number: 2, previous: digestOf(handover), successor: third.line, after }));
    const report = await verify([[old]]);
    expect(report.ok).toBe(true);
    expect(report.signatures[0]!.via!.map(({ to }) => to)).toEqual([fresh.fingerprint, third.fingerprint]);
  });

  test('needs the statement: without it the new key is a stranger', async () => {
    sign(fresh);
    expect(kinds(await verify([[old]]))).toEqual(['signature-unknown']);
  });

  test('finds it in the log beside the release too', async () => {
    sign(fresh);
    mkdirSync(join(folder, 'keys'));
    const end = handover.indexOf('\n') + 1;
    writeFileSync(join(folder, 'keys/1.json'), handover.slice(0, end));
    writeFileSync(join(folder, 'keys/1.json.sig'), handover.slice(end));
    expect((await verify([[old]])).ok).toBe(true);
  });

  test('does not accept the old key for what comes after its end', async () => {
    sign(old);
    state(handover);
    const report = await verify([[old]]);
    expect(kinds(report)).toEqual(['signature-unknown']);
    expect(words(report)).toContain(`was succeeded by ${fresh.fingerprint} from release 3`);
    expect(report.signatures).toMatchObject([{ valid: false }]);
  });

  test('is not harmed by a signature of the old key beside the new one', async () => {
    sign(old, fresh);
    state(handover);
    expect(await verify([[old]])).toMatchObject({ ok: true, signatures: [{ valid: false }, { valid: true }] });
    expect(kinds(await verify([[old]], { threshold: 2 }))).toEqual(['signature-unknown']);
  });

  test('counts a key and its successor once', async () => {
    sign(fresh, third);
    state(handover);
    expect((await verify([[old], [third]], { threshold: 2 })).ok).toBe(true);
    expect(kinds(await verify([[old], [fresh]], { threshold: 2 }))).toEqual(['signature-unknown']);
  });

  test('may keep the key to releases, or to a time: the statement has to be within', async () => {
    sign(fresh);
    state(handover);
    const accepts = async (limits: string) => (await verify([[old, limits]])).ok;
    expect(await accepts('namespaces="colophon-*"')).toBe(true);
    expect(await accepts('namespaces="colophon-release@v1"')).toBe(false);
    expect(await accepts('namespaces="colophon-key@v1"')).toBe(false);
    expect(await accepts('valid-before="20260202Z"')).toBe(true);
    expect(await accepts('valid-before="20260201Z"')).toBe(false);
    expect(words(await verify([[old, 'namespaces="colophon-release@v1"']]))).toContain('does not allow the namespace colophon-key@v1');
  });
});

describe('statements that are refused and told', () => {
  test.each<[string, () => string, RegExp]>([
    ['of another dataset', () => old.state({ dataset: 'other', successor: fresh.line, after }), /dataset other/],
    ['by a stranger', () => old.state({ successor: fresh.line, after }, [stranger]), /did not sign/],
    ['made after another history', () => old.state({ successor: fresh.line, after: { ...after, digest: 'f'.repeat(64) } }), /another release 2/],
    ['of an earlier number than the release it hands over after', () => old.state({ successor: fresh.line, after, from_sequence: 1 }), /does not begin with/],
  ])('%s', async (_what, make, reason) => {
    sign(fresh);
    state(make());
    const report = await verify([[old]]);
    expect(report.ok).toBe(false);
    expect(kinds(report)).toContain('chain-broken');
    expect(words(report)).toMatch(reason);
  });

  test('a key that is not the reader\'s names its own successor', async () => {
    sign(fresh);
    state(stranger.state({ successor: fresh.line, after }));
    const report = await verify([[old]]);
    expect(kinds(report)).toEqual(['signature-unknown']);
    expect(words(report)).toContain(`was named by ${stranger.fingerprint}`);
  });

  test('a successor before its time', async () => {
    release = join(folder, '2.0.0');
    mkdirSync(release);
    const digest = writeRelease(release, undefined, { version: '2.0.0', sequence: 2, previous: { version: '1.0.0', digest: sha256('1') } });
    sign(fresh);
    state(old.state({ successor: fresh.line, after: { version: '2.0.0', digest, sequence: 2 } }));
    const report = await verify([[old]]);
    expect(kinds(report)).toEqual(['signature-unknown']);
    expect(words(report)).toContain('signs only from release 3');
  });

  test('two histories: what came with the release, and what lies beside it', async () => {
    sign(fresh);
    state(handover);
    mkdirSync(join(folder, 'keys'));
    const other = old.state({ successor: stranger.line, after });
    const end = other.indexOf('\n') + 1;
    writeFileSync(join(folder, 'keys/1.json'), other.slice(0, end));
    writeFileSync(join(folder, 'keys/1.json.sig'), other.slice(end));
    const report = await verify([[old]]);
    expect(kinds(report).sort()).toEqual(['chain-broken', 'signature-unknown']);
    expect(words(report)).toContain('two histories');
  });

  test('the keys of another dataset beside the release are left alone', async () => {
    sign(old);
    mkdirSync(join(folder, 'keys'));
    writeFileSync(join(folder, 'keys/1.json'), old.state({ dataset: 'other', successor: fresh.line }).split('\n')[0]!);
    const report = await verify([[old]]);
    expect(report.ok).toBe(true);
    expect(report.not_checked.join(' ')).toContain('another dataset');
  });
});

describe('a revoked key', () => {
  test('counts for nobody, who names signers or not, and the release is told to be signed by one', async () => {
    sign(old);
    state(old.state({ after }));
    expect(kinds(await verify([[old]]))).toContain('signature-invalid');
    const alone = await verifyRelease(release, { jobs: 1 });
    expect(alone.problems).toMatchObject([{ kind: 'signature-invalid', message: expect.stringContaining('was revoked from release 3') }]);
  });

  test('may be revoked for the past, and counts before that', async () => {
    sign(old);
    state(old.state({ after, from_sequence: 2 }));
    expect((await verify([[old]])).ok).toBe(false);
    writeRelease(release, undefined, { version: '1.0.0', sequence: 1 });
    sign(old);
    expect((await verify([[old]])).ok).toBe(true);
  });

  test('is revoked by as many others as the reader asks for', async () => {
    sign(old, third);
    const by = (...signers: TestKey[]) => state(old.state({ after }, signers));
    by(third);
    expect(words(await verify([[old], [third]]))).toContain('was revoked');
    expect(words(await verify([[old], [third], [fresh]], { threshold: 2 }))).toContain('neither that key signed it nor enough');
    by(third, fresh);
    expect(words(await verify([[old], [third], [fresh]], { threshold: 2 }))).toContain('was revoked');
    by(stranger);
    const report = await verify([[old]]);
    expect(report.signatures[0]!.valid).toBe(true);
    expect(kinds(report)).toEqual(['chain-broken']);
  });

  test('does not come back by its successor, and names none any more', async () => {
    const revoked = old.state({ after });
    sign(fresh);
    state(revoked, old.state({ number: 2, previous: digestOf(revoked), successor: fresh.line, after }));
    const report = await verify([[old]]);
    expect(kinds(report).sort()).toEqual(['chain-broken', 'signature-unknown']);
  });
});

test('what has no number, such as an amendment, is judged by its day; a revoked key signs none', () => {
  const { signers } = parseAllowedSigners(`a@x.org ${old.line}`);
  const judge = (log: string, key: TestKey, date: string) => {
    const { statements, fault } = parseKeyLog(log, 'test-set');
    expect(fault).toBeNull();
    return new KeyTrust(signers, statements).judge(parsePublicKeyLine(key.line), { namespace: 'colophon-amendment@v1', sequence: null, date }).voucher !== null;
  };
  expect([judge(handover, old, '2026-02-01'), judge(handover, old, '2026-02-02')]).toEqual([true, false]);
  expect([judge(handover, fresh, '2026-01-31'), judge(handover, fresh, '2026-02-01')]).toEqual([false, true]);
  expect(judge(old.state({ after }), old, '2026-01-01')).toBe(false);
});

test('a file of statements that is a link or no text of ours is told', async () => {
  sign(old);
  writeFileSync(join(release, 'release.json.keys'), 'trust me');
  expect(kinds(await verify([[old]]))).toEqual(['chain-broken']);
});
