import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../package-root.js';

/** Reads one of the JSON files in src/facts, which ship with the package. */
export function readFacts<T>(name: string): T {
  return JSON.parse(readFactText(name)) as T;
}

/** Reads one of the text files in src/facts. */
export function readFactText(name: string): string {
  return readFileSync(join(PACKAGE_ROOT, 'src/facts', name), 'utf8');
}
