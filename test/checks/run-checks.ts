import { Catalog } from '../../src/catalog/catalog.js';
import type { Check, CheckInput } from '../../src/checks/check.js';
import { checkCatalog } from '../../src/checks/run.js';
import type { CheckReport } from '../../src/model/check.js';
import type { Config } from '../../src/model/config.js';
import { completePolicy } from '../../src/model/policy-profiles.js';
import type { GatePolicy } from '../../src/model/policy.js';
import type { SchemaPack } from '../../src/model/clinical.js';
import { CONFIG, loadFixture, midrcPack, OPTIONS, type Fixture } from './catalog-fixture.js';

export interface RunOptions {
  policy?: Partial<GatePolicy>;
  config?: Partial<Config>;
  pack?: SchemaPack | null;
  today?: string;
  /** What the workspace's own files say. */
  governance?: Partial<CheckInput['governance']>;
  releases?: CheckInput['releases'];
  /** Runs after the fixture was loaded. */
  prepare?: (catalog: Catalog) => Promise<void>;
}

/** Runs some checks over a fixture and gives the report. */
export async function runChecks(checks: readonly Check[], fixture: Fixture, options: RunOptions = {}): Promise<CheckReport> {
  const catalog = await Catalog.open(':memory:');
  try {
    const pack = options.pack === undefined ? midrcPack() : options.pack;
    await loadFixture(catalog, fixture, pack);
    await options.prepare?.(catalog);
    return await checkCatalog(catalog, {
      ...OPTIONS,
      pack,
      config: { ...CONFIG, ...options.config },
      policy: { ...completePolicy(), ...options.policy },
      ...(options.today === undefined ? {} : { today: options.today }),
      programme: checks.map((check) => withWorkspace(check, options)),
    });
  } finally {
    catalog.close();
  }
}

/** The check as it sees a workspace with these withdrawals, waivers and releases. */
function withWorkspace(check: Check, { governance, releases }: RunOptions): Check {
  return {
    codes: check.codes,
    run: (input, coverage) => check.run({ ...input, governance: { ...input.governance, ...governance }, releases: releases ?? input.releases }, coverage),
  };
}

/** The findings as `code level column-or-key`, in the order of the report. */
export function told({ findings }: CheckReport): string[] {
  return findings.map(({ code, level, location }) => [code, level, location.column ?? location.tag ?? location.key ?? location.table ?? location.path].filter((part) => part !== undefined).join(' '));
}
