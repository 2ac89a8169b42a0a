/**
 * Colophon as a library: the same use cases as the command line, without it. Paths are folders, options are plain
 * objects, results are the types of `--json`; failures are `CurationError`s with a code and an exit status.
 *
 * ```ts
 * import { openWorkspace, pullWorkspace, checkWorkspace, cutRelease, verifyRelease } from 'colophon';
 *
 * const workspace = openWorkspace('chest-2026');
 * await pullWorkspace(workspace);
 * const gate = await checkWorkspace(workspace);
 * if (gate.verdict === 'pass') await cutRelease(workspace, { date: '2026-03-02' });
 * const report = await verifyRelease('chest-2026/releases/1.0.0');
 * ```
 */
export { CurationError, EXIT, type ErrorCode, type ErrorDetails } from './errors.js';
export { defaultEffects, type Effects, type Progress } from './effects.js';

export { initWorkspace, type Template } from './workspace/init.js';
export { findWorkspace, loadWaivers, loadWithdrawals, openWorkspace, type Workspace, type WorkspacePaths } from './workspace/workspace.js';

export { pullWorkspace, type PullOptions } from './workflow/pull.js';
export { checkWorkspace, type CheckWorkspaceOptions } from './workflow/check.js';
export { listChecks } from './checks/programme.js';
export { showCheck } from './checks/selection.js';
export { tagWorkspace, type TagOptions } from './workflow/tag.js';
export { assignWorkspaceSplit, freezeWorkspaceSplit, reportWorkspaceSplit } from './workflow/split.js';
export { diffReleases, formatDiff, type DiffRequest } from './workflow/release-diff.js';
export { cutRelease, planRelease, type CutWorkspaceOptions, type PlanWorkspaceOptions } from './workflow/release.js';
export { listReleases, showRelease } from './workflow/releases.js';
export { withdrawCases, type WithdrawOptions } from './workflow/withdraw.js';
export { queryRelease, queryWorkspace } from './workflow/query.js';
export { verifyRelease } from './verify/verify.js';
export { verifyProblems } from './verify/problem-stream.js';
export { imageSelection } from './workflow/image-selection.js';
export type { VerifyOptions } from './verify/inspection.js';
export type { ImageSelection } from './verify/image-selection.js';

export { readHeader } from './dicom/header.js';
export { loadPack, builtInPackFolder } from './clinical/pack.js';
export { canonicalJson } from './fixity/canonical-json.js';
export { contentDigest } from './fixity/content-hash.js';

export { renderCheck } from './report/check-text.js';
export { renderCheckSarif } from './report/check-sarif.js';
export { renderVerify } from './report/verify-text.js';
export { renderVerifyJunit } from './report/verify-junit.js';

export type { CheckEntry, CheckReport, ChecksList } from './model/check.js';
export type { ColumnSchema, SchemaPack, TableSchema } from './model/clinical.js';
export type { DataDictionary, DictionaryColumn, DictionaryTable } from './model/dictionary.js';
export type { Config } from './model/config.js';
export type { Finding, Level, Location, Waiver } from './model/finding.js';
export { KEPT_ATTRIBUTES, type HeaderReading, type InstanceErrorCode, type InstanceStatus } from './model/header.js';
export type { InitReport } from './model/init.js';
export type { PullReport } from './model/pull.js';
export type { QueryReport } from './model/query.js';
export type { ReleaseDocument, Tombstone } from './model/release.js';
export type { Change, ReleaseDiff, VersionReason } from './model/release-diff.js';
export type { CutReport, GateVerdict, ReleaseDetails, ReleaseEntry, ReleaseList, ReleasePlan, WithdrawReport } from './model/release-reports.js';
export { RELEASE_FORMAT } from './model/release.js';
export type { FreezeReport, SplitReport } from './model/split.js';
export type { ModelConfig, ModelReport, TagReport } from './model/tagging.js';
export type { Problem, ProblemKind, VerifyReport } from './model/verification.js';
export type { Withdrawal, WithdrawalReason } from './model/workspace-files.js';
