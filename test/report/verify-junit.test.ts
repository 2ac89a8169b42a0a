import { expect, test } from '@jest/globals';
import { PROBLEM_KINDS, type VerifyReport } from '../../src/model/verification.js';
import { renderVerifyJunit } from '../../src/report/verify-junit.js';

const GOOD: VerifyReport = {
  ok: true, format: 'colophon-release/1', release: 'demo 2.0.0', digest: `sha256:${'ab'.repeat(32)}`, files: 10, bytes: 1000, seconds: 1.5, speed: null, fast: false, selected: null,
  problems: [], signatures: [], seen: null, notes: [], withdrawn: [], destroy: [], amendments: [], not_checked: ['A signature: the release has none.'],
};

test('a sound release: a passed test for every kind of problem, a skipped one for what was not checked', () => {
  const lines = renderVerifyJunit(GOOD).split('\n');
  const counts = `tests="${PROBLEM_KINDS.length + 1}" failures="0" errors="0" skipped="1" time="1.500"`;
  expect(lines.slice(0, 3)).toEqual(['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites name="colophon verify" ${counts}>`, `<testsuite name="demo 2.0.0" ${counts}>`]);
  expect(lines).toContain('<testcase classname="verify.corrupt" name="no such problem"></testcase>');
  expect(lines).toContain('<testcase classname="verify.not-checked" name="A signature: the release has none."><skipped message="A signature: the release has none."/></testcase>');
});

test('problems and withdrawn cases fail, and nothing in them is obeyed by who reads the file', () => {
  const report: VerifyReport = {
    ...GOOD, ok: false,
    problems: [{ kind: 'corrupt', path: 'data/<a>&"\u001b[31m\u202e\ud800.dcm', expected: 'x', found: ']]>', message: 'Its bytes\nchanged.' }],
    withdrawn: ['C1'],
    destroy: [{ case_id: 'C1', reason: 'phi', date: '2026-01-01', replacement: null, since_version: null, source: 'amendment-1.json', paths: [], bytes: 0, destroyed: 0, tables: [] }],
  };
  const text = renderVerifyJunit(report);
  expect(text).toContain('failures="2"');
  expect(text).toContain('<testcase classname="verify.corrupt" name="data/&lt;a&gt;&amp;&quot;\\u{1b}[31m\\u{202e}\\u{d800}.dcm"><failure type="corrupt" message="Its bytes&#10;changed.">expected x&#10;found ]]&gt;</failure></testcase>');
  expect(text).toContain('<testcase classname="verify.withdrawn" name="C1"><failure type="withdrawn" message="phi, 2026-01-01">by amendment-1.json</failure></testcase>');
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e\p{Surrogate}]/u);
});
