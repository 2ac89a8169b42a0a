import { describe, expect, test } from '@jest/globals';
import { listChecks } from '../../../src/checks/programme.js';
import { dataNameCheck } from '../../../src/checks/security/data-names.js';
import { pathNameCheck } from '../../../src/checks/security/path-names.js';
import { policyPatternCheck } from '../../../src/checks/security/policy-patterns.js';
import { cleanFixture } from '../catalog-fixture.js';
import { runChecks, told } from '../run-checks.js';

const CHECKS = [pathNameCheck, dataNameCheck, policyPatternCheck];

test('a clean catalog has harmless names', async () => {
  const report = await runChecks(CHECKS, cleanFixture());
  expect(told(report)).toEqual([]);
  expect(report.checks.find(({ code }) => code === 'SEC-113')).toMatchObject({ status: 'not-applicable' });
  expect(report.checks.find(({ code }) => code === 'SEC-101')?.checked).toBeGreaterThan(8);
});

describe('SEC-101', () => {
  test('cases whose folder nobody can make, or would not look for there', async () => {
    const ids = ['..', '../C1', 'a/b', 'CON', 'nul.txt', 'C1.', 'C1 ', 'C\u202E1', 'x'.repeat(300), 'a:b', '~C'];
    const fixture = cleanFixture();
    fixture.cases = Object.fromEntries(['C1', 'C2', ...ids].map((id) => [id, 'accepted']));
    const report = await runChecks(CHECKS, fixture, { prepare: async (catalog) => void (await catalog.run("INSERT INTO case_ VALUES ('C' || chr(0) || '1', 'accepted', '')")) });
    expect(report.findings.map(({ code, location }) => [code, location.kind])).toEqual([...ids, 'NUL'].map(() => ['SEC-101', 'case']));
  });

  test('a UID that leaves its folder is told once, by its first file; a withdrawn case is not asked', async () => {
    const fixture = cleanFixture();
    fixture.cases = { C1: 'accepted', C2: 'accepted', 'CON': 'withdrawn' };
    for (const image of fixture.images) if (image.case_id === 'C1') image.SeriesInstanceUID = '../x';
    expect(told(await runChecks(CHECKS, fixture))).toEqual(['SEC-101 error SeriesInstanceUID']);
  });

  test('a table whose file nobody can write', async () => {
    const fixture = cleanFixture();
    fixture.tables['a|b'] = [['x'], ['1']];
    expect(told(await runChecks(CHECKS, fixture))).toEqual(['SEC-101 error a|b', 'SEC-112 error a|b']);
  });
});

/** The clean fixture with further columns of cases. */
function withColumns(...names: string[]) {
  const fixture = cleanFixture();
  fixture.tables['case']?.forEach((row, index) => row.push(...names.map((name) => (index === 0 ? name : 'x'))));
  return fixture;
}

test('SEC-111: columns called like a member of every object', async () => {
  const names = ['__proto__', 'constructor', 'prototype', 'toString'];
  expect(told(await runChecks(CHECKS, withColumns(...names))).sort()).toEqual(names.map((name) => `SEC-111 error ${name}`).sort());
});

test('SEC-111: a part of a split called like a member of every object', async () => {
  const parts = JSON.parse('{"__proto__": 0.5, "b": 0.5}') as Record<string, number>;
  expect(told(await runChecks(CHECKS, cleanFixture(), { config: { splits: { s: { parts, seed: 1 } } } }))).toEqual(['SEC-111 error splits.s.parts.__proto__']);
});

test('SEC-112: columns whose names need quoting', async () => {
  const names = ['age at index', '1st', 'a"b', 'é', 'x'.repeat(64), 'a-b', 'a;b'];
  expect(told(await runChecks(CHECKS, withColumns(...names))).sort()).toEqual(names.map((name) => `SEC-112 error ${name}`).sort());
});

test('SEC-113: a pattern of the policy that can hang, or is none', async () => {
  for (const [pattern, reason] of [['(a+)+$', 'repeats a repetition'], ['(', 'is no regular expression'], ['(?=x)x', 'looks ahead or behind']] as const) {
    const report = await runChecks(CHECKS, cleanFixture(), { policy: { patient_id_pattern: pattern } });
    expect(report.findings.map(({ code, message }) => [code, message])).toEqual([['SEC-113', `The pattern of the policy ${reason}.`]]);
  }
});

test('SEC-113: patterns that are linear', async () => {
  for (const pattern of ['[0-9]{6}-[0-9]{6}', '^MIDRC-[A-Z0-9]+$', 'A[0-9]+|B[0-9]+', '[0-9]+'])
    expect(told(await runChecks(CHECKS, cleanFixture(), { policy: { patient_id_pattern: pattern } }))).toEqual([]);
});

test('every rule of governance and security runs, or the catalogue says plainly why not', () => {
  const entries = listChecks().filter(({ group, code }) => group === 'GOV' || group === 'SEC' || code === 'SCH-021');
  for (const { implemented, unimplemented } of entries) expect(implemented ? unimplemented : (unimplemented ?? '')).toEqual(implemented ? undefined : expect.stringMatching(/^[A-Z].*\.$/));
  expect(entries.filter(({ implemented }) => !implemented).map(({ code }) => code)).not.toContain('GOV-001');
});
