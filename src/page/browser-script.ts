import assert from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The modules of browser/, each after those that it imports. */
const MODULES = ['sha256', 'lists', 'page-region', 'copy-check', 'hash-worker', 'hash-pool', 'chosen-folder', 'release-root', 'verify-folder', 'view', 'main'];

let joined: string | undefined;

/**
 * The program that verifies a folder in the browser, as one classic script: the compiled modules one after the other, without
 * their imports and exports. It stands in a page as it is, so it holds nothing that ends a script or begins a comment of markup.
 */
export function browserScript(): string {
  joined ??= assemble(MODULES.map(readModule));
  return joined;
}

function assemble(modules: readonly string[]): string {
  const script = `(() => {\n'use strict';\n${modules.join('')}})();`;
  assert(!/<\/script|<!--|^\s*(?:import|export)\b/im.test(script), 'a script that can stand in a page');
  return script;
}

function readModule(name: string): string {
  const path = join(import.meta.dirname, 'browser', `${name}.js`);
  assert(existsSync(path), `${path} is not built: tsc -p src/page/browser`);
  return readFileSync(path, 'utf8')
    .replace(/^import [^;]*;\n/gm, '')
    .replace(/^export (?=(?:class|function|async|const)\b)/gm, '')
    .replace(/^\/\/# sourceMappingURL=.*\n?/gm, '');
}
