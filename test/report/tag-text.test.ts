import { expect, test } from '@jest/globals';
import type { TagReport } from '../../src/model/tagging.js';
import { renderTag } from '../../src/report/tag-text.js';

const REPORT: TagReport = {
  ok: false,
  models: [
    {
      model: 'view', version: '1.2', sha256: 'a'.repeat(64), images: 1200, looked: 1000, unchanged: 200, dropped: 1, undecided: 3, without_pixels: 2, failed: 2,
      labels: [{ label: 'pa\u001b', images: 1100 }, { label: 'ap', images: 93 }],
      problems: [{ path: 'images/a\u001b.dcm', code: 'not-decodable' }], problems_query: 'SELECT 1',
    },
  ],
  read: 1000,
  read_bytes: 1,
  seconds: 20,
}; // prettier-ignore

test('what each model saw, what it could not judge, and how fast', () => {
  expect(renderTag(REPORT).split('\n')).toEqual([
    'view 1.2  1,200 images: 1,000 looked at, 200 unchanged  sha256 aaaaaaaaaaaa…',
    '  1 image had stale tags, which were dropped',
    '  1,100 pa\\u{1b}',
    '  93 ap',
    '  3 undecided: no label reached the threshold',
    '  2 without pixels',
    '  ! 2 images could not be tagged',
    '    images/a\\u{1b}.dcm  not-decodable',
    '    … and 1 more: colophon query "SELECT 1"',
    '',
    '✗ Done in 20 s (50 images/s), but not every image was tagged.',
  ]);
});

test('when all is well the gate comes next', () => {
  expect(renderTag({ ...REPORT, ok: true, models: [] })).toBe('\n✓ Done in 20 s (50 images/s). Next: colophon check');
});
