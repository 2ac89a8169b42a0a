/**
 * Makes the bundled sample of the `demo` command from four published DICOM images:
 *
 *   npm run build && node dist/test/support/make-sample.js --sources DIR [--out src/demo/sample] [--python python3]
 *
 * DIR holds the source images under the paths of SOURCES (test/support/sample/source-frames.ts). Decoding needs Python
 * with `pip install pydicom==2.4.4 numpy==1.26.4 pylibjpeg==2.0.1 pylibjpeg-libjpeg==2.1.0 pylibjpeg-openjpeg==2.1.1`.
 * The same sources and DuckDB version give the same bytes; --out/first and --out/second are replaced.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { buildSample } from './sample/build-sample.js';
import { readSourceFrames } from './sample/source-frames.js';

const { values: options } = parseArgs({
  options: {
    sources: { type: 'string' },
    out: { type: 'string', default: join(PACKAGE_ROOT, 'src/demo/sample') },
    python: { type: 'string', default: 'python3' },
  },
});
if (options.sources === undefined) throw new Error('--sources DIR is missing: the folder with the source images');

const files = await buildSample(readSourceFrames(options.sources, options.python));
for (const state of ['first', 'second']) rmSync(join(options.out, state), { recursive: true, force: true });
let bytes = 0;
for (const [path, data] of files) {
  const target = join(options.out, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, data);
  bytes += data.length;
}
process.stdout.write(`${files.size} files, ${(bytes / 1e6).toFixed(2)} MB in ${options.out}\n`);
