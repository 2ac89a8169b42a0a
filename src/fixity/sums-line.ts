import { namedAlgorithm } from './named-digest.js';

/** A line of a list of checksums, as `sha256sum` and its sisters write it. */
export interface SumsEntry {
  /** Name of the algorithm at node:crypto; null when the line does not say, and only the length of the digest can tell. */
  algorithm: string | null;
  /** Lower-case hex. */
  digest: string;
  path: string;
}

/** GNU: an escape, digest, blank, blank or star, path; some write one blank only. */
const GNU = /^(\\?)([0-9a-fA-F]{32,128})(?: [ *]|[ \t]+)(.+)$/su;
/** BSD, and `--tag` of GNU: algorithm, path in brackets, digest. */
const BSD = /^(\\?)([A-Za-z0-9/_-]{2,20}) ?\((.+)\) ?= ?([0-9a-fA-F]{32,128})$/su;

/** Reads one line of a list of checksums without its line end, in the form of GNU or of BSD; null when it has neither. Decides nothing about the path. */
export function parseSumsLine(line: string): SumsEntry | null {
  const bsd = BSD.exec(line);
  if (bsd !== null) {
    const [, escape, name = '', path = '', digest = ''] = bsd;
    const algorithm = namedAlgorithm(name);
    if (algorithm !== null && algorithm.digits === digest.length) return entryOf(algorithm.name, digest, path, escape === '\\');
  }
  const gnu = GNU.exec(line);
  return gnu === null ? null : entryOf(null, gnu[2] ?? '', gnu[3] ?? '', gnu[1] === '\\');
}

function entryOf(algorithm: string | null, digest: string, path: string, escaped: boolean): SumsEntry | null {
  const name = escaped ? unescape(path) : path;
  return name === null ? null : { algorithm, digest: digest.toLowerCase(), path: name };
}

/** A line that begins with a backslash has `\\`, `\n` and `\r` in its path, and no other backslash; null when it has. */
function unescape(path: string): string | null {
  if (/\\(?![\\nr])/.test(path.replaceAll('\\\\', ''))) return null;
  return path.replace(/\\([\\nr])/g, (_all, code: string) => (code === 'n' ? '\n' : code === 'r' ? '\r' : '\\'));
}
