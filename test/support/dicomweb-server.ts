/** A DICOMweb service on loopback, out of files in memory: it searches, retrieves and gives metadata until a test has it misbehave. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { EXPLICIT_LITTLE_ENDIAN, writeDicom } from './dicom-writer.js';

/** An instance that the service holds. */
export interface HeldInstance {
  study: string;
  series: string;
  instance: string;
  patient: string;
  bytes: Buffer;
}

export interface DicomwebServer {
  /** Base of the service. */
  url: string;
  instances: HeldInstance[];
  /** Every request: path with its query, and its headers. */
  requests: { method: string; url: string; headers: IncomingMessage['headers'] }[];
  /** Does otherwise than the service would; true: the answer was given. Its path is that behind the base of the service. */
  misdeed(request: IncomingMessage, response: ServerResponse, path: string): boolean;
  /** What of the results of a search one answer holds. */
  page(results: object[], limit: number, offset: number, path: string): object[];
  stop(): Promise<void>;
}

const text = (vr: string, ...values: string[]): object => ({ vr, Value: values });

/** Serves instances honestly. */
export async function startDicomwebServer(instances: HeldInstance[]): Promise<DicomwebServer> {
  const server: DicomwebServer = {
    url: '',
    instances,
    requests: [],
    misdeed: () => false,
    page: (results, limit, offset) => results.slice(offset, offset + limit),
    stop: async () => {},
  };
  const listening = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://x');
    server.requests.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers });
    const path = url.pathname.replace('/dicom-web', '');
    if (!server.misdeed(request, response, path)) answer(server, response, path, url.searchParams);
  });
  await new Promise<void>((done) => listening.listen(0, '127.0.0.1', done));
  const address = listening.address();
  server.url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/dicom-web`;
  server.stop = () => {
    listening.closeAllConnections();
    return new Promise((done) => listening.close(() => done()));
  };
  return server;
}

function answer(server: DicomwebServer, response: ServerResponse, path: string, query: URLSearchParams): void {
  const inSeries = /^\/studies\/([0-9.]+)\/series\/([0-9.]+)\/metadata$/.exec(path);
  if (inSeries !== null) return sendJson(response, server.instances.filter((each) => each.study === inSeries[1] && each.series === inSeries[2]).map((each) => metadataOf(each, server.instances)));
  const [, study, series, instance] = /^\/studies(?:\/([0-9.]+)\/series(?:\/([0-9.]+)\/instances(?:\/([0-9.]+)(?:\/metadata)?)?)?)?$/.exec(path) ?? [];
  if (instance !== undefined) return retrieve(server, response, path, instance);
  const results = search(server.instances, study, series).filter((result) => [...query].every(([key, value]) => key !== 'PatientID' || JSON.stringify(result).includes(JSON.stringify(value))));
  sendJson(response, server.page(results, Number(query.get('limit') ?? results.length), Number(query.get('offset') ?? 0), path));
}

/** A page of results as a server sends it. */
export function sendJson(response: ServerResponse, results: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-type': 'application/dicom+json', ...headers }).end(JSON.stringify(results));
}

function search(instances: HeldInstance[], study: string | undefined, series: string | undefined): object[] {
  if (study === undefined) return unique(instances.map((each) => each.study)).map((uid) => studyResult(uid, instances));
  const inStudy = instances.filter((each) => each.study === study);
  if (series === undefined) return unique(inStudy.map((each) => each.series)).map((uid) => seriesResult(uid, inStudy));
  return inStudy.filter((each) => each.series === series).map((each) => instanceResult(each.instance));
}

export function studyResult(uid: string, instances: HeldInstance[]): object {
  const held = instances.filter((each) => each.study === uid);
  return { '0020000D': text('UI', uid), '00100020': text('LO', held[0]?.patient ?? ''), '00201206': { vr: 'IS', Value: [unique(held.map((each) => each.series)).length] } };
}

function seriesResult(uid: string, held: HeldInstance[]): object {
  return { '0020000E': text('UI', uid), '00201209': { vr: 'IS', Value: [held.filter((each) => each.series === uid).length] } };
}

export function instanceResult(uid: string): object {
  return { '00080018': text('UI', uid) };
}

function unique(texts: string[]): string[] {
  return [...new Set(texts)];
}

function retrieve({ instances }: DicomwebServer, response: ServerResponse, path: string, uid: string): void {
  const held = instances.find((each) => path.startsWith(`/studies/${each.study}/series/${each.series}/instances/`) && each.instance === uid);
  if (held === undefined) return void response.writeHead(404, { 'content-type': 'text/html' }).end('<html>nothing</html>');
  if (path.endsWith('/metadata')) return sendJson(response, [metadataOf(held, instances)]);
  sendPart(response, held.bytes);
}

/** The metadata of an instance. */
export function metadataOf({ study, series, instance }: HeldInstance, instances: HeldInstance[]): object {
  return { ...studyResult(study, instances), '0020000E': text('UI', series), '00080018': text('UI', instance), '00080060': text('CS', 'CT') };
}

/** One instance as WADO-RS sends it. */
export function sendPart(response: ServerResponse, bytes: Buffer, { boundary = 'a b', head = 'Content-Type: application/dicom\r\n', end = '\r\n--a b--\r\n' } = {}): void {
  response.writeHead(200, { 'content-type': `multipart/related; type="application/dicom"; boundary="${boundary}"` });
  response.end(Buffer.concat([Buffer.from(`--${boundary}\r\n${head}\r\n`), bytes, Buffer.from(end)]));
}

/** An instance out of nothing: `1.<study>`, `1.<study>.<series>`, `1.<study>.<series>.<number>`. */
export function makeInstance(study: number, series: number, number: number, padding = 0): HeldInstance {
  const uids = { study: `1.${study}`, series: `1.${study}.${series}`, instance: `1.${study}.${series}.${number}` };
  const patient = `P${study}`;
  const element = (tag: string, vr: string, value: string): { tag: string; vr: string; value: string } => ({ tag, vr, value });
  const elements = [
    element('00080016', 'UI', '1.2.840.10008.5.1.4.1.1.2'),
    element('00080018', 'UI', uids.instance),
    element('00080060', 'CS', 'CT'),
    element('00100020', 'LO', patient),
    element('0020000d', 'UI', uids.study),
    element('0020000e', 'UI', uids.series),
    { tag: '7fe00010', vr: 'OB', value: Buffer.alloc(padding + 2, number) },
  ];
  return { ...uids, patient, bytes: writeDicom({ transferSyntax: EXPLICIT_LITTLE_ENDIAN, elements }) };
}

/** Some studies of some series of some instances. */
export function makeInstances(studies: number, series: number, instances: number, padding = 0): HeldInstance[] {
  const made: HeldInstance[] = [];
  for (let study = 1; study <= studies; study++) for (let each = 1; each <= series; each++) for (let number = 1; number <= instances; number++) made.push(makeInstance(study, each, number, padding));
  return made;
}
