import { SamepointError } from '@samepoint/shared-protocol';
import type { Dispatcher } from 'undici';

/** The proxies of the environment, as curl, Node and huggingface_hub read them. */
export interface ProxySettings {
  http: string | undefined;
  /** Falls back to HTTP_PROXY. */
  https: string | undefined;
  /** Hosts to connect to directly. */
  noProxy: readonly NoProxyEntry[];
}

interface NoProxyEntry {
  /** `*` for every host. Includes subdomains. */
  host: string;
  port: string | undefined;
}

/** A proxy, and the variable that names it. */
export interface HttpProxy {
  url: URL;
  variable: 'HTTP_PROXY' | 'HTTPS_PROXY';
}

/** The part of `fetch` that downloads use. */
export type Fetch = (url: string, options: FetchOptions) => Promise<Response>;

interface FetchOptions {
  method?: string;
  redirect?: 'follow' | 'manual';
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };
const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/;

/** Lower-case names take precedence. */
export function proxySettings(env: NodeJS.ProcessEnv): ProxySettings {
  const http = env.http_proxy || env.HTTP_PROXY || undefined;
  const entries = (env.no_proxy || env.NO_PROXY || '').split(/[,\s]+/).filter((entry) => entry !== '');
  return { http, https: env.https_proxy || env.HTTPS_PROXY || http, noProxy: entries.map(parseNoProxy) };
}

function parseNoProxy(entry: string): NoProxyEntry {
  const [, host = entry, port] = /^(.+?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
  return { host: host.replace(/^\*?\./, ''), port };
}

/**
 * The proxy for a URL; undefined without a proxy, for hosts in NO_PROXY, and for loopback addresses.
 * @throws SamepointError `BAD_REQUEST` if the variable is not the address of a proxy
 */
export function proxyFor(address: string, { http, https, noProxy }: ProxySettings): HttpProxy | undefined {
  const url = new URL(address);
  const value = url.protocol === 'https:' ? https : http;
  if (value === undefined || LOOPBACK.test(url.hostname) || noProxy.some((entry) => isFor(entry, url)))
    return undefined;
  const variable = url.protocol === 'https:' && https !== http ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  return { url: parseProxy(value, variable), variable };
}

function isFor({ host, port }: NoProxyEntry, url: URL): boolean {
  if (host === '*') return true;
  if (port !== undefined && port !== (url.port || DEFAULT_PORTS[url.protocol])) return false;
  return url.hostname === host || url.hostname.endsWith(`.${host}`);
}

function parseProxy(value: string, variable: HttpProxy['variable']): URL {
  const address = value.includes('://') ? value : `http://${value}`;
  if (URL.canParse(address)) {
    const url = new URL(address);
    if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  }
  // omits the value, which may contain a password
  throw new SamepointError(
    'BAD_REQUEST',
    `${variable} is not the address of an HTTP proxy.`,
    `Set ${variable} to an address like http://proxy.example.com:3128, or unset it.`,
  );
}

/** A `fetch` that uses the proxies of the settings; redirects select theirs again. */
export function proxiedFetch(settings: ProxySettings): Fetch {
  if (settings.http === undefined && settings.https === undefined) return (url, options) => fetch(url, options);
  let dispatcher: Promise<Dispatcher> | undefined;
  return async (url, options) => {
    dispatcher ??= proxyingDispatcher(settings);
    const { fetch: undiciFetch } = await import('undici');
    return undiciFetch(url, { ...options, dispatcher: await dispatcher });
  };
}

async function proxyingDispatcher(settings: ProxySettings): Promise<Dispatcher> {
  const { Agent, ProxyAgent } = await import('undici');
  const proxies = new Map<string, Dispatcher>();
  const agentOf = ({ href }: URL): Dispatcher => {
    // forwards plain HTTP, since many proxies allow tunnels only to port 443
    const agent = proxies.get(href) ?? new ProxyAgent({ uri: href, proxyTunnel: false });
    proxies.set(href, agent);
    return agent;
  };
  return new Agent().compose((dispatch) => (options, handler) => {
    const proxy = proxyFor(String(options.origin), settings);
    return proxy === undefined ? dispatch(options, handler) : agentOf(proxy.url).dispatch(options, handler);
  });
}
