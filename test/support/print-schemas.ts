/**
 * Prints the JSON Schemas of every public shape from the types in src/model: `npm run schemas` writes them, the test
 * beside it compares. Run with `--check` to compare only.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createGenerator } from 'ts-json-schema-generator';
import { PACKAGE_ROOT } from '../../src/package-root.js';

/** Target below schemas/ and the name of the type in src/model. */
const PRINTED: [target: string, type: string][] = [
  ['format/colophon.v1', 'Config'],
  ['format/harmonization.v1', 'HarmonizationSet'],
  ['format/policy.v1', 'GateConfig'],
  ['format/gate.v1', 'GateDocument'],
  ['format/waivers.v1', 'WaiversFile'],
  ['format/withdrawals.v1', 'WithdrawalsFile'],
  ['format/release.v1', 'ReleaseDocument'],
  ['format/amendment.v1', 'AmendmentDocument'],
  ['format/dictionary.v1', 'DataDictionary'],
  ['format/pack-index.v1', 'PackIndex'],
  ['format/receipt.v1', 'ReceiptFile'],
  ['format/key-statement.v1', 'KeyStatement'],
  ['format/commitment-record.v1', 'CommitmentRecord'],
  ['format/committed-rows.v1', 'CommittedRows'],
  ['format/proof.v1', 'ProofDocument'],
  ['format/reveal.v1', 'RevealDocument'],
  ['format/seed-record.v1', 'SeedRecord'],
  ['format/shard-plan.v1', 'ShardPlan'],
  ['output/check', 'CheckReport'],
  ['output/checks-list', 'ChecksList'],
  ['output/checks-policy', 'GatePolicy'],
  ['output/checks-show', 'CheckEntry'],
  ['output/demo', 'DemoReport'],
  ['output/error', 'ErrorReport'],
  ['output/export-bagit', 'ExportReport'],
  ['output/export-croissant', 'ExportReport'],
  ['output/export-datacite', 'ExportReport'],
  ['output/export-datapackage', 'ExportReport'],
  ['output/export-drs', 'ExportReport'],
  ['output/export-gen3', 'ExportReport'],
  ['output/export-idc', 'ExportReport'],
  ['output/export-ocfl', 'ExportReport'],
  ['output/export-physionet', 'ExportReport'],
  ['output/export-ro-crate', 'ExportReport'],
  ['output/export-s5cmd', 'ExportReport'],
  ['output/import-bagit', 'ImportedManifest'],
  ['output/import-gen3', 'ImportedManifest'],
  ['output/import-s5cmd', 'ImportedManifest'],
  ['output/import-tcia', 'ImportedManifest'],
  ['output/fetch', 'FetchReport'],
  ['output/init', 'InitReport'],
  ['output/pull', 'PullReport'],
  ['output/query', 'QueryReport'],
  ['output/release-cut', 'CutReport'],
  ['output/release-diff', 'ReleaseDiff'],
  ['output/release-list', 'ReleaseList'],
  ['output/release-pack', 'PackReport'],
  ['output/release-page', 'PageReport'],
  ['output/release-plan', 'ReleasePlan'],
  ['output/release-push', 'PushReport'],
  ['output/release-revoke-key', 'KeyStatementReport'],
  ['output/release-rotate-key', 'KeyStatementReport'],
  ['output/release-show', 'ReleaseDetails'],
  ['output/release-sign', 'SignReport'],
  ['output/release-withdraw', 'WithdrawReport'],
  ['output/repair', 'RepairReport'],
  ['output/shards-merge', 'ShardsMergeReport'],
  ['output/shards-plan', 'ShardsPlanReport'],
  ['output/shards-run', 'ShardsRunReport'],
  ['output/shards-status', 'ShardsStatus'],
  ['output/shards-template', 'ShardsTemplate'],
  ['output/split-assign', 'AssignResult'],
  ['output/split-audit', 'AuditReport'],
  ['output/split-commit', 'CommitReport'],
  ['output/split-freeze', 'FreezeReportResult'],
  ['output/split-import', 'ImportReport'],
  ['output/split-overlap', 'OverlapReport'],
  ['output/split-prove', 'ProveReport'],
  ['output/split-report', 'ReportResult'],
  ['output/split-reveal', 'RevealReport'],
  ['output/split-seed', 'SeedReport'],
  ['output/tag', 'TagReport'],
  ['output/verify', 'VerifyReport'],
  ['output/worker', 'WorkerReport'],
];

/** Every printed schema: path relative to the package, and its text. */
export function printSchemas(): Map<string, string> {
  const generator = createGenerator({
    path: join(PACKAGE_ROOT, 'src/model/*.ts'),
    tsconfig: join(PACKAGE_ROOT, 'tsconfig.json'),
    topRef: false,
    expose: 'none',
    skipTypeCheck: true,
  });
  const texts = new Map<string, string>();
  for (const [target, type] of PRINTED) {
    const schema = generator.createSchema(type);
    const document = { ...schema, $schema: 'https://json-schema.org/draft/2020-12/schema', title: target.split('/')[1] };
    const { $schema, title, ...rest } = document;
    texts.set(`schemas/${target}.schema.json`, `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`);
  }
  return texts;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const [path, text] of printSchemas()) {
    const target = join(PACKAGE_ROOT, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
}

/** The schema as it is committed. */
export function readCommitted(path: string): string {
  return readFileSync(join(PACKAGE_ROOT, path), 'utf8');
}
