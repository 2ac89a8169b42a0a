import { createRequire } from 'node:module';
import type * as BullmqModule from 'bullmq';
import type * as IoredisModule from 'ioredis';

/**
 * The packages of this engine, loaded when first asked for. By `require`: an `import` of them parses each of their 250 CommonJS files
 * once more for its names, which costs every worker process 0.16 s of CPU (measured).
 */
const require = createRequire(import.meta.url);

/** Loads BullMQ. */
export function loadBullmq(): typeof BullmqModule {
  return require('bullmq') as typeof BullmqModule;
}

/** Loads the client of Redis. */
export function loadIoredis(): typeof IoredisModule {
  return require('ioredis') as typeof IoredisModule;
}
