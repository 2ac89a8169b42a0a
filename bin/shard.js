#!/usr/bin/env node
// Runs one shard: `shard.js FOLDER [OFFSET] [THREADS]`, for job arrays. Without oclif, whose loading costs more than Node itself.
import { main } from '../dist/src/engine/shards/shard-main.js';

await main(process.argv.slice(2));
