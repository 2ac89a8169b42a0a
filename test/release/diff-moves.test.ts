import { describe, expect, test } from '@jest/globals';
import { diffReleases } from '../../src/workflow/release-diff.js';
import type { Store } from '../support/release-store.js';
import { image, row } from '../support/release-store.js';
import { filled, useReleases } from '../support/release-pair.js';

const { compare, cut } = useReleases();

/** Gives a case another id wherever it stands. */
function rename(store: Store, from: string, to: string): void {
  store.cases = Object.fromEntries(Object.entries(store.cases).map(([id, status]) => [id === from ? to : id, status]));
  for (const each of store.images) if (each.case_id === from) each.case_id = to;
  for (const each of store.tables.case!.rows) if (each.cells.submitter_id === from) each.cells.submitter_id = to;
  for (const { rows } of Object.values(store.tables)) for (const each of rows) each.cases = each.cases.map((id) => (id === from ? to : id));
  for (const each of store.assignments) if (each[1] === from) each[1] = to;
}

async function changes(store: (store: Store) => void, before: (store: Store) => void = () => {}): Promise<{ level: string | null; changes: object[] }> {
  const diff = await compare({ store: before }, { store });
  return { level: diff.level, changes: filled(diff.changes) };
}

describe('cases', () => {
  test('another id is one change, not a case less and a case more', async () => {
    expect(await changes((store) => rename(store, 'case-a', 'case-z'))).toEqual({ level: 'major', changes: [{ rule: 'case-renamed', case_id: 'case-a', after: 'case-z' }] });
  });

  test('another id does not hide what else changed: a label, a part, an image', async () => {
    const found = await changes((store) => {
      rename(store, 'case-a', 'case-z');
      store.tables.case!.rows[0]!.cells.sex = 'Other';
      store.assignments[0]![2] = 'test';
      store.images[0]!.text = 'other bytes';
    });
    expect(found.changes).toMatchObject([
      { rule: 'case-renamed', case_id: 'case-a', after: 'case-z' },
      { rule: 'instance-changed', case_id: 'case-z', key: '1.2.1.1.1' },
      { rule: 'cell-changed', case_id: 'case-z', table_name: 'case', key: 'case-z', column_name: 'sex', before: 'Female', after: 'Other' },
      { rule: 'assignment-moved', case_id: 'case-z', key: 'fold', before: 'train', after: 'test' },
    ]);
  });

  test('two cases that were one patient', async () => {
    const found = await changes((store) => {
      for (const each of store.images) if (each.case_id === 'case-a') each.case_id = 'case-b';
      store.cases['case-a'] = 'rejected';
      store.tables.annotation!.rows.splice(0, 1);
      store.assignments = store.assignments.filter(([, id]) => id !== 'case-a');
    });
    expect(found.level).toBe('major');
    expect(found.changes).toMatchObject([{ rule: 'case-merged', case_id: 'case-a', after: 'case-b' }, { rule: 'row-removed', table_name: 'annotation', key: 'n1' }, { rule: 'row-removed', key: 'case-a' }, { rule: 'split-removed', key: 'other' }]);
  });

  test('whom a case was merged into, and whom a row left, are not told a second time by their digests', async () => {
    const bare = (store: Store): void => {
      store.tables = { visit: { columns: { id: 'VARCHAR' }, key: 'id', rows: [row(['case-a'], { id: 'v1' }), row(['case-b'], { id: 'v2' })] } };
      store.assignments = [];
    };
    const merged = await changes((store) => {
      bare(store);
      for (const each of store.images) if (each.case_id === 'case-a') each.case_id = 'case-b';
      store.tables.visit!.rows[0]!.cases = ['case-b'];
      store.cases['case-a'] = 'rejected';
    }, bare);
    expect(merged.changes).toEqual([{ rule: 'case-merged', case_id: 'case-a', after: 'case-b' }]);
    const handed = await changes((store) => {
      bare(store);
      store.tables.visit!.rows[0]!.cases = ['case-b'];
    }, bare);
    expect(handed.changes).toEqual([{ rule: 'cell-changed', case_id: 'case-b', table_name: 'visit', key: 'v1', column_name: 'case_id', before: 'case-a', after: 'case-b' }]);
  });

  test('one case that was two patients', async () => {
    const two = (store: Store): void => void store.images.push(image('case-a', '1.2.7', '1.2.7.1', '1.2.7.1.1', 'x'));
    const found = await changes((store) => {
      two(store);
      for (const [at, id] of [[0, 'case-d'], [1, 'case-d'], [5, 'case-e']] as const) store.images[at]!.case_id = id;
      store.cases = { ...store.cases, 'case-a': 'rejected', 'case-d': 'accepted', 'case-e': 'accepted' };
      store.tables.annotation!.rows.splice(0, 1);
    }, two);
    expect(found.changes.slice(0, 3)).toEqual([
      { rule: 'case-split', case_id: 'case-a', after: 'case-d, case-e' },
      { rule: 'study-moved', case_id: 'case-d', key: '1.2.1', before: 'case-a', after: 'case-d' },
      { rule: 'study-moved', case_id: 'case-e', key: '1.2.7', before: 'case-a', after: 'case-e' },
    ]);
    expect(found.changes).toContainEqual({ rule: 'case-added', case_id: 'case-d' });
  });

  test('one study of another patient', async () => {
    const found = await changes((store) => {
      for (const each of store.images.slice(0, 2)) each.case_id = 'case-b';
    });
    expect(found).toEqual({ level: 'major', changes: [{ rule: 'study-moved', case_id: 'case-b', key: '1.2.1', before: 'case-a', after: 'case-b' }] });
  });

  test('a study that moved and changed is looked into', async () => {
    const found = await changes((store) => {
      for (const each of store.images.slice(0, 2)) each.case_id = 'case-b';
      store.images[0]!.text = 'other bytes';
      store.images.push(image('case-b', '1.2.1', '1.2.1.9', '1.2.1.9.1', 'x'));
    });
    expect(found.changes).toMatchObject([{ rule: 'study-moved' }, { rule: 'instance-changed', case_id: 'case-b', key: '1.2.1.1.1' }, { rule: 'series-added', case_id: 'case-b', key: '1.2.1.9' }]);
  });
});

describe('series and images', () => {
  test('a series that belongs to another study, and an image that belongs to another series', async () => {
    const series = await changes((store) => (store.images[3]!.study = '1.2.8'));
    expect(series.changes).toMatchObject([{ rule: 'series-moved', case_id: 'case-b', key: '1.2.2.2', before: 'case-b/1.2.2', after: 'case-b/1.2.8' }, { rule: 'study-added', key: '1.2.8' }]);
    const instance = await changes((store) => (store.images[1]!.series = '1.2.1.7'));
    expect(instance.changes).toMatchObject([{ rule: 'instance-moved', case_id: 'case-a', key: '1.2.1.1.2', before: 'case-a/1.2.1/1.2.1.1', after: 'case-a/1.2.1/1.2.1.7' }, { rule: 'series-added', key: '1.2.1.7' }]);
  });
});

describe('what a withdrawal hides', () => {
  const withdrawals = [{ case_id: 'case-a', reason: 'phi' as const, date: '2026-02-09' }];
  const SECRETS = ['case-b', '1.2.1', 'Female', '41'];

  test('a study of a withdrawn case that is another one’s now is not traced back to it', async () => {
    const diff = await compare({}, {
      store: (store) => {
        for (const each of store.images.slice(0, 2)) each.case_id = 'case-c';
        store.cases['case-a'] = 'withdrawn';
      },
      options: { withdrawals, date: '2026-02-10' },
    }); // prettier-ignore
    const told = filled(diff.changes).filter((each) => each.rule !== 'assignment-removed' && each.rule !== 'row-removed');
    const masked: unknown = expect.stringMatching(/^sha256:[0-9a-f]{64}$/);
    expect(told).toMatchObject([{ rule: 'case-withdrawn', case_id: masked, after: 'phi' }, { rule: 'split-removed' }, { rule: 'study-added', case_id: 'case-c', key: '1.2.1' }]);
    expect(JSON.stringify(diff)).not.toContain('case-a');
    expect(JSON.stringify({ ...told[0], case_id: null })).not.toMatch(new RegExp(SECRETS.join('|')));
  });

  test('a row of a withdrawn case that is another one’s now does not tell its old cells', async () => {
    const visit = (store: Store, owner: string, label: string): void => {
      store.tables.visit = { columns: { id: 'VARCHAR', label: 'VARCHAR', days: 'BIGINT' }, key: 'id', rows: [row([owner], { id: 'v1', label, days: owner === 'case-a' ? 777 : 1 })] };
    };
    const diff = await compare({ store: (store) => visit(store, 'case-a', 'Secret') }, {
      store: (store) => {
        visit(store, 'case-b', 'Plain');
        store.cases['case-a'] = 'withdrawn';
      },
      options: { withdrawals, date: '2026-02-10' },
    }); // prettier-ignore
    expect(JSON.stringify(diff)).not.toMatch(/Secret|777/);
    expect(filled(diff.changes)).toContainEqual({ rule: 'row-added', case_id: 'case-b', table_name: 'visit', key: 'v1' });
  });

  test('the way back tells no more', async () => {
    const visit = (store: Store, label: string, days: number): void => {
      store.tables.visit = { columns: { id: 'VARCHAR', label: 'VARCHAR', days: 'BIGINT' }, key: 'id', rows: [row([label === 'Plain' ? 'case-b' : 'case-a'], { id: 'v1', label, days })] };
    };
    const [old = '', now = ''] = await cut([{ store: (store) => visit(store, 'Secret', 777) }, {
      store: (store) => {
        visit(store, 'Plain', 1);
        for (const each of store.images.slice(0, 2)) each.case_id = 'case-b';
        store.cases['case-a'] = 'withdrawn';
      },
      options: { withdrawals, date: '2026-02-10' },
    }]); // prettier-ignore
    const diff = await diffReleases({ from: now, to: old, paths: null });
    expect(JSON.stringify(diff)).not.toMatch(/Secret|777/);
    expect(filled(diff.changes).filter(({ case_id }) => case_id === 'case-a')).toEqual([{ rule: 'case-added', case_id: 'case-a' }]);
    expect(filled(diff.changes).map(({ rule }) => rule)).not.toContain('study-moved');
  });
});
