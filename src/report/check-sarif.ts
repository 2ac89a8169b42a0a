import type { CheckEntry, CheckReport, WaivedFinding } from '../model/check.js';
import type { Finding, Level, Location } from '../model/finding.js';
import { renderJson } from './json-text.js';

const SARIF_SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** SARIF 2.1.0 section 3.27.10: there is no `info`. */
const SARIF_LEVELS: Record<Level, 'error' | 'warning' | 'note'> = { error: 'error', warning: 'warning', info: 'note' };

/**
 * The report as a SARIF 2.1.0 log (OASIS Standard) for code scanning and editors: rules from the catalogue, paths as
 * relative URIs, fingerprints that survive re-sorting, waived findings as accepted suppressions.
 * @param version of this program
 */
export function renderCheckSarif(report: CheckReport, entries: readonly CheckEntry[], version: string): string {
  const codes = new Set([...report.findings, ...report.waived].map(({ code }) => code));
  const rules = entries.filter(({ code }) => codes.has(code));
  const indexOf = new Map(rules.map(({ code }, index) => [code, index]));
  const results = [...report.findings, ...report.waived].map((finding) => toResult(finding, indexOf.get(finding.code)));
  const log = {
    $schema: SARIF_SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Colophon', version, rules: rules.map(toRule) } },
        columnKind: 'unicodeCodePoints',
        invocations: [
          {
            executionSuccessful: report.checks.every(({ status }) => status !== 'incomplete'),
            toolExecutionNotifications: report.not_checked.map((text) => ({ level: 'note', message: { text } })),
          },
        ],
        properties: { verdict: report.verdict, summary: report.summary, policy_digest: report.policy_digest },
        results,
      },
    ],
  };
  return `${renderJson(log)}\n`;
}

function toRule({ code, level, title, why, mend, source }: CheckEntry): object {
  return {
    id: code,
    shortDescription: { text: `${title}.` },
    fullDescription: { text: why },
    help: { text: mend },
    defaultConfiguration: { level: SARIF_LEVELS[level] },
    properties: { source },
  };
}

function toResult(finding: Finding | WaivedFinding, ruleIndex: number | undefined): object {
  const { code, level, location, fingerprint } = finding;
  return {
    ruleId: code,
    ...(ruleIndex === undefined ? {} : { ruleIndex }),
    level: SARIF_LEVELS[level],
    message: { text: messageOf(finding) },
    locations: [toLocation(location)],
    partialFingerprints: { 'colophonFinding/v1': fingerprint },
    ...('waiver' in finding ? { suppressions: [{ kind: 'external', status: 'accepted', justification: finding.waiver.reason }] } : {}),
  };
}

function messageOf({ message, expected, found, hint }: Finding): string {
  const parts = [message, ...(found === undefined ? [] : [`Found: ${found}.`]), ...(expected === undefined ? [] : [`Expected: ${expected}.`]), ...(hint === undefined ? [] : [hint])];
  return parts.join(' ');
}

function toLocation({ path, line, table, key, column, tag, kind }: Location): object {
  const name = [table, key, column, tag].filter((part) => part !== undefined).join('/');
  return {
    ...(path === undefined
      ? {}
      : { physicalLocation: { artifactLocation: { uri: toUri(path) }, ...(line === undefined || line < 1 ? {} : { region: { startLine: line } }) } }),
    ...(name === '' && path !== undefined ? {} : { logicalLocations: [{ fullyQualifiedName: name === '' ? 'dataset' : name, kind }] }),
  };
}

/** RFC 3986 relative reference: each segment percent-encoded, so that a colon or a blank stays part of a name. */
function toUri(path: string): string {
  return path
    .split('/')
    .map((segment) => encodeURIComponent(segment.replace(/\p{Cs}/gu, '\uFFFD')))
    .join('/');
}
