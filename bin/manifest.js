// Writes oclif.manifest.json from the built commands: with it the CLI starts without loading each command's module.
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Config } from '@oclif/core';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = new URL('../oclif.manifest.json', import.meta.url);
rmSync(target, { force: true });
const config = await Config.load({ root, ignoreManifest: true });
const own = config.plugins.get(config.pjson.name);
writeFileSync(target, `${JSON.stringify({ ...own.manifest, version: config.pjson.version }, null, 1)}\n`);
