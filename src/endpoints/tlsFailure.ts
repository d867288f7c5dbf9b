import type { PeerCertificate } from 'node:tls';

/** What was seen of a connection that failed. */
export interface ConnectionSeen {
  /** What the server showed; null where it did not come to that. */
  readonly certificate: PeerCertificate | null;
  /** The proxy that was gone through, for people. */
  readonly proxy: string | null;
  /** Whether we had a client certificate to show. */
  readonly identified: boolean;
}

const TRUST = 'by “ca” of the setting emberline.certificates, or --ca';
const IDENTIFY = 'by “cert” of the setting emberline.certificates, or --cert';

/**
 * Why TLS with a host came to nothing, with what mends it, as a sentence; null for other failures. OpenSSL (Node) and
 * BoringSSL (VS Code) have different names for their errors, so their words are looked at.
 * @param host for people
 * @param error with Node's `code`
 */
export function tlsFailure(host: string, hostname: string, error: unknown, seen: ConnectionSeen): string | null {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  const said = `${code} ${message}`.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
  const { certificate } = seen;
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return past(certificate)
        ? `The certificate of ${host} expired on ${day(certificate!.valid_to)}: have it renewed on the server.`
        : `The certificate of ${host}, or of who issued it, has expired: have it renewed on the server.`;
    case 'CERT_NOT_YET_VALID':
      return `The certificate of ${host} is not valid before ${day(certificate?.valid_from)}: check this machine's clock, or the server's certificate.`;
    case 'CERT_REVOKED':
      return `The certificate of ${host} was revoked: have it replaced on the server.`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return `The certificate of ${host} is self-signed, so nobody vouches for it: if you know it, trust it ${TRUST}.`;
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'CERT_UNTRUSTED':
    case 'INVALID_CA': {
      const issuer = nameOf(certificate?.issuer);
      const by =
        issuer === '' ? 'by an authority that is not trusted here' : `by “${issuer}”, which is not trusted here`;
      return `The certificate of ${host} was issued ${by}: trust its authority ${TRUST}, or have the server send the whole chain.`;
    }
    case 'ERR_TLS_CERT_ALTNAME_INVALID': {
      const names = namesOf(certificate ?? (error as { cert?: PeerCertificate }).cert);
      return `The certificate of ${host} is for ${names}, not for ${hostname}: use a name that it has, or have it issued for this one.`;
    }
  }
  if (/CERTIFICATE_REQUIRED|ALERT_NUMBER_116/.test(said)) return wanted(host, seen);
  if (/(?:ALERT_|TLSV1_|SSLV3_)(?:BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_|UNSUPPORTED_CERT|ACCESS_DENIED)/.test(said)) {
    if (!seen.identified) return wanted(host, seen);
    const why = /UNKNOWN_CA/.test(said)
      ? ', because it does not know who issued it'
      : /EXPIRED/.test(said)
        ? ', because it has expired'
        : /REVOKED/.test(said)
          ? ', because it was revoked'
          : '';
    return `${host} refused the client certificate${why}: give one that it accepts ${IDENTIFY}.`;
  }
  if (/HANDSHAKE_FAILURE/.test(said)) {
    return `${host} and this machine found no way to encrypt that both accept${seen.identified ? '' : ', or it wants a client certificate'}: check the server's TLS settings.`;
  }
  if (/WRONG_VERSION_NUMBER|UNKNOWN_PROTOCOL|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG|RECORD_LAYER_FAILURE/.test(said)) {
    return `${host} does not speak https at this port: write http:// in place of https://, or check the port.`;
  }
  if (/UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|VERSION_TOO_LOW/.test(said)) {
    return `${host} speaks a version of TLS that is not safe any more (before 1.2): have the server updated.`;
  }
  if (/(?:^|_)(?:EPROTO|ERR_SSL|SSL_ROUTINES)_/.test(said)) {
    const words = message
      .replace(/^.*?SSL routines:[^:]*:/i, '')
      .replace(/:.*$/s, '')
      .slice(0, 80);
    return `TLS with ${host} failed (${words}): check the address, its port and the server's certificate.`;
  }
  return null;
}

function wanted(host: string, { identified }: ConnectionSeen): string {
  return identified
    ? `${host} did not accept the client certificate: give one that it accepts ${IDENTIFY}.`
    : `${host} wants a client certificate: give one ${IDENTIFY}.`;
}

function past(certificate: PeerCertificate | null): boolean {
  return certificate !== null && Date.parse(certificate.valid_to) < Date.now();
}

function day(time: string | undefined): string {
  const ms = Date.parse(time ?? '');
  return Number.isNaN(ms) ? 'some later day' : new Date(ms).toISOString().slice(0, 10);
}

/** A certificate's name is anybody's text: on one line, and short. */
function plain(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return line.length <= 60 ? line : `${line.slice(0, 59)}…`;
}

function nameOf(subject: PeerCertificate['issuer'] | undefined): string {
  const name = subject?.CN ?? subject?.O ?? '';
  return plain([name].flat().join(' '));
}

function namesOf(certificate: PeerCertificate | undefined): string {
  const listed = (certificate?.subjectaltname ?? '')
    .split(', ')
    .map((name) => name.replace(/^(?:DNS|IP Address):/, ''))
    .filter((name) => name !== '');
  const names = listed.length > 0 ? listed : [nameOf(certificate?.subject)].filter((name) => name !== '');
  if (names.length === 0) return 'no name';
  const shown = names.slice(0, 5).map(plain).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
