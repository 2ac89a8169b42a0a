import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { proxyAuthorization } from './proxy-settings.js';
import { SourceFailure } from './source.js';

/** Told of the connection, or of what came instead of one. */
type Connected = (error: Error | null, socket: Duplex) => void;

/**
 * Connections to https servers through a proxy (RFC 9110 9.3.6): the proxy sees which host is asked and carries bytes that it
 * cannot read. The certificate is that of the server, judged as ever.
 */
export class TunnelAgent extends https.Agent {
  constructor(
    readonly proxy: URL,
    readonly timeout_ms: number,
    options: https.AgentOptions,
  ) {
    super(options);
  }

  /** Called by node:https when it needs a connection, which is there later. */
  override createConnection(options: https.RequestOptions, connected?: Connected): undefined {
    this.#connect(options as tls.ConnectionOptions & { host: string; port: number }, connected as (error: Error | null, socket?: Duplex) => void);
    return undefined;
  }

  #connect(options: tls.ConnectionOptions & { host: string; port: number }, connected: (error: Error | null, socket?: Duplex) => void): void {
    const target = `${options.host.includes(':') ? `[${options.host}]` : options.host}:${options.port}`;
    const authorization = proxyAuthorization(this.proxy);
    const asked = http.request({
      hostname: this.proxy.hostname.replace(/^\[|\]$/g, ''),
      port: this.proxy.port === '' ? 80 : this.proxy.port,
      method: 'CONNECT',
      path: target,
      agent: false,
      headers: { host: target, ...(authorization === null ? {} : { 'proxy-authorization': authorization }) },
    });
    const name = `The proxy ${this.proxy.host}`;
    asked.setTimeout(this.timeout_ms, () => asked.destroy(new SourceFailure(`${name} does not answer within ${this.timeout_ms / 1000} s`, { retry: true })));
    asked.once('connect', ({ statusCode = 0 }, socket) => {
      asked.setTimeout(0);
      if (statusCode === 200) return connected(null, tls.connect({ ...options, socket, servername: options.servername ?? options.host }));
      socket.destroy();
      connected(proxyFailure(name, statusCode));
    });
    asked.once('response', (response) => {
      response.destroy();
      connected(proxyFailure(name, response.statusCode ?? 0));
    });
    asked.once('error', (error) => connected(error instanceof SourceFailure ? error : new SourceFailure(`${name} cannot be reached (${error.name})`, { retry: true, cause: error, suggestions: PROXY_ADVICE })));
    asked.end();
  }
}

const PROXY_ADVICE = ['HTTPS_PROXY and HTTP_PROXY name the proxy, NO_PROXY the hosts that are asked without it.'];

/** A proxy that does not let a request through; 407: it asks who asks. */
export function proxyFailure(name: string, status: number): SourceFailure {
  const suggestions = status === 407 ? ['User and password may stand in its URL: http://user:password@proxy:port', ...PROXY_ADVICE] : PROXY_ADVICE;
  return new SourceFailure(`${name} does not let the request through (${status})`, { retry: status >= 500, suggestions });
}
