/** Headers out of the metadata of whole series: each instance gets its own, whatever the server does. */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { HeaderReading } from '../../../src/model/header.js';
import { openDicomwebImages } from '../../../src/sources/dicomweb/dicomweb-images.js';
import { JsonItems, JsonItemsError } from '../../../src/sources/dicomweb/json-items.js';
import type { RemoteSource } from '../../../src/sources/remote/remote-source.js';
import { makeInstance, makeInstances, metadataOf, sendJson, startDicomwebServer, type DicomwebServer, type HeldInstance } from '../../support/dicomweb-server.js';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const held = makeInstances(1, 2, 20);
const IN_SERIES = /\/series\/[0-9.]+\/metadata$/;

async function start(): Promise<{ server: DicomwebServer; source: RemoteSource }> {
  const server = await startDicomwebServer(held);
  const source = await openDicomwebImages({ name: 'pacs', kind: 'dicomweb', url: server.url, connections: 2 }, { root: '/', environment: {}, timeout_ms: 2000, retry: { attempts: 2, base_ms: 1, max_ms: 10 }, note: () => {} });
  open.push(() => source.close(), () => server.stop());
  return { server, source };
}

/** SOPInstanceUID and all of each header, in the order in which they are asked for. */
async function readAll(source: RemoteSource, wanted = held): Promise<HeaderReading[]> {
  return Promise.all(wanted.map(({ study, series, instance }) => source.headerOf!({ path: `${study}/${series}/${instance}.dcm`, size_bytes: null, revision: 'x', modified_ms: null, claimed: {} })));
}

const ownValues = ({ study, series, instance }: HeldInstance): string[] => [instance, 'CT', 'P1', study, series];
const kept = (readings: HeaderReading[]): (string | null)[][] => readings.map(({ values }) => values.filter((value) => value !== null));

describe('headers of series', () => {
  test('come from one request for each, beside one for its first instance', async () => {
    const { server, source } = await start();
    expect(kept(await readAll(source))).toEqual(held.map(ownValues));
    expect(server.requests.length).toBe(4);
  });

  test('a single new instance costs one request, of itself', async () => {
    const { server, source } = await start();
    await readAll(source, held.slice(3, 4));
    expect(server.requests.map(({ url }) => IN_SERIES.test(url))).toEqual([false]);
  });

  const first = (path: string): HeldInstance[] => held.filter(({ series }) => path.includes(`/series/${series}/`));
  const bodies: [string, (ofSeries: HeldInstance[]) => string][] = [
    ['is refused', () => ''],
    ['is cut off', (ofSeries) => JSON.stringify(ofSeries.map((each) => metadataOf(each, held))).slice(0, -900)],
    ['comes in another order', (ofSeries) => JSON.stringify(ofSeries.map((each) => metadataOf(each, held)).reverse())],
    ['lacks instances', (ofSeries) => JSON.stringify(ofSeries.slice(0, 9).map((each) => metadataOf(each, held)))],
    ['holds foreign instances', (ofSeries) => JSON.stringify([makeInstance(9, 9, 9), ...ofSeries].map((each) => metadataOf(each, held)))],
    ['is no list', (ofSeries) => JSON.stringify(metadataOf(ofSeries[0] as HeldInstance, held))],
    ['holds an instance twice, with other values', (ofSeries) => JSON.stringify([...ofSeries.map((each) => metadataOf(each, held)), { ...metadataOf(ofSeries[5] as HeldInstance, held), '00080060': { vr: 'CS', Value: ['MR'] } }])],
    ['holds less of each than the instance does', (ofSeries) => JSON.stringify(ofSeries.map(({ instance }) => ({ '00080018': { vr: 'UI', Value: [instance] } })))],
    ['holds nested lists without end', () => `[${'['.repeat(100_000)}`],
  ];
  test.each(bodies)('are those of the instances where the metadata of a series %s', async (_, body) => {
    const { server, source } = await start();
    server.misdeed = (_request, response, path) => {
      if (!IN_SERIES.test(path)) return false;
      const sent = body(first(path));
      response.writeHead(sent === '' ? 403 : 200, { 'content-type': 'application/dicom+json' }).end(sent);
      return true;
    };
    expect(kept(await readAll(source))).toEqual(held.map(ownValues));
  });

  test('no more is asked for by series when a server gives none of it', async () => {
    const many = makeInstances(1, 8, 3);
    const { server, source } = await start();
    server.instances = many;
    server.misdeed = (_request, response, path) => IN_SERIES.test(path) && (response.writeHead(501).end(), true);
    for (const each of [0, 3, 6, 9, 12, 15, 18, 21]) expect(kept(await readAll(source, many.slice(each, each + 3)))).toEqual(many.slice(each, each + 3).map(ownValues));
    expect(server.requests.filter(({ url }) => IN_SERIES.test(url)).length).toBe(3);
  });

  test('no more requests run at once than there are connections', async () => {
    const { server, source } = await start();
    let [running, most] = [0, 0];
    server.misdeed = (_request, response, path) => {
      if (IN_SERIES.test(path)) return response.writeHead(404).end(), true;
      most = Math.max(most, (running += 1));
      setTimeout(() => {
        running -= 1;
        const found = held.find(({ instance }) => path.endsWith(`/instances/${instance}/metadata`)) as HeldInstance;
        sendJson(response, [metadataOf(found, held)]);
      }, 2);
      return true;
    };
    await readAll(source);
    expect(most).toBeLessThanOrEqual(2);
  });
});

describe('a list of objects', () => {
  const cut = (text: string, step: number, max = 1000): string[] => {
    const items = new JsonItems(max);
    const found: string[] = [];
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += step) for (const item of items.push(bytes.subarray(at, at + step))) found.push(Buffer.from(item).toString());
    return found;
  };

  test('is cut into its objects wherever its pieces end', () => {
    const objects = ['{}', '{"a":"}]\\"{"}', '{"b":[{"c":[]},"\\\\"]}', '{"d":"ä"}'];
    for (let step = 1; step < 60; step += 1) expect(cut(` [ ${objects.join(' ,\n')} ]\n`, step)).toEqual(objects);
  });

  test('holds no object that is too long, and nothing else than objects', () => {
    expect(() => cut(`[{"a":"${'x'.repeat(200)}"}]`, 7, 100)).toThrow(JsonItemsError);
    for (const text of ['{"a":1}', '<html>', '[1]', '[{}]{}', '[{}][{}]']) expect(() => cut(text, 3)).toThrow(JsonItemsError);
  });
});
