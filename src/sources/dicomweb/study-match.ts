import { CurationError } from '../../errors.js';
import { findKeyword } from '../../facts/attribute-dictionary.js';
import { SourceFailure } from '../../network/source.js';
import type { JsonDataSet } from './dicom-json.js';
import { attributeText } from './dicom-json-value.js';

/** One attribute by which studies are searched. */
interface MatchKey {
  keyword: string;
  /** Eight upper-case hex digits. */
  tag: string;
  /** The value that each study has to have, folded; null for wildcards, ranges and lists (PS3.4 C.2.2.2). */
  value: string | null;
}

/** Which studies are wanted (QIDO-RS, PS3.18 8.3.4.1). */
export class StudyMatch {
  readonly #keys: MatchKey[] = [];
  readonly parameters: readonly (readonly [string, string])[];

  /** @throws {CurationError} CONFIG_INVALID for a key that is no attribute */
  constructor(match: Readonly<Record<string, string>>, source: string) {
    this.parameters = Object.entries(match);
    for (const [keyword, value] of this.parameters) {
      const tag = /^[0-9A-Fa-f]{8}$/.test(keyword) ? keyword : findKeyword(keyword)?.tag;
      if (tag === undefined || tag.includes('x')) {
        throw new CurationError('CONFIG_INVALID', `sources, ${source}, match: there is no DICOM attribute ${keyword.slice(0, 64)}.`, { expected: 'keywords of PS3.6, e.g. ModalitiesInStudy, PatientID, StudyDate' });
      }
      this.#keys.push({ keyword, tag: tag.toUpperCase(), value: plainValue(value) });
    }
  }

  /**
   * A server must give the attributes that it matched (PS3.18 10.6.3.3), and ignores those that it does not know: then it would give
   * every study that it has.
   * @throws {SourceFailure} for a study that shows that it was not searched for
   */
  require(study: JsonDataSet, server: string): void {
    for (const { keyword, tag, value } of this.#keys) {
      const found = attributeText(study, tag);
      if (found !== null && (value === null || found.split('\\').some((each) => fold(each) === value))) continue;
      throw new SourceFailure(`${server} does not search by ${keyword}: it gives ${found === null ? 'studies without it' : 'a study with another value of it'}`, {
        retry: false,
        wide: true,
        suggestions: [`Take ${keyword} out of \`match\`, or search by what the server supports: PatientID, StudyDate, ModalitiesInStudy, AccessionNumber, StudyInstanceUID.`],
      });
    }
  }
}

function plainValue(value: string): string | null {
  return /[*?\\,]|^-|-$|[0-9]-[0-9]/.test(value) ? null : fold(value);
}

/** Names may be matched whatever their case (PS3.4 C.2.2.2.1). */
function fold(text: string): string {
  return text.trim().toLowerCase();
}
