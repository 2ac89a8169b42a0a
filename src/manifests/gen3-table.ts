import { CurationError } from '../errors.js';
import { readDelimitedLines } from '../fixity/delimited-lines.js';
import { expectedFile } from './expected-file.js';
import type { EntrySink, ManifestLog } from './entry-sink.js';
import { judgeClaim } from './gen3-entry.js';
import { parseGuid } from './guid.js';

/** Names that the columns of tables for indexes, and of manifests of the GDC, go by; in lower case. */
const ALIASES = {
  id: ['guid', 'did', 'object_id', 'id', 'old file uuid'],
  path: ['file_name', 'filename', 'old file name'],
  size: ['size', 'filesize', 'file_size', 's3_file_size', 'gs_file_size'],
  md5: ['md5', 'md5_hash', 'md5hash', 'md5sum', 'file_md5sum', 'hash'],
  urls: ['urls', 'url', 's3_path', 'gs_path', 'aws_uri', 'gcp_uri'],
  replaced_by: ['new_id', 'new file uuid'],
  bundle: ['bundle_name'],
  members: ['ids', 'bundle_ids'],
} as const;

type Role = keyof typeof ALIASES;

/**
 * Reads a table for a Gen3 index, a manifest or a map of superseded files of the GDC, or a table of bundles. Returns what it was.
 * @throws {CurationError} MANIFEST_INVALID when its columns are those of none
 * @throws {UnreadableFileError}
 */
export function readGen3Table(path: string, list: EntrySink, log: ManifestLog): string {
  let columns = new Map<Role, number>();
  let format = 'indexd-table';
  const bundles = new Set<string>();
  readDelimitedLines(path, log, {
    onColumns(names) {
      columns = assignRoles(names, path);
      if (columns.has('bundle')) format = 'bundle-table';
      else if (columns.has('replaced_by')) format = 'gdc-supersede-map';
      else if (names.includes('id') && !columns.has('urls')) format = 'gdc-manifest';
    },
    onRow(cells, line) {
      const cell = (role: Role): string => cells[columns.get(role) ?? -1] ?? '';
      if (format === 'bundle-table') return readBundle(cell, line, bundles, list, log);
      const name = cell('path');
      // gdc-client puts every file into a folder with the name of its id.
      const path = name !== '' && format !== 'indexd-table' ? `${cell('id')}/${name}` : name;
      const claim = { id: textOrNull(cell('id')), path: textOrNull(path), size: cell('size'), checksums: namedMd5(cell('md5')), urls: splitList(cell('urls')) };
      const entry = judgeClaim({ ...claim, replaced_by: columns.has('replaced_by') ? cell('replaced_by').replace(/^NA$/, '') : null, origin: null }, line, log);
      if (entry !== null) list.add(entry);
    },
  });
  return format;
}

function assignRoles(names: readonly string[], path: string): Map<Role, number> {
  const roles = new Map<Role, number>();
  for (const role of Object.keys(ALIASES) as Role[]) {
    const at = ALIASES[role].map((alias) => names.indexOf(alias)).find((index) => index >= 0);
    if (at !== undefined) roles.set(role, at);
  }
  if ((roles.has('bundle') && roles.has('members')) || roles.has('id') || (roles.has('md5') && roles.has('urls'))) return roles;
  throw new CurationError('MANIFEST_INVALID', `${path} is no manifest of files by its columns.`, {
    expected: 'guid, md5, size and url as for a Gen3 index; id, filename, md5 and size as of the GDC; or bundle_name and ids',
    found: names.join(', ').slice(0, 200),
    suggestions: ['Download the manifest again: a page of a portal, such as one that asks for a login, is none.'],
  });
}

/** A bundle names files by their GUIDs and bundles above it by their names; its own GUID is often given later. */
function readBundle(cell: (role: Role) => string, line: number, known: Set<string>, list: EntrySink, log: ManifestLog): void {
  const name = cell('bundle');
  for (const member of splitList(cell('members')))
    if (parseGuid(member) === null && !known.has(member)) log.defect(line, 'The bundle holds something that is neither a GUID nor a bundle above it.', { found: member });
  known.add(name);
  const guid = parseGuid(cell('id'));
  list.addBundle(expectedFile(line, { id: guid?.guid ?? name, origin: guid?.prefix ?? null }));
}

function namedMd5(md5: string): [string, string][] {
  return md5 === '' ? [] : [['md5', md5]];
}

/** Lists are separated by blanks or commas, in brackets or not, quoted or not: all of it is met. */
function splitList(cell: string): string[] {
  return cell.replace(/^\[|\]$/g, '').split(/[\s,]+/).map((each) => each.replace(/^["']|["']$/g, '')).filter((each) => each !== '');
}

function textOrNull(text: string): string | null {
  return text === '' ? null : text;
}
