import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { SplitReport } from '../../src/model/split.js';
import { renderSplitHtml } from '../../src/report/split-html.js';
import { renderSplit } from '../../src/report/split-text.js';
import { buildReport } from '../../src/splits/report/report.js';
import { encodeVariable } from '../../src/splits/input/variable.js';
import { splitInput } from '../support/split-input.js';

const sha256Base64 = (text: string): string => createHash('sha256').update(text).digest('base64');

/** A report whose every word from outside is `word`, and that has all sections. */
function reportOf(word: string): SplitReport {
  const cases = Array.from({ length: 60 }, (_, at) => `${word}${String(at).padStart(2, '0')}`);
  const other = `${word}2`;
  const numbers = Float64Array.from(cases, (_, at) => (at * 7) % 50);
  const input = splitInput({
    split: word, cases,
    parts: [{ name: word, target: 0.5 }, { name: other, target: 0.5 }],
    variables: [{ name: word, values: cases.map((_, at) => (at % 3 === 0 ? word : other)) }, { name: other, values: cases.map((_, at) => (at % 2 === 0 ? word : '')) }],
    ties: [{ kind: 'patient', key: 'p', case_id: cases[0]! }, { kind: 'patient', key: 'p', case_id: cases[59]! }],
    seed: word,
  });
  const all = { ...input, variables: [...input.variables, encodeVariable({ name: `${word}3`, values: [...numbers].map((value) => (value < 25 ? '<25' : '>=25')), numbers })] };
  const places = new Map(cases.map((id, at) => [id, { part: at < 30 ? word : other, frozen: at < 10 }]));
  const reference = { source: word, sha256: word, dates: new Map(), variables: new Map([[word, new Map([[word, 1], [other, 2]])]]) };
  return buildReport(all, { places, unassigned: [{ case_id: word, reason: word }], input_digest: word }, { reference, permutations: 9, hidden: word });
}

const render = (report: SplitReport, title = 'Demo'): string => renderSplitHtml(report, { title, sha256Base64 });
const body = (page: string): string => page.replace(/<style>[\s\S]*?<\/style>/, '');

describe('the page of a split', () => {
  const page = render(reportOf('w'));

  test('runs no script, loads nothing, and lets only its own style in', () => {
    const [, style] = /<style>([\s\S]*?)<\/style>/.exec(page) ?? [];
    expect(page).toContain(`default-src 'none'; style-src 'sha256-${sha256Base64(style ?? '')}'`);
    expect(page).not.toMatch(/<script|(?:src|href)=|https?:|@import|url\(| style=| on[a-z]+=/);
  });

  test('has for every chart a title, a description and a table', () => {
    const charts = page.match(/<svg class="(?:bars|curves)"/g)!;
    expect(charts).toHaveLength(1 + 3 + 1 + 1);
    for (const chart of page.match(/<svg class="(?:bars|curves)"[\s\S]*?<\/svg>/g)!) {
      const [, titleId, descriptionId] = /aria-labelledby="(\S+) (\S+)"/.exec(chart)!;
      expect(chart).toContain(`<title id="${titleId}">`);
      expect(chart).toContain(`<desc id="${descriptionId}">`);
    }
    for (const figure of page.match(/<figure>[\s\S]*?<\/figure>/g)!) expect(figure).toContain('<table>');
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('is well formed: every element that opens closes in its order', () => {
    const open: string[] = [];
    for (const [, closing, name, , selfClosing] of body(page).matchAll(/<(\/?)([a-z][a-z0-9]*)((?:\s[^<>]*?)?)(\/?)>/gi)) {
      if (['meta'].includes(name!) || selfClosing === '/') continue;
      if (closing === '') open.push(name!);
      else expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
  });

  test('no text from data becomes markup or hides', () => {
    const hostile = '</td></svg></title><script>alert(1)</script><img src=x onerror="alert(1)">\u202e\u001b[31m\u200b`\'';
    const found = body(render(reportOf(hostile), hostile));
    expect(found).not.toMatch(/<script|<img|onerror="/);
    expect(found).not.toMatch(/[\u202e\u001b\u200b]/);
    expect(renderSplit(reportOf(hostile), { categories: true })).not.toMatch(/[\u202e\u001b\u200b]/);
  });

  test('whatever the data say, the structure of the page stays the same', () => {
    const tags = (text: string): string[] => text.match(/<\/?[a-z][a-z0-9]*/gi) ?? [];
    // a word that is no number, range or "not reported", and sorts as `w` does
    const words = fc.string({ unit: 'binary', maxLength: 12 }).map((text) => `w${text}`);
    const plain = tags(body(page)).length;
    fc.assert(fc.property(words, (word) => expect(Math.abs(tags(body(render(reportOf(word)))).length - plain)).toBeLessThan(200)), { numRuns: 20 });
  });

  test('stays small with many parts and categories', () => {
    const cases = Array.from({ length: 4000 }, (_, at) => `c${at}`);
    const parts = Array.from({ length: 50 }, (_, at) => ({ name: `fold-${at + 1}`, target: 0.02 }));
    const input = splitInput({ cases, parts, variables: [{ name: 'site', values: cases.map((_, at) => `site ${(at * 7) % 900}`) }] });
    const places = new Map(cases.map((id, at) => [id, { part: `fold-${(at % 50) + 1}`, frozen: false }]));
    const found = render(buildReport(input, { places, unassigned: [], input_digest: '' }, { permutations: 0 }));
    expect(found.length).toBeLessThan(1_000_000);
    expect(found).toContain('rarer categories are in the JSON form');
  });
});
