import type { Agent } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';

/** What goes through a proxy; `name` is for people, without its user. */
export interface Proxy {
  readonly agent: Agent;
  readonly name: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment names for an address, as curl and Go do: HTTPS_PROXY, HTTP_PROXY and ALL_PROXY, and
 * NO_PROXY for what is asked directly (names and the domains below them, addresses, networks such as 10.0.0.0/8, each
 * with a port where only that is meant). This machine is always asked directly. For the command line: VS Code has its own.
 * @throws Error with a sentence where the environment names no proxy that can be used
 */
export function environmentProxy(url: URL, environment: Environment): Proxy | null {
  const secure = url.protocol === 'https:';
  const read = (name: string): string => environment[name.toLowerCase()] || environment[name] || '';
  const named = read(secure ? 'HTTPS_PROXY' : 'HTTP_PROXY') || read('ALL_PROXY');
  if (named === '' || isDirect(url, read('NO_PROXY'))) return null;
  let proxy: URL;
  try {
    proxy = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(named) ? named : `http://${named}`);
  } catch {
    throw new Error('The environment names a proxy that is no address: correct HTTPS_PROXY, HTTP_PROXY or ALL_PROXY.');
  }
  if (proxy.protocol !== 'http:' && proxy.protocol !== 'https:') {
    throw new Error(`The environment names a ${proxy.protocol} proxy: only http: and https: proxies are gone through.`);
  }
  return { agent: secure ? new HttpsProxyAgent(proxy) : new HttpProxyAgent(proxy), name: proxy.host };
}

function isDirect(url: URL, list: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (host === 'localhost' || host === '::1' || /^127\./.test(host)) return true;
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return list.split(/[\s,]+/).some((entry) => entry !== '' && matches(entry.toLowerCase(), host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const [, name, wanted] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(
    /^[0-9a-f]*:[0-9a-f:.]*$/.test(entry) ? `[${entry}]` : entry,
  )!;
  if (wanted !== undefined && wanted !== port) return false;
  const network = /^(.+)\/(\d{1,3})$/.exec(name!);
  if (network !== null) return isIn(host, network[1]!, Number(network[2]));
  const domain = name!.replace(/^\*?\./, '');
  return host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`));
}

function isIn(host: string, network: string, bits: number): boolean {
  const family = isIP(host);
  if (family === 0 || isIP(network) !== family || bits > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  const type = family === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(network, bits, type);
  return list.check(host, type);
}
