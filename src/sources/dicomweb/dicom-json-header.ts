import { type HeaderReading, KEPT_ATTRIBUTES } from '../../model/header.js';
import type { JsonDataSet } from './dicom-json.js';
import { attributeText, jsonText } from './dicom-json-value.js';

const TRANSFER_SYNTAX = '00020010';
const KEPT_TAGS = KEPT_ATTRIBUTES.map(({ tag }) => tag.toUpperCase());

/**
 * The kept attributes out of the metadata of an instance, as `readHeader` takes them from its bytes. The transfer syntax is
 * null where the server leaves out the file meta information, as the standard has it: no other attribute tells what is stored.
 */
export function readJsonHeader(dataSet: JsonDataSet): HeaderReading {
  const values: (string | null)[] = [];
  let flawed: string | null = null;
  KEPT_TAGS.forEach((tag, index) => {
    const element = dataSet.get(tag);
    const read = element === undefined ? { text: null, flawed: false } : jsonText(element);
    values.push(read.text);
    if (read.flawed) flawed ??= KEPT_ATTRIBUTES[index]?.keyword ?? null;
  });
  const TransferSyntaxUID = attributeText(dataSet, TRANSFER_SYNTAX) || null;
  if (values.every((value) => value === null)) return { status: 'unreadable', errorCode: 'malformed', error: 'The metadata hold none of the attributes that are kept.', TransferSyntaxUID, values };
  if (flawed === null) return { status: 'ok', errorCode: null, error: null, TransferSyntaxUID, values };
  const error = `${flawed as string} is no text or number in the metadata that the server gives, so its value was not kept.`;
  return { status: 'partial', errorCode: 'malformed', error, TransferSyntaxUID, values };
}
