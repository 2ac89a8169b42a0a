import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { RELEASE_FILES } from '../../src/model/release.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { PUBLISHED_ATTRIBUTES } from '../../src/release/candidate/candidate.js';
import { VERSION_RULES } from '../../src/release/diff/version.js';

const readme = readFileSync(join(PACKAGE_ROOT, 'releases/README.md'), 'utf8');

test('the table of version rules is the one that decides', () => {
  const rows = VERSION_RULES.map(({ rule, level, many, why }) => `| ${level.toUpperCase()} | \`${rule}\` | ${many} | ${why} |`);
  const expected = ['| level | rule | what | why |', '|---|---|---|---|', ...rows].join('\n');
  const found = /<!-- rules:[^>]*-->\n([\s\S]*?)\n<!-- \/rules -->/.exec(readme)?.[1];
  expect(found).toBe(expected);
});

test('every file of a release is named', () => {
  for (const name of Object.values(RELEASE_FILES)) expect(readme).toContain(name);
});

test('clauses are numbered without holes, each once', () => {
  const clauses = [...readme.matchAll(/^- \*\*([A-Z]+)-(\d+)\*\*/gm)].map(([, group, number]) => [group, Number(number)] as const);
  const groups = new Map<string, number[]>();
  for (const [group, number] of clauses) groups.set(group ?? '', [...(groups.get(group ?? '') ?? []), number]);
  for (const numbers of groups.values()) expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  expect(groups.size).toBe(15);
});

test('nothing that names, dates or describes a person is published with the images', () => {
  const personal = /Name$|Date$|Time$|BirthDate|PatientID|PatientAge|PatientSex|Description$|AccessionNumber|StudyID|Institution/;
  expect(PUBLISHED_ATTRIBUTES.filter((keyword) => personal.test(keyword))).toEqual(['ManufacturerModelName']);
});
