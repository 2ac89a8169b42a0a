import type { PageAbout, PageDocument, PageFacts } from '../model/page.js';

/** data/datacite.json, as far as a page reads it; whoever wrote it, each member may be of another type. */
interface DataciteRecord {
  creators?: unknown;
  publisher?: unknown;
  descriptions?: unknown;
  url?: unknown;
  doi?: unknown;
}

/** What the dataset says of itself, how it is cited, and the same for search engines. */
export function describeAbout(document: PageDocument, record: DataciteRecord | null): Pick<PageFacts, 'about' | 'citation' | 'json_ld'> {
  const about: PageAbout = {
    description: textOf(membersOf(record?.descriptions)[0]?.description),
    creators: membersOf(record?.creators).flatMap(({ name, affiliation }) => {
      const named = textOf(name);
      return named === null ? [] : [{ name: named, affiliation: textOf(membersOf(affiliation)[0]?.name) }];
    }),
    publisher: textOf(record?.publisher) ?? textOf(membersOf([record?.publisher])[0]?.name),
    url: webAddress(record?.url),
    doi: /^10\.[0-9]{4,9}\/[^\s<>"]+$/.exec(textOf(record?.doi) ?? '')?.[0] ?? null,
  };
  return { about, citation: cite(document, about), json_ld: describeForSearch(document, about) };
}

function cite({ dataset, version, date }: PageDocument, { creators, publisher, doi }: PageAbout): string {
  const names = creators.map(({ name }) => name).join('; ');
  const end = [publisher === null || publisher === names ? '' : ` ${publisher}.`, doi === null ? '' : ` https://doi.org/${doi}`].join('');
  return `${names === '' ? '' : `${names} `}(${date.slice(0, 4)}): ${dataset.title} (${dataset.id}), version ${version}.${end}`;
}

/** schema.org/Dataset. */
function describeForSearch({ dataset, version, date, counts }: PageDocument, { description, creators, publisher, url, doi }: PageAbout): Record<string, unknown> {
  return {
    '@context': 'https://schema.org',
    '@type': 'Dataset',
    name: dataset.title,
    alternateName: dataset.id,
    description: description ?? dataset.title,
    version,
    datePublished: date,
    license: `https://spdx.org/licenses/${dataset.license}.html`,
    ...(creators.length === 0 ? {} : { creator: creators.map(({ name, affiliation }) => ({ '@type': 'Person', name, ...(affiliation === null ? {} : { affiliation: { '@type': 'Organization', name: affiliation } }) })) }),
    ...(publisher === null ? {} : { publisher: { '@type': 'Organization', name: publisher } }),
    ...(url === null ? {} : { url }),
    ...(doi === null ? {} : { identifier: `https://doi.org/${doi}` }),
    size: `${counts.cases} cases, ${counts.studies} imaging studies, ${counts.instances} images, ${counts.bytes} bytes`,
    distribution: [{ '@type': 'DataDownload', encodingFormat: 'application/vnd.apache.parquet', contentUrl: 'data/tables/' }],
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

function membersOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter((each): each is Record<string, unknown> => typeof each === 'object' && each !== null) : [];
}

/** Only http and https: a page must not offer anything else to click on. */
function webAddress(value: unknown): string | null {
  const text = textOf(value);
  return text !== null && /^https?:\/\/[^\s<>"]+$/i.test(text) ? text : null;
}
