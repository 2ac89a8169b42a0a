import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { listChecks } from '../../src/checks/programme.js';
import type { CheckReport } from '../../src/model/check.js';
import type { Finding } from '../../src/model/finding.js';
import { renderCheckHtml } from '../../src/report/check-html.js';

const ENTRIES = listChecks();
const sha256Base64 = (text: string): string => createHash('sha256').update(text).digest('base64');

function reportOf(findings: Finding[]): CheckReport {
  return {
    verdict: findings.length > 0 ? 'fail' : 'pass',
    summary: { errors: findings.length, warnings: 0, infos: 0, waived: 0, checked: {} },
    findings,
    groups: [],
    waived: [],
    checks: [{ code: 'SCH-007', status: 'checked', checked: 3, findings: findings.length, waived: 0, reason: null }],
    only: [],
    not_checked: [],
    date: '2026-03-01',
    policy_digest: 'a'.repeat(64),
  };
}

function finding(text: string): Finding {
  return { code: 'SCH-007', level: 'error', message: text, location: { kind: 'file', path: text, table: text, key: text, column: text, tag: text, line: 3 }, hint: text, expected: text, found: text, fingerprint: '0123456789abcdef' };
}

const render = (report: CheckReport, title = 'Demo'): string => renderCheckHtml(report, { entries: ENTRIES, title, sha256Base64 });

/** The page without its own style and script. */
const dataPart = (page: string): string => page.replace(/<style>[\s\S]*?<\/style>/, '').replace(/<script>[\s\S]*?<\/script>\n<\/body>/, '');

describe('the page of the gate', () => {
  test('lets only its own script and style run, and loads nothing', () => {
    const page = render(reportOf([finding('x')]));
    const [, script] = /<script>([\s\S]*?)<\/script>/.exec(page) ?? [];
    const [, style] = /<style>([\s\S]*?)<\/style>/.exec(page) ?? [];
    expect(page).toContain(`script-src 'sha256-${sha256Base64(script ?? '')}'`);
    expect(page).toContain(`style-src 'sha256-${sha256Base64(style ?? '')}'`);
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/(?:src|href)=|https?:|@import|url\(/);
  });

  test('no text from data becomes markup or hides', () => {
    const hostile = '</td><script>alert(1)</script><img src=x onerror="alert(1)">\u202e\u001b[31m\u200b`\'';
    const page = dataPart(render(reportOf([finding(hostile)]), hostile));
    expect(page).not.toMatch(/<script|<img|onerror="/);
    expect(page).not.toMatch(/[\u202e\u001b\u200b]/);
    expect(page).toContain('\\u{202e}');
  });

  test('whatever a finding says, the structure of the page stays the same', () => {
    const tags = (page: string): string[] => dataPart(page).match(/<\/?[a-z][a-z0-9]*/gi) ?? [];
    const plain = tags(render(reportOf([finding('x')])));
    fc.assert(fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => expect(tags(render(reportOf([finding(text)])))).toEqual(plain)));
  });

  test('says what passed when nothing was found', () => {
    const page = render(reportOf([]));
    expect(page).toContain('Nothing stands against a release');
    expect(page).toContain('There are none.');
  });
});
