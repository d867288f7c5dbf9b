import type { Agent } from 'node:http';
import type { RequestHeaders } from './requestHeaders';

/** What a server wants or is known by, beside its headers. Paths are absolute. */
export interface TlsFiles {
  /** Certificates (PEM) of authorities to trust beside the usual ones. */
  readonly ca?: readonly string[];
  /** The client's certificate, with its chain: PEM, or PKCS #12 with the key in it. */
  readonly cert?: string;
  /** The client's key (PEM), where it is not in `cert`. */
  readonly key?: string;
  readonly passphrase?: string;
  /** Whether the system's authorities are trusted too, beside Node's own; where this is undefined they are. */
  readonly systemCertificates?: boolean;
}

/** What requests are made with. Nothing of it is ever logged. */
export interface HttpAccess {
  /** The secret headers of an origin (`https://host:port`, `unix:/path`). They go to no other. */
  headersFor(origin: string): Promise<RequestHeaders> | RequestHeaders;
  /** Files for TLS with an origin; null leaves all to who patches Node's modules (VS Code does), or to Node. */
  tlsFor?(origin: string): Promise<TlsFiles | null> | TlsFiles | null;
  /** What goes through a proxy, null where none is wanted; VS Code has its own. `name` is for people. */
  proxyFor?(url: URL): { readonly agent: Agent; readonly name: string } | null;
}

/** The part of a request for a capture that its HTTP requests need. */
export function accessOf(request: HttpAccess): HttpAccess {
  return {
    headersFor: (origin) => request.headersFor(origin),
    tlsFor: (origin) => request.tlsFor?.(origin) ?? null,
    proxyFor: (url) => request.proxyFor?.(url) ?? null,
  };
}
