import { PROBLEM_KINDS, type Problem, type VerifyReport } from '../model/verification.js';

/**
 * The answer of verify as JUnit XML, as build servers read it: a test case for every kind of problem that was not found, one for
 * every problem and withdrawn case, which failed, and one for everything that was not checked, which was skipped.
 */
export function renderVerifyJunit(report: VerifyReport): string {
  const { problems, destroy, not_checked, seconds, release, digest } = report;
  const found = new Set(problems.map(({ kind }) => kind));
  const passed = PROBLEM_KINDS.filter((kind) => !found.has(kind));
  const cases = [
    ...passed.map((kind) => testCase(kind, 'no such problem', '')),
    ...problems.map((problem) => testCase(problem.kind, problem.path, failure(problem))),
    ...destroy.map(({ case_id, reason, date, source }) => testCase('withdrawn', case_id, element('failure', { type: 'withdrawn', message: `${reason}, ${date}` }, `by ${source}`))),
    ...not_checked.map((sentence) => testCase('not-checked', sentence, element('skipped', { message: sentence }))),
  ];
  const counts = { tests: cases.length, failures: problems.length + destroy.length, errors: 0, skipped: not_checked.length, time: seconds.toFixed(3) };
  const properties = { release: release ?? '', digest: digest ?? '', files: report.files, bytes: report.bytes };
  const lines = Object.entries(properties).map(([name, value]) => element('property', { name, value }));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'colophon verify', ...counts })}>`,
    `<testsuite${attributes({ name: release ?? 'release', ...counts })}>`,
    `<properties>${lines.join('')}</properties>`,
    ...cases,
    '</testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase(kind: string, name: string, inner: string): string {
  return `<testcase${attributes({ classname: `verify.${kind}`, name })}>${inner}</testcase>`;
}

function failure({ kind, message, expected, found }: Problem): string {
  const details = [...(expected === undefined ? [] : [`expected ${expected}`]), ...(found === undefined ? [] : [`found ${found}`])];
  return element('failure', { type: kind, message }, details.join('\n'));
}

function element(name: string, values: Record<string, string | number>, text = ''): string {
  return text === '' ? `<${name}${attributes(values)}/>` : `<${name}${attributes(values)}>${escapeXml(text)}</${name}>`;
}

function attributes(values: Record<string, string | number>): string {
  return Object.entries(values).map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`).join('');
}

const ENTITIES = new Map([['&', '&amp;'], ['<', '&lt;'], ['>', '&gt;'], ['"', '&quot;'], ["'", '&apos;'], ['\n', '&#10;'], ['\t', '&#9;']]);

/** Text for XML 1.0: what it does not allow (2.2 Char), and what a terminal or an editor obeys, is shown as `\u{hex}`. */
function escapeXml(text: string): string {
  return text
    .replace(/[&<>"'\n\t]/g, (character) => ENTITIES.get(character)!)
    .replace(/[\p{Cc}\p{Cf}\p{Surrogate}\u2028\u2029\uFFFE\uFFFF]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}
