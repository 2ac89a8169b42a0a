import { describe, expect, test } from '@jest/globals';
import type { ReleaseDiff } from '../../src/model/release-diff.js';
import type { CutReport, ReleaseDetails, ReleaseList, ReleasePlan, WithdrawReport } from '../../src/model/release-reports.js';
import { renderDiff } from '../../src/report/diff-text.js';
import { renderDiffHtml } from '../../src/report/diff-html.js';
import { renderCut, renderPlan } from '../../src/report/plan-text.js';
import { renderReleaseDetails, renderReleaseList, renderWithdraw } from '../../src/report/release-text.js';

const DIGEST = 'ab'.repeat(32);
const COUNTS = { cases: 40, studies: 44, series: 61, instances: 1310, bytes: 1_234_567_890, tables: 2, withdrawn: 1 };
const PLAN: ReleasePlan = {
  version: '2.0.0',
  sequence: 2,
  date: '2026-03-01',
  previous: { version: '1.0.0', digest: DIGEST },
  level: 'major',
  reasons: [
    { level: 'minor', rule: 'case-added', message: '4 cases were added', count: 4, why: 'What was there is as it was.', examples: ['C7', 'C8', 'C9'] },
    { level: 'major', rule: 'case-withdrawn', message: '1 case was withdrawn', count: 1, why: 'A result that used the case must not be repeated.', examples: ['C\u202e1'] },
  ],
  counts: COUNTS,
  tables: [{ table: 'case', rows: 40, left_out: 2 }],
  content: DIGEST,
  gate: { profile: 'public', digest: DIGEST, verdict: 'pass', errors: 0, warnings: 2, waived: 1 },
  blocked: [],
  notes: [],
};

describe('plan and cut', () => {
  test('the number, why it is that, and the command that publishes it', () => {
    expect(renderPlan(PLAN)).toBe(
      [
        '2.0.0  major after 1.0.0, dated 2026-03-01',
        '  major  1 case was withdrawn  (case-withdrawn)',
        '         A result that used the case must not be repeated. Here: C\\u{202e}1.',
        '  minor  4 cases were added  (case-added)',
        '         What was there is as it was. Such as C7, C8, C9.',
        '',
        '40 cases, 44 studies, 61 series, 1,310 images, 1.23 GB, 2 tables; 1 withdrawn',
        'table  rows  left out',
        '─────  ────  ────────',
        'case     40         2',
        '',
        'gate (public): pass, 0 errors, 2 warnings, 1 waived',
        '',
        '✓ Nothing stands in the way. To publish it: colophon release cut',
      ].join('\n'),
    );
  });

  test('what stands in the way comes last, where a terminal ends', () => {
    const text = renderPlan({ ...PLAN, gate: { ...PLAN.gate, verdict: 'fail', errors: 3 }, blocked: ['The gate found 3 errors: colophon check'] });
    expect(text).toContain('gate (public): FAIL, 3 errors');
    expect(text.split('\n').at(-1)).toBe('✗ The gate found 3 errors: colophon check');
    expect(text).not.toContain('release cut');
  });

  test('nothing changed, and the first release', () => {
    expect(renderPlan({ ...PLAN, version: null, level: null, reasons: [] })).toMatch(/^Nothing changed since 1.0.0\./);
    expect(renderPlan({ ...PLAN, version: '1.0.0', previous: null, level: null, reasons: [] })).toMatch(/^1.0.0 {2}the first release/);
  });

  test('a cut names folder, digest and how others check it; a dry run claims nothing', () => {
    const report: CutReport = {
      dry_run: false, plan: PLAN, digest: `sha256:${DIGEST}`, path: '/w/releases/2.0.0', verified: { files: 9, bytes: 1000 },
      git: { status: 'committed', commit: 'c0ffee', tag: 'v2.0.0', message: 'Committed and tagged v2.0.0' }, recovered: null,
    };
    const text = renderCut(report);
    expect(text).toContain('✓ 2.0.0 is published and will not change again.');
    expect(text).toContain(`colophon verify FOLDER --expect sha256:${DIGEST}`);
    expect(text).toContain('Committed and tagged v2.0.0');
    const dry = renderCut({ ...report, dry_run: true, digest: null, path: null, verified: null, git: null });
    expect(dry).toContain('Dry run: nothing was written.');
    expect(dry).not.toContain('published');
  });
});

describe('diff', () => {
  const diff: ReleaseDiff = {
    dataset: { id: 'demo', title: 'A <demo>' },
    date: '2026-03-01',
    from: { version: '1.0.0', digest: DIGEST },
    to: { version: '2.0.0', digest: DIGEST },
    level: 'major',
    reasons: PLAN.reasons,
    total: 3,
    changed_cases: 1,
    counts: { from: COUNTS, to: { ...COUNTS, cases: 43 } },
    tables: [{ table: 'case', change: null, rows_added: 2, rows_removed: 0, cells_changed: 1, columns: [{ column: 'sex', change: null, cells_changed: 1 }, { column: '<age>', change: 'retyped', cells_changed: 0 }] }],
    splits: [{ split: 'fold', change: null, assigned: 0, unassigned: 0, moved: 3 }],
    changes: [
      { rule: 'cell-changed', case_id: 'C1', table_name: 'case', key: 'C1', column_name: 'sex', before: 'Male', after: 'Fe\u202emale' },
      { rule: 'instance-changed', case_id: 'C1', table_name: null, key: '1.2.3', column_name: null, before: DIGEST, after: DIGEST },
    ],
  };

  test('reasons first, then the changes; digests are cut, hostile text is escaped, the rest is counted', () => {
    const text = renderDiff(diff);
    expect(text.split('\n')[0]).toBe('1.0.0 → 2.0.0  major: 3 changes, 1 case with other content');
    expect(text).toContain('cell-changed      C1    case sex  Male           Fe\\u{202e}male');
    expect(text).toContain('abababababab…');
    expect(text).toContain('… and 1 more');
    expect(text).not.toContain('\u202e');
  });

  test('one line a column that differs, with its number of cells', () => {
    const lines = renderDiff(diff).split('\n').map((line) => line.trimEnd());
    const at = lines.findIndex((line) => line.startsWith('table, column'));
    expect(lines.slice(at, at + 5).map((line) => line.split(/ {2,}/))).toEqual([
      ['table, column', 'change', 'rows added', 'rows removed', 'cells changed'], [expect.any(String), expect.any(String), expect.any(String), expect.any(String), expect.any(String)],
      ['case', '2'], ['case.sex', '1'], ['case.<age>', 'retyped'],
    ]); // prettier-ignore
  });

  test('a page holds all of it as text, and lets nothing in but its own style', () => {
    const page = renderDiffHtml(diff, { sha256Base64: (text) => String(text.length) });
    expect(page).toContain('<h1>1.0.0 → 2.0.0</h1>');
    expect(page).toContain('MAJOR: 3 changes');
    expect(page).toContain('Fe\\u{202e}male');
    expect(page).toContain('case.&#60;age&#62;');
    expect(page).toContain('1 more are not listed here.');
    expect(page).not.toMatch(/<demo>|<age>|<script|\u202e|https?:/);
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';
    expect(page).toContain(`default-src 'none'; style-src 'sha256-${style.length}'; base-uri 'none'; form-action 'none'`);
  });

  test('no difference', () => {
    expect(renderDiff({ ...diff, level: null, reasons: [], total: 0, changes: [] })).toBe('1.0.0 → 2.0.0  no difference');
  });
});

describe('published releases', () => {
  const list: ReleaseList = {
    releases: [
      { version: '1.0.0', sequence: 1, date: '2026-01-01', digest: `sha256:${DIGEST}`, cases: 3, instances: 9, bytes: 10, withdrawn: 0, status: 'published' },
      { version: '2.0.0', sequence: 2, date: '2026-02-01', digest: `sha256:${DIGEST}`, cases: 4, instances: 12, bytes: 11, withdrawn: 1, status: 'edited' },
    ],
  };

  test('newest first, and what is odd about one is said', () => {
    const lines = renderReleaseList(list).split('\n');
    expect(lines[2]).toMatch(/^2\.0\.0 .* edited$/);
    expect(lines[3]).toMatch(/^1\.0\.0 /);
    expect(lines.at(-1)).toMatch(/^✗ 2\.0\.0 was edited/);
    expect(renderReleaseList({ releases: [] })).toContain('colophon release plan');
  });

  test('one release in full', () => {
    const details = {
      path: 'releases/2.0.0', digest: `sha256:${DIGEST}`, tables: { case: 40 },
      tombstones: [{ case_id: 'C9', reason: 'consent', since_version: '2.0.0', date: '2026-01-09', replacement: null }],
      document: {
        dataset: { id: 'demo', title: 'Demo', license: 'CC-BY-4.0' }, version: '2.0.0', sequence: 2, date: '2026-02-01', previous: { version: '1.0.0', digest: DIGEST }, counts: COUNTS,
        schema: { pack: 'midrc', version: '1.0.0', digest: DIGEST }, splits: [{ name: 'benchmark', algorithm: 'a', seed: '1', digest: DIGEST, parts: { train: 28, test: 12 } }],
        policy: { profile: 'public', digest: DIGEST, errors: 0, warnings: 1, waived: 0 }, tool: { name: 'colophon', version: '0.1.0', duckdb: '1.5.5' },
      },
    } as unknown as ReleaseDetails;
    const text = renderReleaseDetails(details);
    for (const part of ['demo 2.0.0  Demo', `digest    sha256:${DIGEST}`, 'split     benchmark: train 28, test 12', 'C9    consent  2.0.0', 'midrc 1.0.0']) expect(text).toContain(part);
  });

  test('a withdrawal says that published releases stay as they are', () => {
    const amendment = { number: 3, date: '2026-03-01', path: '/w/releases/amendments/amendment-3.json', digest: `sha256:${DIGEST}`, signed: true };
    const report: WithdrawReport = {
      dry_run: false, withdrawn: ['C1'], already: ['C2'], reason: 'consent', date: '2026-03-01', unreleased: [], releases: ['1.0.0', '1.1.0'], amendment,
      concerned: [{ version: '1.0.0', cases: 2, files: 7, bytes: 3_500_000 }, { version: '1.1.0', cases: 1, files: null, bytes: null }],
    };
    const text = renderWithdraw(report);
    expect(text).toContain('✓ 1 case withdrawn (consent, 2026-03-01): C1');
    expect(text).toContain('Published releases never change: 1.0.0 and 1.1.0 hold them still.');
    expect(text).toContain('colophon release plan');
    expect(text).toMatch(/^1\.0\.0 +2 +7 +3\.50 MB$/m);
    expect(text).toMatch(/^1\.1\.0 +1 +\? +\?$/m);
    expect(text).toContain('Amendment 3 of 2026-03-01, signed: /w/releases/amendments/amendment-3.json');
    const dry = renderWithdraw({ ...report, dry_run: true, reason: 'phi', unreleased: ['C1'], amendment: { ...amendment, path: null, signed: false } });
    for (const part of ['1 case would be withdrawn', 'Dry run: nothing was written.', 'No release ever held C1', 'not written yet', 'neither the ids nor replacements are published']) expect(dry).toContain(part);
    expect(dry).not.toContain('colophon release plan');
  });
});
