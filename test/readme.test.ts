import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PACKAGE_ROOT } from '../src/package-root.js';
import { EXIT } from '../src/errors.js';
import { printCommands, README } from './support/print-commands.js';

test('the command table of README.md is what the commands say (npm run schemas)', async () => {
  expect(readFileSync(README, 'utf8')).toBe(await printCommands());
});

test('README.md names every exit status', () => {
  const text = readFileSync(README, 'utf8');
  for (const status of Object.values(EXIT)) expect(text).toContain(`| ${status} |`);
});

test.each(['README.md', 'src/README.md', 'schemas/README.md', 'releases/README.md', 'test/README.md'])('every link in %s leads somewhere', (file) => {
  const text = readFileSync(join(PACKAGE_ROOT, file), 'utf8');
  const targets = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? '');
  expect(targets.filter((target) => !existsSync(join(PACKAGE_ROOT, dirname(file), target)))).toEqual([]);
});
