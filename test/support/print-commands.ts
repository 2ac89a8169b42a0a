/** Prints the command table of README.md from the commands themselves: `npm run schemas` writes it, a test compares. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Config } from '@oclif/core';
import { PACKAGE_ROOT } from '../../src/package-root.js';

export const README = join(PACKAGE_ROOT, 'README.md');
const SECTION = /(<!-- commands:[^\n]*-->\n)[\s\S]*?(<!-- \/commands -->)/;

/** README.md with its command table made anew. */
export async function printCommands(): Promise<string> {
  const config = await Config.load({ root: PACKAGE_ROOT });
  const own = config.commands.filter(({ pluginName }) => pluginName === config.pjson.name).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const rows = own.map(({ id, args, flags, summary }) => {
    const words = [...id.split(':'), ...Object.values(args).map(({ name, required }) => (required === true ? name.toUpperCase() : `[${name.toUpperCase()}]`))];
    const special = Object.values(flags).filter(({ name }) => !['json', 'quiet', 'workspace'].includes(name));
    const names = special.map(({ name }) => `\`--${name}\``).toSorted();
    return `| \`${words.join(' ')}\` | ${summary ?? ''} | ${names.join(' ')} |`;
  });
  const table = ['| command | what it does | flags |', '|---|---|---|', ...rows].join('\n');
  return readFileSync(README, 'utf8').replace(SECTION, (_, head: string, tail: string) => `${head}\n${table}\n\n${tail}`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) writeFileSync(README, await printCommands());
