import type { Location } from '../../model/finding.js';
import { configuredParts } from '../../model/split-parts.js';
import type { CheckInput } from '../check.js';

/** A text that is published though no table holds it. */
export interface OwnText {
  text: string;
  location: Location;
}

/** Texts of colophon.yaml that release.json, bag-info.txt, datapackage.json and fetch.txt repeat. */
export function configTexts({ config }: CheckInput): OwnText[] {
  const { dataset, release, splits } = config;
  const named: [key: string, text: string | undefined][] = [
    ['dataset.id', dataset.id],
    ['dataset.title', dataset.title],
    ['dataset.description', dataset.description],
    ['dataset.license', dataset.license],
    ['dataset.url', dataset.url],
    ['dataset.publisher', dataset.publisher],
    ...(dataset.creators ?? []).flatMap(({ name, affiliation, orcid }, at): [string, string | undefined][] => [
      [`dataset.creators[${at}].name`, name],
      [`dataset.creators[${at}].affiliation`, affiliation],
      [`dataset.creators[${at}].orcid`, orcid],
    ]),
    ['release.base_url', release?.base_url],
    ...Object.entries(splits ?? {}).flatMap(([name, split]): [string, string | undefined][] => [
      ['splits', name],
      ...Object.keys(configuredParts(split)).map((part): [string, string] => ['splits.parts', part]),
      ['splits.seed', typeof split.seed === 'object' ? split.seed.public : String(split.seed)],
    ]),
  ];
  return named.flatMap(([key, text]) => (text === undefined ? [] : [{ text, location: { kind: 'file' as const, path: 'colophon.yaml', key } }]));
}

/** Texts of the schemas that dictionary.json repeats, for the tables that are there. */
export function codebookTexts({ tables }: CheckInput): OwnText[] {
  return tables.flatMap(({ name, columns, schema }) => [
    { text: name, location: { kind: 'table' as const, table: name } },
    ...(schema?.description === undefined ? [] : [{ text: schema.description, location: { kind: 'table' as const, table: name } }]),
    ...columns.flatMap((column) => {
      const known = schema?.columns.find((each) => each.name === column);
      const texts = [column, known?.description, known?.unit, ...(known?.enum ?? [])].filter((text) => text !== undefined);
      return texts.map((text) => ({ text, location: { kind: 'table' as const, table: name, column } }));
    }),
  ]);
}
