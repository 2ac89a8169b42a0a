import type { DatasetConfig } from '../model/config.js';

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
