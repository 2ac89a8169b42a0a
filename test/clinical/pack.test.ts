import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { builtInPackFolder, loadPack } from '../../src/clinical/pack.js';
import { CurationError } from '../../src/errors.js';

const BUILT_IN = builtInPackFolder('midrc');

test('the built-in pack loads, with its name, its dictionary and a digest that repeats', () => {
  const pack = loadPack(BUILT_IN);
  expect(pack.name).toBe('midrc');
  expect(pack.dictionary?.license).toBe('Apache-2.0');
  expect(pack.tables.size).toBe(20);
  expect(pack.digest).toMatch(/^[0-9a-f]{64}$/);
  expect(loadPack(BUILT_IN).digest).toBe(pack.digest);
});

const EVIDENCE = { kind: 'evidence', rule: 'XCK-013', table: 'condition', column: 'condition_name', evidence: { table: 'visit' }, needs: ['COVID-19'] };

describe('a broken pack is SCHEMA_INVALID with file and place', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'colophon-pack-'));
    for (const name of ['pack.json', 'visit.v1.schema.json', 'condition.v1.schema.json']) cpSync(join(BUILT_IN, name), join(folder, name));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  type Json = Record<string, unknown> & { properties: Record<string, Record<string, unknown>>; allOf: Record<string, unknown>[] };

  function edit(change: (json: Json) => void, name = 'visit.v1.schema.json'): void {
    const json = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Json;
    change(json);
    writeFileSync(join(folder, name), JSON.stringify(json));
  }

  function failure(): CurationError {
    try {
      loadPack(folder);
    } catch (error) {
      if (error instanceof CurationError) return error;
      throw error;
    }
    throw new Error('the pack was accepted');
  }

  test.each<[string, Record<string, unknown>, RegExp]>([
    ['an unknown key', { sql: 'select 1' }, /pack\.json: unknown key "sql"/],
    ['a kind of rule that there is not', { cross: [{ kind: 'sql' }] }, /pack\.json#\/cross\/0\/kind: /],
    ['a rule with SQL in it', { cross: [{ ...EVIDENCE, where: 'true' }] }, /pack\.json#\/cross\/0: unknown key "where"/],
    ['a rule that asks for nothing', { cross: [{ ...EVIDENCE, needs: undefined }] }, /pack\.json#\/cross\/0: .*required/],
    ['a rule about no table', { cross: [{ ...EVIDENCE, evidence: { table: 'vist' } }] }, /pack\.json#\/cross\/0\/evidence: there is no table "vist"/],
    ['a rule about no column', { cross: [{ ...EVIDENCE, column: 'x' }] }, /pack\.json#\/cross\/0\/column: there is no column "x" in the table condition/],
    ['a choice by no column', { cross: [{ ...EVIDENCE, evidence: { table: 'visit', filled: ['y'] } }] }, /pack\.json#\/cross\/0\/evidence\/filled: there is no column "y"/],
    ['a misspelt sensitive column', { cross: [], policy: { sensitive: ['condition_nam'] } }, /pack\.json#\/policy\/sensitive\/0: there is no column "condition_nam"/],
  ])('%s', (_what, more, message) => {
    edit((json) => Object.assign(json, more), 'pack.json');
    const error = failure();
    expect(error.code).toBe('SCHEMA_INVALID');
    expect(error.message).toMatch(message);
  });

  test('what pack.json judges by is part of the digest', () => {
    const before = loadPack(folder).digest;
    edit((json) => Object.assign(json, { cross: [EVIDENCE], policy: { sensitive: ['visit.discharge_type'] } }), 'pack.json');
    const pack = loadPack(folder);
    expect(pack.cross).toEqual([EVIDENCE]);
    expect(pack.policy).toEqual({ sensitive: ['visit.discharge_type'] });
    expect(pack.digest).not.toBe(before);
  });

  test('as it is, it loads', () => {
    expect([...loadPack(folder).tables.keys()]).toEqual(['condition', 'visit']);
  });

  test.each<[string, (json: Json) => void, RegExp]>([
    ['a wrong type', (j) => (j.properties['discharge_type'] = { type: 'text' }), /visit\.v1\.schema\.json#\/properties\/discharge_type\/type: /],
    ['no type', (j) => (j.properties['discharge_type'] = {}), /visit\.v1\.schema\.json#\/properties\/discharge_type: .*type/],
    ['a list without members', (j) => (j.properties['discharge_type'] = { type: 'array' }), /#\/properties\/discharge_type: .*items/],
    ['a limit that is no number', (j) => (j.properties['days_to_icu_admission']!['minimum'] = '1'), /#\/properties\/days_to_icu_admission\/minimum: /],
    ['a misspelt keyword', (j) => (j.properties['discharge_type']!['patern'] = 'a'), /#\/properties\/discharge_type: unknown keyword "patern"/],
    ['a misspelt own keyword', (j) => (j.allOf[1]!['x-oder'] = ['a', 'b']), /#\/allOf\/1: unknown keyword "x-oder"/],
    ['a key that is no column', (j) => (j['x-key'] = 'submiter_id'), /#\/x-key: there is no column "submiter_id"/],
    ['a rule about no column', (j) => (j.allOf[1]!['x-order'] = ['days_to_hospital_admission', 'days_off']), /#\/allOf\/1: there is no column "days_off"/],
    ['a link without its column', (j) => ((j['x-links'] as { name: string }[])[0]!.name = 'persons'), /#\/x-links\/0: there is no column "persons.submitter_id"/],
    ['a column name that SQL could trip over', (j) => (j.properties['a"b'] = { type: 'string' }), /#\/properties/],
    ['a reference to the network', (j) => (j.allOf[0]!['$ref'] = 'https://example.org/x'), /#\/allOf\/0\/\$ref: .*leads nowhere/],
    ['a pattern that is none', (j) => (j.properties['discharge_type']!['pattern'] = '('), /discharge_type\/pattern: .*no regular expression/],
    ['a pattern that can hang', (j) => (j.properties['discharge_type']!['pattern'] = '^(a+)+$'), /discharge_type\/pattern: SCH-020/],
    ['another draft', (j) => (j['$schema'] = 'http://json-schema.org/draft-07/schema#'), /#\/\$schema: /],
  ])('%s', (_what, change, message) => {
    edit(change);
    const error = failure();
    expect(error.code).toBe('SCHEMA_INVALID');
    expect(error.message).toMatch(message);
  });

  test.each<[string, () => void, RegExp]>([
    ['no pack file', () => rmSync(join(folder, 'pack.json')), /pack\.json: the file is missing/],
    ['a pack file with an unknown key', () => writeFileSync(join(folder, 'pack.json'), '{"name":"a","version":"1","x":1}'), /pack\.json: unknown key "x"/],
    ['no JSON', () => writeFileSync(join(folder, 'visit.v1.schema.json'), '{"a": '), /visit\.v1\.schema\.json: the text is not JSON .*position|Unexpected end/],
    ['no UTF-8', () => writeFileSync(join(folder, 'visit.v1.schema.json'), Buffer.from([0x22, 0xff, 0x22])), /visit\.v1\.schema\.json: the text is not UTF-8/],
    ['a key twice', () => writeFileSync(join(folder, 'pack.json'), '{"name":"a","version":"1","version":"2"}'), /pack\.json: .*key "version" appears twice/],
    ['a misnamed file', () => cpSync(join(BUILT_IN, 'case.v1.schema.json'), join(folder, 'case.schema.json')), /case\.schema\.json: the file name is not/],
    ['two versions of a table', () => cpSync(join(folder, 'visit.v1.schema.json'), join(folder, 'visit.v2.schema.json')), /two versions of the table visit/],
  ])('%s', (_what, change, message) => {
    change();
    const error = failure();
    expect(error.code).toBe('SCHEMA_INVALID');
    expect(error.message).toMatch(message);
  });

  test('the digest changes with any schema and with the version of the pack', () => {
    const before = loadPack(folder).digest;
    edit((json) => (json.properties['days_to_icu_admission']!['maximum'] = 36501));
    const after = loadPack(folder).digest;
    edit((json) => (json['version'] = '1.0.1'), 'pack.json');
    expect(new Set([before, after, loadPack(folder).digest]).size).toBe(3);
  });
});

test('a folder that is not there, and an unknown built-in pack', () => {
  expect(() => loadPack('/nonexistent/schemas')).toThrow(/no schema folder/);
  expect(() => builtInPackFolder('mirdc')).toThrow(/No built-in schema pack/);
});
