import type { ColumnSchema } from '../model/clinical.js';

/** Longest value that a finding shows. */
const SHOWN_CHARS = 40;

/** Whether values of a column can be shown: a closed list, a number or a boolean says nothing that is a secret. */
function isShowable(column: ColumnSchema | undefined): boolean {
  if (column === undefined) return false;
  const type = column.type === 'array' ? column.items : column.type;
  return column.enum !== undefined || type === 'integer' || type === 'number' || type === 'boolean';
}

/**
 * A value as a finding may show it: the value itself in columns of an enumeration, a number or a boolean, shortened and
 * on one line; of free text only its length and its kinds of characters, so that no report repeats a name.
 */
export function showValue(value: string, column: ColumnSchema | undefined): string {
  return isShowable(column) ? shorten(value) : describeText(value);
}

/** A key, a UID or a column name, which findings always show: at most 64 characters, no control characters. */
export function showName(name: string): string {
  return shorten(name, 64);
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
