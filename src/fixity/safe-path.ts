/**
 * Which relative paths may be joined to a folder (verify time) and which may be published at all (publish time). The second
 * list is longer: what we write must be readable on every system, what we read must only be harmless on this one.
 */
interface PathRule {
  reason: string;
  broken(path: string, elements: string[]): boolean;
}

/** Rules a path from any manifest, ours or a stranger's, has to pass before it is joined to anything (CWE-22, CWE-36). */
const VERIFY_RULES: PathRule[] = [
  { reason: 'is empty', broken: (path) => path === '' },
  { reason: 'holds a NUL character', broken: (path) => path.includes('\0') },
  { reason: 'is absolute', broken: (path) => path.startsWith('/') },
  { reason: 'starts with a drive letter', broken: (path) => /^[A-Za-z]:/.test(path) },
  { reason: 'starts with ~', broken: (path) => path.startsWith('~') },
  { reason: 'holds a backslash', broken: (path) => path.includes('\\') },
  { reason: 'leaves the folder through ..', broken: (_path, elements) => elements.includes('..') },
  { reason: 'has an empty or . element', broken: (_path, elements) => elements.includes('') || elements.includes('.') },
];

/** What one element of a path and a whole path may measure, in UTF-8 bytes. */
const MAX_ELEMENT_BYTES = 255;
const MAX_PATH_BYTES = 1024;

const RESERVED_ON_WINDOWS = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;
/** Bidirectional controls, zero-width and other invisible format characters: two names that look the same must be the same. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/u;

/** The further rules for what we publish. `%` and line ends would need an encoding that `sha256sum -c` does not read. */
const PUBLISH_RULES: PathRule[] = [
  { reason: 'holds a lone surrogate', broken: (path) => /\p{Surrogate}/u.test(path) },
  { reason: 'holds a control or invisible character', broken: (path) => INVISIBLE.test(path) },
  { reason: 'holds %, which BagIt encodes and sha256sum does not', broken: (path) => path.includes('%') },
  { reason: 'holds a character that Windows forbids (< > : " | ? *)', broken: (path) => /[<>:"|?*]/.test(path) },
  { reason: 'is not in Unicode form NFC', broken: (path) => path.normalize('NFC') !== path },
  { reason: 'has an element that ends in a dot or space', broken: (_path, elements) => elements.some((each) => /[. ]$/.test(each)) },
  { reason: 'has an element that starts with a space', broken: (_path, elements) => elements.some((each) => each.startsWith(' ')) },
  { reason: 'has a name that Windows reserves', broken: (_path, elements) => elements.some((each) => RESERVED_ON_WINDOWS.test(each)) },
  {
    reason: `has an element over ${MAX_ELEMENT_BYTES} bytes`,
    broken: (_path, elements) => elements.some((each) => Buffer.byteLength(each) > MAX_ELEMENT_BYTES),
  },
  { reason: `is over ${MAX_PATH_BYTES} bytes long`, broken: (path) => Buffer.byteLength(path) > MAX_PATH_BYTES },
];

/** Why a `/`-separated relative path must not be joined to a folder, as a predicate (`is absolute`); null when it may. */
export function unsafePathReason(path: string): string | null {
  return PLAIN_PATH.test(path) ? null : firstBroken(VERIFY_RULES, path);
}

/** Why a path must not be published in a release, as a predicate; null when it may. Includes every verify-time rule. */
export function unpublishablePathReason(path: string): string | null {
  if (isPlainlyPublishable(path)) return null;
  return firstBroken(VERIFY_RULES, path) ?? firstBroken(PUBLISH_RULES, path);
}

/** Paths that no verify-time rule can object to, told by one expression: nearly all of them, and millions of them. */
const PLAIN_PATH = /^(?:[A-Za-z0-9_-][A-Za-z0-9_.-]*\/)*[A-Za-z0-9_-][A-Za-z0-9_.-]*$/;

/** What the plain alphabet still allows and a publish-time rule does not. */
const ODD_PLAIN_PATH = /\.(?:\/|$)|(?:^|\/)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:[./]|$)/i;

/** Paths that no rule can object to, told by two expressions. */
function isPlainlyPublishable(path: string): boolean {
  return path.length <= MAX_ELEMENT_BYTES && PLAIN_PATH.test(path) && !ODD_PLAIN_PATH.test(path);
}

function firstBroken(rules: PathRule[], path: string): string | null {
  const elements = path.split('/');
  return rules.find((rule) => rule.broken(path, elements))?.reason ?? null;
}

/**
 * Two different paths with the same key are one file on a file system that ignores case or Unicode form (macOS, Windows):
 * NFC, case folded through upper case.
 */
export function collisionKey(path: string): string {
  if (/^[\0-\x7f]*$/.test(path)) return path.toLowerCase();
  return path.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}
