import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PACKAGE_ROOT } from '../../src/package-root.js';

/** The packages of node_modules that are loaded when a module has been. */
function packagesLoadedBy(module: string): string[] {
  const program = `
    import { createRequire } from 'node:module';
    await import(process.argv[1]);
    const packages = Object.keys(createRequire(process.argv[1]).cache).map((path) => /node_modules[/\\\\]((?:@[^/\\\\]+[/\\\\])?[^/\\\\]+)/.exec(path)?.[1]);
    process.stdout.write(JSON.stringify([...new Set(packages)]));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program, join(PACKAGE_ROOT, 'dist/src', module)], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as string[];
}

test('what a command does not need is not loaded: loading takes longer than many a verification', () => {
  const loaded = packagesLoadedBy('commands/verify.js');
  expect(loaded).toContain('@oclif/core');
  expect(loaded.filter((name) => ['ajv', 'ajv-formats', 'yaml', 'yauzl'].includes(name) || /^@(?:aws-sdk|duckdb|opentelemetry)/.test(name))).toEqual([]);
  expect(packagesLoadedBy('verify/verify.js')).toEqual([]);
  expect(packagesLoadedBy('workflow/verify-named.js')).toEqual([]);
});
