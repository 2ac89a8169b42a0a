/**
 * A server that gives as many objects of one image as a prefix says (`n5000/17.dcm`), as fast as one process can: what a bench of clients
 * needs of S3, and no signature is checked. It tells its parent where it is.
 */
import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import { writeDicom } from '../support/dicom-writer.js';

const PAGE = 1000;
const image = writeDicom({
  elements: [
    { tag: '00080016', vr: 'UI', value: '1.2.840.10008.5.1.4.1.1.2' },
    { tag: '00080018', vr: 'UI', value: '2.25.1' },
    { tag: '00080060', vr: 'CS', value: 'CT' },
    { tag: '00100020', vr: 'LO', value: 'P1' },
    { tag: '0020000d', vr: 'UI', value: '2.25.2' },
    { tag: '0020000e', vr: 'UI', value: '2.25.3' },
    { tag: '7fe00010', vr: 'OW', value: new Uint8Array(400_000) },
  ],
});
const etag = `"${createHash('md5').update(image).digest('hex')}"`;

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://x');
  if (url.pathname === '/images' || url.pathname === '/images/') return list(response, url.searchParams);
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  if (range === null) return void response.writeHead(200, { etag, 'content-length': image.length }).end(image);
  const [from, to] = [Number(range[1]), Math.min(Number(range[2]) + 1, image.length)];
  response.writeHead(206, { etag, 'content-length': to - from, 'content-range': `bytes ${from}-${to - 1}/${image.length}` }).end(image.subarray(from, to));
});

function list(response: ServerResponse, query: URLSearchParams): void {
  const prefix = query.get('prefix') ?? '';
  const objects = Number(/\d+/.exec(prefix)?.[0]);
  const from = Number(query.get('continuation-token') ?? 0);
  const to = Math.min(from + PAGE, objects);
  const rows = Array.from({ length: to - from }, (_, at) => `<Contents><Key>${prefix}${from + at}.dcm</Key><LastModified>2024-05-06T07:08:09.000Z</LastModified><ETag>${etag}</ETag><Size>${image.length}</Size></Contents>`);
  const next = to < objects ? `<NextContinuationToken>${to}</NextContinuationToken>` : '';
  response.writeHead(200, { 'content-type': 'application/xml' }).end(`<ListBucketResult><IsTruncated>${to < objects}</IsTruncated>${next}${rows.join('')}</ListBucketResult>`);
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`);
});
process.on('disconnect', () => process.exit());
