import { readRegularFile, UnreadableFileError } from '../../fixity/file.js';
import { ClaimList } from './claims.js';
import { compareTree } from './compare.js';
import type { Examination } from './examination.js';
import { checkObject } from './ocfl-object.js';

const ROOT_DECLARATION = /^0=ocfl_(1\.[01])$/;

/** Verifies the one OCFL object that a folder is: inventories, sidecars, versions, every content, and files that none lists. */
export async function verifyOcflObject(examination: Examination): Promise<string> {
  const list = new ClaimList(examination);
  const names = [...examination.tree.list()].map(({ path }) => path);
  const { version, own } = checkObject(examination, '', names, list);
  await compareContent(examination, list, own);
  return `ocfl-object ${version ?? '(version unknown)'}`;
}

/** Verifies every object of an OCFL storage root (ocfl.io/1.1/spec, 4). */
export async function verifyOcflRoot(examination: Examination): Promise<string> {
  const list = new ClaimList(examination);
  const names = [...examination.tree.list()].map(({ path }) => path);
  const version = checkRootDeclaration(examination, names);
  const objects = groupByObject(names);
  const own = new Set<string>();
  const ids = new Map<string, string>();
  for (const [folder, members] of objects) {
    const object = checkObject(examination, folder, members, list);
    for (const path of object.own) own.add(path);
    const other = object.id === null ? undefined : ids.get(object.id);
    if (other !== undefined) examination.report('duplicate', folder, `It is the same object as ${other}, by its id.`);
    else if (object.id !== null) ids.set(object.id, folder);
  }
  for (const path of names) {
    if (isInObject(path, objects)) continue;
    own.add(path);
    if (path.startsWith('extensions/') || ROOT_DECLARATION.test(path) || path === 'ocfl_layout.json' || /^ocfl_1\.[01]\.(?:txt|html|md)$/.test(path) || /^[^/]+\.(?:txt|md)$/.test(path)) continue;
    examination.report('extra', path, 'It belongs to no object: a storage root holds objects only (E072, E085).');
  }
  if (objects.size === 0) examination.notChecked.push('Anything but the declaration: the storage root holds no object.');
  else examination.note(`The storage root holds ${objects.size} objects.`);
  await compareContent(examination, list, own);
  return `ocfl-root ${version ?? '(version unknown)'}`;
}

async function compareContent(examination: Examination, list: ClaimList, own: ReadonlySet<string>): Promise<void> {
  await compareTree(examination, list, {
    inScope: (path) => !own.has(path),
    isElsewhere: () => false,
    extras: 'problem',
    missingMessage: 'The inventory lists it and it is not there (E092).',
    forgivesNames: false,
  });
  examination.notChecked.push('Whether the inventories are the published ones: their sidecars find damage, not somebody who wrote both anew.');
}

function checkRootDeclaration(examination: Examination, names: readonly string[]): string | null {
  const [name, ...more] = names.filter((each) => /^0=/.test(each));
  const version = name === undefined ? undefined : ROOT_DECLARATION.exec(name)?.[1];
  if (name === undefined || version === undefined || more.length > 0) {
    examination.report('manifest-malformed', name ?? '0=ocfl_1.1', 'The storage root does not declare one version of OCFL, 1.0 or 1.1 (E069).');
    return version ?? null;
  }
  const place = examination.tree.locate(name);
  try {
    const text = place === null ? '' : readRegularFile(place, 100).toString('utf8');
    if (text !== `${name.slice(2)}\n`) examination.report('manifest-malformed', name, 'Its content is not its name (E080).', { expected: name.slice(2), found: text });
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    examination.report('unreadable', name, `${error.message}.`);
  }
  return version;
}

/** Folders of objects, with a slash, and what lies in each: folders with a declaration of one. */
function groupByObject(names: readonly string[]): Map<string, string[]> {
  const declared = new Set(names.flatMap((name) => /^(?!extensions\/)(.+\/)0=ocfl_object_[^/]*$/.exec(name)?.[1] ?? []));
  const objects = new Map<string, string[]>([...declared].map((folder) => [folder, []]));
  for (const name of names) {
    const folder = folderOf(name, declared);
    if (folder !== null) objects.get(folder)?.push(name.slice(folder.length));
  }
  return objects;
}

function isInObject(path: string, objects: ReadonlyMap<string, string[]>): boolean {
  return folderOf(path, objects) !== null;
}

/** The outermost folder of these that a path lies in. */
function folderOf(path: string, folders: { has(folder: string): boolean }): string | null {
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) if (folders.has(path.slice(0, at + 1))) return path.slice(0, at + 1);
  return null;
}
