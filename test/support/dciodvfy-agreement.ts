/**
 * How far our rules agree with dciodvfy of dicom3tools: `node dist/test/support/dciodvfy-agreement.js [FILE...]`.
 *
 * Of each file, every attribute is removed, emptied, and given a value that no list has, one at a time. For each such
 * mutation both judges say what is wrong that was not wrong before; they agree when they say the same. Without files, the
 * fixtures and part of the demo's sample are taken, and the corpus that COLOPHON_DICOM_CORPUS names.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { argv, env } from 'node:process';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { print } from '../bench/measure.js';
import { compareMutations, hasDciodvfy, type Agreement } from './agreement.js';

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

function defaultFiles(): string[] {
  const sample = filesBelow(join(PACKAGE_ROOT, 'src/demo/sample')).filter((path) => path.endsWith('.dcm'));
  const corpus = env['COLOPHON_DICOM_CORPUS'];
  return [...filesBelow(join(PACKAGE_ROOT, 'test/fixtures/dicom/files')), ...sample.filter((_, at) => at % 16 === 0), ...(corpus === undefined ? [] : filesBelow(join(corpus, 'files')))];
}

function main(): void {
  if (!hasDciodvfy()) return print('dciodvfy is not on the PATH');
  const files = argv.length > 2 ? argv.slice(2) : defaultFiles();
  const total: Agreement = { mutations: 0, agreed: 0, onlyOurs: 0, onlyTheirs: 0, disagreements: [] };
  for (const file of files) {
    const { mutations, agreed, onlyOurs, onlyTheirs, disagreements } = compareMutations(file);
    if (mutations === 0) continue;
    print(`${((agreed / mutations) * 100).toFixed(1).padStart(5)} % of ${mutations} ${file}`);
    for (const line of disagreements) print(`      ${line}`);
    total.mutations += mutations;
    total.agreed += agreed;
    total.onlyOurs += onlyOurs;
    total.onlyTheirs += onlyTheirs;
  }
  print(`${((total.agreed / total.mutations) * 100).toFixed(2)} % of ${total.mutations} mutations agree; ${total.onlyOurs} opinions only ours, ${total.onlyTheirs} only of dciodvfy`);
}

main();
