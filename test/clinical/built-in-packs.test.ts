import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { builtInPackFolder, builtInPacks, loadPack } from '../../src/clinical/pack.js';
import { completePolicy, POLICY_PROFILES } from '../../src/model/policy-profiles.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { TEMPLATES } from '../../src/workspace/init.js';

test('a pack is a folder of schemas/packs, and each has a template of its name', () => {
  expect(builtInPacks()).toEqual(['lung-nodules', 'midrc']);
  const templates = readdirSync(join(PACKAGE_ROOT, 'schemas/templates')).map((name) => name.replace('.colophon.yaml', ''));
  expect(templates.toSorted()).toEqual([...TEMPLATES].toSorted());
  expect(builtInPacks().filter((name) => !templates.includes(name))).toEqual([]);
});

describe.each(builtInPacks())('%s', (name) => {
  const pack = loadPack(builtInPackFolder(name));

  test('has the name of its folder, and a case table', () => {
    expect(pack.name).toBe(name);
    expect(pack.tables.get('case')?.key).toBeDefined();
  });

  test('describes every column and refuses unknown ones', () => {
    for (const { json, columns } of pack.tables.values()) {
      expect(json['additionalProperties']).toBe(false);
      expect(columns.filter(({ description = '' }) => description.length < 12)).toEqual([]);
    }
  });

  test('tells which column is the sex, the age and the day of a study', () => {
    const columns = [...pack.tables.values()].flatMap((table) => table.columns);
    expect(columns.filter(({ dicomTag }) => dicomTag === '00100040')).toHaveLength(1);
    expect(columns.filter(({ role }) => role === 'age-at-study')).toHaveLength(1);
    expect(columns.filter(({ role }) => role === 'days-to-study')).toHaveLength(1);
  });

  test('brings its own part of the policy, which the configuration can replace', () => {
    const policy = completePolicy({}, pack.policy);
    expect(policy.sensitive).toEqual(pack.policy?.sensitive);
    expect(policy.quasi_identifiers.map(({ column }) => column)).toEqual(pack.policy?.quasi_identifiers?.map((entry) => (typeof entry === 'string' ? entry : entry.column)));
    expect(completePolicy({ sensitive: ['a'], quasi_identifiers: ['b'] }, pack.policy)).toMatchObject({ sensitive: ['a'], quasi_identifiers: [{ column: 'b' }] });
    expect(completePolicy({ profile: 'controlled' }, pack.policy).k_anonymity).toBe(POLICY_PROFILES.controlled.k_anonymity);
  });
});
