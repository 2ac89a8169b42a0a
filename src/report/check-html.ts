import type { CheckEntry, CheckOutcome, CheckReport } from '../model/check.js';
import { LEVELS, type Finding, type Level, type Location } from '../model/finding.js';
import { CHECK_PAGE_SCRIPT, CHECK_PAGE_STYLE } from './check-html-assets.js';
import { renderHtmlPage, type Sha256Base64 } from './html-page.js';
import { htmlText as text } from './html-text.js';
import { formatCount, formatNumber } from './units.js';

/** What the page needs beside the report. */
export interface CheckHtmlOptions {
  /** The catalogue of checks: titles and how to mend. */
  entries: readonly CheckEntry[];
  /** Title of the dataset. */
  title: string;
  sha256Base64: Sha256Base64;
}

/**
 * The report of the gate as one self-contained page, which works without a network and, but for sorting and filtering,
 * without scripts. Data are text nodes only; the Content Security Policy lets nothing run but the page's own script (CWE-79).
 */
export function renderCheckHtml(report: CheckReport, options: CheckHtmlOptions): string {
  const { title, sha256Base64 } = options;
  const body = `${renderHead(report, title)}
${renderRules(report, options.entries)}
${renderFindings(report, options.entries)}
${renderWaived(report)}
${renderNotJudged(report)}
<footer>Values that could identify somebody are masked. This report is still confidential: keep it with the data, outside any release. Policy ${text(report.policy_digest.slice(0, 16))}…, judged on ${text(report.date)}.</footer>`;
  return renderHtmlPage({ title: `Release gate: ${title}`, style: CHECK_PAGE_STYLE, script: CHECK_PAGE_SCRIPT, body }, sha256Base64);
}

const VERDICTS = {
  fail: ['fail', 'No release can be cut'],
  pass: ['pass', 'Nothing stands against a release'],
  none: ['none', 'Only some checks ran: no verdict'],
} as const;

function renderHead({ verdict, summary }: CheckReport, title: string): string {
  const [style, words] = VERDICTS[verdict];
  const figures: [string, number, string][] = [
    ['errors', summary.errors, 'error'],
    ['warnings', summary.warnings, 'warning'],
    ['notes', summary.infos, 'info'],
    ['waived', summary.waived, 'waived'],
  ];
  return `<header>
<p class="eyebrow">Release gate</p>
<h1>${text(title)}</h1>
<p class="verdict ${style}">${words}</p>
<ul class="figures">${figures.map(([name, count, level]) => `<li class="${level}"><b>${formatCount(count)}</b> ${name}</li>`).join('')}</ul>
</header>`;
}

function renderRules(report: CheckReport, entries: readonly CheckEntry[]): string {
  const rows = report.checks.map((outcome) => renderRule(outcome, entries.find(({ code }) => code === outcome.code), worstLevel(report, outcome.code)));
  return `<section><h2>Rules</h2>
<details${report.verdict === 'pass' ? ' open' : ''}><summary>${formatNumber(report.checks.length, 'rule')} and what each of them looked at</summary>
<table class="rules"><thead><tr><th>Rule</th><th>What must hold</th><th>Looked at</th><th>Findings</th><th>Waived</th></tr></thead><tbody>${rows.join('')}</tbody></table>
</details></section>`;
}

function worstLevel({ findings }: CheckReport, code: string): Level | null {
  return LEVELS.find((level) => findings.some((finding) => finding.code === code && finding.level === level)) ?? null;
}

function renderRule({ code, status, checked, findings, waived, reason }: CheckOutcome, entry: CheckEntry | undefined, worst: Level | null): string {
  const looked = status === 'checked' ? formatCount(checked) : `<span class="muted">${text(`${status}${reason === null ? '' : `: ${reason}`}`)}</span>`;
  const count = findings === 0 ? '<span class="muted">0</span>' : `<b class="${worst ?? 'info'}">${formatCount(findings)}</b>`;
  return `<tr><td class="code">${text(code)}</td><td>${text(entry?.title ?? '')}</td><td>${looked}</td><td>${count}</td><td>${waived === 0 ? '' : formatCount(waived)}</td></tr>`;
}

function renderFindings(report: CheckReport, entries: readonly CheckEntry[]): string {
  const { findings, summary } = report;
  if (findings.length === 0) return '<section><h2>Findings</h2><p>There are none.</p></section>';
  const all = summary.errors + summary.warnings + summary.infos;
  const codes = [...new Set(findings.map(({ code }) => code))];
  const cut = all > findings.length ? `<p class="muted">The first ${formatCount(findings.length)} of ${formatCount(all)}; all of them: <code>colophon query "SELECT * FROM finding"</code></p>` : '';
  return `<section><h2>Findings</h2>
<div class="filters" hidden>
<input id="search" type="search" placeholder="Search path, key, tag, words" aria-label="Search">
<select id="rule" aria-label="Rule"><option value="">All rules</option>${codes.map((code) => `<option>${text(code)}</option>`).join('')}</select>
${LEVELS.map((level) => `<label><input type="checkbox" value="${level}" checked> ${level}</label>`).join('\n')}
<output id="shown"></output>
</div>
${cut}
<table class="findings" id="findings"><thead><tr><th data-key="level">Level</th><th data-key="code">Rule</th><th data-key="message">What is wrong</th><th data-key="place">Where</th><th>Found, expected</th><th>How to mend</th></tr></thead>
<tbody>${findings.map((finding) => renderFinding(finding, entries.find(({ code }) => code === finding.code))).join('\n')}</tbody></table></section>`;
}

function renderFinding(finding: Finding, entry: CheckEntry | undefined): string {
  const { code, level, message, location, hint, expected, found, fingerprint } = finding;
  const values = [
    ...(found === undefined ? [] : [`<div>found <span class="value">${text(found)}</span></div>`]),
    ...(expected === undefined ? [] : [`<div>expected <span class="value">${text(expected)}</span></div>`]),
  ].join('');
  const waive = entry?.waivable === false ? '<div class="muted">No waiver can accept this.</div>' : `<details><summary>Waive</summary><pre>${text(`- code: ${code}`)}\n  fingerprint: ${text(fingerprint)}\n  reason:\n  approver:\n  expiry:</pre></details>`;
  return `<tr data-level="${level}" data-code="${text(code)}"><td><span class="tag ${level}">${level}</span></td><td class="code" title="${text(entry?.title ?? '')}">${text(code)}</td><td>${text(message)}</td><td class="place">${renderPlace(location)}</td><td>${values}</td><td>${text(hint ?? entry?.mend ?? '')}${waive}</td></tr>`;
}

function renderPlace({ path, line, table, key, column, tag }: Location): string {
  const file = path === undefined ? '' : `<div>${text(path)}${line === undefined ? '' : `:${line}`}</div>`;
  const cell = [table, column].filter((part) => part !== undefined).join('.');
  const rest = [cell, key ?? '', tag ?? ''].filter((part) => part !== '').map((part) => `<div class="part">${text(part)}</div>`);
  return file + rest.join('');
}

function renderWaived({ waived, summary }: CheckReport): string {
  if (summary.waived === 0) return '';
  const rows = waived.map(
    ({ code, message, location, waiver }) =>
      `<tr><td class="code">${text(code)}</td><td>${text(message)}</td><td class="place">${renderPlace(location)}</td><td>${text(waiver.reason)}</td><td>${text(waiver.approver)}</td><td>${text(waiver.expiry)}</td></tr>`,
  );
  return `<section><h2>Accepted by a waiver (${formatCount(summary.waived)})</h2>
<table><thead><tr><th>Rule</th><th>Finding</th><th>Where</th><th>Reason</th><th>Approved by</th><th>Until</th></tr></thead><tbody>${rows.join('\n')}</tbody></table></section>`;
}

function renderNotJudged({ not_checked }: CheckReport): string {
  if (not_checked.length === 0) return '';
  return `<section><h2>Not judged</h2><ul>${not_checked.map((sentence) => `<li>${text(sentence)}</li>`).join('')}</ul></section>`;
}
