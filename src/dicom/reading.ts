import { type HeaderReading, type InstanceErrorCode, KEPT_ATTRIBUTES, type KeptAttribute } from '../model/header.js';
import { type KeptElements } from './kept-elements.js';
import { MAX_HEADER_BYTES, MAX_INFLATED_BYTES, MAX_VALUE_BYTES } from './limits.js';
import { type DataSetLocation } from './part10.js';
import { isStandardSyntax } from './transfer-syntax.js';
import { decodeValue } from './value.js';

/** The errors that header reading itself finds; the others come from the file system. */
export type HeaderErrorCode = Exclude<InstanceErrorCode, 'link' | 'special-file' | 'unreadable-file' | 'changed-while-reading' | 'unusable-name' | 'folder-marker' | 'not-given' | 'checksum-mismatch'>;

const SENTENCES: Record<HeaderErrorCode, string> = {
  empty: 'The file is empty.',
  'not-dicom': 'The file is not DICOM: it holds neither file meta information nor a data set that begins with group 0008.',
  truncated: 'The file ends inside its header.',
  malformed: 'The header holds an element that no DICOM encoding allows.',
  'unsupported-transfer-syntax': 'The transfer syntax is private or not an encoding of elements, and the data set cannot be read.',
  'too-large-when-inflated': `The deflated data set exceeds ${MAX_INFLATED_BYTES} bytes before its header ends.`,
  'header-too-large': `The header does not end within ${MAX_HEADER_BYTES} bytes.`,
  dicomdir: 'The file is a DICOMDIR: it lists other files and is no instance.',
};

const CHARACTER_SET = KEPT_ATTRIBUTES.findIndex(({ keyword }) => keyword === 'SpecificCharacterSet');

/** The reading of a file without any attribute. */
export function unreadable(errorCode: HeaderErrorCode, transferSyntax: string | null): HeaderReading {
  return {
    status: 'unreadable',
    errorCode,
    error: SENTENCES[errorCode],
    TransferSyntaxUID: transferSyntax,
    values: KEPT_ATTRIBUTES.map(() => null),
  };
}

/**
 * Decodes the values found in `bytes` and says how far the header could be read. `errorCode` is what ended the scan, null
 * when it reached its goal; a value that cannot be kept or decoded makes the reading `partial` as well.
 */
export function composeReading(bytes: Buffer, kept: KeptElements, location: DataSetLocation, errorCode: HeaderErrorCode | null): HeaderReading {
  const { values, flawed } = decodeValues(bytes, kept, location.encoding.bigEndian);
  if (errorCode !== null) return composeBroken(values, location, errorCode);
  const { transferSyntax: TransferSyntaxUID } = location;
  if (kept.unfit < 0 && flawed < 0) return { status: 'ok', errorCode: null, error: null, TransferSyntaxUID, values };
  const error =
    kept.unfit >= 0
      ? `${KEPT_ATTRIBUTES[kept.unfit]?.keyword} is a sequence or longer than ${MAX_VALUE_BYTES} bytes, so its value was not kept.`
      : `${KEPT_ATTRIBUTES[flawed]?.keyword} holds bytes that its encoding or character set does not define.`;
  return { status: 'partial', errorCode: 'malformed', error, TransferSyntaxUID, values };
}

function composeBroken(values: (string | null)[], location: DataSetLocation, errorCode: HeaderErrorCode): HeaderReading {
  const { transferSyntax: TransferSyntaxUID, announced } = location;
  if (values.some((value) => value !== null)) {
    return { status: 'partial', errorCode, error: SENTENCES[errorCode], TransferSyntaxUID, values };
  }
  // What only looked like a data set at its first element was none.
  if (!announced) return unreadable('not-dicom', null);
  const unsupported = errorCode !== 'too-large-when-inflated' && TransferSyntaxUID !== null && !isStandardSyntax(TransferSyntaxUID);
  return unreadable(unsupported ? 'unsupported-transfer-syntax' : errorCode, TransferSyntaxUID);
}

/** The decoded values, and the index of the first that holds undefined bytes (-1 = none). */
function decodeValues(bytes: Buffer, kept: KeptElements, bigEndian: boolean): { values: (string | null)[]; flawed: number } {
  const values: (string | null)[] = [];
  let flawed = -1;
  let characterSet: string | null = null;
  for (let index = 0; index < KEPT_ATTRIBUTES.length; index += 1) {
    const attribute = KEPT_ATTRIBUTES[index] as KeptAttribute;
    const start = kept.starts[index] as number;
    if (start < 0) {
      values.push(null);
      continue;
    }
    const decoded = decodeValue(bytes, start, kept.lengths[index] as number, kept.vrs[index] as number, attribute, characterSet, bigEndian);
    if (index === CHARACTER_SET) characterSet = decoded.text;
    if (decoded.flawed && flawed < 0) flawed = index;
    values.push(decoded.text);
  }
  return { values, flawed };
}
