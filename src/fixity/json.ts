import { readRegularFile } from './file.js';

/** Bounds for JSON from a stranger (CWE-400, CWE-1321). */
export interface JsonLimits {
  /** Largest text in bytes. */
  maxBytes: number;
  /** Deepest nesting of arrays and objects. */
  maxDepth: number;
}

/** Generous for any document of a release, far from harm: 64 MiB, 64 levels. */
export const DEFAULT_JSON_LIMITS: JsonLimits = { maxBytes: 64 << 20, maxDepth: 64 };

/** A parsed value, or why the text is refused, as a clause (`key "a" appears twice`). */
export type JsonReading = { ok: true; value: unknown } | { ok: false; reason: string };

/**
 * Reads a JSON file within bounds; never through a link.
 * @throws {UnreadableFileError}
 */
export function readJsonFile(path: string, limits: JsonLimits = DEFAULT_JSON_LIMITS): JsonReading {
  return parseJsonStrict(readRegularFile(path, limits.maxBytes), limits);
}

/**
 * Parses JSON strictly: UTF-8 without byte order mark, no key twice in an object (I-JSON, RFC 7493 2.3), no key named
 * `__proto__`, `constructor` or `prototype`, no number that a double would change, bounded size and depth.
 */
export function parseJsonStrict(data: string | Uint8Array, limits: JsonLimits = DEFAULT_JSON_LIMITS): JsonReading {
  const size = typeof data === 'string' ? Buffer.byteLength(data) : data.length;
  if (size > limits.maxBytes) return refuse(`the text is over ${limits.maxBytes} bytes`);
  try {
    const text = typeof data === 'string' ? data : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data);
    const reason = new Scanner(text, limits.maxDepth).scan();
    return reason === null ? { ok: true, value: JSON.parse(text) as unknown } : refuse(reason);
  } catch (error) {
    return refuse(error instanceof SyntaxError ? 'the text is not JSON' : 'the text is not UTF-8');
  }
}

function refuse(reason: string): JsonReading {
  return { ok: false, reason };
}

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|-?[0-9][-+.0-9eE]*/gsy;

/** Runs over the tokens of a text and looks only for what JSON.parse would let pass; malformed text is left to JSON.parse. */
class Scanner {
  /** One entry for each open bracket: the keys of an object so far, or null for an array. */
  readonly #open: (Set<string> | null)[] = [];

  constructor(
    readonly text: string,
    readonly maxDepth: number,
  ) {}

  scan(): string | null {
    let keyNext = false;
    for (const token of this.#tokens()) {
      const keys = this.#open.at(-1);
      if (token === '{' || token === '[') {
        this.#open.push(token === '{' ? new Set() : null);
        if (this.#open.length > this.maxDepth) return `nested deeper than ${this.maxDepth} levels`;
        keyNext = token === '{';
      } else if (token === '}' || token === ']') {
        this.#open.pop();
        keyNext = false;
      } else if (token === ',') {
        keyNext = keys instanceof Set;
      } else if (token.startsWith('"')) {
        const reason = keyNext && keys instanceof Set ? this.#takeKey(token, keys) : null;
        if (reason !== null) return reason;
        keyNext = false;
      } else if (token !== ':' && !isExact(token)) {
        return `the number ${token.slice(0, 40)} is beyond what a double holds`;
      }
    }
    return null;
  }

  *#tokens(): Generator<string> {
    let at = 0;
    while (at < this.text.length) {
      TOKEN.lastIndex = at;
      const match = TOKEN.exec(this.text);
      if (match === null) at += 1;
      else {
        at = TOKEN.lastIndex;
        yield match[0];
      }
    }
  }

  #takeKey(token: string, keys: Set<string>): string | null {
    const key = JSON.parse(token) as string;
    if (FORBIDDEN_KEYS.has(key)) return `the key ${JSON.stringify(key)} is not allowed`;
    if (keys.has(key)) return `the key ${JSON.stringify(key).slice(0, 80)} appears twice in one object`;
    keys.add(key);
    return null;
  }
}

/** Whole numbers must survive as they are; fractions are rounded by every reader and only must not overflow. */
function isExact(token: string): boolean {
  const value = Number(token);
  return /^-?[0-9]+$/.test(token) ? Number.isSafeInteger(value) : Number.isFinite(value) || Number.isNaN(value);
}
