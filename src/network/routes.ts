import http from 'node:http';
import https from 'node:https';
import { proxyAuthorization, ProxySettings } from './proxy-settings.js';
import { TunnelAgent } from './proxy-tunnel.js';

/** How one request gets where it goes: what to add to the options of `http.request`. */
export interface Route {
  agent: http.Agent;
  hostname?: string;
  port?: string | number;
  path?: string;
  /** For the proxy alone. */
  headers: Record<string, string>;
}

/** Connections that are kept, to servers and to the proxies that the environment names. */
export class Routes {
  readonly #plain: http.Agent;
  readonly #secure: https.Agent;
  readonly #tunnels = new Map<string, TunnelAgent>();
  readonly #proxies: ProxySettings;
  readonly #kept: https.AgentOptions;

  /**
   * @param connections to one server that are kept
   * @throws {CurationError} USAGE when the environment names a proxy that cannot be used
   */
  constructor(
    connections: number,
    readonly timeout_ms: number,
    proxies = new ProxySettings(),
  ) {
    this.#kept = { keepAlive: true, maxSockets: connections };
    this.#plain = new http.Agent(this.#kept);
    this.#secure = new https.Agent(this.#kept);
    this.#proxies = proxies;
  }

  /** Lets the process end. */
  close(): void {
    for (const agent of [this.#plain, this.#secure, ...this.#tunnels.values()]) agent.destroy();
  }

  /** The way to what a URL names. */
  to(url: URL): Route {
    const proxy = this.#proxies.proxyFor(url);
    if (url.protocol === 'https:') return { agent: proxy === null ? this.#secure : this.#tunnel(proxy), headers: {} };
    if (proxy === null) return { agent: this.#plain, headers: {} };
    const authorization = proxyAuthorization(proxy);
    return {
      agent: this.#plain,
      hostname: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port === '' ? 80 : proxy.port,
      // RFC 9112 3.2.2: a proxy is asked by the whole URL
      path: `${url.protocol}//${url.host}${url.pathname}${url.search}`,
      headers: { host: url.host, ...(authorization === null ? {} : { 'proxy-authorization': authorization }) },
    };
  }

  #tunnel(proxy: URL): TunnelAgent {
    const known = this.#tunnels.get(proxy.href);
    if (known !== undefined) return known;
    const made = new TunnelAgent(proxy, this.timeout_ms, this.#kept);
    this.#tunnels.set(proxy.href, made);
    return made;
  }
}
