import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { tableDefect } from '../../src/clinical/document-rules.js';
import { builtInPackFolder, builtInPacks, loadPack } from '../../src/clinical/pack.js';
import { completePolicy, POLICY_PROFILES } from '../../src/model/policy-profiles.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { COLUMN_ROLES } from '../../src/model/clinical.js';
import { TEMPLATES } from '../../src/workspace/init.js';

const README = readFileSync(join(PACKAGE_ROOT, 'schemas/README.md'), 'utf8');

test('a pack is a folder of schemas/packs, and each has a template of its name', () => {
  expect(builtInPacks()).toEqual(['lung-nodules', 'midrc']);
  const templates = readdirSync(join(PACKAGE_ROOT, 'schemas/templates')).map((name) => name.replace('.colophon.yaml', ''));
  expect(templates.toSorted()).toEqual([...TEMPLATES].toSorted());
  expect(builtInPacks().filter((name) => !templates.includes(name))).toEqual([]);
});

test('every example of the README is a table file, or a rule of the pack that it is about', () => {
  const examples = [...README.matchAll(/```json\n([^`]+)```/g)].map((match) => JSON.parse(match[1] ?? '') as Record<string, unknown>);
  const tables = examples.filter((example) => 'x-key' in example);
  expect(tables.map(tableDefect)).toEqual(tables.map(() => null));
  const rules = examples.filter((example) => 'kind' in example);
  expect([tables.length, rules.length]).toEqual([2, 1]);
  for (const rule of rules) expect(loadPack(builtInPackFolder('lung-nodules')).cross).toContainEqual(rule);
});

test('the README names every role, and the form of table files knows no other', () => {
  expect(COLUMN_ROLES.filter((role) => !README.includes(`\`${role}\``))).toEqual([]);
  const form = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'schemas/clinical-table.v1.schema.json'), 'utf8')) as { $defs: { column: { properties: Record<string, { enum?: string[] }> } } };
  expect(form.$defs.column.properties['x-role']?.enum).toEqual([...COLUMN_ROLES]);
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
