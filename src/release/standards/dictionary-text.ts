import type { DataDictionary, DictionaryColumn, DictionaryTable } from '../../model/dictionary.js';
import { escapeMarkdown } from '../diff/changes-text.js';

/** What data/dictionary.md says besides the dictionary. */
export interface DictionaryHead {
  title: string;
  version: string;
}

/** Said of a column or table that has no description. */
const UNDESCRIBED = 'Nobody described it.';

/** data/dictionary.md: the data dictionary for people. Every text of the data is escaped: it cannot leave its cell, nor become HTML or a link. */
export function formatDictionaryText({ title, version }: DictionaryHead, dictionary: DataDictionary): string {
  const { pack, tables } = dictionary;
  const schema = pack.name === 'none' ? 'The clinical tables have no schema.' : `The clinical tables are described by the schema pack ${escapeMarkdown(pack.name)} ${escapeMarkdown(pack.version)}.`;
  const head = [
    `# Data dictionary of ${escapeMarkdown(title)} ${escapeMarkdown(version)}`,
    '',
    `Every table of the release and every column of it. ${schema} The same is in dictionary.json, and in the metadata of the Parquet files.`,
    'Unit `1` is a pure number. Missing says what an empty cell (NULL) means.',
    '',
  ];
  return `${[...head, ...tables.flatMap(describeTable)].join('\n').trimEnd()}\n`;
}

function describeTable({ resource, description, key, unique, columns }: DictionaryTable): string[] {
  const sets = unique.filter((set) => set.length > 1).map((set) => set.map(escapeMarkdown).join(' + '));
  const keys = [...(key === '' ? [] : [escapeMarkdown(key)]), ...sets];
  return [
    `## ${escapeMarkdown(resource)}`,
    '',
    `${description === null ? UNDESCRIBED : escapeMarkdown(description)} ${keys.length === 0 ? 'No column names its rows.' : `Key: ${keys.join('; or ')}.`}`,
    '',
    '| column | description | type | unit | missing | allowed values | refers to |',
    '|---|---|---|---|---|---|---|',
    ...columns.map(describeRow),
    '',
  ];
}

function describeRow(column: DictionaryColumn): string {
  const { description, type, items, unit, missing, dicom_tag: tag, link } = column;
  const told = description === null ? UNDESCRIBED : escapeMarkdown(description);
  const cells = [
    escapeMarkdown(column.column),
    tag === null ? told : `${told} DICOM \\(${tag.slice(0, 4)},${tag.slice(4)}\\).`,
    items === null ? type : `list of ${items}`,
    unit === null ? '' : escapeMarkdown(unit),
    escapeMarkdown(missing),
    describeAllowed(column),
    link === null ? '' : escapeMarkdown(`${link.resource ?? link.table}.${link.column}`),
  ];
  return `| ${cells.join(' | ')} |`;
}

function describeAllowed({ enum: allowed, values, known, form, minimum, maximum }: DictionaryColumn): string {
  const named = new Map(values?.map((each) => [each.value, each]));
  const listed = [...new Set([...(allowed ?? []), ...named.keys()])].map((value) => {
    const { meaning = null, codes = [] } = named.get(value) ?? {};
    const said = [...(meaning === null ? [] : [meaning]), ...codes.map(({ system, code }) => `${system} ${code}`)].map(escapeMarkdown).join('; ');
    return said === '' ? escapeMarkdown(value) : `${escapeMarkdown(value)}: ${said}`;
  });
  const range = minimum === null && maximum === null ? [] : [minimum === null ? `at most ${maximum}` : maximum === null ? `at least ${minimum}` : `${minimum} to ${maximum}`];
  return [
    ...listed,
    ...(known === null ? [] : [`usually ${known.map(escapeMarkdown).join(', ')}`]),
    ...range,
    ...(form === null ? [] : [escapeMarkdown(form)]),
  ].join(' <br> ');
}
