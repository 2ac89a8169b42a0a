import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, cpSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { AmendmentDocument } from '../../src/model/amendment.js';
import type { Tombstone } from '../../src/model/release.js';
import type { VerifyOptions } from '../../src/verify/inspection.js';
import { readSigners } from '../../src/verify/signers-file.js';
import type { CaseHolding, TableReader } from '../../src/verify/table-reader.js';
import { verifyRelease } from '../../src/verify/verify.js';
import { amendedCase, amendment, signByHand, writeAmendment } from '../support/amendment-file.js';
import { PAYLOAD, sha256, writeRelease } from '../support/release-folder.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const IMAGES = ['data/images/C1/1.2.3/1.2.3.4/1.2.3.4.1.dcm', 'data/images/C1/1.2.3/1.2.3.4/1.2.3.4.2.dcm'];
const MASK = 'c'.repeat(64);
const WITH_TABLES = { ...PAYLOAD, 'data/tables/instances.parquet': 'instances', 'data/tables/splits.parquet': 'splits' };

const temporaryFolder = useTemporaryFolders();
let downloads: string;
let copy: string;
let digest: string;
beforeEach(() => {
  downloads = temporaryFolder();
  copy = join(downloads, 'old copy');
  digest = writeRelease(copy, WITH_TABLES);
});

const at = (...path: string[]) => join(copy, ...path);
const verify = (options: VerifyOptions = {}) => verifyRelease(copy, { jobs: 1, ...options });
const write = (document: Partial<AmendmentDocument> = {}, path = join(downloads, 'amendments/amendment-1.json')) => writeAmendment(path, amendment(digest, document));

describe('an amendment is found', () => {
  test.each([
    ['in the copy', () => at('amendment-1.json'), 'amendment-1.json'],
    ['in a folder of the copy', () => at('amendments/amendment-1.json'), 'amendments/amendment-1.json'],
    ['beside the copy', () => join(downloads, 'amendment-1.json'), '../amendment-1.json'],
    ['where the publisher has it', () => join(downloads, 'amendments/amendment-1.json'), '../amendments/amendment-1.json'],
  ])('%s, and is no file too many there', async (_where, place, shown) => {
    write({}, place());
    const report = await verify();
    expect(report).toMatchObject({ ok: false, problems: [], withdrawn: ['C1'], amendments: [{ path: shown, number: 1, accepted: true }] });
  });

  test.each([
    ['the file', 'elsewhere/newest.json'],
    ['its folder', 'elsewhere/amendment-1.json'],
    ['the folder of the releases', 'elsewhere/amendments/amendment-1.json'],
  ])('by its name: %s', async (_what, path) => {
    write({}, join(downloads, path));
    const named = path.endsWith('newest.json') ? join(downloads, path) : join(downloads, 'elsewhere');
    expect(await verify({ amendments: [named] })).toMatchObject({ problems: [], withdrawn: ['C1'] });
    expect(await verify()).toMatchObject({ ok: true, withdrawn: [] });
  });

  test('without one it is said that nobody was asked, and a NOTICE is a hint that something is missing', async () => {
    expect((await verify()).not_checked.join(' ')).toContain('Whether cases were withdrawn since: no amendment and no later release lies beside this copy.');
    writeFileSync(at('NOTICE'), 'Something was withdrawn.');
    const report = await verify();
    expect(report.ok).toBe(true);
    expect(report.not_checked.join(' ')).toContain('NOTICE says that there was something to tell');
  });

  test('what is named and is not there, or says nothing of this dataset, is no silent yes', async () => {
    await expect(verify({ amendments: [join(downloads, 'nowhere')] })).rejects.toMatchObject({ code: 'USAGE' });
    mkdirSync(join(downloads, 'empty'));
    await expect(verify({ amendments: [join(downloads, 'empty')] })).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('neither an amendment nor a release') });
  });
});

describe('what must be destroyed', () => {
  test('all files of the case, by the folders of the manifest when no table can be read', async () => {
    write({ withdrawn: [amendedCase('C1', { reason: 'legal', replacement: 'C2', since_version: '2.0.0' })] });
    const report = await verify();
    expect(report.destroy).toEqual([
      { case_id: 'C1', reason: 'legal', date: '2026-02-20', replacement: 'C2', since_version: '2.0.0', source: '../amendments/amendment-1.json', paths: IMAGES, bytes: 6000, destroyed: 0, tables: [] },
    ]);
    expect(report.not_checked.join(' ')).toContain('The tables of this copy');
  });

  test('renamed files, others in the folder of the case, and copies under other names', async () => {
    write();
    renameSync(at(IMAGES[0]!), at('data/notes/moved.dcm'));
    writeFileSync(at('data/images/C1/thumbnail.png'), 'a face');
    copyFileSync(at(IMAGES[1]!), at('data/copy of two'));
    const report = await verify();
    expect(report.destroy[0]?.paths).toEqual(['data/copy of two', IMAGES[1], 'data/images/C1/thumbnail.png', 'data/notes/moved.dcm']);
    expect(report.problems.map(({ kind }) => kind).toSorted()).toEqual(['extra', 'extra', 'renamed']);
  });

  test('what is destroyed already is no file missing; the rest of the copy is judged as ever', async () => {
    write();
    rmSync(at('data/images/C1'), { recursive: true });
    const report = await verify();
    expect(report).toMatchObject({ problems: [], withdrawn: ['C1'], destroy: [{ paths: [], destroyed: 2, bytes: 0 }] });
    truncateSync(at('data/notes/z.txt'), 1);
    expect((await verify()).problems).toMatchObject([{ kind: 'truncated', path: 'data/notes/z.txt' }]);
  });

  test('a case that this release does not hold is none of it', async () => {
    write({ releases: [], withdrawn: [amendedCase('C9', { releases: [{ version: '0.9.0', case_digest: null }] })] });
    expect(await verify()).toMatchObject({ ok: true, withdrawn: [] });
  });

  test('a case that turns up in the copy is found, though the amendment does not say that this release holds it', async () => {
    write({ releases: [], withdrawn: [amendedCase('C2', { releases: [{ version: '0.9.0', case_digest: null }] })] });
    expect(await verify()).toMatchObject({ withdrawn: ['C2'] });
  });
});

describe('the tables of the copy', () => {
  const reader = (holdings: CaseHolding[], tombstones: Tombstone[] = []): { tables: TableReader; asked: unknown[] } => {
    const asked: unknown[] = [];
    return { asked, tables: { readTombstones: async () => tombstones, readHoldings: async (tables, wanted) => (asked.push([[...tables.keys()], wanted]), holdings) } };
  };
  const c1: CaseHolding = { case_id: 'C1', digest: MASK, paths: IMAGES, tables: [{ table: 'splits', rows: 2 }] };

  test('say which case a digest stands for, and which of them hold rows of it', async () => {
    write({ withdrawn: [amendedCase(null, { releases: [{ version: '1.0.0', case_digest: MASK }] })] });
    const { tables, asked } = reader([c1]);
    expect(await verify({ tables })).toMatchObject({ withdrawn: ['C1'], destroy: [{ reason: 'phi', paths: IMAGES, tables: [{ table: 'splits', rows: 2 }] }] });
    expect(asked).toEqual([[['cases', 'instances', 'splits'], { cases: [], digests: [MASK] }]]);
  });

  test('that were damaged are not opened: the case of a digest is withdrawn without a name', async () => {
    write({ withdrawn: [amendedCase('C2'), amendedCase(null, { releases: [{ version: '1.0.0', case_digest: MASK }] })] });
    writeFileSync(at('data/tables/cases.parquet'), Buffer.alloc(500, 'PAR2'));
    const { tables, asked } = reader([c1]);
    const report = await verify({ tables });
    expect(asked).toEqual([]);
    expect(report.withdrawn).toEqual(['C2', `sha256:${MASK}`]);
    expect(report.problems).toMatchObject([{ kind: 'corrupt', path: 'data/tables/cases.parquet' }]);
  });

  test('are not opened either when the manifest that lists them is not the one of release.json', async () => {
    write();
    const { tables, asked } = reader([c1]);
    writeFileSync(at('data/tables/cases.parquet'), 'evil');
    const manifest = at('manifest-sha256.txt');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(sha256(PAYLOAD['data/tables/cases.parquet']!), sha256('evil')));
    expect((await verify({ tables })).withdrawn).toEqual(['C1']);
    expect(asked).toEqual([]);
  });

  test('have the last word against an amendment that claims a case which this very release does not hold', async () => {
    write({ withdrawn: [amendedCase('C7')] });
    const report = await verify({ tables: reader([]).tables });
    expect(report).toMatchObject({ withdrawn: [], problems: [{ kind: 'amendment-invalid', found: 'C7' }] });
  });

  describe('of a later release, whose tombstones', () => {
    const stone = (case_id: string): Tombstone => ({ case_id, reason: 'quality', since_version: '2.0.0', date: '2026-03-01', replacement: null });
    const later = (folder: string, more: { dataset?: string; previous?: string } = {}): string =>
      writeRelease(folder, { 'data/tables/tombstones.parquet': 'stones' }, { version: '2.0.0', sequence: 2, previous: { version: '1.0.0', digest: more.previous ?? digest }, ...(more.dataset === undefined ? {} : { dataset: more.dataset }), withdrawn: 1 });

    test('are asked, beside the copy or where it is named', async () => {
      later(join(downloads, '2.0.0'));
      const { tables } = reader([c1], [stone('C1'), stone('C5')]);
      expect(await verify({ tables })).toMatchObject({ withdrawn: ['C1'], destroy: [{ reason: 'quality', since_version: '2.0.0', source: '../2.0.0' }] });
      renameSync(join(downloads, '2.0.0'), join(temporaryFolder(), 'new'));
      expect(await verify({ tables })).toMatchObject({ ok: true, withdrawn: [] });
      const named = temporaryFolder();
      later(join(named, 'x'));
      expect(await verify({ tables, amendments: [join(named, 'x')] })).toMatchObject({ withdrawn: ['C1'] });
      expect(await verify({ tables, amendments: [named] })).toMatchObject({ withdrawn: ['C1'] });
    });

    test('tell of a case by its digest too', async () => {
      later(join(downloads, '2.0.0'));
      expect(await verify({ tables: reader([c1], [stone(`sha256:${MASK}`)]).tables })).toMatchObject({ withdrawn: ['C1'] });
    });

    test('are not opened when they, or what vouches for them, were changed: told for a neighbour, a problem for one that was named', async () => {
      const folder = join(downloads, '2.0.0');
      later(folder);
      writeFileSync(join(folder, 'data/tables/tombstones.parquet'), 'other');
      const { tables } = reader([c1], [stone('C1')]);
      const report = await verify({ tables });
      expect(report).toMatchObject({ ok: true, withdrawn: [] });
      expect(report.not_checked.join(' ')).toContain('The later release 2.0.0 cannot be asked for withdrawn cases');
      expect(await verify({ tables, amendments: [folder] })).toMatchObject({ ok: false, problems: [{ kind: 'amendment-invalid' }] });
    });

    test('of another dataset or an older release say nothing of this one', async () => {
      later(join(downloads, '2.0.0'), { dataset: 'other-set' });
      writeRelease(join(downloads, '0.9.0'), {}, { version: '0.9.0', sequence: 1 });
      expect(await verify({ tables: reader([c1], [stone('C1')]).tables })).toMatchObject({ ok: true, withdrawn: [] });
    });

    test('are no tombstones of this release when it was built upon another one of the same number', async () => {
      later(join(downloads, 'newer'), { previous: sha256('another 1.0.0') });
      const report = await verify({ tables: reader([c1], [stone('C1')]).tables });
      expect(report.problems).toMatchObject([{ kind: 'chain-broken', path: '../newer' }]);
      expect(report.withdrawn).toEqual(['C1']);
    });
  });
});

describe('an amendment that cannot be relied on is told, destroys nothing, and hides nothing', () => {
  const damage: [string, (path: string) => void][] = [
    ['a flipped byte', (path) => writeFileSync(path, readFileSync(path, 'utf8').replace('consent', 'consemt'))],
    ['white space', (path) => appendFileSync(path, '\n')],
    ['no JSON', (path) => writeFileSync(path, 'withdrawn: C1')],
    ['a key twice', (path) => writeFileSync(path, readFileSync(path, 'utf8').replace('"number":1', '"number":1,"number":1'))],
    ['a link', (path) => (renameSync(path, `${path}.real`), symlinkSync(`${path}.real`, path))],
    ['a case without id and digest', (path) => void writeAmendment(path, amendment(digest, { withdrawn: [amendedCase(null)] }))],
  ];
  test.each(damage)('%s', async (_what, spoil) => {
    write();
    spoil(join(downloads, 'amendments/amendment-1.json'));
    const report = await verify();
    expect(report).toMatchObject({ ok: false, withdrawn: [], problems: [{ kind: 'amendment-invalid', path: '../amendments/amendment-1.json' }], amendments: [{ accepted: false }] });
    // a sound one is heard all the same
    write({ number: 2 }, join(downloads, 'amendments/amendment-2.json'));
    expect(await verify()).toMatchObject({ withdrawn: ['C1'], problems: [{ kind: 'amendment-invalid' }] });
  });

  test('of another dataset: left alone beside the copy, a problem when it was named', async () => {
    const path = join(downloads, 'amendments/amendment-1.json');
    write({ dataset: 'other-set' });
    expect(await verify()).toMatchObject({ ok: true, withdrawn: [], amendments: [] });
    expect(await verify({ amendments: [path] })).toMatchObject({ ok: false, withdrawn: [], problems: [{ kind: 'amendment-invalid', message: expect.stringContaining('other-set') }] });
    expect(await verify({ amendments: [join(downloads, 'amendments')] })).toMatchObject({ ok: false, problems: [{ kind: 'amendment-invalid' }] });
  });

  test('of another release with the same number: told, and its cases are looked for all the same', async () => {
    write({ releases: [{ version: '1.0.0', sequence: 1, digest: sha256('another') }] });
    expect(await verify()).toMatchObject({ withdrawn: ['C1'], problems: [{ kind: 'chain-broken', message: expect.stringContaining('another release 1.0.0') }] });
  });

  test('one that takes back what an earlier one said, or has its number: both are heard', async () => {
    const first = write({ withdrawn: [amendedCase('C1'), amendedCase('C2')] });
    const second = join(downloads, 'amendments/amendment-2.json');
    write({ number: 2, previous: { number: 1, digest: first }, withdrawn: [amendedCase('C1', { reason: 'quality' })] }, second);
    const report = await verify();
    expect(report).toMatchObject({ withdrawn: ['C1', 'C2'], destroy: [{ reason: 'quality' }, { reason: 'consent' }], problems: [{ kind: 'chain-broken', path: '../amendments/amendment-2.json' }] });
    write({ number: 2, previous: { number: 1, digest: sha256('another first') }, withdrawn: [amendedCase('C1'), amendedCase('C2')] }, second);
    expect((await verify()).problems).toMatchObject([{ kind: 'chain-broken', message: expect.stringContaining('built upon another amendment') }]);
    write({ withdrawn: [] }, join(downloads, 'amendment-1.json'));
    expect(await verify()).toMatchObject({ withdrawn: ['C1', 'C2'] });
  });

  test('of a newer format stops everything: a withdrawal must not be missed', async () => {
    write({ format: 'colophon-amendment/2' as 'colophon-amendment/1' });
    await expect(verify()).rejects.toMatchObject({ code: 'RELEASE_TOO_NEW', exitCode: 4 });
  });

  test('of a name with a number that it does not have is heard, by its own number', async () => {
    write({ number: 7 });
    expect(await verify()).toMatchObject({ withdrawn: ['C1'], amendments: [{ number: 7 }] });
  });
});

const hasKeygen = spawnSync('ssh-keygen', ['-?']).error === undefined;
// an amendment is signed by OpenSSH's own tool: without it on the PATH there is nothing to check
(hasKeygen ? describe : describe.skip)('signatures (with ssh-keygen on the PATH)', () => {
  const NAMESPACE = 'colophon-amendment@v1';
  let path: string;
  let keys: string;
  beforeEach(() => {
    keys = temporaryFolder();
    path = join(downloads, 'amendments/amendment-1.json');
    write();
    for (const name of ['steward', 'stranger']) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', join(keys, name)]);
    // the release itself is signed by the steward: what is judged here is the amendment
    signByHand(at('release.json'), join(keys, 'steward'), 'colophon-release@v1');
  });

  const signers = (options = '') => {
    writeFileSync(join(keys, 'allowed'), `steward@example.org ${options} ${readFileSync(join(keys, 'steward.pub'), 'utf8')}`);
    return readSigners(join(keys, 'allowed'));
  };

  test('one by an allowed signer counts; ssh-keygen says the same; a tampered one does not', async () => {
    signByHand(path, join(keys, 'steward'), NAMESPACE);
    const report = await verify({ signers: signers() });
    expect(report).toMatchObject({ problems: [], withdrawn: ['C1'], amendments: [{ accepted: true, signer: 'steward@example.org' }] });
    const theirs = spawnSync('ssh-keygen', ['-Y', 'verify', '-f', join(keys, 'allowed'), '-I', 'steward@example.org', '-n', NAMESPACE, '-s', `${path}.sig`], { input: readFileSync(path) });
    expect(theirs.status).toBe(0);
    write({ withdrawn: [amendedCase('C2')] });
    for (const options of [{ signers: signers() }, {}])
      expect(await verify(options)).toMatchObject({ ok: false, withdrawn: [], problems: [{ kind: 'signature-invalid', message: expect.stringContaining('It claims that 1 case of this release was withdrawn') }] });
  });

  test.each<[string, () => void, string, string]>([
    ['no signature', () => undefined, 'signature-unknown', ''],
    ['a stranger', () => signByHand(path, join(keys, 'stranger'), NAMESPACE), 'signature-unknown', ''],
    ['one made for releases', () => signByHand(path, join(keys, 'steward'), 'colophon-release@v1'), 'signature-invalid', ''],
    ['a text that is none', () => writeFileSync(`${path}.sig`, 'trust me'), 'signature-invalid', ''],
    ['an empty file', () => writeFileSync(`${path}.sig`, ''), 'signature-invalid', ''],
    ['a key that may sign releases only', () => signByHand(path, join(keys, 'steward'), NAMESPACE), 'signature-unknown', 'namespaces="colophon-release@v1"'],
    ['a key that was not valid then', () => signByHand(path, join(keys, 'steward'), NAMESPACE), 'signature-unknown', 'valid-before="20260215Z"'],
  ])('%s is refused where signers are named', async (_what, act, kind, options) => {
    act();
    const report = await verify({ signers: signers(options) });
    expect(report).toMatchObject({ ok: false, withdrawn: [], destroy: [], amendments: [{ accepted: false }], problems: [{ kind, path: '../amendments/amendment-1.json' }] });
    expect(report.problems[0]?.message).toContain('ask the publisher');
  });

  test('an older one that nobody signed, or a key that was not valid then, harms nobody when a newer one is signed; a newer one does', async () => {
    const second = join(downloads, 'amendments/amendment-2.json');
    write({ number: 2, previous: { number: 1, digest: sha256(readFileSync(path)) } }, second);
    expect(await verify({ signers: signers() })).toMatchObject({ withdrawn: [], problems: [{ kind: 'signature-unknown' }, { kind: 'signature-unknown' }] });
    signByHand(second, join(keys, 'steward'), NAMESPACE);
    expect(await verify({ signers: signers() })).toMatchObject({ withdrawn: ['C1'], problems: [], amendments: [{ number: 1, accepted: false }, { number: 2, accepted: true }] });
    write({ number: 3, withdrawn: [amendedCase('C2')] }, join(downloads, 'amendments/amendment-3.json'));
    expect(await verify({ signers: signers() })).toMatchObject({ withdrawn: ['C1'], problems: [{ kind: 'signature-unknown', path: '../amendments/amendment-3.json' }] });
  });

  test('without signers an unsigned one is acted upon, and it is said that nobody vouches for it', async () => {
    expect(await verify()).toMatchObject({ withdrawn: ['C1'], amendments: [{ accepted: true, message: expect.stringContaining('nobody vouches') }] });
    signByHand(path, join(keys, 'stranger'), NAMESPACE);
    expect(await verify()).toMatchObject({ withdrawn: ['C1'], amendments: [{ accepted: true, message: expect.stringContaining('nobody vouches here') }] });
  });

  test('a file that is named is signed by the file beside it, wherever both lie', async () => {
    signByHand(path, join(keys, 'steward'), NAMESPACE);
    const away = temporaryFolder();
    cpSync(join(downloads, 'amendments'), away, { recursive: true });
    rmSync(join(downloads, 'amendments'), { recursive: true });
    expect(await verify({ signers: signers(), amendments: [join(away, 'amendment-1.json')] })).toMatchObject({ problems: [], withdrawn: ['C1'] });
  });
});
