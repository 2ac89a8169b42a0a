import { join } from 'node:path';

/** Where everything lies in a shard folder. Indices have five digits or more, so that names sort as numbers do. */
export const shardFiles = {
  plan: (folder: string): string => join(folder, 'plan.json'),
  items: (folder: string, index: number): string => join(folder, 'items', `${pad(index)}.jsonl`),
  result: (folder: string, index: number): string => join(folder, 'results', `${pad(index)}.parquet`),
  failures: (folder: string): string => join(folder, 'failures'),
  failure: (folder: string, index: number, attempt: number): string => join(folder, 'failures', `${pad(index)}-${attempt}.json`),
  attempts: (folder: string): string => join(folder, 'attempts'),
  attempt: (folder: string, index: number, token: string): string => join(folder, 'attempts', `${pad(index)}-${token}`),
};

/** A shard's number as it stands in names of files. */
export function pad(index: number): string {
  return String(index).padStart(5, '0');
}
