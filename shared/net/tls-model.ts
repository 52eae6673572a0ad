import type { TlsVersion } from '../config/model.ts';

/** Resolved: no references are left in it. Certificates and keys are PEM. */
export type ResolvedTls = {
  readonly rejectUnauthorized: boolean;
  readonly servername?: string;
  readonly minVersion?: TlsVersion;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
};

export const defaultTls: ResolvedTls = { rejectUnauthorized: true };

/** What is known of a TLS connection, for assertions. */
export type TlsFacts = {
  /** `TLSv1.3` */
  readonly version: string;
  /** OpenSSL's name of it, e.g. `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string;
  /** Empty where none was agreed on. */
  readonly alpn: string;
  /** Whether the certificate was verified, whatever `rejectUnauthorized` says. */
  readonly isAuthorized: boolean;
  readonly certificate?: CertificateFacts;
};

export type CertificateFacts = {
  /** The earliest end of validity in the whole chain that the target served; epoch ms. */
  readonly expiresAt: number;
  /** `CN=…, O=…` of the leaf and of its issuer. */
  readonly subject: string;
  readonly issuer: string;
  /** The names (DNS and IP) that the leaf is for. */
  readonly names: readonly string[];
  /** Hex digits, upper case, without separators. */
  readonly serialNumber: string;
  readonly fingerprint256: string;
  /** Certificates that the target served, the leaf included. */
  readonly chainLength: number;
};
