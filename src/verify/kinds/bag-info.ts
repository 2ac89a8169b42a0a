import { readTagLines, type TagLine } from '../../fixity/tag-text.js';
import { RELEASE_FILES } from '../../model/release.js';
import type { BagDeclaration } from './bag-declaration.js';
import type { Comparison } from './compare.js';
import type { Examination } from './examination.js';

/** Until 0.95 bag-info.txt had this name. */
const OLD_NAME = 'package-info.txt';

/** Lines that are looked at. */
const MAX_LINES = 100_000;

/**
 * Checks the form of bag-info.txt, and its Payload-Oxum: bytes and number of the payload files (RFC 8493 2.2.2), as they are here. A release
 * of ours that lost what makes it one is no sound bag.
 */
export function checkPayloadOxum(examination: Examination, { version, encoding }: BagDeclaration, payload: Comparison): void {
  for (const name of [RELEASE_FILES.bagInfo, OLD_NAME]) {
    if (examination.tree.locate(name) === null) continue;
    const values: string[] = [];
    let malformed = 0;
    let count = 0;
    let stripped: string | null = null;
    const takeLine = ({ text, number }: TagLine): void => {
      count += 1;
      if (count > MAX_LINES || text.trim() === '') return;
      const isContinued = /^[ \t]/.test(text) && number > 1;
      const label = /^([^:]*):/.exec(text)?.[1];
      if (!isContinued && label === undefined && malformed++ === 0) examination.report('manifest-malformed', name, `Line ${number} is neither a label with a value nor the continuation of one.`);
      if (!isContinued && label?.trim().toLowerCase() === 'colophon-format') stripped = text.slice(text.indexOf(':') + 1).trim();
      if (!isContinued && label?.trim().toLowerCase() === 'payload-oxum') values.push(text.slice(text.indexOf(':') + 1).trim());
    };
    const fault = examination.readList(name, (place) => readTagLines(place, encoding, takeLine).fault);
    if (fault !== null) examination.report('manifest-malformed', name, `It ${fault}.`);
    if (stripped !== null) examination.report('missing', RELEASE_FILES.release, `${name} says that this was a Colophon release: without its release.json nothing tells which one, and no digest or signature of it can be checked.`);
    if (values.length > 1 && (version === '1.0' || version === null)) examination.report('manifest-malformed', name, 'It gives Payload-Oxum more than once (RFC 8493 2.2.2).', { found: values.join(', ').slice(0, 200) });
    for (const value of new Set(values)) checkValue(examination, name, value, payload);
  }
}

function checkValue(examination: Examination, name: string, value: string, { elsewhere, files, bytes }: Comparison): void {
  const oxum = /^([0-9]{1,18})\.([0-9]{1,15})$/.exec(value);
  if (oxum === null) return examination.report('manifest-malformed', name, 'Its Payload-Oxum has another form than bytes.files.', { found: value.slice(0, 100) });
  if (elsewhere > 0) return void examination.notChecked.push('The Payload-Oxum: the payload is not complete.');
  if (Number(oxum[2]) === files && (bytes === null || BigInt(oxum[1] ?? '') === BigInt(bytes))) return;
  examination.report('manifest-tampered', name, 'Its Payload-Oxum says another thing than what the payload is.', { expected: value, found: `${bytes ?? '?'}.${files}` });
}
