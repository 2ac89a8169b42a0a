import { sha256Hex } from '../fixity/digest.js';

/** Storage layout extension of the OCFL extensions registry: hashed n-tuples with the encoded object id as the last folder. */
export const OCFL_LAYOUT = '0003-hash-and-id-n-tuple-storage-layout';

/** Its default parameters, which config.json of the extension states. */
export const OCFL_LAYOUT_CONFIG = { extensionName: OCFL_LAYOUT, digestAlgorithm: 'sha256', tupleSize: 3, numberOfTuples: 3 } as const;

const MAX_ENCODED = 100;

/** Path of an object from the storage root, by the layout: `a1b/2c3/d4e/<encoded id>`. */
export function objectPath(id: string): string {
  const { tupleSize, numberOfTuples } = OCFL_LAYOUT_CONFIG;
  const digest = sha256Hex(id);
  const tuples = Array.from({ length: numberOfTuples }, (_none, index) => digest.slice(index * tupleSize, (index + 1) * tupleSize));
  const encoded = encodeId(id);
  return [...tuples, encoded.length > MAX_ENCODED ? `${encoded.slice(0, MAX_ENCODED)}-${digest}` : encoded].join('/');
}

/** All but letters, digits, `-` and `_` as percent-encoded UTF-8 with lower-case hex digits. */
function encodeId(id: string): string {
  return [...Buffer.from(id)].map((byte) => (/[A-Za-z0-9_-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`)).join('');
}
