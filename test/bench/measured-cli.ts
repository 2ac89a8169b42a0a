/**
 * Runs one command of the real command line in this process, and tells on the last line of stderr what it took:
 * `node measured-cli.js COMMAND...`.
 */
import { join } from 'node:path';
import { main } from '../../src/cli/main.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { tellTaken } from './taken.js';

tellTaken();
await main(join(PACKAGE_ROOT, 'bin/run.js'));
