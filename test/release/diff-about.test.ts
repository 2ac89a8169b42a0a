import { describe, expect, test } from '@jest/globals';
import type { ColumnSchema, SchemaPack, TableSchema } from '../../src/model/clinical.js';
import type { CutOptions } from '../../src/release/cut.js';
import { filled, useReleases } from '../support/release-pair.js';
import { image, row, type Store } from '../support/release-store.js';

const { compare } = useReleases();

describe('schema, policy and hidden cells', () => {
  const column = (changes: Partial<ColumnSchema> = {}): ColumnSchema => ({ name: 'score', type: 'number', sqlType: 'DOUBLE', required: false, unit: 'mg/dL', enum: ['1', '2'], description: 'A score.', ...changes });
  const pack = (digest: string, columns: ColumnSchema[]): Pick<CutOptions, 'pack'> => {
    const table: TableSchema = { table: 'case', key: 'submitter_id', unique: [], columns, links: [], listSeparator: ',', json: {} };
    return { pack: { name: 'p', version: '1', dictionary: null, digest: digest.repeat(64), tables: new Map([['case', table]]) } satisfies SchemaPack };
  };

  test('the same numbers in another unit are MAJOR; other words and values are told entry by entry', async () => {
    const diff = await compare({ options: pack('1', [column()]) }, { options: pack('2', [column({ unit: 'mmol/L', enum: ['2', '3'], description: 'The score.' })]) });
    expect(diff.level).toBe('major');
    const at = { table_name: 'case', column_name: 'score' };
    expect(filled(diff.changes)).toEqual([
      { rule: 'unit-changed', ...at, key: 'unit', before: 'mg/dL', after: 'mmol/L' },
      { rule: 'schema-changed', key: 'schema', before: `p 1 sha256:${'1'.repeat(64)}`, after: `p 1 sha256:${'2'.repeat(64)}` },
      { rule: 'dictionary-changed', ...at, key: 'description', before: 'A score.', after: 'The score.' },
      { rule: 'dictionary-changed', ...at, key: 'enum', before: '["1"]', after: '["3"]' },
    ]);
  });

  test('the policy entry by entry, rules by their code, waivers by their number and without their words', async () => {
    const gate = (digest: string, changes: object): Partial<CutOptions> => ({
      gate: { profile: 'public', digest: digest.repeat(64), verdict: 'pass', errors: 0, warnings: 0, waived: 0 },
      gateDocument: JSON.stringify({ format: 'colophon-gate/1', policy: { k_anonymity: 11, limits: { pixels: 1 } }, policy_digest: digest.repeat(64), rules: ['A-1'], not_applicable: [{ code: 'A-2', reason: 'x' }], waivers: [], ...changes }),
    });
    const after = { policy: { k_anonymity: 5, limits: { pixels: 1 } }, rules: ['A-2'], not_applicable: [{ code: 'A-3', reason: 'x' }], waivers: [{ code: 'A-2', reason: 'Jane Doe is fine', approver: 'somebody', findings: 3 }] };
    const diff = await compare({ options: gate('1', {}) }, { options: gate('2', after) });
    expect(diff.level).toBe('patch');
    expect(filled(diff.changes).slice(1)).toEqual([
      { rule: 'policy-changed', key: 'policy.k_anonymity', before: '11', after: '5' },
      { rule: 'policy-changed', key: 'rules.A-1', before: 'in force' },
      { rule: 'policy-changed', key: 'rules.A-3', after: 'in force' },
      { rule: 'policy-changed', key: 'waivers.A-2', after: '3 accepted' },
    ]);
    expect(JSON.stringify(diff)).not.toContain('Jane');
  });

  test('what a hidden cell held is told from neither side', async () => {
    const reference = { split: 'fold', commitment: '0'.repeat(32), dataset: 'demo', part: 'test', columns: ['case.covid19_positive'], algorithm: 'colophon-commitment/1' as const, root: '0'.repeat(64), size: 1, path: 'data/commitments/fold.txt' };
    const hidden = { parts: [], columns: [], commitments: [{ reference, text: `${'0'.repeat(64)}\n` }], seeds: [], obstacles: [], notes: [] };
    const emptied = (store: Store): void => void (store.tables.case!.rows[0]!.cells.covid19_positive = null);
    const label = { rule: 'cell-changed', case_id: 'case-a', table_name: 'case', key: 'case-a', column_name: 'covid19_positive' };
    expect(filled((await compare({}, { store: emptied, options: { hidden } })).changes)).toContainEqual(label);
    expect(filled((await compare({ store: emptied, options: { hidden } }, {})).changes)).toContainEqual(label);
  });
});

describe('what a comparison says in sum', () => {
  test('a digest that no change of its own explains is told, though another table is new', async () => {
    const diff = await compare({}, {
      store: (store) => {
        store.tables.annotation!.rows[0]!.cases = ['case-a', 'case-c'];
        store.tables.visit = { columns: { id: 'VARCHAR' }, key: 'id', rows: [row(['case-a'], { id: 'v' })] };
      },
    }); // prettier-ignore
    expect([diff.level, filled(diff.changes).map(({ rule, case_id }) => [rule, case_id])]).toEqual(['major', [['content-changed', 'case-b'], ['content-changed', 'case-c'], ['table-added', undefined]]]);
  });

  test('by table, column and split; the reasons add up to the total, whatever is listed', async () => {
    const diff = await compare({}, {
      store: (store) => {
        for (const each of store.tables.case!.rows) each.cells.sex = 'Other';
        store.tables.case!.rows[0]!.cells.age_at_index = 42;
        store.tables.dataset!.rows.push(row([], { submitter_id: 'Open-R1' }));
        store.tables.case!.columns.zip = 'VARCHAR';
        store.assignments[0]![2] = 'test';
        store.cases['case-d'] = 'accepted';
        store.images.push(image('case-d', '1.2.4', '1.2.4.1', '1.2.4.1.1', 'x'));
      },
    }); // prettier-ignore
    expect(diff.tables).toEqual([
      { table: 'case', change: null, rows_added: 0, rows_removed: 0, cells_changed: 4, columns: [{ column: 'age_at_index', change: null, cells_changed: 1 }, { column: 'sex', change: null, cells_changed: 3 }, { column: 'zip', change: 'added', cells_changed: 0 }] },
      { table: 'dataset', change: null, rows_added: 1, rows_removed: 0, cells_changed: 0, columns: [] },
    ]);
    expect(diff.splits).toEqual([{ split: 'fold', change: null, assigned: 0, unassigned: 0, moved: 1 }]);
    expect(diff.reasons.reduce((sum, { count }) => sum + count, 0)).toBe(diff.total);
    expect(diff.reasons.find(({ rule }) => rule === 'cell-changed')).toMatchObject({ message: '4 table cells have other values', examples: ['case.sex (3)', 'case.age_at_index (1)'] });
    expect(diff.counts.to.cases - diff.counts.from.cases).toBe(1);
  });
});
