import type { DatasetConfig } from '../../model/config.js';

/** How a paper cites a release: creators (year): title, version. publisher. DOI. `date` is YYYY-MM-DD. */
export function citation({ title, creators, publisher, doi }: DatasetConfig, { version, date }: { version: string; date: string }): string {
  const names = (creators ?? []).map(({ name }) => name).join('; ');
  const parts = [
    `${names === '' ? '' : `${names} `}(${date.slice(0, 4)}): ${title}, version ${version}.`,
    ...(publisher === undefined ? [] : [`${publisher}.`]),
    ...(doi === undefined ? [] : [`https://doi.org/${doi}`]),
  ];
  return parts.join(' ');
}

/** The same as an entry of BibTeX, which Croissant asks for; braces and backslashes of the texts are left away, as they are its own. */
export function bibtex(dataset: DatasetConfig, { version, date }: { version: string; date: string }): string {
  const { id, title, creators, publisher, doi, url } = dataset;
  const fields: [string, string | undefined][] = [
    ['author', creators?.map(({ name, kind }) => (kind === 'organization' ? `{${plain(name)}}` : plain(name))).join(' and ')],
    ['title', `{${plain(title)}}`],
    ['year', date.slice(0, 4)],
    ['version', version],
    ['publisher', publisher === undefined ? undefined : plain(publisher)],
    ['doi', doi === undefined ? undefined : plain(doi)],
    ['url', url === undefined ? undefined : plain(url)],
  ];
  const given = fields.filter(([, value]) => value !== undefined).map(([name, value]) => `${name} = {${value}}`);
  return `@misc{${id}-${version}, ${given.join(', ')}}`;
}

function plain(text: string): string {
  return text.replace(/[{}\\\s]+/g, ' ').trim();
}
