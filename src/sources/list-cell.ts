import { JsonDefect } from './json-record.js';

/** How the text of a list cell of a column is taken apart again. */
export type ListSplitter = (column: string) => { separator: string; split: (text: string) => string[] };

/**
 * The members of a list as one cell of text, as a CSV file would hold it.
 * @throws {JsonDefect} when the text would be taken apart into other members
 */
export function joinList(column: string, members: readonly (string | null)[], splitter: ListSplitter): string {
  if (members.length === 0) return '';
  const { separator, split } = splitter(column);
  const text = members.map((member) => member ?? '').join(separator);
  const again = split(text);
  if (again.length !== members.length || again.some((member, index) => member !== members[index]))
    throw new JsonDefect(`a list holds an empty member, or one with the separator ${JSON.stringify(separator)} in it`, column);
  return text;
}
