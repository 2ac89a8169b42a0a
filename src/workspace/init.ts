import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { builtInPackFolder } from '../clinical/pack.js';
import { CurationError, wrapSystemError } from '../errors.js';
import type { InitReport } from '../model/init.js';
import { PACKAGE_ROOT } from '../package-root.js';
import { CONFIG_FILE, workspacePaths } from './workspace.js';

/** What a new workspace starts from; a template with a schema pack has its name. */
export const TEMPLATES = ['midrc', 'lung-nodules', 'minimal'] as const satisfies readonly InitReport['template'][];

export type Template = (typeof TEMPLATES)[number];

const IGNORED = `# Never commit what must not be published, nor what can be rebuilt.
private/
.colophon/
packs/
releases/*/data/images/
`;

/**
 * Makes a workspace in `folder`: a commented colophon.yaml, the schema pack, releases/, private/ and a .gitignore.
 * Files that are there already are kept.
 * @throws {CurationError} WORKSPACE_EXISTS when the folder holds a colophon.yaml
 */
export function initWorkspace(folder: string, template: Template = 'midrc'): InitReport {
  const root = resolve(folder);
  const paths = workspacePaths(root);
  if (existsSync(paths.config))
    throw new CurationError('WORKSPACE_EXISTS', `There is a workspace already: ${paths.config}`, {
      suggestions: ['Name another folder, or edit that file.'],
    });
  const created: string[] = [];
  try {
    for (const folderPath of [root, paths.releases, paths.splits]) mkdirSync(folderPath, { recursive: true });
    mkdirSync(paths.private, { recursive: true, mode: 0o700 });
    if (template !== 'minimal') created.push(...copyPack(builtInPackFolder(template), paths.schemas));
    addIgnored(join(root, '.gitignore'));
    writeFileSync(paths.config, readTemplate(template, root), { flag: 'wx' });
    created.push('.gitignore', 'private/', 'releases/', 'splits/', CONFIG_FILE);
  } catch (error) {
    throw wrapSystemError(error, 'making the workspace', root);
  }
  return { workspace: root, template, created: created.toSorted() };
}

function readTemplate(template: Template, root: string): string {
  const text = readFileSync(join(PACKAGE_ROOT, 'schemas/templates', `${template}.colophon.yaml`), 'utf8');
  const id = basename(root).replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '').slice(0, 64);
  return text.replaceAll('@DATASET_ID@', id === '' ? 'dataset' : id);
}

function copyPack(source: string, target: string): string[] {
  mkdirSync(target, { recursive: true });
  const names = readdirSync(source).filter((name) => name.endsWith('.json')).toSorted();
  for (const name of names) cpSync(join(source, name), join(target, name), { errorOnExist: false, force: false });
  return names.map((name) => `schemas/${name}`);
}

/** Appends the lines that are missing: a .gitignore of the user's own is kept. */
function addIgnored(path: string): void {
  const old = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const lines = new Set(old.split('\n').map((line) => line.trim()));
  const missing = IGNORED.split('\n').filter((line) => line !== '' && !lines.has(line));
  if (missing.length === 0) return;
  const separator = old === '' || old.endsWith('\n') ? '' : '\n';
  writeFileSync(path, `${old}${separator}${missing.join('\n')}\n`);
}
