import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Catalog } from '../../catalog/catalog.js';
import { startCodecs, startTextReader } from '../../inspection/parts.js';
import { PACKAGE_ROOT } from '../../package-root.js';
import { failed, ok, type Answer, type Probe } from './probe.js';

const REINSTALL = 'Install Colophon again on this machine: npm ci, or npm install -g colophon. Packages of another machine do not run here.';

/** What every command needs: Node.js and the packages with machine code or WebAssembly. */
export const INSTALLATION: readonly Probe[] = [
  { area: 'installation', what: 'Node.js', run: () => judgeNode(process.versions.node) },
  { area: 'installation', what: 'DuckDB', run: () => loaded(tryDuckDB) },
  { area: 'installation', what: 'image codecs', run: () => loaded(async () => startCodecs().join(', ')) },
  { area: 'installation', what: 'text recognition', run: () => loaded(async () => startTextReader().then(() => 'starts, with its data for English')) },
];

/** Whether a version of Node.js is one that package.json allows. */
export function judgeNode(version: string): Answer {
  const { engines } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as { engines: { node: string } };
  const [wanted, found] = [engines.node, version].map((text) => text.replace(/^\D+/, '').split('.').map(Number)) as [number[], number[]];
  for (const [place, least] of wanted.entries()) {
    const part = found[place] ?? 0;
    if (part > least) break;
    if (part < least) return failed(version, 'Install a newer Node.js.', engines.node);
  }
  return ok(version);
}

async function tryDuckDB(): Promise<string> {
  const catalog = await Catalog.open(':memory:', { bare: true, memoryLimit: '64MB' });
  try {
    const [row] = await catalog.all<{ version: string }>('SELECT version() AS version');
    return row?.version ?? '';
  } finally {
    catalog.close();
  }
}

async function loaded(load: () => Promise<string>): Promise<Answer> {
  try {
    return ok(await load());
  } catch (error) {
    return failed(`does not load: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`, REINSTALL);
  }
}
