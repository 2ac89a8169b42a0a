/**
 * Prints what test/splits/optimum.test.ts holds: least J of small synthetic collections, proven by HiGHS. Minutes to hours; the
 * numbers change with the objective, the quotas and the synthetic cases. `node dist/test/support/print-optima.js 150 4 a`
 */
import { argv, stdout } from 'node:process';
import { solveProgram } from '../../src/splits/search/integer-program.js';
import { fingerprint, optimumProgram, smallInstance } from './small-instance.js';

const [count = 150, variables = 4] = argv.slice(2, 4).map(Number);
const name = `${count}${argv[4] ?? 'a'}`;
const instance = smallInstance(count, [0.8, 0.2], name, { variables });
const { status, objective, bound } = await solveProgram(optimumProgram(instance), { nodes: 2_000_000, gap: 0.003 });
stdout.write(`${JSON.stringify({ count, variables, name, status, objective, bound, fingerprint: fingerprint(instance) })}\n`);
