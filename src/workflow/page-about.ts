import type { DatasetConfig } from '../model/config.js';
import type { PageAbout, PageDocument, PageFacts } from '../model/page.js';
import { citation } from '../release/standards/citation.js';
import { schemaOrgDataset, type SchemaOrgFile } from '../release/standards/schema-org.js';

/** Members of a record of the release; whoever wrote it, each may be of another type. */
export type PageRecord = Record<string, unknown>;

/**
 * What the dataset says of itself, how it is cited, and the same for search engines, out of the records of the release.
 * @param datacite data/datacite.json, null when there is none
 * @param datapackage data/datapackage.json, null when there is none
 */
export function describeAbout(document: PageDocument, datacite: PageRecord | null, datapackage: PageRecord | null): Pick<PageFacts, 'about' | 'citation' | 'json_ld'> {
  const about: PageAbout = {
    description: textOf(datapackage?.description) ?? textOf(membersOf(datacite?.descriptions)[0]?.description),
    creators: membersOf(datacite?.creators).flatMap(({ name, affiliation }) => {
      const named = textOf(name);
      return named === null ? [] : [{ name: named, affiliation: textOf(membersOf(affiliation)[0]?.name) }];
    }),
    publisher: textOf(datacite?.publisher) ?? textOf(membersOf([datacite?.publisher])[0]?.name),
    url: webAddress(datapackage?.homepage),
    doi: readDoi(datapackage?.id) ?? readDoi(datacite?.doi),
  };
  const dataset = toConfig(document, about, membersOf([datapackage])[0]?.keywords);
  return { about, citation: citation(dataset, document), json_ld: describeForSearch(document, dataset, membersOf(datapackage?.resources)) };
}

/** The dataset as the configuration described it, as far as the records of a release repeat it. */
function toConfig({ dataset }: PageDocument, { description, creators, publisher, url, doi }: PageAbout, keywords: unknown): DatasetConfig {
  const words = Array.isArray(keywords) ? keywords.filter((word): word is string => typeof word === 'string') : [];
  return {
    ...dataset,
    ...(description === null ? {} : { description }),
    ...(creators.length === 0 ? {} : { creators: creators.map(({ name, affiliation }) => ({ name, ...(affiliation === null ? {} : { affiliation }) })) }),
    ...(publisher === null ? {} : { publisher }),
    ...(url === null ? {} : { url }),
    ...(doi === null ? {} : { doi }),
    ...(words.length === 0 ? {} : { keywords: words }),
  };
}

/** The digest is left out: the page is part of what is digested. */
function describeForSearch({ version, date, previous, counts }: PageDocument, dataset: DatasetConfig, resources: readonly PageRecord[]): Record<string, unknown> {
  const files = resources.flatMap(({ path, description, mediatype, bytes, hash }): SchemaOrgFile[] => {
    const [place, digest] = [textOf(path), /^sha256:([0-9a-f]{64})$/.exec(textOf(hash) ?? '')?.[1]];
    if (place === null || digest === undefined || typeof bytes !== 'number') return [];
    return [{ path: `data/${place}`, description: textOf(description) ?? place, mediaType: textOf(mediatype) ?? 'application/octet-stream', size_bytes: bytes, sha256: digest }];
  });
  return schemaOrgDataset(dataset, { version, date, digest: null, previous: previous?.version ?? null, counts, files, baseUrl: null });
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

function membersOf(value: unknown): PageRecord[] {
  return Array.isArray(value) ? value.filter((each): each is PageRecord => typeof each === 'object' && each !== null) : [];
}

/** With or without a resolver. */
function readDoi(value: unknown): string | null {
  return /^(?:https:\/\/doi\.org\/)?(10\.[0-9]{4,9}\/[^\s<>"]+)$/.exec(textOf(value) ?? '')?.[1] ?? null;
}

/** Only http and https: a page must not offer anything else to click on. */
function webAddress(value: unknown): string | null {
  const text = textOf(value);
  return text !== null && /^https?:\/\/[^\s<>"]+$/i.test(text) ? text : null;
}
