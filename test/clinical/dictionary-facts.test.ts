import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { builtInPackFolder, loadPack } from '../../src/clinical/pack.js';
import { checkHeader } from '../../src/clinical/header.js';
import { compileRowValidator } from '../../src/clinical/row-validator.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';

type Json = Record<string, unknown>;

interface FactLink {
  name: string;
  target: string;
  multiplicity: string;
  required?: boolean;
}

interface FactNode {
  category: string;
  required: string[];
  uniqueKeys: string[][];
  links: (FactLink | { anyOf: FactLink[]; required: boolean })[];
  properties: Record<string, Json>;
}

const FIXTURES = join(PACKAGE_ROOT, 'test/fixtures/midrc');
const facts = JSON.parse(readFileSync(join(FIXTURES, 'midrc-tables.json'), 'utf8')) as { nodes: Record<string, FactNode> };
const pack = loadPack(builtInPackFolder('midrc'));

/** The tables of the pack; the other seven nodes hold reports, annotation files and what the commons itself keeps. */
const TABLES = [
  'annotation', 'case', 'condition', 'cr_series_file', 'ct_series_file', 'dataset', 'dx_series_file', 'imaging_study', 'measurement', 'medication',
  'mg_series_file', 'mr_series_file', 'nm_series_file', 'observation', 'procedure', 'pt_series_file', 'rf_series_file', 'us_series_file', 'visit', 'xa_series_file',
];

const SYSTEM = ['created_datetime', 'id', 'project_id', 'state', 'updated_datetime'];

/**
 * Every constraint that the pack adds to the dictionary's, by column: the keywords, and why. All of them narrow.
 */
const ADDED: Record<string, { keywords: string[]; why: string }> = {
  type: { keywords: ['enum'], why: 'the dictionary allows any text, yet the value is the name of the node' },
  submitter_id: { keywords: ['minLength', 'not', 'pattern'], why: 'SCH-010' },
  zip: { keywords: ['pattern'], why: 'SCH-012' },
  study_uid: { keywords: ['maxLength', 'not', 'pattern'], why: 'SCH-011' },
  series_uid: { keywords: ['maxLength', 'not', 'pattern'], why: 'SCH-011' },
  'instance_uids[]': { keywords: ['maxLength', 'not', 'pattern'], why: 'SCH-011' },
  file_size: { keywords: ['minimum'], why: 'SCH-013' },
  number_of_instances: { keywords: ['minimum'], why: 'a count' },
  dose_sequence_number: { keywords: ['minimum'], why: 'a count' },
  study_year: { keywords: ['maximum', 'minimum', 'x-latest-year'], why: 'SCH-008' },
  loinc_code: { keywords: ['pattern', 'x-check-digit'], why: 'SCH-015' },
  condition_code_system: { keywords: ['x-known'], why: 'SCH-018, a warning' },
  medication_code_system: { keywords: ['x-known'], why: 'SCH-018, a warning' },
  ...Object.fromEntries(
    [
      'days_to_study', 'test_days_from_index', 'days_to_condition_start', 'days_to_condition_end', 'days_to_procedure_start', 'days_to_procedure_end',
      'days_to_medication_start', 'days_to_medication_end', 'days_to_observation', 'days_to_hospital_admission', 'days_to_hospital_discharge',
      'days_to_icu_admission', 'days_to_icu_discharge', 'days_from_study_to_neg_covid_test[]', 'days_from_study_to_pos_covid_test[]',
    ].map((name) => [name, { keywords: ['maximum', 'minimum'], why: 'SCH-008: a century before and after the index event' }]),
  ),
};

/** The dictionary gives this column the tag of MR Acquisition Type; P3.6 has Number of Temporal Positions at (0020,0105). */
const CORRECTED_TAGS: Record<string, [string, string]> = { 'mr_series_file.number_of_temporal_positions': ['00180023', '00200105'] };

/** Attributes that columns repeat although the dictionary does not say so. */
const ADDED_TAGS: Record<string, string> = { 'case.sex': '00100040', 'annotation.instance_uids': '00080018' };

const ANNOTATIONS = new Set(['description', 'x-rule', 'x-expected', 'x-unit', 'x-missing', 'x-meanings', 'x-dicom-tag', 'x-dicom-values', 'x-role', 'x-system']);

/** The constraints of a column as `path: keyword` to value; members of a list under `name[]`. */
function constraints(name: string, spec: Json): [string, unknown][] {
  return Object.entries(spec).flatMap(([keyword, value]): [string, unknown][] => {
    if (ANNOTATIONS.has(keyword) || keyword === 'dicomTag') return [];
    if (keyword === 'items') return constraints(`${name}[]`, value as Json);
    return [[`${name}: ${keyword}`, value]];
  });
}

/** An enumeration of texts is text: the dictionary leaves the type out. */
function withType(spec: Json): Json {
  const items = spec['items'] as Json | undefined;
  return { ...(spec['type'] === undefined ? { type: 'string' } : {}), ...spec, ...(items === undefined ? {} : { items: withType(items) }) };
}

function linkNames(node: FactNode): string[] {
  return node.links.flatMap((entry) => ('anyOf' in entry ? entry.anyOf : [entry])).map((link) => link.name);
}

function properties(table: string): Record<string, Json> {
  return pack.tables.get(table)!.json['properties'] as Record<string, Json>;
}

test('the pack holds the clinical tables of the dictionary', () => {
  expect([...pack.tables.keys()].toSorted()).toEqual(TABLES);
});

describe.each(TABLES)('%s', (table) => {
  const node = facts.nodes[table]!;
  const schema = pack.tables.get(table)!;

  test('has the columns of the dictionary, its link columns and the system columns, no more', () => {
    const links = linkNames(node).flatMap((name) =>
      name === 'projects' ? ['projects', 'projects.code', 'projects.submitter_id', 'projects.id'] : [name, `${name}.submitter_id`, `${name}.id`],
    );
    const system = node.category === 'data_file' ? [...SYSTEM, 'file_state', 'error_type'] : SYSTEM;
    const expected = new Set([...Object.keys(node.properties), ...links, ...system]);
    expect(schema.columns.map((column) => column.name).toSorted()).toEqual([...expected].toSorted());
    expect(schema.columns.filter((column) => column.system).map((column) => column.name).toSorted()).toEqual(system.toSorted());
  });

  test('keeps every constraint, and adds only those listed', () => {
    for (const [name, spec] of Object.entries(node.properties)) {
      const theirs = new Map(constraints(name, withType(spec)));
      const ours = new Map(constraints(name, properties(table)[name]!));
      for (const [place, value] of theirs) expect([place, ours.get(place)]).toEqual([place, value]);
      const added = [...ours.keys()].filter((place) => !theirs.has(place));
      const listed = [name, `${name}[]`].flatMap((place) => (ADDED[place]?.keywords ?? []).map((keyword) => `${place}: ${keyword}`));
      expect(added.toSorted()).toEqual(listed.filter((place) => !theirs.has(place)).toSorted());
    }
  });

  test('repeats the DICOM tags', () => {
    for (const [name, spec] of Object.entries(node.properties)) {
      const corrected = CORRECTED_TAGS[`${table}.${name}`];
      if (corrected !== undefined) expect(spec['dicomTag']).toBe(corrected[0]);
      const added = ADDED_TAGS[`${table}.${name}`];
      if (added !== undefined) expect(spec['dicomTag']).toBeUndefined();
      expect([name, properties(table)[name]!['x-dicom-tag']]).toEqual([name, added ?? corrected?.[1] ?? spec['dicomTag']]);
    }
  });

  test('requires what the dictionary requires', () => {
    const names = new Set(linkNames(node));
    expect((schema.json['required'] as string[]).toSorted()).toEqual(node.required.filter((name) => !names.has(name)).toSorted());
    const defects = compileRowValidator(schema)({ type: table });
    const message = defects.map((defect) => defect.column ?? '');
    const wanted = node.links.filter((entry) => entry.required).length;
    expect(message.filter((column) => column.includes('.'))).toHaveLength(wanted);
    for (const name of node.required.filter((column) => names.has(column))) expect(message).toContain(name === 'projects' ? 'projects.code' : `${name}.submitter_id`);
  });

  test('has the links and unique keys of the dictionary', () => {
    const named = (link: FactLink, required: boolean): Json => ({
      name: link.name, target: link.target, key: link.target === 'project' ? 'code' : 'submitter_id', multiplicity: link.multiplicity, required,
    });
    const expected = node.links.map((entry) =>
      'anyOf' in entry
        ? { anyOf: entry.anyOf.map((link) => named(link, node.required.includes(link.name))), required: entry.required, exclusive: false }
        : named(entry, entry.required ?? false),
    );
    expect(schema.json['x-links']).toEqual(expected);
    expect(schema.unique).toEqual(node.uniqueKeys);
    expect(new Set(schema.links.map((link) => link.name))).toEqual(new Set(linkNames(node)));
    for (const link of schema.links) expect(schema.columns.find((column) => column.name === link.column)).toBeDefined();
  });

  test('refuses unknown columns, describes every column, and says where it comes from', () => {
    expect(schema.json['additionalProperties']).toBe(false);
    expect(schema.json['x-dictionary']).toEqual({ ...pack.dictionary, path: `gdcdictionary/schemas/${table}.yaml` });
    expect(schema.columns.filter((column) => (column.description ?? '').length < 12)).toEqual([]);
  });
});

test('every listed difference occurs', () => {
  const columns = new Set(TABLES.flatMap((table) => Object.keys(facts.nodes[table]!.properties)));
  expect(Object.keys(ADDED).filter((name) => !columns.has(name.replace('[]', '')))).toEqual([]);
});

describe('the header of each submission template is accepted', () => {
  /** Columns of the templates that the schemas of the same commit no longer have. */
  const STALE = ['associated_ids', 'file_description', 'storage_urls', 'doppler_images', 'multiframe_images'];
  /** A link that was added after the templates were written. */
  const NEWER = ['datasets.submitter_id'];
  const lines = readFileSync(join(FIXTURES, 'template-headers.tsv'), 'utf8').trimEnd().split('\n').map((line) => line.split('\t'));

  test.each(lines.map(([table, ...header]): [string, string[]] => [table!, header]))('%s', (table, header) => {
    const { defects } = checkHeader(pack.tables.get(table)!, header);
    const unknown = defects.filter((defect) => defect.code === 'SCH-005').map((defect) => defect.column);
    expect(unknown.filter((column) => !STALE.includes(column ?? ''))).toEqual([]);
    const missing = defects.filter((defect) => defect.code === 'SCH-004').map((defect) => defect.column);
    expect(missing.filter((column) => !NEWER.includes(column ?? ''))).toEqual([]);
  });
});
