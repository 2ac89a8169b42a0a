/**
 * Cuts a release of the small store and kills itself, with SIGKILL, at the Nth call of a function of node:fs that changes
 * the file system. Arguments: root, N (0: never).
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const [root = '', at = '0'] = process.argv.slice(2);
let calls = 0;
for (const name of ['mkdirSync', 'mkdtempSync', 'writeFileSync', 'writeSync', 'copyFileSync', 'chmodSync', 'renameSync', 'linkSync', 'fsyncSync', 'rmSync'] as const) {
  const original = fs[name] as (...args: unknown[]) => unknown;
  (fs as unknown as Record<string, unknown>)[name] = (...args: unknown[]): unknown => {
    const path = args.find((arg) => typeof arg === 'string' && arg.startsWith(root));
    // Sources are written by the store itself, before the cut.
    if (path !== undefined && !String(path).includes('/incoming')) if (++calls === Number(at)) process.kill(process.pid, 'SIGKILL');
    return original(...args);
  };
}
syncBuiltinESMExports();

const { defaultEffects } = await import('../../src/effects.js');
const { cutRelease } = await import('../../src/release/cut.js');
const { cutOptions, fillCatalog, openStoreCatalog, smallStore } = await import('./release-store.js');
const catalog = await openStoreCatalog(root);
await fillCatalog(catalog, smallStore(), root);
const { published } = await cutRelease(catalog, cutOptions(root), defaultEffects);
catalog.close();
process.stdout.write(JSON.stringify({ calls, digest: published?.digest }));
