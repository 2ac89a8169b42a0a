/**
 * Prints the JSON Schemas of every public shape from the types in src/model: `npm run schemas` writes them, the test
 * beside it compares. Run with `--check` to compare only.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createGenerator } from 'ts-json-schema-generator';
import { PACKAGE_ROOT } from '../../src/package-root.js';

/** Target below schemas/, the type's name and the model file it is in. */
const PRINTED: [target: string, type: string, file: string][] = [
  ['format/colophon.v1', 'Config', 'config'],
  ['format/waivers.v1', 'WaiversFile', 'workspace-files'],
  ['format/withdrawals.v1', 'WithdrawalsFile', 'workspace-files'],
  ['format/release.v1', 'ReleaseDocument', 'release'],
];

/** Every printed schema: path relative to the package, and its text. */
export function printSchemas(): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [target, type, file] of PRINTED) {
    const schema = createGenerator({
      path: join(PACKAGE_ROOT, 'src/model', `${file}.ts`),
      tsconfig: join(PACKAGE_ROOT, 'tsconfig.json'),
      type,
      topRef: false,
      expose: 'none',
      skipTypeCheck: true,
    }).createSchema(type);
    const document = { ...schema, $schema: 'https://json-schema.org/draft/2020-12/schema', title: target.split('/')[1] };
    const { $schema, title, ...rest } = document;
    texts.set(`schemas/${target}.schema.json`, `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`);
  }
  return texts;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const [path, text] of printSchemas()) {
    const target = join(PACKAGE_ROOT, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
}

/** The schema as it is committed. */
export function readCommitted(path: string): string {
  return readFileSync(join(PACKAGE_ROOT, path), 'utf8');
}
