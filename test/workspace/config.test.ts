import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CurationError } from '../../src/errors.js';
import { initWorkspace, TEMPLATES } from '../../src/workspace/init.js';
import { loadPolicy } from '../../src/workspace/policy.js';
import { loadWithdrawals, openWorkspace } from '../../src/workspace/workspace.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'colophon-config-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const GOOD = `dataset: {id: d, title: D, license: CC0-1.0}
sources:
  - {name: images, kind: dicom-folder, path: dicom}
`;

function failure(text: string): CurationError {
  writeFileSync(join(root, 'colophon.yaml'), text);
  try {
    openWorkspace(root);
  } catch (error) {
    if (error instanceof CurationError) return error;
    throw error;
  }
  throw new Error('it opened');
}

describe('init', () => {
  test.each(TEMPLATES)('the %s template makes a workspace that opens', (template) => {
    const { created } = initWorkspace(join(root, 'my set'), template);
    expect(created).toContain('colophon.yaml');
    expect(openWorkspace(join(root, 'my set')).config.dataset.id).toBe('my-set');
  });

  test('a second init changes nothing', () => {
    initWorkspace(root);
    const before = readFileSync(join(root, 'colophon.yaml'), 'utf8');
    expect(() => initWorkspace(root)).toThrow(/There is a workspace already/);
    expect(readFileSync(join(root, 'colophon.yaml'), 'utf8')).toBe(before);
  });

  test("a .gitignore of the user's own is kept and completed", () => {
    writeFileSync(join(root, '.gitignore'), 'notes.txt');
    initWorkspace(root);
    const lines = readFileSync(join(root, '.gitignore'), 'utf8').split('\n');
    expect(lines).toEqual(expect.arrayContaining(['notes.txt', 'private/', '.colophon/', 'releases/*/data/images/']));
  });
});

describe('colophon.yaml', () => {
  test('an unknown key is named with line, column and the likely key', () => {
    const error = failure(`${GOOD}acept: {table: case, where: x}\n`);
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toContain('colophon.yaml:4:1: unknown key `acept` in the document; did you mean `accept`?');
  });

  test('a wrong type is named with what was expected and found', () => {
    expect(failure(GOOD.replace('title: D', 'title: [D]')).message).toContain('colophon.yaml:1:25: dataset.title must be a text, found a list');
  });

  test('every defect is listed in one go, in the order of the file', () => {
    const { message } = failure(`${GOOD.replace('id: d, ', '')}schema: 7\nrelease: {payload: coppy}\n`);
    expect(message.split('\n').slice(1).map((line) => line.trim().replace(/^.*yaml:/, ''))).toEqual([
      '1:10: dataset lacks the key `id`',
      '4:9: schema must be a text, found the number `7`',
      '5:20: release.payload must be one of copy, reflink, hardlink, none, found `coppy`; did you mean `copy`?',
    ]);
  });

  test('a source of an unknown kind says which kinds there are', () => {
    expect(failure(GOOD.replace('dicom-folder', 'dicom-foldr')).message).toContain(
      'sources.0.kind must be one of dicom-folder, tables, dicomweb, s3, gen3-manifest, idc-manifest, tcia-manifest, http-tables, postgres, found `dicom-foldr`; did you mean `dicom-folder`?',
    );
  });

  test('shares that do not sum to 1, unknown parts and splits are told', () => {
    const { message } = failure(`${GOOD}splits:
  a: {parts: {x: 0.5, y: 0.4}, seed: 1, hold_out: {z: 'true'}}
  b: {parts: {x: 0.5, y: 0.5}, seed: 1, within: {a: yy}}
`);
    expect(message).toContain('splits.a.parts: expected shares that sum to 1, found 0.9');
    expect(message).toContain('splits.a.hold_out: expected a part: x, y, found "z"');
    expect(message).toContain('splits.b.within.a: no part `yy`; known: x, y');
  });

  test.each([
    ['seed: [1]', 'splits.s.seed must be a text, a number or a mapping (key: value), found a list'],
    ['seed: {fil: x}', 'unknown key `fil` in splits.s.seed; did you mean `file`?'],
    ['seed: 1, pairs: all', 'splits.s.pairs must be `none` or a list, found the text `all`'],
    ['seed: 1, parts: {a: .nan}', 'splits.s.parts.a must be a number, found `NaN`, which is none'],
    ['seed: 1, balance: [{column: a, quantiles: 1}]', 'splits.s.balance.0.quantiles must be at least 2, found 1'],
  ])('of a choice of types only what was meant is told: %s', (split, expected) => {
    const told = failure(`${GOOD}splits:\n  s: {${split}}\n`).message.split('\n').filter((line) => line.includes('splits.s') && !line.includes('lacks the key'));
    expect(told).toEqual([expect.stringContaining(expected)]);
  });

  test('a duplicate key is refused, not silently the last one', () => {
    expect(failure(`${GOOD}schema: midrc\nschema: none\n`).message).toMatch(/colophon\.yaml:5:1: not YAML: .*unique/);
  });

  test('a YAML bomb is refused without being expanded', () => {
    const levels = Array.from({ length: 12 }, (_, i) => `x${i + 1}: &x${i + 1} [${Array(9).fill(`*x${i}`).join(', ')}]`);
    const error = failure(`x0: &x0 [lol, lol]\n${levels.join('\n')}\n${GOOD}`);
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toContain('YAML bomb');
  });

  test('a newer format is refused with its own exit status', () => {
    const error = failure(`format: 2\nnew_key: x\n${GOOD}`);
    expect([error.code, error.exitCode]).toEqual(['CONFIG_TOO_NEW', 4]);
  });

  test('not UTF-8, not YAML, empty', () => {
    writeFileSync(join(root, 'colophon.yaml'), Buffer.from([0xff, 0xfe, 0x00]));
    expect(() => openWorkspace(root)).toThrow(/is not UTF-8 text/);
    expect(failure('a: [1').message).toContain('not YAML');
    expect(failure('').message).toContain('the document must be a mapping');
  });

  test('no workspace names the folder and the way out', () => {
    expect(() => openWorkspace(join(root, 'nowhere'))).toThrow(/No workspace: no colophon\.yaml in .*nowhere/);
  });
});

test('a case withdrawn twice is refused', () => {
  writeFileSync(join(root, 'colophon.yaml'), GOOD);
  const entry = `  - {case_id: a, reason: consent, date: '2026-01-02'}\n`;
  writeFileSync(join(root, 'withdrawals.yaml'), `withdrawals:\n${entry}`);
  expect(loadWithdrawals(openWorkspace(root))).toEqual([{ case_id: 'a', reason: 'consent', date: '2026-01-02' }]);
  writeFileSync(join(root, 'withdrawals.yaml'), `withdrawals:\n${entry}${entry}`);
  expect(() => loadWithdrawals(openWorkspace(root))).toThrow(/names the case a twice/);
});

describe('numbers of the policy that would turn a rule off in silence', () => {
  test.each(['k_anonymity: -1', 'k_anonymity: 2.5', 'l_diversity: 0', 'small_cell: -1', 't_closeness: 9', 'unique_trajectories: -2', 'near_duplicate_bits: 99', 'verdict_days: 0', 'limits: {text_chars: 0}', 'limits: {inflated_bytes: 0}', 'limits: {pixels: -1}'])('%s', (line) => {
    writeFileSync(join(root, 'colophon.yaml'), `${GOOD}schema: none\ngate:\n  ${line}\n`);
    expect(() => loadPolicy(openWorkspace(root))).toThrow(/expected a (?:whole )?number from/);
  });

  test('those of every profile are none', () => {
    for (const profile of ['public', 'controlled', 'internal']) {
      writeFileSync(join(root, 'colophon.yaml'), `${GOOD}schema: none\ngate:\n  profile: ${profile}\n`);
      expect(loadPolicy(openWorkspace(root)).profile).toBe(profile);
    }
  });
});
