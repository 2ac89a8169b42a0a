import { describe, expect, test } from '@jest/globals';
import type { SplitReport } from '../../src/model/split.js';
import { PROBLEM_KINDS, type VerifyReport } from '../../src/model/verification.js';
import { renderFreeze, renderSplit } from '../../src/report/split-text.js';
import { joinWords, wrapText } from '../../src/report/style.js';
import { renderVerify } from '../../src/report/verify-text.js';
import { variableReport } from '../support/split-reports.js';

const GOOD: VerifyReport = {
  ok: true, format: 'colophon-release/1', release: 'demo 2.0.0', digest: `sha256:${'ab'.repeat(32)}`, files: 1310, bytes: 2_000_000_000, speed: { bytes_per_second: 1e9, threads: 2, processor_share: 0.97, bound: 'processor' }, fast: false, selected: null, seconds: 2,
  problems: [], signatures: [], seen: null, notes: [], withdrawn: [], destroy: [], amendments: [], not_checked: ['There is no signature, so nobody vouches for the digest.'],
};

describe('verify', () => {
  test('yes in the first line, with what was and what was not checked', () => {
    expect(renderVerify(GOOD).split('\n')).toEqual([
      '✓ demo 2.0.0 is exactly what was published.',
      '',
      '1,310 files, 2.00 GB in 2.0 s (1.00 GB/s with 2 threads, bounded by hashing)',
      `release digest sha256:${'ab'.repeat(32)}`,
      'Not checked',
      '  There is no signature, so nobody vouches for the digest.',
    ]);
  });

  test('no in the first line, every kind by its paths, hostile paths escaped, and what to do', () => {
    const problems = [
      { kind: 'extra' as const, path: 'data/\u001b[2Jx', message: 'Not listed.' },
      ...Array.from({ length: 25 }, (_, index) => ({ kind: 'corrupt' as const, path: `data/${index}.dcm`, message: 'Other bytes.', expected: 'a', found: 'b' })),
    ];
    const text = renderVerify({ ...GOOD, ok: false, problems });
    expect(text.split('\n')[0]).toBe('✗ demo 2.0.0 is not what was published: 26 problems.');
    expect(text).toContain('data/\\u{1b}[2Jx');
    expect(text).toContain('… and 5 more');
    expect(text.indexOf('corrupt')).toBeLessThan(text.indexOf('extra'));
    expect(text).toContain('Fetch the files named above again');
    expect(text).not.toContain('\u001b');
  });

  test('withdrawn content is neither yes nor corrupt', () => {
    const destroy = [{ case_id: 'C1', reason: 'consent', date: '2026-02-20', replacement: 'C2', since_version: null, source: 'amendment-1.json', paths: ['a', 'b', 'c', 'd\u001b[2J', 'e'].map((name) => `data/images/C1/${name}`), bytes: 2500, destroyed: 1, tables: [{ table: 'cases', rows: 1 }] }];
    const text = renderVerify({ ...GOOD, ok: false, withdrawn: ['C1'], destroy });
    expect(text.split('\n')[0]).toMatch(/^! demo 2.0.0 is what was published, but holds WITHDRAWN content/);
    expect(text).toContain('WITHDRAWN since: 1 case. To be destroyed here: 5 files, 2.50 kB');
    expect(text).toContain('C1  consent, 2026-02-20; replaced by C2; by amendment-1.json');
    expect(text).toContain('… and 2 more files');
    expect(text).toContain('1 file of it is gone already');
    expect(text).toContain('rows in cases (1)');
    expect(text).not.toContain('\u001b');
    const problems = [{ kind: 'missing' as const, path: 'data/x', message: 'Gone.' }];
    expect(renderVerify({ ...GOOD, ok: false, problems, withdrawn: ['C1'], destroy }).split('\n')[0]).toBe('✗ demo 2.0.0 is not what was published: 1 problem. It also holds WITHDRAWN content.');
  });

  test('a manifest that was changed means: trust nothing here', () => {
    const text = renderVerify({ ...GOOD, ok: false, release: null, digest: null, problems: [{ kind: 'manifest-tampered', path: 'manifest-sha256.txt', message: 'Changed.' }] });
    expect(text).toContain('take the whole release from its publisher again');
  });

  test('has words for every kind', () => {
    for (const kind of PROBLEM_KINDS) expect(renderVerify({ ...GOOD, ok: false, problems: [{ kind, path: 'p', message: 'm.' }] })).toMatch(new RegExp(`^${kind}  \\S`, 'm'));
  });
});

const SPLIT: SplitReport = {
  split: 'benchmark',
  parts: { train: { cases: 70, held_out: 0, share: 0.7, target: 0.7 }, test: { cases: 30, held_out: 0, share: 0.3, target: 0.3 } },
  variables: { sex: variableReport({ max_difference: 0.012, total_variation: 0.01, jsd: 0.02 }), race: variableReport({ max_difference: 0.034, total_variation: 0.02, jsd: 0.03 }) },
  joint: {}, observed: {}, permutation: null, shared: [], reference: null, warnings: [],
  leakage: { groups: 0, patients: 0, studies: 0, instances: 0 },
  frozen: 0, seed: '2026', algorithm: 'a', input_digest: 'd', unassigned: [{ case_id: 'C1', reason: 'not in open' }, { case_id: 'C2', reason: 'not in open' }], conflicts: [],
};

describe('split', () => {
  test('parts, worst balance first, who is in no part, and the next command', () => {
    const text = renderSplit(SPLIT);
    expect(text).toContain('✓ no patient, study or image is in two parts');
    expect(text).toMatch(/train +70 +70\.0 % +70\.0 %/);
    expect(text.indexOf('race')).toBeLessThan(text.indexOf('sex'));
    expect(text).toContain('2: not in open, e.g. C1');
    expect(text.split('\n').at(-1)).toBe('Nothing is frozen yet. When the draw is right, make it permanent: colophon split freeze benchmark');
    expect(text).not.toContain('held out');
  });

  test('leakage comes before everything', () => {
    const text = renderSplit({ ...SPLIT, leakage: { groups: 1, patients: 0, studies: 2, instances: 0 } });
    expect(text.split('\n')[1]).toBe('✗ LEAKAGE: in two parts are 1 groups, 2 studies');
  });

  test('a conflict names the cases and the choices', () => {
    const conflict = { kind: 'frozen-apart' as const, cases: [{ case_id: 'C1', part: 'train' }], withheld: ['C3'], message: 'Linked cases are frozen apart.', choices: ['Withdraw one of them.'] };
    const text = renderSplit({ ...SPLIT, conflicts: [conflict] });
    expect(text).toContain('C1 is bound to train');
    expect(text).toContain('→ Withdraw one of them.');
    expect(text.split('\n').at(-1)).toContain('need a decision');
  });

  test('freezing', () => {
    expect(renderFreeze({ split: 'b', frozen: 100, added: 100, digest: 'sha256:ab' })).toContain('✓ Split b: 100 cases frozen, 100 in its record.');
    expect(renderFreeze({ split: 'b', frozen: 100, added: 0, digest: 'sha256:ab' })).toContain('nothing new to freeze');
    expect(renderSplit({ ...SPLIT, frozen: 100 }).split('\n').at(-1)).toContain('never move again');
  });
});

test('sentences', () => {
  expect([joinWords([]), joinWords(['a']), joinWords(['a', 'b']), joinWords(['a', 'b', 'c'])]).toEqual(['', 'a', 'a and b', 'a, b and c']);
  expect(wrapText('aa bb cc', '  ', 8)).toEqual(['  aa bb', '  cc']);
});
