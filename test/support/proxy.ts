/** A proxy on loopback that brings every request, whatever host it names, to one port of this machine. */
import { createServer, request as ask } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

export interface TestProxy {
  port: number;
  /** What was asked for: whole URLs, and `CONNECT host:port`. */
  asked: string[];
  /** The proxy-authorization of each. */
  authorizations: (string | undefined)[];
  /** The status that all are refused with; null: none is. */
  refusal: number | null;
  stop(): Promise<void>;
}

/** @param ports of the servers that stand for all web servers, by http and by https */
export async function startProxy(ports: { plain: number; secure: number }): Promise<TestProxy> {
  const sockets = new Set<Socket>();
  const proxy: TestProxy = { port: 0, asked: [], authorizations: [], refusal: null, stop: async () => {} };
  const note = (line: string, authorization: string | undefined): void => {
    proxy.asked.push(line);
    proxy.authorizations.push(authorization);
  };
  const server = createServer((request, response) => {
    note(request.url ?? '', request.headers['proxy-authorization']);
    if (proxy.refusal !== null) return void response.writeHead(proxy.refusal).end();
    const url = new URL(request.url ?? '');
    const { 'proxy-authorization': _own, ...headers } = request.headers;
    const forwarded = ask({ port: ports.plain, host: '127.0.0.1', path: url.pathname + url.search, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    forwarded.on('error', () => response.destroy());
    forwarded.end();
  });
  server.on('connection', (socket: Socket) => void sockets.add(socket));
  server.on('connect', (request, socket: Socket) => {
    note(`CONNECT ${request.url}`, request.headers['proxy-authorization']);
    socket.on('error', () => socket.destroy());
    if (proxy.refusal !== null) return void socket.end(`HTTP/1.1 ${proxy.refusal} Refused\r\n\r\n`);
    const target = connect(ports.secure, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    sockets.add(target);
    target.on('error', () => socket.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  proxy.port = (server.address() as AddressInfo).port;
  proxy.stop = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => server.close(done));
  };
  return proxy;
}
