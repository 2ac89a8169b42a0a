import type { Catalog } from '../catalog/catalog.js';
import { defaultEffects, type Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import { canonicalJson } from '../fixity/canonical-json.js';
import { sha256Hex } from '../fixity/digest.js';
import type { CheckReport } from '../model/check.js';
import type { SchemaPack } from '../model/clinical.js';
import type { Config } from '../model/config.js';
import type { Waiver } from '../model/finding.js';
import { completePolicy } from '../model/policy-profiles.js';
import type { GatePolicy } from '../model/policy.js';
import type { ModelConfig } from '../model/tagging.js';
import type { Withdrawal } from '../model/workspace-files.js';
import type { CatalogReader, Check, CheckInput, LoggedRelease, PublishedRelease } from './check.js';
import type { Code } from './codes.js';
import { countExcluded, EXCLUDED_ROWS, EXCLUDED_ROWS_SQL, readInput } from './input.js';
import { CoverageBook, emptyCheck } from './outcome.js';
import { implementedCodes, PROGRAMME } from './programme.js';
import { digestPolicy, rulesTurnedOff, tolerancesOf } from './policy-rules.js';
import { fillLikeness, LIKENESS_TABLES } from './likeness/near-hashes.js';
import { selectCodes } from './selection.js';
import { brokenCheck, FindingSink } from './sink.js';
import { completeOutcomes, groupBy, summariseFindings, type FindingSummary } from './summary.js';
import { WaiverBook } from './waivers.js';

/** Findings of a rule that a report lists unless the caller says otherwise; all are counted and in the catalog. */
export const MAX_FINDINGS = 1000;

/** Findings are appended to the catalog this many at a time. */
const FLUSH_FINDINGS = 20_000;

/** Findings of a run that has not ended; they become `finding` at once, at the end. */
const RUN_FINDINGS = 'check_finding';

/** Rules that look at what `fillLikeness` fills. */
const COMPARING: readonly Code[] = ['DUP-003', 'DUP-004', 'DUP-006', 'DUP-009'];

export interface CheckOptions {
  /** Null: no schema; then rules about columns and values do not apply. */
  pack: SchemaPack | null;
  config: Config;
  /** The whole policy; default: what the configuration says. */
  policy?: GatePolicy;
  waivers: readonly Waiver[];
  withdrawals?: readonly Withdrawal[];
  /** The log of releases, oldest first. */
  log?: readonly LoggedRelease[];
  /** Releases that were published before and are here, oldest first. */
  releases?: readonly PublishedRelease[];
  /** The day that waivers are judged by, YYYY-MM-DD. */
  today: string;
  /** Codes and groups to run; empty or absent: all, which alone gives a verdict. */
  only?: readonly string[];
  /** Findings of a rule that the report lists; default MAX_FINDINGS. */
  maxFindings?: number;
  /** Ends the run with INTERRUPTED. */
  signal?: AbortSignal;
  /** Whether `fillLikeness` ran already, on the same images and by the same policy; default false. */
  likeness?: boolean;
  /** Another list of checks; for tests. */
  programme?: readonly Check[];
}

/**
 * Runs the gate over what a release of this catalog would hold. Every finding goes into the `finding` table; the report
 * counts all and lists the first of each rule. Fails closed: a check that throws is an error finding, and the others run.
 * @throws {CurationError} CHECK_UNKNOWN, INTERRUPTED, DISK_FULL, CATALOG_*
 */
export async function checkCatalog(catalog: Catalog, options: CheckOptions, effects: Effects = defaultEffects): Promise<CheckReport> {
  const policy = options.policy ?? completePolicy(options.config.gate, options.pack?.policy);
  const off = rulesTurnedOff(policy);
  const tolerances = tolerancesOf(policy);
  const selected = new Set([...selectCodes(options.only ?? [])].filter((code) => !off.has(code)));
  const programme = options.programme ?? PROGRAMME;
  try {
    await catalog.run(`CREATE OR REPLACE TABLE ${EXCLUDED_ROWS} AS ${EXCLUDED_ROWS_SQL}`);
    if (options.likeness !== true && COMPARING.some((code) => selected.has(code))) await fillLikeness(catalog, policy.near_duplicate_bits);
    await catalog.run(`CREATE OR REPLACE TABLE ${RUN_FINDINGS} AS FROM finding LIMIT 0`);
    const input = await readInput(readerOf(catalog), options.pack, options.config, policy, options.today, {
      governance: { waivers: options.waivers, withdrawals: options.withdrawals ?? [], log: options.log ?? [] },
      releases: options.releases ?? [],
    });
    const run = await runProgramme(catalog, input, programme, selected, options, effects);
    await tolerate(catalog, tolerances, run.coverage);
    const summary = await summariseFindings(input.catalog, RUN_FINDINGS, options.waivers, options.maxFindings ?? MAX_FINDINGS);
    const excluded = await countExcluded(input.catalog);
    await keepFindings(catalog, run.waivers.used());
    return makeReport(options, policy, selected, programme, run, summary, excluded);
  } finally {
    await catalog.run([RUN_FINDINGS, EXCLUDED_ROWS, ...LIKENESS_TABLES].map((table) => `DROP TABLE IF EXISTS ${table}`).join('; '));
  }
}

function readerOf(catalog: Catalog): CatalogReader {
  return {
    all: (sql) => catalog.all(sql),
    stream: (sql) => catalog.stream(sql),
    encodedTable: (table, columns, where) => catalog.encodedTable(table, columns, where),
  };
}

interface Run {
  coverage: CoverageBook;
  waivers: WaiverBook;
}

async function runProgramme(
  catalog: Catalog,
  input: CheckInput,
  programme: readonly Check[],
  selected: ReadonlySet<Code>,
  options: CheckOptions,
  effects: Effects,
): Promise<Run> {
  const appender = await catalog.appender(RUN_FINDINGS);
  const coverage = new CoverageBook();
  const waivers = new WaiverBook(options.waivers, options.today, input.policy.approvers);
  let appended = 0;
  const sink = new FindingSink(waivers, (cells) => {
    appender.appendRow(cells);
    if (++appended % FLUSH_FINDINGS === 0) appender.flush();
  });
  try {
    const checks = programme.filter(({ codes }) => codes.some((code) => selected.has(code)));
    for (const [index, check] of checks.entries()) {
      effects.progress({ stage: 'checking', unit: 'checks', files: index, totalFiles: checks.length, bytes: 0 });
      await runCheck(check, input, coverage, selected, sink, options.signal);
    }
    for (const code of implementedCodes(checks)) {
      const outcome = coverage.outcome(code);
      if (selected.has('GATE-COVERAGE') && selected.has(code) && isJudging(code) && outcome.status === 'empty') sink.add(emptyCheck(outcome));
    }
    const page = coverage.page();
    if (selected.has('GATE-COVERAGE')) page.looked('GATE-COVERAGE', selected.size);
    if (selected.has('GATE-WAIVER')) {
      for (const draft of waivers.findings(selected)) sink.add(draft);
      if (options.waivers.length > 0) page.looked('GATE-WAIVER', waivers.count(selected));
      else page.notApplicable('GATE-WAIVER', 'there are no waivers');
    }
  } finally {
    appender.close();
  }
  return { coverage, waivers };
}

/** Rules about the run itself are not asked whether they looked at something. */
function isJudging(code: Code): boolean {
  return code !== 'GATE-COVERAGE' && code !== 'GATE-WAIVER';
}

async function runCheck(check: Check, input: CheckInput, coverage: CoverageBook, selected: ReadonlySet<Code>, sink: FindingSink, signal?: AbortSignal): Promise<void> {
  throwIfAborted(signal);
  const codes = check.codes.filter((code) => selected.has(code));
  try {
    for await (const draft of check.run(input, coverage.page())) {
      if (signal?.aborted === true) throwIfAborted(signal);
      if (selected.has(draft.code) || draft.code === 'GATE-INCOMPLETE') sink.add(draft);
    }
  } catch (error) {
    if (error instanceof CurationError && (error.code === 'INTERRUPTED' || error.code === 'DISK_FULL')) throw error;
    const reason = describeFailure(error);
    coverage.broke(codes, reason);
    sink.add(brokenCheck(codes, reason));
  }
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true)
    throw new CurationError('INTERRUPTED', 'The check was interrupted; the findings of the run before it were kept', { suggestions: ['Run: colophon check'] });
}

/** Our own messages hold no values; those of other errors may, so only their kind is told. */
function describeFailure(error: unknown): string {
  if (error instanceof CurationError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.name : 'an unknown failure';
}

/** Replaces the findings of the run before, all at once. */
async function keepFindings(catalog: Catalog, waivers: Waiver[]): Promise<void> {
  await catalog.transaction(async () => {
    await catalog.run(`DELETE FROM finding`);
    await catalog.run(`INSERT INTO finding FROM ${RUN_FINDINGS}`);
    await catalog.run('DELETE FROM waiver');
    for (const { code, fingerprint, reason, approver, expiry } of waivers)
      await catalog.run('INSERT INTO waiver VALUES (?, ?, ?, ?, ?::DATE)', [code, fingerprint, reason, approver, expiry]);
  });
}

function makeReport(
  { only = [], today, pack, config }: CheckOptions,
  policy: GatePolicy,
  selected: ReadonlySet<Code>,
  programme: readonly Check[],
  { coverage, waivers }: Run,
  summary: FindingSummary,
  excluded: number,
): CheckReport {
  const { levels, findings, groups, waived } = summary;
  const codes = implementedCodes(programme).filter((code) => selected.has(code));
  const checks = completeOutcomes(codes.map((code) => coverage.outcome(code)), summary);
  const checked = Object.fromEntries(checks.map(({ code, checked: subjects }) => [code, subjects]));
  const waivedCount = checks.reduce((sum, outcome) => sum + outcome.waived, 0);
  return {
    verdict: levels.error > 0 ? 'fail' : only.length > 0 ? 'none' : 'pass',
    summary: { errors: levels.error, warnings: levels.warning, infos: levels.info, waived: waivedCount, checked },
    findings,
    groups,
    waived,
    checks,
    only: [...only],
    not_checked: notChecked(only, checks, excluded, policy),
    date: today,
    policy_digest: policyDigest(policy, pack, waivers.used(), codes, config.models),
  };
}

function notChecked(only: readonly string[], checks: CheckReport['checks'], excluded: number, { off }: GatePolicy): string[] {
  const left = checks.filter(({ code, status }) => status === 'not-applicable' && code !== 'GATE-WAIVER');
  const reasons = groupBy(left, ({ reason }) => reason ?? '');
  return [
    ...(only.length > 0 ? [`Only ${only.join(', ')} ran: this is no verdict on the dataset.`] : []),
    ...(excluded > 0 ? [`${excluded} table ${excluded === 1 ? 'row' : 'rows'} of rejected, withdrawn or withheld cases: they are not released.`] : []),
    ...Object.entries(off).map(([name, reason]) => `${name} is turned off by the policy: ${reason}.`),
    ...[...reasons].map(([reason, outcomes]) => `${outcomes.map(({ code }) => code).join(', ')}: ${reason}.`),
  ];
}

/** sha256 over what judged a catalog: the rules that ran, the policy, the schemas, the waivers in force. */
export function policyDigest(policy: GatePolicy, pack: SchemaPack | null, waivers: readonly Waiver[], codes: readonly Code[] = implementedCodes(), models: readonly ModelConfig[] = []): string {
  const inForce = waivers.map(({ code, fingerprint }) => `${code} ${fingerprint}`).sort();
  const judging = models.map(({ name, agrees_with, flag }) => JSON.stringify([name, agrees_with, flag]));
  return sha256Hex(canonicalJson({ policy: digestPolicy(policy), schema: pack?.digest ?? null, waivers: inForce, codes: [...codes], ...(judging.length === 0 ? {} : { models: judging }) }));
}

/** Warnings within the tolerance of their rule become infos: they are reported, and nobody has to decide. */
async function tolerate(catalog: Catalog, tolerances: ReturnType<typeof tolerancesOf>, coverage: CoverageBook): Promise<void> {
  for (const [code, { findings, share }] of tolerances) {
    const [row] = await catalog.all<{ n: number }>(`SELECT count(*) AS n FROM ${RUN_FINDINGS} WHERE code = ? AND level = 'warning' AND NOT waived`, [code]);
    const { checked } = coverage.outcome(code);
    const count = row?.n ?? 0;
    if (count > (findings ?? Number.POSITIVE_INFINITY) || count > (share ?? Number.POSITIVE_INFINITY) * checked) continue;
    await catalog.run(`UPDATE ${RUN_FINDINGS} SET level = 'info' WHERE code = ? AND level = 'warning' AND NOT waived`, [code]);
  }
}
