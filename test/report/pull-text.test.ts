import { expect, test } from '@jest/globals';
import type { PullReport } from '../../src/model/pull.js';
import { renderPull } from '../../src/report/pull-text.js';

const REPORT: PullReport = {
  ok: true,
  images: [
    {
      source: 'images', files: 12, bytes: 12_000_000, read: 10, read_bytes: 10_000_000, unchanged: 2, removed: 1, ok: 11, partial: 0, unreadable: 1,
      problems: [{ path: 'a\u001b/text.dcm', status: 'unreadable', code: 'not-dicom', message: 'The file is no DICOM file.' }], problems_query: 'SELECT 1', seconds: 2,
    },
  ],
  tables: [
    {
      source: 'clinical', removed: ['visit'], ignored: [{ path: 'notes.docx', reason: 'no table format' }], seconds: 0.1,
      tables: [{ table: 'case', path: 'case.tsv', status: 'loaded', rows: 40, columns: 10, defect_count: 0, defects: [] }],
    },
  ],
  cases: { accepted: 38, rejected: { 'does not meet the acceptance rule': 2 }, unknown: 1, withdrawn: 1, accepted_images: 300, images_without_case: 3 },
  seconds: 2.5,
};

test('what was read, what was not, which cases are in, and the next command', () => {
  expect(renderPull(REPORT).split('\n')).toEqual([
    'clinical  1 table, 40 rows',
    '  visit is no longer in the source and was dropped',
    '  ignored notes.docx: no table format',
    'images  12 files, 12.0 MB: 10 read in 2.0 s, 5.00 MB/s, 2 unchanged',
    '  1 file no longer in the source and dropped',
    '  ! 11 good, 1 unreadable',
    '    a\\u{1b}/text.dcm  not-dicom: The file is no DICOM file.',
    'cases  38 accepted with 300 images',
    '  2 not accepted: does not meet the acceptance rule',
    '  1 withdrawn',
    '  1 known from images alone, so not accepted',
    '  3 images of no case',
    '',
    '✓ Done in 2.5 s. Next: colophon check',
  ]);
});

test('of a source that is elsewhere: what was asked of it, kept, and left out', () => {
  const [images] = REPORT.images;
  const remote = { requests: 1234, transferred_bytes: 10_000_000, left_out: 3, headers_only: false, claims_met: 10, kept_files: 1, kept_bytes: 9_000_000 };
  const text = (more: object) => renderPull({ ...REPORT, images: [{ ...images!, remote: { ...remote, ...more } }] });
  expect(text({})).toContain('\n  1,234 requests, 10.0 MB transferred, 9.00 MB kept in 1 copy\n  10 files had the checksum that the source gives: it tells what the source received');
  expect(text({})).toContain('\n  3 files left out by the configuration of the source\n');
  expect(text({})).not.toContain('Only headers');
  expect(text({ headers_only: true, kept_files: 0, claims_met: 0, left_out: 0 })).toContain('\n  1,234 requests, 10.0 MB transferred\n  Only headers were read: these images have no digest, and no release can hold them\n');
});

test('a source whose listing has no sizes does not say that its files have 0 bytes', () => {
  const [images] = REPORT.images;
  const remote = { requests: 7, transferred_bytes: 10_000_000, left_out: 0, headers_only: false, claims_met: 0, kept_files: 0, kept_bytes: 0 };
  const text = (more: object, traffic: object) => renderPull({ ...REPORT, images: [{ ...images!, bytes: 0, removed: 0, ...more, remote: { ...remote, ...traffic } }] });
  expect(text({}, {})).toContain('images  12 files: 10 read in 2.0 s, 5.00 MB/s, 2 unchanged\n  7 requests, 10.0 MB transferred\n');
  const unchanged = text({ read: 0, read_bytes: 0, unchanged: 12 }, { transferred_bytes: 0 });
  expect(unchanged).toContain('images  12 files: nothing changed (2.0 s)\n  7 requests\n');
  expect(unchanged).not.toContain(' 0 bytes');
});

test('a refused table is told with its places, and keeps the next command back', () => {
  const defects = [{ code: 'SCH-003', message: 'The row has more cells than the header.', line: 7, column: null, expected: '10', found: '11' }];
  const refused = { table: 'case', path: 'case.tsv', status: 'refused' as const, rows: 0, columns: 0, defect_count: 3, defects };
  const text = renderPull({ ...REPORT, ok: false, tables: [{ ...REPORT.tables[0]!, tables: [refused] }] });
  expect(text).toContain('✗ case.tsv was refused: none of its rows is in');
  expect(text).toContain('SCH-003  line 7  The row has more cells than the header.  found 11, expected 10');
  expect(text).toContain('… and 2 more');
  expect(text).not.toContain('Next: colophon check');
});

test('a pull of files that have no usable name does not say that nothing changed', () => {
  const [images] = REPORT.images;
  const text = renderPull({ ...REPORT, images: [{ ...images!, read: 0, read_bytes: 0, unchanged: 0, removed: 0, ok: 0, unreadable: 12 }] });
  expect(text).toContain('images  12 files, 12.0 MB: none could be read (2.0 s)');
});

test('an unchanged pull says so, and no accepted case is not passed over', () => {
  const [images] = REPORT.images;
  const text = renderPull({ ...REPORT, images: [{ ...images!, read: 0, read_bytes: 0, unchanged: 12, removed: 0, unreadable: 0 }], cases: { ...REPORT.cases, accepted: 0 } });
  expect(text).toContain('nothing changed');
  expect(text).toContain('No case is accepted');
});
