import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { diffReleases, formatDiff } from '../../src/workflow/release-diff.js';
import { renderDiffHtml } from '../../src/report/diff-html.js';
import { sha256Base64 } from '../../src/fixity/digest.js';
import { Catalog } from '../../src/catalog/catalog.js';
import { amendedCase, amendment, writeAmendment } from '../support/amendment-file.js';
import { cutSeries } from '../support/release-series.js';
import { smallStore } from '../support/release-store.js';

let root: string;
const release = (version: string) => join(root, 'releases', version);

/** 1.0.0; 2.0.0 with another label of case-b; 3.0.0 without case-b, withdrawn for phi, and without case-c, no longer accepted. */
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'colophon-diff-withdrawn-'));
  const store = smallStore();
  await cutSeries(root, [store]);
  store.tables.case!.rows[1]!.cells.covid19_positive = 'Yes';
  await cutSeries(root, [store]);
  store.cases['case-b'] = 'withdrawn';
  store.cases['case-c'] = 'rejected';
  await cutSeries(root, [store], { withdrawals: [{ case_id: 'case-b', reason: 'phi', date: '2026-02-20' }] });
}, 60_000);

afterAll(() => rmSync(root, { recursive: true }));

async function digestIn(version: string): Promise<string> {
  const catalog = await Catalog.open(':memory:', { bare: true, folders: [release(version)] });
  const [row] = await catalog.all<{ digest: string }>(`SELECT digest FROM '${release(version)}/data/tables/cases.parquet' WHERE case_id = 'case-b'`);
  catalog.close();
  return row!.digest;
}

async function compare(from: string) {
  const diff = await diffReleases({ from: release(from), to: release('3.0.0'), paths: null });
  const said = JSON.stringify(diff) + formatDiff(diff) + renderDiffHtml(diff, { sha256Base64 });
  const cases = Object.fromEntries(diff.reasons.filter(({ rule }) => rule.startsWith('case-')).map(({ rule, examples }) => [rule, examples]));
  return { said, cases };
}

test('with the last release that held it, the case is told by the digest of its tombstone', async () => {
  const { said, cases } = await compare('2.0.0');
  expect(cases).toEqual({ 'case-withdrawn': [`sha256:${await digestIn('2.0.0')}`], 'case-removed': ['case-c'] });
  expect(said).not.toContain('case-b');
});

test('with an older release no tombstone matches: no case that is gone is named, whichever it is', async () => {
  const { said, cases } = await compare('1.0.0');
  expect(cases['case-removed']).toContain(`sha256:${await digestIn('1.0.0')}`);
  for (const id of ['case-b', 'case-c']) expect(said).not.toContain(id);
});

test('with an older release and an amendment beside, the case is withdrawn and told by the digest that it had there', async () => {
  const digest = await digestIn('1.0.0');
  const path = join(root, 'releases/amendments/amendment-1.json');
  const releases = [{ version: '1.0.0', case_digest: digest }, { version: '2.0.0', case_digest: await digestIn('2.0.0') }];
  writeAmendment(path, amendment('0'.repeat(64), { dataset: 'demo', withdrawn: [amendedCase(null, { releases })] }));
  const { said, cases } = await compare('1.0.0');
  expect(cases).toEqual({ 'case-withdrawn': [`sha256:${digest}`], 'case-removed': ['case-c'] });
  expect(said).not.toContain('case-b');
});
