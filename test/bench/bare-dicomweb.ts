/** The floor of the DICOMweb bench: a client that searches, then asks for every instance, and only hashes what comes. */
import { createHash } from 'node:crypto';
import { print, reportPeak } from './measure.js';

type Result = Record<string, { Value?: string[] } | undefined>;

const [url = '', read = 'whole', connections = '8'] = process.argv.slice(2);
const authorization = process.env.COLOPHON_BENCH_PACS ?? '';

async function ask(path: string, accept: string): Promise<Response> {
  const answer = await fetch(`${url}${path}`, { headers: { authorization, accept, 'accept-encoding': 'identity' } });
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
  return answer;
}

async function search(path: string): Promise<Result[]> {
  const results: Result[] = [];
  for (;;) {
    const page = (await (await ask(`${path}?limit=500&offset=${results.length}`, 'application/dicom+json')).json()) as Result[];
    results.push(...page);
    if (page.length < 500) return results;
  }
}

/** Does the work of all items, so many at once. */
async function each<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) await work(items[next++] as T);
  };
  await Promise.all(Array.from({ length: Number(connections) }, worker));
}

const uid = (result: Result, tag: string): string => result[tag]?.Value?.[0] ?? '';
const series: string[] = [];
const instances: string[] = [];
await each((await search('/studies')).map((study) => `/studies/${uid(study, '0020000D')}`), async (study) => {
  for (const result of await search(`${study}/series`)) series.push(`${study}/series/${uid(result, '0020000E')}`);
});
await each(series, async (path) => {
  for (const result of await search(`${path}/instances`)) instances.push(`${path}/instances/${uid(result, '00080018')}`);
});
let bytes = 0;
await each(instances, async (path) => {
  if (read === 'headers') {
    bytes += Object.keys(((await (await ask(`${path}/metadata`, 'application/dicom+json')).json()) as Result[])[0] ?? {}).length;
    return;
  }
  const hash = createHash('sha256');
  const { body } = await ask(path, 'multipart/related; type="application/dicom"; transfer-syntax=*');
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  hash.digest();
});
print(`files=${instances.length} amount=${bytes}`);
reportPeak();
