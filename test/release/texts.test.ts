import { describe, expect, test } from '@jest/globals';
import { formatBagInfo } from '../../src/release/bag-text.js';
import { formatChanges, type ChangesSummary } from '../../src/release/diff/changes-text.js';
import { plainColumn } from '../../src/clinical/dictionary.js';
import { formatDatapackage } from '../../src/release/standards/datapackage.js';

describe('bag-info.txt', () => {
  const info = { datasetId: 'demo', title: 'A demo', creators: ['One', 'Two'], version: '1.0.0', date: '2026-02-03', payloadBytes: 10, payloadFiles: 2, tool: 'colophon 0.1.0' };

  test('says who, what, when and how much', () => {
    expect(formatBagInfo(info)).toBe(
      ['Source-Organization: One', 'Source-Organization: Two', 'External-Description: A demo', 'External-Identifier: demo/1.0.0', 'Bagging-Date: 2026-02-03',
        'Payload-Oxum: 10.2', 'Bag-Software-Agent: colophon 0.1.0', 'Colophon-Format: colophon-release/1', ''].join('\n'),
    ); // prettier-ignore
  });

  test.each(['\n', '\r', '\r\n', '\u2028', '\u0085', '\0'])('no title begins an element of its own after %j', (lineEnd) => {
    const text = formatBagInfo({ ...info, title: `x${lineEnd}Payload-Oxum: 0.0` });
    expect(text.split(/[\n\r\u2028\u0085\0]/).filter((line) => line.startsWith('Payload-Oxum'))).toEqual(['Payload-Oxum: 10.2']);
  });
});

describe('CHANGES.md', () => {
  const summary: ChangesSummary = {
    title: 'A demo',
    datasetId: 'demo',
    version: '2.0.0',
    date: '2026-02-03',
    previous: { version: '1.0.0', digest: 'a'.repeat(64) },
    reasons: [{ level: 'major', rule: 'cell-changed', message: '1 table cell has another value', count: 1, why: 'A label is another one.', examples: ['case.sex (1)'] }],
    counts: { cases: 1, instances: 2, withdrawn: 0 },
    tables: [{ table: 'case', change: null, rows_added: 0, rows_removed: 2, cells_changed: 1, columns: [{ column: 'sex|`', change: 'retyped', cells_changed: 1 }, { column: 'age', change: null, cells_changed: 0 }] }],
    splits: [{ split: 'fold', change: null, assigned: 0, unassigned: 0, moved: 3 }],
    changes: [{ rule: 'cell-changed', case_id: 'c1', table_name: 'case', key: 'c1', column_name: 'sex', before: null, after: 'Other' }],
    total: 1,
  };
  const lines = (changes: Partial<ChangesSummary>): string[] => formatChanges({ ...summary, ...changes }).split('\n');

  test('tells reasons and changes', () => {
    expect(lines({})).toEqual([
      '# A demo 2.0.0', '', 'Dataset demo, released on 2026-02-03: 1 case, 2 images.', '', `Since 1.0.0 (release digest \`sha256:${'a'.repeat(64)}\`):`, '',
      '- MAJOR: 1 table cell has another value: `case.sex (1)`. A label is another one.', '',
      '## Tables', '', '| table | change | rows added | rows removed | columns |', '|---|---|---|---|---|',
      '| `case` |  |  | 2 | `` sex\\|` `` retyped, 1 cell, `age` described otherwise |', '',
      '## Splits', '', '| split | change | cases put in | cases taken out | cases moved |', '|---|---|---|---|---|', '| `fold` |  |  |  | 3 |', '', '## Changes', '', '### 1 table cell has another value', '', '- case `c1`, table `case`, column `sex`: now `Other`', '',
    ]); // prettier-ignore
  });

  test.each([
    ['a', 'b', ': `a` → `b`'],
    ['a', null, ': `a`'],
    [null, null, ': now empty'],
  ])('from %j to %j', (before, after, shown) => {
    const [change] = summary.changes;
    expect(lines({ changes: [{ ...change!, before, after }] })).toContain(`- case \`c1\`, table \`case\`, column \`sex\`${shown}`);
  });

  test('counts what it does not list', () => {
    expect(lines({ total: 500 })).toContain('499 more: all are in data/tables/changes.parquet.');
  });

  test.each([
    ['`; <script>alert(1)</script>', '`` `; <script>alert(1)</script> ``'],
    ['a\n# heading', '`a\u{FFFD}# heading`'],
    ['\u202etxt', '`\u{FFFD}txt`'],
    ['```', '```` ``` ````'],
    ['x'.repeat(130), `\`${'x'.repeat(120)}…\``],
    ['😀'.repeat(121), `\`${'😀'.repeat(120)}…\``],
  ])('the value %j stays inside its code span, on its line', (after, shown) => {
    const [change] = summary.changes;
    expect(lines({ changes: [{ ...change!, after }] })).toContain(`- case \`c1\`, table \`case\`, column \`sex\`: now ${shown}`);
  });

  test('a title is text, whatever it holds', () => {
    expect(lines({ title: '[x](javascript:y) <b>\n# two' })[0]).toBe('# \\[x\\]\\(javascript:y\\) \\<b\\> \\# two 2.0.0');
  });
});

test('datapackage.json names every table with bytes, hash and typed fields', () => {
  const table = { name: 'clinical_Case', description: 'x', size_bytes: 7, sha256: 'b'.repeat(64), rows: 1, arrow: null, columns: [
    ['a', 'VARCHAR'], ['b', 'BIGINT'], ['c', 'DOUBLE'], ['d', 'BOOLEAN'], ['e', 'VARCHAR[]'], ['f', 'DATE'],
  ].map(([name = '', sqlType = '']) => ({ name, sqlType, about: plainColumn({ name, sqlType }) })) }; // prettier-ignore
  const descriptor = JSON.parse(formatDatapackage({ id: 'Demo', title: 'T', license: 'CC0-1.0' }, '1.2.3', [table])) as { resources: { schema: { fields: { name: string; type: string }[] } }[] };
  expect(descriptor).toMatchObject({ name: 'demo', version: '1.2.3', licenses: [{ name: 'CC0-1.0' }], resources: [{ name: 'clinical_case', path: 'tables/clinical_Case.parquet', bytes: 7, hash: `sha256:${'b'.repeat(64)}` }] });
  const types = descriptor.resources[0]?.schema.fields.map(({ name, type }) => [name, type]);
  expect(types).toEqual([['a', 'string'], ['b', 'integer'], ['c', 'number'], ['d', 'boolean'], ['e', 'array'], ['f', 'date']]);
});
