/** How the elements of a data set are encoded (PS3.5 section 10 and annex A). */
export interface Encoding {
  explicitVr: boolean;
  bigEndian: boolean;
  deflated: boolean;
}

/** Implicit VR Little Endian, the default transfer syntax (PS3.5 A.1). */
export const IMPLICIT_LITTLE: Encoding = { explicitVr: false, bigEndian: false, deflated: false };
/** Explicit VR Little Endian (PS3.5 A.2), also of every encapsulated syntax (A.4). */
export const EXPLICIT_LITTLE: Encoding = { explicitVr: true, bigEndian: false, deflated: false };
/** Explicit VR Big Endian (PS3.5 A.3, retired). */
export const EXPLICIT_BIG: Encoding = { explicitVr: true, bigEndian: true, deflated: false };
/** Explicit VR Little Endian behind raw deflate, RFC 1951 (PS3.5 A.5). */
export const DEFLATED: Encoding = { explicitVr: true, bigEndian: false, deflated: true };

const BY_UID = new Map<string, Encoding>([
  ['1.2.840.10008.1.2', IMPLICIT_LITTLE],
  ['1.2.840.10008.1.20', IMPLICIT_LITTLE], // Papyrus 3
  ['1.2.840.113619.5.2', IMPLICIT_LITTLE], // GE private: only its pixels are big endian
  ['1.2.840.10008.1.2.2', EXPLICIT_BIG],
  ['1.2.840.10008.1.2.1.99', DEFLATED],
  ['1.2.840.10008.1.2.4.95', DEFLATED], // JPIP referenced, deflated
  ['1.2.840.10008.1.2.4.205', DEFLATED], // JPIP HTJ2K referenced, deflated
]);

/**
 * The encoding a transfer syntax UID stands for: those not named otherwise, private ones too, use explicit VR
 * little endian, as PS3.5 A.4 demands of every syntax defined since.
 */
export function encodingOfSyntax(uid: string): Encoding {
  return BY_UID.get(uid) ?? EXPLICIT_LITTLE;
}

/** Whether `uid` is a syntax of PS3.6 table A-1 that encodes elements: not a private one, nor MIME (6.1) or XML (6.2). */
export function isStandardSyntax(uid: string): boolean {
  return BY_UID.has(uid) || (/^1\.2\.840\.10008\.1\.2(\.|$)/.test(uid) && !uid.startsWith('1.2.840.10008.1.2.6.'));
}
