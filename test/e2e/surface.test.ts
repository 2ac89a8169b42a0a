import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Config } from '@oclif/core';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { runCli } from '../support/cli.js';

const GOLDEN = join(PACKAGE_ROOT, 'test/golden/commands.json');
const config = await Config.load({ root: PACKAGE_ROOT });
const commands = config.commands.filter(({ pluginName }) => pluginName === config.pjson.name).toSorted((a, b) => (a.id < b.id ? -1 : 1));

/** What scripts of users rely on: ids, arguments, flags with their letters, values and defaults. */
function surface(): object {
  return Object.fromEntries(
    commands.map(({ id, args, flags }) => [
      id.replaceAll(':', ' '),
      {
        args: Object.fromEntries(Object.values(args).map(({ name, required }) => [name, required === true ? 'required' : 'optional'])),
        flags: Object.fromEntries(
          Object.values(flags)
            .toSorted((a, b) => (a.name < b.name ? -1 : 1))
            .map((flag) => {
              const { name, char, type, required } = flag;
              const value = flag as { multiple?: boolean; options?: string[]; default?: unknown };
              return [name, { type, ...(char && { char }), ...(required && { required }), ...(value.multiple && { multiple: true }), ...(value.options && { options: value.options }), ...(value.default !== undefined && { default: value.default }) }];
            }),
        ),
      },
    ]),
  );
}

test('the command surface is the one that users script against (UPDATE_GOLDEN=1 writes it anew)', () => {
  const text = `${JSON.stringify(surface(), null, 2)}\n`;
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(GOLDEN, text);
  expect(text).toBe(readFileSync(GOLDEN, 'utf8'));
});

describe.each(commands.map((command) => [command.id.replaceAll(':', ' '), command] as const))('%s', (_, { summary, description, examples, flags, id }) => {
  test('has a summary, exit statuses, examples, --json and --quiet', () => {
    expect(summary).toMatch(/^[A-Z].*\.$/);
    expect(description).toMatch(/Exit status: 0/);
    expect(examples?.length).toBeGreaterThan(0);
    expect(Object.keys(flags)).toEqual(expect.arrayContaining(['json', 'quiet']));
  });

  test('an unknown flag is wrong usage: status 2', async () => {
    const { status, stdout } = await runCli([...id.split(':'), '--no-such-flag', '--json'], tmpdir());
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'USAGE', exit: 2, message: expect.stringContaining('--no-such-flag') as unknown } });
  });
});

test.each([['pull'], ['release', 'cut']])('an unknown flag of %s is told on stderr, and nothing on stdout', async (...words) => {
  const { status, stdout, stderr } = await runCli([...words, '--no-such-flag'], tmpdir());
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain('--no-such-flag');
});

test('an unknown command is wrong usage and the likely one is named', async () => {
  const { status, stderr } = await runCli(['innit'], tmpdir());
  expect([status, stderr]).toEqual([2, 'Error: There is no command `colophon innit`\n  → Did you mean `colophon init`?\n']);
});

test('--version is answered at once', async () => {
  const { status, stdout } = await runCli(['--version'], tmpdir());
  expect(status).toBe(0);
  expect(stdout).toBe(`colophon/${config.version} ${process.platform}-${process.arch} node-${process.version}\n`);
});

test('a source that is not there is named with its place in colophon.yaml', async () => {
  const root = mkdtempSync(join(tmpdir(), 'colophon-place-'));
  try {
    await runCli(['init', root, '--template', 'minimal'], tmpdir());
    const { status, stderr } = await runCli(['pull'], root);
    const line = readFileSync(join(root, 'colophon.yaml'), 'utf8').split('\n').findIndex((text) => text.includes('path: incoming/dicom')) + 1;
    expect([status, stderr]).toEqual([3, expect.stringContaining(`colophon.yaml:${line}:11: The folder of the source images is not there`)]);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
