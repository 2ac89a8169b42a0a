import { joinList, type ListSplitter } from '../list-cell.js';

/** The text of a value as a cell of a table has it. @throws {JsonDefect} for a list that no cell can hold */
export type CellText = (value: string) => string;

/** Type id of booleans, whose text is `t` or `f` on the wire (pg_type.dat). */
const BOOLEAN = 16;

/**
 * How the values of the columns of a query become cells; null: they are taken as they are.
 * @param arrays type ids of arrays whose members a comma separates, each with that of its members
 */
export function cellTexts(fields: readonly { name: string; dataTypeID: number }[], arrays: ReadonlyMap<number, number>, splitter: ListSplitter): (CellText | null)[] {
  return fields.map(({ name, dataTypeID }) => {
    if (dataTypeID === BOOLEAN) return booleanText;
    const element = arrays.get(dataTypeID);
    if (element === undefined) return null;
    return (value) => {
      const members = listMembers(value);
      if (members === null) return value;
      return joinList(name, element === BOOLEAN ? members.map((member) => (member === null ? null : booleanText(member))) : members, splitter);
    };
  });
}

/** As `value::text` gives it, and as clinical schemas read it. */
function booleanText(value: string): string {
  return value === 't' ? 'true' : value === 'f' ? 'false' : value;
}

const MEMBER = /"([^"\\]*(?:\\[^][^"\\]*)*)"|([^",{}\\]+)/y;

/**
 * The members of an array of one dimension (PostgreSQL 8.15.6), an unquoted NULL as null; null for what has several
 * dimensions or other bounds, which is no list.
 */
export function listMembers(text: string): (string | null)[] | null {
  if (text === '{}') return [];
  if (!text.startsWith('{') || !text.endsWith('}')) return null;
  const members: (string | null)[] = [];
  for (let at = 1; ; at++) {
    MEMBER.lastIndex = at;
    const found = MEMBER.exec(text);
    if (found === null) return null;
    const [, quoted, plain = ''] = found;
    members.push(quoted === undefined ? (plain === 'NULL' ? null : plain) : quoted.replace(/\\([^])/g, '$1'));
    at = MEMBER.lastIndex;
    if (at === text.length - 1) return members;
    if (text[at] !== ',') return null;
  }
}

/** A cell of CSV (RFC 4180) that keeps an empty text (`""`) apart from no value. */
export function csvCell(value: string | null): string {
  if (value === null) return '';
  return value === '' || UNSAFE.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

const UNSAFE = /[",\r\n]/;
