import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestJudged } from '../catalog/judged-root.js';
import { digestPolicy, publishPolicy } from '../checks/policy-rules.js';
import { implementedCodes } from '../checks/programme.js';
import { systemErrorCode, wrapSystemError } from '../errors.js';
import { writeFileAtomic } from '../fixity/atomic-file.js';
import { canonicalJson } from '../fixity/canonical-json.js';
import { sha256Hex } from '../fixity/digest.js';
import type { CheckReport } from '../model/check.js';
import { hiddenParts, publishedSplits } from '../model/hidden-parts.js';
import type { GatePolicy } from '../model/policy.js';
import type { GateVerdict } from '../model/release-reports.js';
import type { PublishedWaiver, Verdict } from '../model/verdict.js';
import { loadHarmonization } from '../workspace/harmonization.js';
import { loadWaivers, loadWithdrawals } from '../workspace/workspace.js';
import type { Session } from './session.js';
import { readTool } from './tool.js';

const VERDICT_FILE = 'verdict.json';
const DAY_MS = 86_400_000;

/** What stands against using a verdict: a sentence, and the command that mends it. */
export interface StaleVerdict {
  reason: string;
}

/**
 * Keeps the verdict of a whole run, readable by its owner alone. A run of some rules only is none and keeps nothing.
 * @throws {CurationError} DISK_FULL, IO_FAILED
 */
export async function keepVerdict(session: Session, policy: GatePolicy, report: CheckReport): Promise<void> {
  if (report.verdict === 'none') return;
  const verdict: Verdict = {
    format: 'colophon-verdict/1',
    verdict: report.verdict,
    date: report.date,
    root: await digestRoot(session),
    judged_by: digestJudges(session, policy),
    summary: await publishedCounts(session, report),
    gate: {
      format: 'colophon-gate/1',
      policy: publishPolicy(policy),
      policy_digest: report.policy_digest,
      rules: report.checks.filter(({ status }) => status === 'checked').map(({ code }) => code),
      not_applicable: report.checks.filter(({ status }) => status === 'not-applicable').map(({ code, reason }) => ({ code, reason: reason ?? '' })),
      waivers: await usedWaivers(session),
    },
  };
  writeFileAtomic(pathOf(session), `${canonicalJson(JSON.parse(JSON.stringify(verdict)) as Parameters<typeof canonicalJson>[0])}\n`, { mode: 0o600 });
}

/**
 * The verdict of the gate on exactly what would be released now, or why there is none. Bring the status of the cases up to
 * date first.
 * @param now the day of the release, for waivers and the age of the verdict
 */
export async function freshVerdict(session: Session, policy: GatePolicy, now: Date): Promise<Verdict | StaleVerdict> {
  const verdict = readVerdict(session);
  if (verdict === null) return { reason: 'The gate has not judged this workspace yet.' };
  if (verdict.judged_by !== digestJudges(session, policy)) return { reason: 'The rules, the policy, the schemas or the waivers changed since the gate judged.' };
  if (verdict.root !== (await digestRoot(session))) return { reason: 'The gate judged other data than what would be released now.' };
  const today = now.toISOString().slice(0, 10);
  const days = (Date.parse(today) - Date.parse(verdict.date)) / DAY_MS;
  if (days > policy.verdict_days) return { reason: `The verdict of the gate is ${days} days old; the policy allows ${policy.verdict_days}.` };
  if (verdict.gate.waivers.some(({ expiry }) => expiry < today)) return { reason: 'A waiver that the verdict rests on has expired.' };
  return verdict;
}

/** A verdict as a plan and a release give it. */
export function toGateVerdict(policy: GatePolicy, verdict: Verdict | StaleVerdict): GateVerdict {
  if ('reason' in verdict) return { profile: policy.profile, digest: '', verdict: 'none', errors: 0, warnings: 0, waived: 0, reason: verdict.reason };
  const { errors, warnings, waived } = verdict.summary;
  return { profile: policy.profile, digest: verdict.gate.policy_digest, verdict: verdict.verdict, errors, warnings, waived };
}

async function digestRoot({ workspace, catalog }: Session): Promise<string> {
  const { dataset, release } = workspace.config;
  const hidden = hiddenParts(workspace.config);
  const content = await digestJudged(catalog, publishedSplits(workspace.config).map(({ name }) => name));
  return sha256Hex(canonicalJson({ content, about: JSON.stringify([dataset, release ?? null, loadWithdrawals(workspace), ...(hidden.length === 0 ? [] : [hidden])]) }));
}

function digestJudges({ workspace, pack }: Session, policy: GatePolicy): string {
  const waivers = loadWaivers(workspace).map((waiver) => JSON.stringify(waiver)).sort();
  const mended = loadHarmonization(workspace, pack)?.digest ?? null;
  return sha256Hex(canonicalJson({ policy: digestPolicy(policy), pack: pack?.digest ?? null, waivers, rules: implementedCodes(), models: JSON.stringify(workspace.config.models ?? []), tool: readTool().version, ...(mended === null ? {} : { mended }) }));
}

/** SQL condition: a finding is about a column whose hidden cells no release shows. */
const IN_HIDDEN_COLUMN = "list_has_any(?::VARCHAR[], [coalesce(f.location->>'$.column', ''), concat_ws('.', f.location->>'$.table', f.location->>'$.column')])";

function hiddenNames({ config }: Session['workspace']): string[] {
  return hiddenParts(config).flatMap(({ columns }) => columns ?? []);
}

/** What a release says of the findings: not those in hidden columns, whose numbers would say something of the hidden cells. */
async function publishedCounts({ workspace, catalog }: Session, { summary }: CheckReport): Promise<Verdict['summary']> {
  const { errors, warnings, infos, waived } = summary;
  const names = hiddenNames(workspace);
  if (names.length === 0) return { errors, warnings, infos, waived };
  const [row] = await catalog.all<{ warnings: number; infos: number; waived: number }>(
    `SELECT count(*) FILTER (level = 'warning' AND NOT waived) AS warnings, count(*) FILTER (level = 'info' AND NOT waived) AS infos, count(*) FILTER (waived) AS waived
     FROM finding AS f WHERE NOT ${IN_HIDDEN_COLUMN}`,
    [names],
  );
  return { errors, warnings: row?.warnings ?? 0, infos: row?.infos ?? 0, waived: row?.waived ?? 0 };
}

/** The waivers that accepted findings of the run that just ended; see `keepFindings`. */
async function usedWaivers({ workspace, catalog }: Session): Promise<PublishedWaiver[]> {
  const used = await catalog.all<Omit<PublishedWaiver, 'findings'>>(
    `SELECT code, reason, approver, expiry FROM waiver AS w WHERE NOT EXISTS (SELECT 1 FROM finding AS f WHERE f.code = w.code AND f.fingerprint = w.fingerprint AND ${IN_HIDDEN_COLUMN})`,
    [hiddenNames(workspace)],
  );
  const merged = new Map<string, PublishedWaiver>();
  for (const { code, reason, approver, expiry } of used) {
    const key = JSON.stringify([code, reason, approver, expiry]);
    merged.set(key, { code, reason, approver, expiry, findings: (merged.get(key)?.findings ?? 0) + 1 });
  }
  return [...merged].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, waiver]) => waiver);
}

function pathOf({ workspace }: Session): string {
  return join(workspace.paths.cache, VERDICT_FILE);
}

/** A file that cannot be understood is no verdict. */
function readVerdict(session: Session): Verdict | null {
  const path = pathOf(session);
  try {
    const verdict = JSON.parse(readFileSync(path, 'utf8')) as Partial<Verdict> | null;
    return verdict?.format === 'colophon-verdict/1' && verdict.gate !== undefined ? (verdict as Verdict) : null;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT' || error instanceof SyntaxError) return null;
    throw wrapSystemError(error, 'reading the verdict of the gate', path);
  }
}
