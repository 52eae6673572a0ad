import { AttemptError, codeOf, ownFault } from './error.ts';
import type { ServedCertificate, ServedChain } from './tls-facts.ts';
import type { ResolvedTls } from './tls-model.ts';

export type TlsFailure = {
  /** The name that the certificate had to be for. */
  readonly name: string;
  readonly settings: ResolvedTls;
  readonly alpn: readonly string[];
  /** The target asked for a client certificate. */
  readonly isAsked: boolean;
  /** The handshake was over. */
  readonly isSecured: boolean;
  /** What the target served, where the handshake came that far. */
  readonly chain?: ServedChain;
};

/** Why TLS did not come about or broke, in one sentence with the name and OpenSSL's code. */
export function toTlsError(error: unknown, failure: TlsFailure): AttemptError {
  const own = ownFault(error);
  if (own) return own;
  const code = codeOf(error);
  const sentence = sentenceOf(code, failure) ?? `the TLS ${partOf(failure)} failed`;
  const isProtocol = code.endsWith('NO_APPLICATION_PROTOCOL') && failure.alpn.length > 0;
  const type = isProtocol ? 'protocol' : 'tls';
  return new AttemptError(type, `${sentence}: ${failure.name}${code ? ` (${code})` : ''}`, { cause: error });
}

function sentenceOf(code: string, failure: TlsFailure): string | undefined {
  const { chain } = failure;
  const alert = /^ERR_SSL_(?:SSL\/TLS|SSLV3|TLSV1|TLSV13)_(?:ALERT_)?(.+)$/.exec(code)?.[1];
  if (alert !== undefined) return alertSentence(alert, failure);
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return expired(chain);
    case 'CERT_NOT_YET_VALID':
      return notYetValid(chain);
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `the certificate is for ${listNames(chain?.facts?.names ?? [])}, not for this name`;
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return `the certificate chain leads to ${quote(chain?.certificates.at(-1)?.issuer)}, which is not trusted`;
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return `the issuer ${quote(chain?.certificates[0]?.issuer)} is not trusted, and the target sent no certificate of it`;
    case 'ERR_SSL_UNSUPPORTED_PROTOCOL':
      return tooOld(failure);
    default:
      return sentences[code] ?? (chain ? 'the certificate could not be verified' : undefined);
  }
}

/** What a target says by a TLS alert (RFC 8446 §6.2), by OpenSSL's name of it. */
function alertSentence(alert: string, failure: TlsFailure): string {
  const { settings, isAsked, alpn } = failure;
  switch (alert) {
    case 'PROTOCOL_VERSION':
      return tooOld(failure);
    case 'CERTIFICATE_REQUIRED':
      return certificateWanted;
    case 'HANDSHAKE_FAILURE':
    case 'INSUFFICIENT_SECURITY':
      if (isAsked && settings.cert === undefined) return certificateWanted;
      return 'the target accepts none of the offered ciphers and keys';
    case 'UNRECOGNIZED_NAME':
      return 'the target serves no certificate for this name';
    case 'NO_APPLICATION_PROTOCOL':
      return alpn.length > 0
        ? `the target does not speak ${alpn.join(' or ')}`
        : 'the target wants to agree on a protocol (ALPN), and none was offered';
    case 'INTERNAL_ERROR':
      return `the target broke off the TLS ${partOf(failure)} because of an error of its own`;
    default:
      return aboutCertificates.includes(alert) ? certificateRefused(failure) : brokenOff(failure);
  }
}

const certificateWanted = 'the target asks for a client certificate (tls.cert and tls.key)';
const aboutCertificates = [
  'BAD_CERTIFICATE',
  'UNSUPPORTED_CERTIFICATE',
  'CERTIFICATE_REVOKED',
  'CERTIFICATE_EXPIRED',
  'CERTIFICATE_UNKNOWN',
  'UNKNOWN_CA',
  'ACCESS_DENIED',
];

function certificateRefused(failure: TlsFailure): string {
  const { settings, isAsked } = failure;
  if (settings.cert !== undefined) return 'the target does not accept our client certificate (tls.cert)';
  return isAsked ? certificateWanted : brokenOff(failure);
}

const partOf = ({ isSecured }: TlsFailure): string => (isSecured ? 'connection' : 'handshake');
const brokenOff = (failure: TlsFailure): string => `the target broke off the TLS ${partOf(failure)}`;

function tooOld({ settings }: TlsFailure): string {
  return `the target speaks no TLS from ${(settings.minVersion ?? 'TLSv1.2').replace('v', ' ')} on`;
}

function expired(chain: ServedChain | undefined): string {
  const now = Date.now();
  const found = findCertificate(chain, ({ validTo }) => validTo < now);
  if (!found) return 'the certificate, or one that it was issued by, has expired';
  return `${found.name} expired at ${instant(found.certificate.validTo)}`;
}

function notYetValid(chain: ServedChain | undefined): string {
  const now = Date.now();
  const found = findCertificate(chain, ({ validFrom }) => validFrom > now);
  if (!found) return 'the certificate, or one that it was issued by, is not valid yet';
  return `${found.name} is valid from ${instant(found.certificate.validFrom)} only`;
}

function findCertificate(chain: ServedChain | undefined, matches: (certificate: ServedCertificate) => boolean) {
  const certificates = chain?.certificates ?? [];
  const index = certificates.findIndex(matches);
  const certificate = certificates[index];
  const name = index === 0 ? 'the certificate' : `the issuer's certificate ${quote(certificate?.subject)}`;
  return certificate && { certificate, name };
}

/** To the second. */
const instant = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`;
const quote = (name: string | undefined) => (name ? `"${name.slice(0, 80)}"` : 'without a name');

function listNames(names: readonly string[]): string {
  if (names.length === 0) return 'no name at all';
  const shown = names.slice(0, 3).map((name) => name.slice(0, 60));
  const rest = names.length - shown.length;
  return `${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

const closed = 'the connection was closed during the TLS handshake';
const noTls = 'the port does not speak TLS';
const weak = 'a key or signature of the certificate chain is too weak';
const sentences: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate chain ends in a root that is not trusted',
  CERT_SIGNATURE_FAILURE: 'a signature in the certificate chain is wrong',
  INVALID_CA: 'a certificate of the chain was issued by one that may not issue any',
  INVALID_PURPOSE: 'the certificate is not meant for servers',
  CERT_CHAIN_TOO_LONG: 'the certificate chain is too long',
  EE_KEY_TOO_SMALL: weak,
  CA_KEY_TOO_SMALL: weak,
  CA_MD_TOO_WEAK: weak,
  ERR_SSL_EE_KEY_TOO_SMALL: weak,
  ERR_SSL_DH_KEY_TOO_SMALL: "the target's Diffie-Hellman key is too small",
  ERR_SSL_EXCESSIVE_MESSAGE_SIZE: 'the certificate chain is larger than 100 kB',
  ERR_TLS_DH_PARAM_SIZE: "the target's Diffie-Hellman key is too small",
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  ECONNRESET: closed,
  EPIPE: closed,
};
