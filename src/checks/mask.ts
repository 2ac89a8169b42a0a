import { nearValue } from '../clinical/near-value.js';
import type { ColumnSchema } from '../model/clinical.js';
import { maskSecret } from '../text/mask.js';
import { isVocabulary } from '../text/vocabulary.js';

/** Longest value that a finding shows. */
const SHOWN_CHARS = 40;

/** Numbers this long are record numbers and dates as well. */
const NUMBER = /^[+-]?[0-9]{0,6}(?:[.,][0-9]{1,6})?(?:[eE][+-]?[0-9]{1,2})?$/;
const BOOLEAN = /^(?:true|false|yes|no|y|n|t|f|0|1)$/i;

/**
 * Whether a value is what its column is made for, or nearly: a near miss of a closed list, a short number, a boolean. A
 * column is no promise: what stands in the wrong column may be a name.
 */
function isShowable(value: string, column: ColumnSchema | undefined): boolean {
  if (column === undefined) return false;
  const type = column.type === 'array' ? column.items : column.type;
  if (column.enum !== undefined && nearValue(value, column.enum.map(String)) !== null) return true;
  if (type === 'boolean' && BOOLEAN.test(value)) return true;
  if ((type === 'integer' || type === 'number') && NUMBER.test(value)) return true;
  return (column.enum !== undefined || type !== 'string') && isPlain(value);
}

/** `Unknown`, `3 days`: vocabulary that names nobody, with one short number at most. */
function isPlain(value: string): boolean {
  if (value.length > SHOWN_CHARS || !/^[A-Za-z0-9 ./()-]+$/.test(value) || (value.match(/[0-9]+/g) ?? []).some((digits, at) => at > 0 || digits.length > 3)) return false;
  return (value.match(/[A-Za-z]+/g) ?? []).every((word) => isVocabulary(word));
}

/**
 * A value as a finding may show it: the value itself where it is a near miss of a closed list, a number or a boolean,
 * shortened and on one line; else only its length and its kinds of characters, so that no report repeats a name.
 */
export function showValue(value: string, column: ColumnSchema | undefined): string {
  return isShowable(value, column) ? shorten(value) : describeText(value);
}

/** A key, a UID or a column name, which findings always show: at most 64 characters, no control characters. */
export function showName(name: string): string {
  return shorten(name, 64);
}

/** A key that leads nowhere, or a code that is none: as it is, but for words that may be a name. */
export function showLink(value: string): string {
  return showName(value.replace(/\p{L}{3,}/gu, (word) => (isVocabulary(word) ? word : maskSecret(word))));
}

function shorten(value: string, limit = SHOWN_CHARS): string {
  const characters = [...visible(value)];
  return characters.length <= limit ? characters.join('') : `${characters.slice(0, limit - 1).join('')}…`;
}

/** Control, bidi and invisible characters as `\u{200B}`: the report shows what the eye would miss. */
function visible(value: string): string {
  return value.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) => `\\u{${(character.codePointAt(0) as number).toString(16).toUpperCase()}}`);
}

function describeText(value: string): string {
  if (value === '') return 'nothing';
  const kinds = [
    /\p{L}/u.test(value) ? 'letters' : '',
    /\p{N}/u.test(value) ? 'digits' : '',
    /\s/.test(value) ? 'blanks' : '',
    /[\p{P}\p{S}]/u.test(value) ? 'signs' : '',
    /[\p{Cc}\p{Cf}]/u.test(value) ? 'invisible characters' : '',
  ].filter((kind) => kind !== '');
  const length = [...value].length;
  return `text of ${length} ${length === 1 ? 'character' : 'characters'}${kinds.length === 0 ? '' : ` (${kinds.join(', ')})`}`;
}
