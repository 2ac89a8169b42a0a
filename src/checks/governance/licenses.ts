import { isDeprecatedLicense, licenseAlternatives, spdxId, spdxIds } from '../../facts/spdx.js';
import type { Location } from '../../model/finding.js';
import { mayBeStricter } from '../../model/license.js';
import { nearMiss } from '../../model/near-miss.js';
import type { Check, CheckInput, ClinicalTable, Coverage, FindingDraft } from '../check.js';
import { tableLocation } from '../columns.js';
import { showValue } from '../mask.js';
import { identifier, judgedRows } from '../sql.js';
import { publishedTables } from './released-rows.js';

/** Columns that name the licence of a part. */
const LICENSE_COLUMN = /^(?:data_?|dataset_?)?licen[cs]e(?:_?(?:id|spdx))?$/i;

/** GOV-005: the licence of the dataset and of each part is an SPDX id that the policy lists, and the parts permit the whole. */
export const licenseCheck: Check = {
  codes: ['GOV-005'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    const { config, policy, governance } = input;
    const { license } = config.dataset;
    const place: Location = { kind: 'file', path: 'colophon.yaml', key: 'dataset.license' };
    coverage.looked('GOV-005', 1);
    yield* judgeLicense(license, policy.licenses, place, 'dataset');
    const before = governance.log.at(-1);
    if (before !== undefined && before.license !== license)
      yield {
        code: 'GOV-005',
        level: 'warning',
        message: `The licence is another one than that of release ${before.version}${mayBeStricter(before.license, license) ? ', and may be stricter' : ''}.`,
        location: place,
        expected: showLicense(before.license),
        found: showLicense(license),
        content: `${before.license}\t${license}`,
      };
    for (const table of publishedTables(input))
      for (const column of table.columns.filter((name) => LICENSE_COLUMN.test(name))) yield* judgeParts(input, coverage, table, column);
  },
};

async function* judgeParts({ catalog, config, policy }: CheckInput, coverage: Coverage, table: ClinicalTable, column: string): AsyncGenerator<FindingDraft> {
  const sql = `SELECT ${identifier(column)} AS license, count(*) AS n FROM ${judgedRows(table)} WHERE ${identifier(column)} <> '' GROUP BY ALL ORDER BY 1`;
  for (const { license, n } of await catalog.all<{ license: string; n: number }>(sql)) {
    coverage.looked('GOV-005', n);
    const place: Location = { ...tableLocation(table), column };
    yield* judgeLicense(license, policy.licenses, place, 'part');
    if (spdxId(license) === null || sameLicense(license, config.dataset.license) || !mayBeStricter(config.dataset.license, license)) continue;
    yield {
      code: 'GOV-005',
      message: 'The licence of a part may forbid what the licence of the dataset allows.',
      location: place,
      expected: `a licence that permits ${showLicense(config.dataset.license)}`,
      found: `${showLicense(license)} in ${n} ${n === 1 ? 'row' : 'rows'}`,
      content: `${license}\t${config.dataset.license}`,
    };
  }
}

function sameLicense(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function* judgeLicense(license: string, allowed: readonly string[], location: Location, whose: 'dataset' | 'part'): Generator<FindingDraft> {
  const base = { code: 'GOV-005' as const, location, content: license };
  const permits = (id: string): boolean => allowed.some((each) => sameLicense(each, id));
  // A policy may list what SPDX does not: LicenseRef-Hospital, or an id with an exception.
  if (permits(license) && spdxId(license) === null) return;
  const alternatives = licenseAlternatives(license);
  const ids = (alternatives ?? [[license]]).flat();
  const unknown = ids.filter((id) => spdxId(bare(id)) === null);
  if (alternatives === null || unknown.length > 0) {
    const near = nearMiss(unknown[0] ?? license, spdxIds());
    yield {
      ...base,
      message: `The licence of ${whose === 'dataset' ? 'the dataset' : 'a part'} is no SPDX id.`,
      hint: near === undefined ? 'See https://spdx.org/licenses; ids may be joined by OR and AND.' : `Did you mean ${near}?`,
      expected: 'an id of the SPDX licence list',
      found: showLicense(license),
    };
    return;
  }
  if (ids.some((id) => isDeprecatedLicense(bare(id))) || ids.some((id) => spdxId(bare(id)) !== bare(id)))
    yield { ...base, level: 'warning', message: 'The SPDX id is deprecated, or written in another case than the list has it.', expected: ids.map((id) => spdxId(bare(id)) ?? id).join(', '), found: showLicense(license) };
  if (!alternatives.some((joined) => joined.every((id) => permits(id) || permits(bare(id)))))
    yield { ...base, message: `The policy does not permit the licence of ${whose === 'dataset' ? 'the dataset' : 'a part'}.`, expected: allowed.join(', '), found: showLicense(license) };
}

/** `GPL-2.0+`: that version or a later one. */
function bare(id: string): string {
  return id.endsWith('+') && spdxId(id) === null ? id.slice(0, -1) : id;
}

/** An id as it is, any other text by its kinds of characters only. */
function showLicense(text: string): string {
  const ids = licenseAlternatives(text);
  return ids?.flat().every((id) => spdxId(bare(id)) !== null) === true ? text : showValue(text, undefined);
}
