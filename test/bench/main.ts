/**
 * `npm run bench -- NAME... [--bytes 2GB] [--rounds 5] [--folder DIR] [--instances N]`: runs the named benches one after the other. A bench
 * is a module beside this one that exports `bench(options)`. Ratios to floors that run in the same minute are what counts;
 * MB/s say more about the machine.
 */
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseSize, print, type BenchOptions } from './measure.js';

interface BenchModule {
  bench?(options: BenchOptions): Promise<void>;
}

const here = fileURLToPath(new URL('.', import.meta.url));

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      bytes: { type: 'string', default: '2GB' },
      rounds: { type: 'string', default: '5' },
      folder: { type: 'string', default: join(tmpdir(), 'colophon-bench') },
      instances: { type: 'string', default: '10000000' },
    },
  });
  const options: BenchOptions = { bytes: parseSize(values.bytes), rounds: Number(values.rounds), folder: values.folder, instances: Number(values.instances) };
  const names = positionals.length > 0 ? positionals : ['pull', 'verify'];
  print(`node ${process.version}, ${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 1e9)} GB; corpora in ${options.folder}`);
  for (const name of names) {
    const path = join(here, `${name}.js`);
    const module = /^[a-z-]+$/.test(name) && existsSync(path) ? ((await import(path)) as BenchModule) : {};
    if (module.bench === undefined) throw new Error(`no bench ${name}; there are: ${readdirSync(here).filter((each) => each.endsWith('.js')).join(', ')}`);
    await module.bench(options);
  }
}

await main();
