import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A BagIt bag to write. */
export interface BagRecipe {
  version?: string;
  encoding?: string;
  /** Algorithms by the names in the names of the manifests. */
  algorithms?: string[];
  payload?: Record<string, string>;
  bagInfo?: string | null;
  /** Files beside data/ in the bag's encoding, and in its tag manifests: by name. */
  tags?: Record<string, string>;
  /** Changes the lines of every payload manifest before the tag manifests are made. */
  manifest?: (lines: string[]) => string[];
  fetch?: string;
  bagit?: string | Buffer;
}

const NAMES: Record<string, string> = { sha3256: 'sha3-256', blake2b: 'blake2b512' };

/** Digest by an algorithm as manifests name it. */
export function digestBy(algorithm: string, bytes: string | Buffer): string {
  return createHash(NAMES[algorithm] ?? algorithm).update(bytes).digest('hex');
}

/** Writes a bag, by RFC 8493 and nothing of ours. */
export function writeBag(folder: string, recipe: BagRecipe = {}): void {
  const { version = '0.97', encoding = 'UTF-8', algorithms = ['md5'], payload = { 'data/hello.txt': 'hello\n' }, manifest = (lines) => lines } = recipe;
  const write = (name: string, content: string | Buffer): Buffer => {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    mkdirSync(join(folder, dirname(name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
    return bytes;
  };
  const encode = (text: string): Buffer => encodeText(text, encoding);
  mkdirSync(join(folder, 'data'), { recursive: true });
  for (const [path, content] of Object.entries(payload)) write(path, content);
  const bytes = Object.values(payload).reduce((sum, content) => sum + Buffer.byteLength(content), 0);
  const tags = new Map<string, Buffer>();
  tags.set('bagit.txt', write('bagit.txt', recipe.bagit ?? `BagIt-Version: ${version}\nTag-File-Character-Encoding: ${encoding}\n`));
  const info = recipe.bagInfo === undefined ? `Bagging-Date: 2020-01-01\nPayload-Oxum: ${bytes}.${Object.keys(payload).length}\n` : recipe.bagInfo;
  if (info !== null) tags.set('bag-info.txt', write('bag-info.txt', encode(info)));
  if (recipe.fetch !== undefined) tags.set('fetch.txt', write('fetch.txt', encode(recipe.fetch)));
  for (const [name, text] of Object.entries(recipe.tags ?? {})) tags.set(name, write(name, encode(text)));
  for (const algorithm of algorithms) {
    const lines = manifest(Object.entries(payload).map(([path, content]) => `${digestBy(algorithm, content)}  ${path}`));
    tags.set(`manifest-${algorithm}.txt`, write(`manifest-${algorithm}.txt`, encode(lines.map((line) => `${line}\n`).join(''))));
  }
  for (const algorithm of algorithms) write(`tagmanifest-${algorithm}.txt`, encode([...tags].map(([name, content]) => `${digestBy(algorithm, content)}  ${name}\n`).join('')));
}

/** UTF-16 is big-endian without a mark. */
function encodeText(text: string, encoding: string): Buffer {
  if (/^utf-16(?:be)?$/i.test(encoding)) return Buffer.from(text, 'utf16le').swap16();
  if (/^utf-16le$/i.test(encoding)) return Buffer.from(text, 'utf16le');
  return Buffer.from(text, /^iso-8859-1$/i.test(encoding) ? 'latin1' : 'utf8');
}
